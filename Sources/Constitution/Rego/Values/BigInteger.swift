/// A whole number of any size, for what does not fit in 64 bits.
///
/// Schoolbook arithmetic: policies meet such numbers rarely, and `bitsMax` bounds them. Callers
/// charge their budget by `limbCount` before they multiply.
struct BigInteger: Hashable, Sendable {
    /// Whether the number is below zero; zero never is.
    let isNegative: Bool

    /// The magnitude in base 2^64, lowest first, without zeros at the top.
    let limbs: [UInt64]

    /// No number grows beyond this: about twenty thousand digits.
    static let bitsMax = 1 << 16

    static let zero = BigInteger(magnitude: [], isNegative: false)

    init(magnitude: [UInt64], isNegative: Bool) {
        var limbs = magnitude
        while limbs.last == 0 { limbs.removeLast() }
        self.limbs = limbs
        self.isNegative = isNegative && !limbs.isEmpty
    }

    init(_ value: Int64) {
        self.init(magnitude: [value.magnitude], isNegative: value < 0)
    }

    init(_ value: Int128) {
        let magnitude = value.magnitude
        self.init(
            magnitude: [
                UInt64(truncatingIfNeeded: magnitude), UInt64(truncatingIfNeeded: magnitude >> 64),
            ],
            isNegative: value < 0
        )
    }

    var isZero: Bool { limbs.isEmpty }

    var limbCount: Int { limbs.count }

    /// How many bits the magnitude has.
    var bitWidth: Int {
        guard let top = limbs.last else { return 0 }
        return limbs.count * 64 - top.leadingZeroBitCount
    }

    /// The number as 64 bits, when it fits.
    var int64: Int64? {
        switch limbs.count {
        case 0: return 0
        case 1:
            let limb = limbs[0]
            if isNegative { return limb <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- limb) : nil }
            return Int64(exactly: limb)
        default: return nil
        }
    }

    var magnitude: BigInteger { BigInteger(magnitude: limbs, isNegative: false) }

    static prefix func - (value: BigInteger) -> BigInteger {
        BigInteger(magnitude: value.limbs, isNegative: !value.isNegative)
    }
}

extension BigInteger: Comparable {
    static func < (left: BigInteger, right: BigInteger) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        let order = compare(left.limbs, right.limbs)
        return left.isNegative ? order > 0 : order < 0
    }

    /// Compares magnitudes.
    static func compare(_ left: [UInt64], _ right: [UInt64]) -> Int {
        if left.count != right.count { return left.count - right.count }
        for index in left.indices.reversed() where left[index] != right[index] {
            return left[index] < right[index] ? -1 : 1
        }
        return 0
    }
}

extension BigInteger {
    static func + (left: BigInteger, right: BigInteger) -> BigInteger {
        if left.isNegative == right.isNegative {
            return BigInteger(
                magnitude: sum(left.limbs, right.limbs),
                isNegative: left.isNegative
            )
        }
        if compare(left.limbs, right.limbs) >= 0 {
            return BigInteger(
                magnitude: difference(left.limbs, right.limbs),
                isNegative: left.isNegative
            )
        }
        return BigInteger(
            magnitude: difference(right.limbs, left.limbs),
            isNegative: right.isNegative
        )
    }

    static func - (left: BigInteger, right: BigInteger) -> BigInteger { left + -right }

    static func * (left: BigInteger, right: BigInteger) -> BigInteger {
        guard !left.isZero, !right.isZero else { return zero }
        var product = [UInt64](repeating: 0, count: left.limbs.count + right.limbs.count)
        for (i, a) in left.limbs.enumerated() {
            var carry: UInt64 = 0
            for (j, b) in right.limbs.enumerated() {
                let wide = a.multipliedFullWidth(by: b)
                let (low, overflow) = product[i + j].addingReportingOverflow(wide.low)
                let (total, again) = low.addingReportingOverflow(carry)
                product[i + j] = total
                // The three carries fit: the product of two limbs leaves room for them.
                carry = wide.high &+ (overflow ? 1 : 0) &+ (again ? 1 : 0)
            }
            product[i + right.limbs.count] = carry
        }
        return BigInteger(magnitude: product, isNegative: left.isNegative != right.isNegative)
    }

    /// Quotient towards zero, and a remainder with the sign of this number.
    func quotientAndRemainder(dividingBy divisor: BigInteger) -> (BigInteger, BigInteger) {
        precondition(!divisor.isZero, "A division by zero was not refused before.")
        if BigInteger.compare(limbs, divisor.limbs) < 0 { return (BigInteger.zero, self) }
        let negative = isNegative != divisor.isNegative
        if divisor.limbs.count == 1 {
            var quotient = limbs
            let rest = BigInteger.divide(&quotient, by: divisor.limbs[0])
            return (
                BigInteger(magnitude: quotient, isNegative: negative),
                BigInteger(magnitude: [rest], isNegative: isNegative)
            )
        }
        let (quotient, rest) = BigInteger.longDivision(limbs, divisor.limbs)
        return (
            BigInteger(magnitude: quotient, isNegative: negative),
            BigInteger(magnitude: rest, isNegative: isNegative)
        )
    }

