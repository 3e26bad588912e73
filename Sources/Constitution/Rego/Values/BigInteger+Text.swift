extension BigInteger {
    private static let chunk: UInt64 = 1_000_000_000_000_000_000

    /// Reads decimal digits, which the caller has checked to be such.
    init(digits: some Sequence<UInt8>, isNegative: Bool) {
        var limbs: [UInt64] = []
        var pending: UInt64 = 0
        var scale: UInt64 = 1
        for digit in digits {
            pending = pending * 10 + UInt64(digit - UInt8(ascii: "0"))
            scale *= 10
            if scale == BigInteger.chunk {
                BigInteger.multiply(&limbs, by: scale, adding: pending)
                (pending, scale) = (0, 1)
            }
        }
        BigInteger.multiply(&limbs, by: scale, adding: pending)
        self.init(magnitude: limbs, isNegative: isNegative)
    }

    private static func multiply(
        _ limbs: inout [UInt64],
        by factor: UInt64,
        adding addend: UInt64
    ) {
        var carry = addend
        for index in limbs.indices {
            let wide = limbs[index].multipliedFullWidth(by: factor)
            let (low, overflow) = wide.low.addingReportingOverflow(carry)
            limbs[index] = low
            carry = wide.high &+ (overflow ? 1 : 0)
        }
        if carry > 0 { limbs.append(carry) }
    }

    /// The decimal digits of the magnitude, without a sign; `0` for zero.
    var digits: [UInt8] {
        guard !isZero else { return [UInt8(ascii: "0")] }
        var rest = limbs
        var reversed: [UInt8] = []
        while !rest.isEmpty {
            var part = BigInteger.divide(&rest, by: BigInteger.chunk)
            while rest.last == 0 { rest.removeLast() }
            for _ in 0..<18 where part > 0 || !rest.isEmpty {
                reversed.append(UInt8(part % 10) + UInt8(ascii: "0"))
                part /= 10
            }
        }
        return reversed.reversed()
    }

    /// The number in a base from two to sixteen, in small letters, with its sign.
    func text(radix: UInt64) -> String {
        guard radix != 10 else {
            return (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)
        }
        guard !isZero else { return "0" }
        var rest = limbs
        var reversed: [UInt8] = []
        while !rest.isEmpty {
            let digit = BigInteger.divide(&rest, by: radix)
            while rest.last == 0 { rest.removeLast() }
            reversed.append(Array("0123456789abcdef".utf8)[Int(digit)])
        }
        if isNegative { reversed.append(UInt8(ascii: "-")) }
        return String(decoding: reversed.reversed(), as: UTF8.self)
    }

    /// How many decimal digits the magnitude has; one for zero.
    var digitCount: Int {
        if limbs.count <= 1 { return RegoNumber.digitCount(limbs.first ?? 0) }
        // log10(2) is a little more than 30102 / 100000, so this is never too many.
        let least = max(1, (bitWidth - 1) * 30_102 / 100_000)
        var count = least
        var bound = BigInteger.powerOfTen(least)
        while BigInteger.compare(limbs, bound.limbs) >= 0 {
            count += 1
            bound = bound * BigInteger(Int64(10))
        }
        return count
    }
}
