import Canon

/// The scalars of YAML, and what separates keys, values and comments on a line.
enum AnnotationScalar {
    /// A line up to its comment: a `#` behind a blank and outside of quotes.
    static func withoutComment(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var quote: UInt8?
        var before: UInt8 = 0x20
        for place in line.indices {
            let byte = line[place]
            if let open = quote {
                if byte == open, before != UInt8(ascii: "\\") || open == UInt8(ascii: "'") {
                    quote = nil
                }
            } else if byte == UInt8(ascii: "#"), before == 0x20 || before == 0x09 {
                return line[..<place]
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                // A quote inside of a word, as in "don't", opens nothing.
                if [0x20, 0x5B, 0x7B, 0x2C, 0x3A].contains(before) { quote = byte }
            }
            before = byte
        }
        return line
    }

    /// The key that a line begins with and what stands behind its colon; nil where there is none.
    static func key(
        of content: ArraySlice<UInt8>,
        line: Int
    ) throws(BlockYAML.Mistake) -> (String, ArraySlice<UInt8>)? {
        guard let first = content.first else { return nil }
        if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") { return nil }
        if content.elementsEqual("---".utf8) || content.elementsEqual("...".utf8) {
            throw BlockYAML.Mistake(line: line, message: "There is one document only.")
        }
        var place = content.startIndex
        let isQuoted = first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
        if isQuoted {
            guard let end = content.dropFirst().firstIndex(of: first) else { return nil }
            place = end + 1
        } else {
            while place < content.endIndex, !isColon(place, in: content) { place += 1 }
        }
        guard place < content.endIndex, isColon(place, in: content) else { return nil }
        var name = content[..<place]
        if isQuoted { name = name.dropFirst().dropLast() }
        while name.last == 0x20 { name.removeLast() }
        let rest = content[(place + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        return (String(decoding: name, as: UTF8.self), rest)
    }

    private static func isColon(_ place: Int, in content: ArraySlice<UInt8>) -> Bool {
        guard content[place] == UInt8(ascii: ":") else { return false }
        let next = place + 1
        return next == content.endIndex || content[next] == 0x20 || content[next] == 0x09
    }

    /// What a plain scalar means: null, a boolean, a number, or its text.
    static func plain(_ bytes: [UInt8]) -> JSONValue {
        let text = String(decoding: bytes, as: UTF8.self)
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        let first = bytes.first ?? 0
        let isNumeric = Lexer.isDigit(first) || first == UInt8(ascii: "-")
        if isNumeric, let value = try? JSONValue(parsing: bytes), case .number = value {
            return value
        }
        return .string(text)
    }

    /// The lines of a `|` or `>` block as one text.
    static func joined(
        _ lines: [ArraySlice<UInt8>],
        isLiteral: Bool,
        keepsEnd: UInt8?
    ) -> String {
        var lines = lines
        var blanks = 0
        while let last = lines.last, last.isEmpty {
            lines.removeLast()
            blanks += 1
        }
        var out: [UInt8] = []
        for (number, line) in lines.enumerated() {
            if number > 0 {
                let folds = !isLiteral && !line.isEmpty && !lines[number - 1].isEmpty
                let isIndented = line.first == 0x20 || lines[number - 1].first == 0x20
                if folds, !isIndented {
                    out.append(0x20)
                } else if isLiteral || line.isEmpty || isIndented {
                    out.append(0x0A)
                }
            }
            out += line
        }
        if !lines.isEmpty, keepsEnd != UInt8(ascii: "-") { out.append(0x0A) }
        if keepsEnd == UInt8(ascii: "+") { out += Array(repeating: 0x0A, count: blanks) }
        return String(decoding: out, as: UTF8.self)
    }
}
