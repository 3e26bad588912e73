extension JSONValue {
    /// The bytes of RFC 8785: what is hashed and signed.
    ///
    /// Numbers take the form of ECMAScript. A whole number beyond 2^53 has no exact form there and
    /// is refused: two different values must never have one digest.
    package func canonicalBytes() throws(JSONFault) -> [UInt8] {
        var out: [UInt8] = []
        try writeCanonical(into: &out)
        return out
    }

    /// One line of JSON with every digit, members in canonical order.
    package var line: [UInt8] {
        var out: [UInt8] = []
        write(into: &out, indent: nil)
        return out
    }

    /// JSON for people: two spaces a level, one member a line, a line feed at the end.
    package var pretty: [UInt8] {
        var out: [UInt8] = []
        write(into: &out, indent: 0)
        out.append(0x0A)
        return out
    }

    private func writeCanonical(into out: inout [UInt8]) throws(JSONFault) {
        switch self {
        case .number(let number): out.append(contentsOf: try number.canonicalText().utf8)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                try element.writeCanonical(into: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let object):
            out.append(UInt8(ascii: "{"))
            for (index, (key, value)) in object.members.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                JSONValue.write(string: key, into: &out)
                out.append(UInt8(ascii: ":"))
                try value.writeCanonical(into: &out)
            }
            out.append(UInt8(ascii: "}"))
        case .null, .bool, .string: write(into: &out, indent: nil)
        }
    }

    private func write(into out: inout [UInt8], indent: Int?) {
        switch self {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let number): out.append(contentsOf: number.text.utf8)
        case .string(let text): JSONValue.write(string: text, into: &out)
        case .array(let elements):
            JSONValue.writeList(
                elements,
                between: (UInt8(ascii: "["), UInt8(ascii: "]")),
                indent,
                &out
            ) { element, inner, out in element.write(into: &out, indent: inner) }
        case .object(let object):
            JSONValue.writeList(
                object.members,
                between: (UInt8(ascii: "{"), UInt8(ascii: "}")),
                indent,
                &out
            ) { member, inner, out in
                JSONValue.write(string: member.key, into: &out)
                out.append(UInt8(ascii: ":"))
                if inner != nil { out.append(0x20) }
                member.value.write(into: &out, indent: inner)
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element],
        between brackets: (UInt8, UInt8),
        _ indent: Int?,
        _ out: inout [UInt8],
        _ body: (Element, Int?, inout [UInt8]) -> Void
    ) {
        out.append(brackets.0)
        for (index, element) in elements.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            newLine(indent.map { $0 + 1 }, &out)
            body(element, indent.map { $0 + 1 }, &out)
        }
        if !elements.isEmpty { newLine(indent, &out) }
        out.append(brackets.1)
    }

    private static func newLine(_ indent: Int?, _ out: inout [UInt8]) {
        guard let indent else { return }
        out.append(0x0A)
        out.append(contentsOf: repeatElement(0x20, count: indent * 2))
    }

    private static func isPlain(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { return false }
        }
        return true
    }

    /// Adds a string with the escapes of RFC 8785 §3.2.2.2: the fewest that JSON allows.
    package static func write(string: String, into out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        // Most strings have nothing to escape, and are copied whole.
        if isPlain(string.utf8Span.span) {
            out.append(contentsOf: string.utf8)
            out.append(UInt8(ascii: "\""))
            return
        }
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): out.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): out.append(contentsOf: "\\\\".utf8)
            case 0x08: out.append(contentsOf: "\\b".utf8)
            case 0x09: out.append(contentsOf: "\\t".utf8)
            case 0x0A: out.append(contentsOf: "\\n".utf8)
            case 0x0C: out.append(contentsOf: "\\f".utf8)
            case 0x0D: out.append(contentsOf: "\\r".utf8)
            case 0..<0x20:
                out.append(contentsOf: "\\u00".utf8)
                for nibble in [byte >> 4, byte & 15] {
                    out.append(nibble < 10 ? nibble + 48 : nibble + 87)
                }
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}

extension JSONNumber {
    fileprivate func canonicalText() throws(JSONFault) -> String {
        if case .integer(let value) = self, value.magnitude <= 1 << 53 { return String(value) }
        let double = doubleValue
        // A fraction is what its nearest double says (RFC 8785 §3.2.2.3). A whole number that the
        // double cannot hold exactly would change its value, and so its meaning.
        guard double.isFinite, !isInteger || Decimal(double) == decimal else {
            throw .numberWithoutCanonicalForm(text)
        }
        return JSONNumber.ecmaScript(double)
    }
}
