/// How `json.marshal` writes: escaped so that it may stand in a web page, on request indented.
struct JSONLayout {
    /// What stands before each line but the first; `nil` for one line without spaces.
    var prefix: Text?

    /// What each level adds.
    var indent: Text = "\t"

    private var out: [UInt8] = []

    init(prefix: Text? = nil, indent: Text = "\t") {
        self.prefix = prefix
        self.indent = indent
    }

    /// The text of a value.
    mutating func text(
        of value: Value,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Text {
        out = []
        try write(value, 0, &context)
        return Text(out)
    }

    private mutating func write(
        _ value: Value,
        _ level: Int,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        let before = out.count
        switch value {
        case .null, .bool, .number: value.writeJSON(to: &out)
        case .string(let text): write(text)
        case .array(let array): try write(array.elements, level, &context)
        case .set(let set): try write(set.elements, level, &context)
        case .object(let object):
            out.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                try separate(index, level + 1, &context)
                if case .string(let key) = member.key {
                    write(key)
                } else {
                    write(Text(member.key.json))
                }
                out.append(UInt8(ascii: ":"))
                if prefix != nil { out.append(UInt8(ascii: " ")) }
                try write(member.value, level + 1, &context)
            }
            try close(UInt8(ascii: "}"), object.isEmpty, level, &context)
        }
        if level == 0 || value.memberCount == nil {
            try context.charge(bytes: max(1, out.count - before))
        }
    }

    private mutating func write(
        _ elements: [Value],
        _ level: Int,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        out.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            try separate(index, level + 1, &context)
            try write(element, level + 1, &context)
        }
        try close(UInt8(ascii: "]"), elements.isEmpty, level, &context)
    }

    private mutating func separate(
        _ index: Int,
        _ level: Int,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        try breakLine(level, &context)
    }

    private mutating func close(
        _ bracket: UInt8,
        _ isEmpty: Bool,
        _ level: Int,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        if !isEmpty { try breakLine(level, &context) }
        out.append(bracket)
    }

    private mutating func breakLine(
        _ level: Int,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        guard let prefix else { return }
        try context.charge(bytes: 1 + prefix.count + level * indent.count)
        out.append(0x0A)
        prefix.append(to: &out)
        for _ in 0..<level { indent.append(to: &out) }
    }

    private mutating func write(_ text: Text) {
        out.append(UInt8(ascii: "\""))
        let bytes = text.bytes
        let span = bytes.span
        var at = 0
        while at < span.count {
            let byte = span[at]
            switch byte {
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
                Text.writeEscape(byte, to: &out)
                at += 1
            case 0..<0x80:
                Text.writeJSON(byte, to: &out)
                at += 1
            case 0xE2 where bytes[at...].starts(with: [0xE2, 0x80, 0xA8]):
                out.append(contentsOf: "\\u2028".utf8)
                at += 3
            case 0xE2 where bytes[at...].starts(with: [0xE2, 0x80, 0xA9]):
                out.append(contentsOf: "\\u2029".utf8)
                at += 3
            default: at = Text.writeScalar(span, at, to: &out)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
