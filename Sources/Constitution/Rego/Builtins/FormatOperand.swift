/// A value as Go's `fmt` meets it in a format.
enum Operand {
    case integer(BigInteger)
    case float(Double)
    case text(Text)

    init(_ value: Value) {
        switch value {
        case .number(let number):
            if let whole = number.wholeValue {
                self = .integer(whole)
            } else if number.doubleValue.isFinite {
                self = .float(number.doubleValue)
            } else {
                self = .text(Text(number.text))
            }
        case .string(let text): self = .text(text)
        default: self = .text(Text(value.source))
        }
    }

    /// The value for `%v`, after its type in Go's words.
    func shownWithType(_ layout: FormatLayout = FormatLayout()) -> String {
        "\(typeName)=" + String(decoding: formatted("v", layout), as: UTF8.self)
    }

    private var typeName: String {
        switch self {
        case .integer(let whole): whole.int64 == nil ? "*big.Int" : "int"
        case .float: "float64"
        case .text: "string"
        }
    }

    /// The value as a verb shows it; a verb that does not fit says so.
    func formatted(_ verb: String, _ layout: FormatLayout) -> [UInt8] {
        if verb == "T" { return layout.padded(Array(typeName.utf8)) }
        let text: [UInt8]? =
            switch self {
            case .integer(let whole): Operand.format(whole, verb, layout)
            case .float(let double): FloatFormat(double).text(verb, layout)
            case .text(let text): Operand.format(text, verb, layout)
            }
        return text ?? Array("%!\(verb)(\(shownWithType(layout)))".utf8)
    }

    private static func format(
        _ whole: BigInteger,
        _ verb: String,
        _ layout: FormatLayout
    ) -> [UInt8]? {
        func number(_ radix: UInt64, _ mark: String, uppercase: Bool = false) -> [UInt8] {
            let text = whole.magnitude.text(radix: radix)
            var digits = Array((uppercase ? text.uppercased() : text).utf8)
            if let precision = layout.precision, digits.count < precision {
                digits = [UInt8](repeating: 0x30, count: precision - digits.count) + digits
            }
            return layout.number(isNegative: whole.isNegative, mark: mark, digits: digits)
        }
        switch verb {
        case "d", "v": return number(10, "")
        // Only integers beyond 64 bits have a text of their own in Go.
        case "s" where whole.int64 == nil: return number(10, "")
        case "b": return number(2, layout.hasSharp ? "0b" : "")
        case "o": return number(8, layout.hasSharp ? "0" : "")
        case "O": return number(8, "0o")
        case "x": return number(16, layout.hasSharp ? "0x" : "")
        case "X": return number(16, layout.hasSharp ? "0X" : "", uppercase: true)
        case "c", "q", "U":
            let scalar = whole.int64.flatMap { UInt32(exactly: $0) }.flatMap(Unicode.Scalar.init)
            let character = scalar ?? "\u{FFFD}"
            if verb == "c" { return layout.padded(Array(String(character).utf8)) }
            if verb == "q" { return layout.padded(Array("'\(character)'".utf8)) }
            let digits = whole.magnitude.text(radix: 16).uppercased()
            let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
            return layout.padded(Array("U+\(zeros)\(digits)".utf8))
        default: return nil
        }
    }

    private static func format(_ text: Text, _ verb: String, _ layout: FormatLayout) -> [UInt8]? {
        var cut = text
        if let precision = layout.precision, verb != "x", verb != "X" {
            let offsets = text.scalarOffsets
            cut = text.slice(0..<offsets[min(precision, offsets.count - 1)])
        }
        switch verb {
        case "s", "v": return layout.padded(cut.bytes)
        case "q":
            if layout.hasSharp, !cut.contains("`") {
                return layout.padded(Array("`".utf8) + cut.bytes + Array("`".utf8))
            }
            var quoted: [UInt8] = []
            cut.writeJSON(to: &quoted)
            return layout.padded(quoted)
        case "x", "X":
            let digits = Array((verb == "x" ? "0123456789abcdef" : "0123456789ABCDEF").utf8)
            var out: [UInt8] = []
            for byte in text.bytes.prefix(layout.precision ?? .max) {
                out += [digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
            return layout.padded(out)
        default: return nil
        }
    }
}
