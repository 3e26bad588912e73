/// A number of a policy: exact, whatever its size.
///
/// Whole numbers written without a point take 64 bits and are the fast path. A number with a point
/// or an exponent is kept as it was written, as digits times a power of ten: `1.0` prints as `1.0`
/// and equals `1`. What needs more than 64 bits of digits is held elsewhere.
package enum RegoNumber: Sendable {
    case integer(Int64)
    case decimal(Int64, exponent: Int32)
    indirect case big(BigDecimal)

    /// Digits times a power of ten, where the digits need more than 64 bits.
    package struct BigDecimal: Sendable {
        let mantissa: BigInteger
        let exponent: Int
    }

    /// The most digits a number may have, and the greatest power of ten.
    package static let digitsMax = 4_096
    static let exponentMax = 100_000

    /// The number with these digits and power of ten, in its smallest form.
    init(_ mantissa: BigInteger, exponent: Int) {
        guard let small = mantissa.int64, abs(exponent) <= RegoNumber.exponentMax else {
            self = .big(BigDecimal(mantissa: mantissa, exponent: exponent))
            return
        }
        self = exponent == 0 ? .integer(small) : .decimal(small, exponent: Int32(exponent))
    }

    /// The whole number.
    init(_ value: BigInteger) { self.init(value, exponent: 0) }

    /// The whole number.
    package init(_ value: Int) { self = .integer(Int64(value)) }

    /// The number that the shortest text of a double says; `nil` when it is not finite.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        self.init(reading: Array(value.description.utf8).span)
        self = normalized
    }

    /// The digits and the power of ten.
    var parts: (mantissa: BigInteger, exponent: Int) {
        switch self {
        case .integer(let value): (BigInteger(value), 0)
        case .decimal(let value, let exponent): (BigInteger(value), Int(exponent))
        case .big(let big): (big.mantissa, big.exponent)
        }
    }

    /// The same value without zeros at its end, whole when it can be.
    ///
    /// What is computed takes this form; only what is written keeps its zeros.
    var normalized: RegoNumber {
        switch self {
        case .integer: return self
        case .decimal(var value, var exponent):
            guard value != 0 else { return .integer(0) }
            while value % 10 == 0 {
                value /= 10
                exponent += 1
            }
            if exponent < 0 { return .decimal(value, exponent: exponent) }
            return BigDecimal(mantissa: BigInteger(value), exponent: Int(exponent)).normalized
        case .big(let big): return big.normalized
        }
    }

    /// The value as 64 bits, when it is whole and fits, however it was written.
    package var int64Value: Int64? {
        if case .integer(let value) = self { return value }
        if case .integer(let value) = normalized { return value }
        return nil
    }

    /// The whole number, when it was written or computed as one.
    var wholeValue: BigInteger? {
        switch self {
        case .integer(let value): BigInteger(value)
        case .decimal: nil
        case .big(let big): big.exponent == 0 ? big.mantissa : nil
        }
    }

    /// Whether the value is whole, however it was written.
    package var isInteger: Bool {
        if case .integer = self { return true }
        let (mantissa, exponent) = normalized.parts
        return exponent >= 0 || mantissa.isZero
    }

    /// Below zero, zero, or above zero, as the value is.
    var sign: Int {
        switch self {
        case .integer(let value): Int(value.signum())
        case .decimal(let value, _): Int(value.signum())
        case .big(let big): big.mantissa.isNegative ? -1 : big.mantissa.isZero ? 0 : 1
        }
    }

    /// The nearest double; infinite when the value is beyond its range.
    package var doubleValue: Double {
        switch self {
        case .integer(let value): return Double(value)
        case .decimal, .big: return Double(text) ?? .infinity
        }
    }

    static func digitCount(_ magnitude: UInt64) -> Int {
        var count = 1
        var bound: UInt64 = 10
        while magnitude >= bound {
            count += 1
            if count == 20 { break }
            bound *= 10
        }
        return count
    }
}

extension RegoNumber.BigDecimal {
    fileprivate var normalized: RegoNumber {
        guard !mantissa.isZero else { return .integer(0) }
        var (mantissa, exponent) = (mantissa, exponent)
        let digits = mantissa.digits
        let zeros = digits.count - 1 - (digits.lastIndex { $0 != UInt8(ascii: "0") } ?? 0)
        // A whole number stays as it is: its zeros are digits like others.
        let dropped = exponent < 0 ? min(zeros, -exponent) : 0
        if dropped > 0 {
            mantissa = BigInteger(digits: digits.dropLast(dropped), isNegative: mantissa.isNegative)
            exponent += dropped
        } else if exponent > 0, digits.count + exponent <= RegoNumber.digitsMax {
            mantissa = mantissa * BigInteger.powerOfTen(exponent)
            exponent = 0
        }
        return RegoNumber(mantissa, exponent: exponent)
    }
}

extension RegoNumber: Hashable, Comparable {
    package static func == (left: RegoNumber, right: RegoNumber) -> Bool {
        if case .integer(let a) = left, case .integer(let b) = right { return a == b }
        return left.compared(to: right) == 0
    }

    package static func < (left: RegoNumber, right: RegoNumber) -> Bool {
        if case .integer(let a) = left, case .integer(let b) = right { return a < b }
        return left.compared(to: right) < 0
    }

    /// Below zero when this is less, zero when the values are equal, above otherwise.
    package func compared(to other: RegoNumber) -> Int {
        if case .integer(let a) = self, case .integer(let b) = other {
            return a == b ? 0 : a < b ? -1 : 1
        }
        let (sign, otherSign) = (sign, other.sign)
        if sign != otherSign || sign == 0 { return sign - otherSign }
        let (one, two) = (parts, other.parts)
        let places = one.mantissa.digitCount + one.exponent
        let otherPlaces = two.mantissa.digitCount + two.exponent
        if places != otherPlaces { return places < otherPlaces ? -sign : sign }
        // Of equal magnitude in digits, the powers differ by no more than the digits do.
        let least = min(one.exponent, two.exponent)
        let order = BigInteger.compare(
            (one.mantissa * BigInteger.powerOfTen(one.exponent - least)).limbs,
            (two.mantissa * BigInteger.powerOfTen(two.exponent - least)).limbs
        )
        return order == 0 ? 0 : order < 0 ? -sign : sign
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    /// Equal values have equal hashes, however they were written.
    var hash: UInt64 {
        if case .integer(let value) = self { return RegoNumber.hash(value, 0) }
        let (mantissa, exponent) = parts
        guard !mantissa.isZero else { return RegoNumber.hash(0, 0) }
        let digits = mantissa.digits
        let last = digits.lastIndex { $0 != UInt8(ascii: "0") } ?? 0
        let power = exponent + digits.count - 1 - last
        if let small = normalized.int64IfPlain { return RegoNumber.hash(small, 0) }
        let kept = BigInteger(digits: digits[...last], isNegative: mantissa.isNegative)
        var state = RegoNumber.hash(mantissa.isNegative ? -1 : 1, Int64(power))
        for limb in kept.limbs { state = Text.mix(state, limb) }
        return state
    }

    private var int64IfPlain: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    private static func hash(_ value: Int64, _ exponent: Int64) -> UInt64 {
        Text.mix(
            Text.mix(Text.seed ^ 0x4E, UInt64(bitPattern: value)),
            UInt64(bitPattern: exponent)
        )
    }
}

extension RegoNumber: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int) { self.init(value) }
}
