extension RegoNumber {
    /// The number as JSON text with every digit that it has.
    package var text: String {
        var out: [UInt8] = []
        append(to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends the number as JSON text.
    func append(to out: inout [UInt8]) {
        switch self {
        case .integer(let value): RegoNumber.append(value, to: &out)
        case .decimal(let value, let exponent):
            var digits: [UInt8] = []
            RegoNumber.append(value.magnitude, to: &digits)
            RegoNumber.append(digits, Int(exponent), isNegative: value < 0, to: &out)
        case .big(let big):
            RegoNumber.append(
                big.mantissa.digits,
                big.exponent,
                isNegative: big.mantissa.isNegative,
                to: &out
            )
        }
    }

    private static func append(_ value: Int64, to out: inout [UInt8]) {
        if value < 0 { out.append(UInt8(ascii: "-")) }
        append(value.magnitude, to: &out)
    }

    private static func append(_ magnitude: UInt64, to out: inout [UInt8]) {
        if magnitude < 10 {
            out.append(UInt8(truncatingIfNeeded: magnitude) + UInt8(ascii: "0"))
            return
        }
        let first = out.count
        var rest = magnitude
        while rest > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            out.append(UInt8(truncatingIfNeeded: digit) + UInt8(ascii: "0"))
            rest = quotient
        }
        out[first...].reverse()
    }

    /// How many zeros a fraction may begin with before the number takes an exponent.
    private static let zerosMax = 30

    private static func append(
        _ digits: [UInt8],
        _ exponent: Int,
        isNegative: Bool,
        to out: inout [UInt8]
    ) {
        if isNegative { out.append(UInt8(ascii: "-")) }
        let point = digits.count + exponent
        if exponent > 0 || point < -zerosMax {
            out.append(contentsOf: digits)
            out.append(UInt8(ascii: "e"))
            append(Int64(exponent), to: &out)
        } else if exponent == 0 {
            out.append(contentsOf: digits)
        } else if point > 0 {
            out.append(contentsOf: digits[..<point])
            out.append(UInt8(ascii: "."))
            out.append(contentsOf: digits[point...])
        } else {
            out.append(contentsOf: [UInt8(ascii: "0"), UInt8(ascii: ".")])
            out.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: -point))
            out.append(contentsOf: digits)
        }
    }

    /// Reads the text of a number as JSON writes them; `nil` for anything else, or beyond bounds.
    package init?(text: String) { self.init(reading: text.utf8Span.span) }

    /// Reads a whole text as JSON writes numbers; `nil` for anything else, or beyond bounds.
    init?(reading bytes: Span<UInt8>) {
        var at = 0
        guard let number = try? RegoNumber.read(bytes, &at), at == bytes.count else { return nil }
        self = number
    }

    /// Why a text is no number.
    enum Refusal: Error {
        case malformed
        /// More digits or a greater exponent than a number may have.
        case tooLong
    }

    /// Reads a number as JSON writes them, from an offset on, and moves past it.
    static func read(_ bytes: Span<UInt8>, _ at: inout Int) throws(Refusal) -> RegoNumber {
        let start = at
        let isNegative = at < bytes.count && bytes[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        let first = at
        var mantissa: UInt64 = 0
        let whole = accumulate(bytes, &at, &mantissa)
        if whole == 0 || whole > 1 && bytes[first] == UInt8(ascii: "0") { throw .malformed }
        var fraction = 0
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            fraction = accumulate(bytes, &at, &mantissa)
            if fraction == 0 { throw .malformed }
        }
        let last = at
        let power = try exponent(bytes, &at)
        // Eighteen digits cannot overflow what was accumulated.
        if whole + fraction <= 18 {
            let value = isNegative ? -Int64(mantissa) : Int64(mantissa)
            if last == at && fraction == 0 { return .integer(value) }
            return .decimal(value, exponent: Int32(power - fraction))
        }
        guard last - start <= digitsMax else { throw .tooLong }
        var digits: [UInt8] = []
        for index in first..<last where bytes[index] != UInt8(ascii: ".") {
            digits.append(bytes[index])
        }
        let big = BigInteger(digits: digits, isNegative: isNegative)
        return RegoNumber(big, exponent: power - fraction)
    }

    /// Adds the digits that follow to a number, and says how many they are.
    private static func accumulate(
        _ bytes: Span<UInt8>,
        _ at: inout Int,
        _ mantissa: inout UInt64
    ) -> Int {
        let first = at
        while at < bytes.count {
            let digit = bytes[at] &- UInt8(ascii: "0")
            if digit > 9 { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            at += 1
        }
        return at - first
    }

    /// The power of ten written after the digits; zero when there is none.
    private static func exponent(
        _ bytes: Span<UInt8>,
        _ at: inout Int
    ) throws(Refusal) -> Int {
        guard at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") else { return 0 }
        at += 1
        var isNegative = false
        if at < bytes.count, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
            isNegative = bytes[at] == UInt8(ascii: "-")
            at += 1
        }
        var power: UInt64 = 0
        let digits = accumulate(bytes, &at, &power)
        if digits == 0 { throw .malformed }
        guard digits <= 18, power <= exponentMax - digitsMax else { throw .tooLong }
        return isNegative ? -Int(power) : Int(power)
    }
}
