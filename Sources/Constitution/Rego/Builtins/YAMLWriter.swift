/// Writes values as block YAML, keys in order, as other engines lay it out.
struct YAMLWriter {
    private var out: [UInt8] = []

    /// The text of a value; a set becomes a sequence.
    mutating func text(
        of value: Value,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Text {
        out = []
        try write(value, 0, &context)
        if out.last != 0x0A { out.append(0x0A) }
        return Text(out)
    }

    /// Writes a value that stands at the beginning of a line or after an indicator and a space.
    private mutating func write(
        _ value: Value,
        _ level: Int,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        switch value {
        case .array(let array): try write(array.elements, level, &context)
        case .set(let set): try write(set.elements, level, &context)
        case .object(let object):
            if object.isEmpty { return append("{}") }
            for (index, member) in object.members.enumerated() {
                try begin(index, level, &context)
                if case .string(let key) = member.key {
                    write(key)
                } else {
                    write(Text(member.key.json))
                }
                append(":")
                try under(member.value, level, &context)
            }
        case .string(let text):
            try context.charge(bytes: 2 * text.count)
            write(text)
        case .null, .bool, .number: value.writeJSON(to: &out)
        }
    }

    private mutating func write(
        _ elements: [Value],
        _ level: Int,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        if elements.isEmpty { return append("[]") }
        for (index, element) in elements.enumerated() {
            try begin(index, level, &context)
            append("- ")
            try write(element, level + 2, &context)
            endLine()
        }
    }

    /// Writes what stands under a key: a sequence at the key's own column, an object deeper.
    private mutating func under(
        _ value: Value,
        _ level: Int,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        switch value {
        case .object(let object) where !object.isEmpty:
            append("\n")
            out += spaces(level + 2)
            try write(value, level + 2, &context)
        case .array, .set:
            if value.memberCount == 0 {
                append(" []")
            } else {
                append("\n")
                out += spaces(level)
                try write(value, level, &context)
            }
        default:
            append(" ")
            try write(value, level + 2, &context)
        }
        endLine()
    }

    /// Begins an entry; the first one already stands where it belongs.
    private mutating func begin(
        _ index: Int,
        _ level: Int,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        try context.charge(bytes: level + 4)
        if index > 0 { out += spaces(level) }
    }

    private mutating func endLine() {
        if out.last != 0x0A { out.append(0x0A) }
    }

    private mutating func append(_ text: String) { out += text.utf8 }

    private func spaces(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x20, count: count) }

    /// Writes a string plainly where that reads back as the same string, else as JSON has it.
    private mutating func write(_ text: Text) {
        if isPlain(text) { return text.append(to: &out) }
        var quoted: [UInt8] = []
        text.writeJSON(to: &quoted)
        for scalar in String(decoding: quoted, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\u{7F}": append("\\x7F")
            case "\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default: append(String(scalar))
            }
        }
    }

    private func isPlain(_ text: Text) -> Bool {
        let bytes = text.bytes
        guard let first = bytes.first, let last = bytes.last, Text.isUTF8(bytes.span) else {
            return false
        }
        // What begins like a number may be a date or a time of day to other readers.
        if "-?:,[]{}#&*!|>'\"%@` +.=<0123456789".utf8.contains(first) || last == 0x20 {
            return false
        }
        // Controls, and the line breaks that only YAML knows, are escaped.
        let hasBreak = ["\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}"].contains { text.contains($0) }
        if hasBreak || bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return false }
        if last == UInt8(ascii: ":") || YAMLText.hasKey(bytes) || text.contains(" #") {
            return false
        }
        return YAMLText.typed(bytes[...]) == .string(text)
    }
}
