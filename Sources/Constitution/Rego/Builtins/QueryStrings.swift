extension BuiltinTable {
    /// The form of values in the query of an address.
    static let queryStrings: [Builtin] = [
        recoding("urlquery.encode") { text in
            var out: [UInt8] = []
            escape(text, to: &out)
            return Text(out)
        },
        recoding("urlquery.decode") { text throws(BuiltinError) in
            try unescaped(text.bytes[...])
        },
        Builtin("urlquery.encode_object", [encodable], .string) {
            arguments,
            context throws(BuiltinError) in
            var out: [UInt8] = []
            for member in try arguments.object(0).members {
                guard case .string(let key) = member.key else {
                    throw .type("operand 1 keys must be strings")
                }
                for value in try values(of: member.value) {
                    try context.charge(bytes: 3 * (key.count + value.count))
                    if !out.isEmpty { out.append(UInt8(ascii: "&")) }
                    escape(key, to: &out)
                    out.append(UInt8(ascii: "="))
                    escape(value, to: &out)
                }
            }
            return .string(Text(out))
        },
        Builtin("urlquery.decode_object", [.string], decoded) {
            arguments,
            context throws(BuiltinError) in
            let text = try arguments.text(0)
            try context.charge(bytes: text.count)
            var values: [Text: [Value]] = [:]
            for part in text.bytes.split(separator: UInt8(ascii: "&")) {
                if part.contains(UInt8(ascii: ";")) {
                    throw .failed("invalid semicolon separator in query")
                }
                try context.charge(values: 2)
                let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
                let key = try unescaped(part[..<equals])
                let value = try unescaped(part[equals...].dropFirst())
                values[key, default: []].append(.string(value))
            }
            let members = values.map { key, values in
                ObjectValue.Member(key: .string(key), value: .array(ArrayValue(values)))
            }
            return .object(ObjectValue(members))
        },
    ]

    private static let encodable = TypeSchema.object(
        key: .string,
        value: .oneOf([.string, .array(of: .string), .set(of: .string)])
    )

    private static let decoded = TypeSchema.object(key: .string, value: .array(of: .string))

    private static func values(of value: Value) throws(BuiltinError) -> [Text] {
        let wanted = "operand 1 values must be string, array[string], or set[string]"
        let values: [Value]
        switch value {
        case .string(let text): return [text]
        case .array(let array): values = array.elements
        case .set(let set): values = set.elements
        default: throw .type(wanted)
        }
        var texts: [Text] = []
        for value in values {
            guard case .string(let text) = value else { throw .type(wanted) }
            texts.append(text)
        }
        return texts
    }

    private static func escape(_ text: Text, to out: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "~"):
                out.append(byte)
            case UInt8(ascii: " "): out.append(UInt8(ascii: "+"))
            default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) throws(BuiltinError) -> Text {
        var out: [UInt8] = []
        var at = text.startIndex
        while at < text.endIndex {
            switch text[at] {
            case UInt8(ascii: "+"): out.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = text[(at + 1)...].prefix(2)
                guard digits.count == 2, let high = hexDigit(digits[at + 1]),
                    let low = hexDigit(digits[at + 2])
                else {
                    let wrong = String(decoding: text[at...].prefix(3), as: UTF8.self)
                    throw .failed("invalid URL escape \"\(wrong)\"")
                }
                out.append(high << 4 | low)
                at += 2
            default: out.append(text[at])
            }
            at += 1
        }
        return Text(out)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