    /// Ten to a power.
    static func powerOfTen(_ exponent: Int) -> BigInteger { BigInteger(Int64(10)).power(exponent) }

    /// This number to a power.
    func power(_ exponent: Int) -> BigInteger {
        var result = BigInteger(Int64(1))
        var base = self
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result = result * base }
            rest >>= 1
            if rest > 0 { base = base * base }
        }
        return result
    }

    private static func sum(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        let (long, short) = left.count >= right.count ? (left, right) : (right, left)
        var total = long
        var carry: UInt64 = 0
        for index in long.indices {
            let other = index < short.count ? short[index] : 0
            let (first, one) = long[index].addingReportingOverflow(other)
            let (second, two) = first.addingReportingOverflow(carry)
            total[index] = second
            carry = one || two ? 1 : 0
        }
        if carry > 0 { total.append(carry) }
        return total
    }

    /// What remains of the greater magnitude.
    private static func difference(_ greater: [UInt64], _ lesser: [UInt64]) -> [UInt64] {
        var rest = greater
        var borrow: UInt64 = 0
        for index in greater.indices {
            let other = index < lesser.count ? lesser[index] : 0
            let (first, one) = greater[index].subtractingReportingOverflow(other)
            let (second, two) = first.subtractingReportingOverflow(borrow)
            rest[index] = second
            borrow = one || two ? 1 : 0
        }
        return rest
    }

    /// Divides in place and gives the remainder.
    static func divide(_ limbs: inout [UInt64], by divisor: UInt64) -> UInt64 {
        var rest: UInt64 = 0
        for index in limbs.indices.reversed() {
            (limbs[index], rest) = divisor.dividingFullWidth((rest, limbs[index]))
        }
        return rest
    }

    /// Knuth's algorithm D, for divisors of two limbs and more.
    private static func longDivision(
        _ dividend: [UInt64],
        _ divisor: [UInt64]
    ) -> (quotient: [UInt64], rest: [UInt64]) {
        let shift = UInt64(divisor[divisor.count - 1].leadingZeroBitCount)
        let v = shifted(divisor, by: shift)
        var u = shifted(dividend, by: shift) + [0]
        let size = divisor.count
        let (top, second) = (v[size - 1], v[size - 2])
        var quotient = [UInt64](repeating: 0, count: dividend.count - size + 1)
        for place in quotient.indices.reversed() {
            var guess: UInt64
            var rest: UInt64
            var settled = false
            if u[place + size] >= top {
                guess = .max
                let (sum, overflow) = u[place + size - 1].addingReportingOverflow(top)
                rest = sum
                settled = overflow
            } else {
                (guess, rest) = top.dividingFullWidth((u[place + size], u[place + size - 1]))
            }
            while !settled {
                let wide = guess.multipliedFullWidth(by: second)
                guard (wide.high, wide.low) > (rest, u[place + size - 2]) else { break }
                guess -= 1
                (rest, settled) = rest.addingReportingOverflow(top)
            }
            if subtract(v, times: guess, from: &u, at: place) {
                guess -= 1
                addBack(v, to: &u, at: place)
            }
            quotient[place] = guess
        }
        var rest = Array(u[0..<size])
        if shift > 0 {
            for index in rest.indices {
                let above = index + 1 < size ? rest[index + 1] : 0
                rest[index] = rest[index] >> shift | above << (64 - shift)
            }
        }
        return (quotient, rest)
    }

    /// Shifts left by less than a limb, keeping the count when the top has room.
    private static func shifted(_ limbs: [UInt64], by shift: UInt64) -> [UInt64] {
        guard shift > 0 else { return limbs }
        var out: [UInt64] = []
        var carry: UInt64 = 0
        for limb in limbs {
            out.append(limb << shift | carry)
            carry = limb >> (64 - shift)
        }
        if carry > 0 { out.append(carry) }
        return out
    }

    /// Takes a multiple of the divisor away; says whether that was one too many.
    private static func subtract(
        _ v: [UInt64],
        times factor: UInt64,
        from u: inout [UInt64],
        at place: Int
    ) -> Bool {
        var carry: UInt64 = 0
        var borrow: UInt64 = 0
        for index in v.indices {
            let wide = factor.multipliedFullWidth(by: v[index])
            let (low, overflow) = wide.low.addingReportingOverflow(carry)
            carry = wide.high &+ (overflow ? 1 : 0)
            let (first, one) = u[place + index].subtractingReportingOverflow(low)
            let (second, two) = first.subtractingReportingOverflow(borrow)
            u[place + index] = second
            borrow = one || two ? 1 : 0
        }
        let (first, one) = u[place + v.count].subtractingReportingOverflow(carry)
        let (second, two) = first.subtractingReportingOverflow(borrow)
        u[place + v.count] = second
        return one || two
    }

    private static func addBack(_ v: [UInt64], to u: inout [UInt64], at place: Int) {
        var carry: UInt64 = 0
        for index in v.indices {
            let (first, one) = u[place + index].addingReportingOverflow(v[index])
            let (second, two) = first.addingReportingOverflow(carry)
            u[place + index] = second
            carry = one || two ? 1 : 0
        }
        u[place + v.count] &+= carry
    }
}
