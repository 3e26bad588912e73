extension Value {
    /// The value as one line of JSON; a set is written as the array of its members.
    ///
    /// A key that is no string is written as the text of its JSON, as other engines do.
    package var json: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(64)
        writeJSON(to: &out)
        return out
    }

    /// Appends the value as one line of JSON.
    package func writeJSON(to out: inout [UInt8]) {
        switch self {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: value ? "true".utf8 : "false".utf8)
        case .number(let number): number.append(to: &out)
        case .string(let text): text.writeJSON(to: &out)
        case .array(let array): Value.writeList(array.elements, to: &out)
        case .set(let set): Value.writeList(set.elements, to: &out)
        case .object(let object):
            out.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                member.key.writeJSONKey(to: &out)
                out.append(UInt8(ascii: ":"))
                member.value.writeJSON(to: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    private static func writeList(_ elements: [Value], to out: inout [UInt8]) {
        out.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            element.writeJSON(to: &out)
        }
        out.append(UInt8(ascii: "]"))
    }

    private func writeJSONKey(to out: inout [UInt8]) {
        if case .string(let text) = self {
            text.writeJSON(to: &out)
        } else {
            Text(json).writeJSON(to: &out)
        }
    }
}

extension Text {
    /// Appends the text as a JSON string; bytes that are no UTF-8 become U+FFFD.
    package func writeJSON(to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        withBytes { bytes in
            var at = 0
            while at < bytes.count {
                let byte = bytes[at]
                if byte < 0x80 {
                    Text.writeJSON(byte, to: &out)
                    at += 1
                } else {
                    at = Text.writeScalar(bytes, at, to: &out)
                }
            }
        }
        out.append(UInt8(ascii: "\""))
    }

    /// Appends the character at an offset or U+FFFD, and gives the offset behind it.
    static func writeScalar(_ bytes: Span<UInt8>, _ at: Int, to out: inout [UInt8]) -> Int {
        let length = scalarLength(bytes, at)
        if length == 0 {
            out.append(contentsOf: [0xEF, 0xBF, 0xBD])
            return at + 1
        }
        for index in at..<at + length { out.append(bytes[index]) }
        return at + length
    }

    static func writeJSON(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            out.append(UInt8(ascii: "\\"))
            out.append(byte)
        case 0x0A: out.append(contentsOf: "\\n".utf8)
        case 0x0D: out.append(contentsOf: "\\r".utf8)
        case 0x09: out.append(contentsOf: "\\t".utf8)
        case 0..<0x20: writeEscape(byte, to: &out)
        default: out.append(byte)
        }
    }

    static func writeEscape(_ byte: UInt8, to out: inout [UInt8]) {
        out.append(contentsOf: "\\u00".utf8)
        out.append(UInt8(ascii: "0") + byte >> 4)
        let low = byte & 0xF
        out.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    }
}
