/// A JSON number, held so that no digit is lost.
///
/// Each decimal value has exactly one form here: `integer` when it is whole and fits in 64 bits,
/// `double` when the shortest text of a double says the same value, `exact` (digits times a power
/// of ten) otherwise. Equality therefore is equality of the decimal values.
package enum JSONNumber: Hashable, Sendable {
    case integer(Int64)
    case double(Double)
    case exact(Decimal)

    /// Digits times a power of ten; the digits neither begin nor end with a zero.
    package struct Decimal: Hashable, Sendable {
        package let isNegative: Bool
        package let digits: [UInt8]
        package let exponent: Int
    }

    /// Reads a number that obeys the grammar of JSON; `nil` when its exponent is absurd.
    init?(literal: ArraySlice<UInt8>) {
        guard let decimal = Decimal(literal: literal) else { return nil }
        self.init(decimal)
    }

    /// The one form of a decimal value.
    package init(_ decimal: Decimal) {
        if let whole = decimal.int64 {
            self = .integer(whole)
        } else if let double = Double(decimal.text), double.isFinite,
            Decimal(double) == decimal
        {
            self = .double(double)
        } else {
            self = .exact(decimal)
        }
    }

    /// The one form of a finite double.
    package init?(_ double: Double) {
        guard double.isFinite else { return nil }
        self.init(Decimal(double))
    }

    /// Whether the value is whole, however it was written: `1.0` and `1e2` are.
    package var isInteger: Bool {
        switch self {
        case .integer: true
        case .double, .exact: decimal.exponent >= 0
        }
    }

    /// The value as 64 bits, when it is whole and fits.
    package var int64Value: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The nearest double; infinite when the value is beyond its range.
    package var doubleValue: Double {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .exact(let value): Double(value.text) ?? .infinity
        }
    }

    /// The value as digits times a power of ten.
    package var decimal: Decimal {
        switch self {
        case .integer(let value): Decimal(value)
        case .double(let value): Decimal(value)
        case .exact(let value): value
        }
    }

    /// The number as JSON text with every digit that it has.
    package var text: String {
        switch self {
        case .integer(let value): String(value)
        case .double(let value): JSONNumber.ecmaScript(value)
        case .exact(let value): value.text
        }
    }
}

extension JSONNumber: Comparable {
    package static func < (left: JSONNumber, right: JSONNumber) -> Bool {
        if case .integer(let a) = left, case .integer(let b) = right { return a < b }
        return left.decimal < right.decimal
    }
}

extension JSONNumber.Decimal: Comparable {
    /// Exponents beyond this are refused: nobody needs them and they cost memory.
    private static let exponentMax = 100_000

    init?(literal: ArraySlice<UInt8>) {
        var digits: [UInt8] = []
        var exponent = 0
        var written = 0
        var seenPoint = false
        var negative = false
        var index = literal.startIndex
        if literal.first == UInt8(ascii: "-") {
            negative = true
            index += 1
        }
        scanning: while index < literal.endIndex {
            switch literal[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(literal[index] - UInt8(ascii: "0"))
                if seenPoint { exponent -= 1 }
            case UInt8(ascii: "."): seenPoint = true
            default:
                guard
                    let value = Int(String(decoding: literal[(index + 1)...], as: UTF8.self)),
                    abs(value) <= JSONNumber.Decimal.exponentMax
                else { return nil }
                written = value
                break scanning
            }
            index += 1
        }
        self.init(trimming: digits, isNegative: negative, exponent: exponent + written)
    }

    /// Drops zeros at both ends; the value zero has no digits and no sign.
    private init(trimming digits: [UInt8], isNegative: Bool, exponent: Int) {
        var slice = digits[...]
        while slice.first == 0 { slice.removeFirst() }
        var exponent = exponent
        while slice.last == 0 {
            slice.removeLast()
            exponent += 1
        }
        self.isNegative = isNegative && !slice.isEmpty
        self.digits = Array(slice)
        self.exponent = slice.isEmpty ? 0 : exponent
    }

    /// A whole number, exactly.
    package init(_ value: Int64) {
        var digits: [UInt8] = []
        var rest = value.magnitude
        while rest > 0 {
            digits.append(UInt8(rest % 10))
            rest /= 10
        }
        self.init(trimming: digits.reversed(), isNegative: value < 0, exponent: 0)
    }

    /// The decimal that the shortest text of a finite double says.
    init(_ value: Double) {
        let literal = Array(value.description.utf8)
        self = JSONNumber.Decimal(literal: literal[...]) ?? JSONNumber.Decimal(Int64(0))
    }

    var int64: Int64? {
        guard exponent >= 0, digits.count + exponent <= 19 else { return nil }
        var value: Int64 = 0
        for place in 0..<(digits.count + exponent) {
            let digit = Int64(place < digits.count ? digits[place] : 0)
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                isNegative
                ? product.subtractingReportingOverflow(digit)
                : product.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    /// Plain digits for whole numbers of a sensible length, scientific notation otherwise.
    var text: String {
        guard !digits.isEmpty else { return "0" }
        let sign = isNegative ? "-" : ""
        let plain = digits.map { String($0) }.joined()
        if exponent == 0 { return sign + plain }
        if exponent > 0 && digits.count + exponent <= 400 {
            return sign + plain + String(repeating: "0", count: exponent)
        }
        return sign + plain + "e" + String(exponent)
    }

    package static func < (left: Self, right: Self) -> Bool {
        switch (left.sign, right.sign) {
        case (let a, let b) where a != b: return a < b
        case (0, _): return false
        case (let sign, _):
            return sign > 0
                ? left.isMagnitudeLess(than: right) : right.isMagnitudeLess(than: left)
        }
    }

    private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

    private func isMagnitudeLess(than other: Self) -> Bool {
        let (places, others) = (digits.count + exponent, other.digits.count + other.exponent)
        return places == others
            ? digits.lexicographicallyPrecedes(other.digits) : places < others
    }
}

extension JSONNumber {
    /// The text that ECMAScript's `Number::toString` gives, which RFC 8785 §3.2.2.3 prescribes.
    ///
    /// Swift's `description` yields the same shortest digits; only their layout differs.
    static func ecmaScript(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        let decimal = Decimal(value)
        let digits = decimal.digits.map { String($0) }.joined()
        let count = decimal.digits.count
        // The decimal point stands after this many digits.
        let point = count + decimal.exponent
        let sign = decimal.isNegative ? "-" : ""
        switch point {
        case count...21:
            return sign + digits + String(repeating: "0", count: point - count)
        case 1...21:
            let split = digits.index(digits.startIndex, offsetBy: point)
            return sign + digits[..<split] + "." + digits[split...]
        case -5...0:
            return sign + "0." + String(repeating: "0", count: -point) + digits
        default:
            let power = point - 1
            let fraction = count == 1 ? "" : "." + digits.dropFirst()
            return sign + digits.prefix(1) + fraction + "e" + (power < 0 ? "-" : "+")
                + String(power.magnitude)
        }
    }
}
