/// A double as text, by the rules of Go's `strconv`: exact digits, halves to even.
struct FloatFormat {
    private let isNegative: Bool
    /// Every digit of the double, and how many of them stand before the point.
    private let exact: (digits: [UInt8], point: Int)
    /// The fewest digits that no other double is nearer to.
    private let shortest: (digits: [UInt8], point: Int)

    init(_ value: Double) {
        isNegative = value.sign == .minus
        guard value != 0 else {
            exact = ([], 0)
            shortest = ([], 0)
            return
        }
        let magnitude = value.magnitude
        let shift = Int(magnitude.exponent) - 52
        let fraction = magnitude.significandBitPattern
        let bits = magnitude.isNormal ? fraction | 1 << 52 : fraction
        // A subnormal number has the exponent of the least normal one.
        let power = magnitude.isNormal ? shift : -1074
        let mantissa = BigInteger(magnitude: [bits], isNegative: false)
        let base = BigInteger(Int64(power < 0 ? 5 : 2)).power(abs(power))
        exact = FloatFormat.stripped((mantissa * base).digits, power < 0 ? power : 0)
        let number = RegoNumber(magnitude)?.parts
        shortest = FloatFormat.stripped(number?.mantissa.digits ?? [], number?.exponent ?? 0)
    }

    private static func stripped(_ digits: [UInt8], _ exponent: Int) -> ([UInt8], Int) {
        var kept = digits
        while kept.last == UInt8(ascii: "0") { kept.removeLast() }
        return (kept, digits.count + exponent)
    }

    /// The text for a verb, or `nil` for a verb that floats have not.
    func text(_ verb: String, _ layout: FormatLayout) -> [UInt8]? {
        let body: String
        switch verb {
        case "f", "F": body = fixed(layout.precision ?? 6)
        case "e", "E":
            let precision = layout.precision ?? 6
            body = scientific(rounded(to: precision + 1), precision)
        case "g", "G", "v": body = general(layout.precision)
        default: return nil
        }
        let cased = verb == "E" || verb == "G" ? body.uppercased() : body
        return layout.number(isNegative: isNegative, mark: "", digits: Array(cased.utf8))
    }

    /// The digits rounded to so many, which may carry the point one place on.
    private func rounded(to count: Int) -> (digits: [UInt8], point: Int) {
        guard count < exact.digits.count else { return exact }
        guard count >= 0 else { return ([], 0) }
        var kept = Array(exact.digits[..<count])
        let next = exact.digits[count]
        let half = UInt8(ascii: "5")
        let isExactHalf = next == half && exact.digits.count == count + 1
        let isOdd = (kept.last ?? UInt8(ascii: "0")) & 1 == 1
        guard next > half || next == half && (!isExactHalf || isOdd) else {
            return (kept, exact.point)
        }
        while kept.last == UInt8(ascii: "9") { kept.removeLast() }
        guard !kept.isEmpty else { return ([UInt8(ascii: "1")], exact.point + 1) }
        kept[kept.count - 1] += 1
        return (kept, exact.point)
    }

    private func fixed(_ precision: Int) -> String {
        fixed(rounded(to: exact.point + precision), precision)
    }

    private func fixed(_ number: (digits: [UInt8], point: Int), _ precision: Int) -> String {
        func digit(_ place: Int) -> Character {
            let known = number.digits.indices.contains(place) ? number.digits[place] : 0x30
            return Character(Unicode.Scalar(known))
        }
        var out = number.point > 0 ? String((0..<number.point).map(digit)) : "0"
        if precision > 0 {
            out += "." + String((0..<precision).map { digit(number.point + $0) })
        }
        return out
    }

    private func scientific(_ number: (digits: [UInt8], point: Int), _ precision: Int) -> String {
        var digits = number.digits.map { Character(Unicode.Scalar($0)) }
        while digits.count < precision + 1 { digits.append("0") }
        let power = number.digits.isEmpty ? 0 : number.point - 1
        let fraction = precision > 0 ? "." + String(digits[1...precision]) : ""
        let size = String(abs(power))
        let sign = power < 0 ? "-" : "+"
        return String(digits[0]) + fraction + "e" + sign + (size.count < 2 ? "0" : "") + size
    }

    /// Scientific for very large and very small numbers, fixed for all others.
    private func general(_ precision: Int?) -> String {
        let number = precision.map { rounded(to: max($0, 1)) } ?? shortest
        let kept = FloatFormat.stripped(number.digits, 0).0
        var limit = max(precision ?? 6, 1)
        if precision != nil, limit > kept.count, kept.count >= number.point { limit = kept.count }
        let power = number.point - 1
        if !kept.isEmpty, power < -4 || power >= limit {
            return scientific((kept, number.point), kept.count - 1)
        }
        return fixed((kept, number.point), max(0, kept.count - number.point))
    }
}
