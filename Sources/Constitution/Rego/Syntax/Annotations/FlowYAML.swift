import Canon

/// Reads a flow collection or a quoted scalar of YAML: `[a, "b"]`, `{a: 1}`.
struct FlowYAML {
    private let text: [UInt8]
    private let line: Int
    private var place = 0
    private var depth = 0

    /// That the text ended before the value did.
    private enum Ending: Error {
        case open
        case mistake(BlockYAML.Mistake)
    }

    init(_ text: [UInt8], line: Int) {
        self.text = text
        self.line = line
    }

    /// The value that all of the text is; nil where it ends before the value does.
    mutating func readAll() throws(BlockYAML.Mistake) -> JSONValue? {
        do throws(Ending) {
            let value = try value()
            skipBlanks()
            guard place == text.count else { throw wrong("Nothing can stand behind this value.") }
            return value
        } catch {
            switch error {
            case .open: return nil
            case .mistake(let mistake): throw mistake
            }
        }
    }

    private func wrong(_ message: String) -> Ending {
        .mistake(BlockYAML.Mistake(line: line, message: message))
    }

    private mutating func skipBlanks() {
        while place < text.count, text[place] == 0x20 || text[place] == 0x0A || text[place] == 0x09
        {
            place += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard place < text.count, text[place] == byte else { return false }
        place += 1
        return true
    }

    private mutating func value() throws(Ending) -> JSONValue {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 64 else { throw wrong("This is nested deeper than 64 levels.") }
        skipBlanks()
        guard place < text.count else { throw .open }
        switch text[place] {
        case UInt8(ascii: "["): return try sequence()
        case UInt8(ascii: "{"): return try mapping()
        case UInt8(ascii: "\""): return .string(try doubleQuoted())
        case UInt8(ascii: "'"): return .string(try singleQuoted())
        default: return AnnotationScalar.plain(try plain())
        }
    }

    private mutating func sequence() throws(Ending) -> JSONValue {
        place += 1
        var items: [JSONValue] = []
        while !take(UInt8(ascii: "]")) {
            items.append(try value())
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw separator() }
            break
        }
        return .array(items)
    }

    private mutating func mapping() throws(Ending) -> JSONValue {
        place += 1
        var members: [(String, JSONValue)] = []
        while !take(UInt8(ascii: "}")) {
            guard case .string(let key) = try keyValue() else {
                throw wrong("A key is a text.")
            }
            guard !members.contains(where: { $0.0.utf8.elementsEqual(key.utf8) }) else {
                throw wrong("The key \(SourceText.quoted(key)) appears twice.")
            }
            members.append((key, take(UInt8(ascii: ":")) ? try value() : .null))
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw separator() }
            break
        }
        return .object(JSONObject(members))
    }

    private mutating func keyValue() throws(Ending) -> JSONValue {
        skipBlanks()
        guard place < text.count else { throw .open }
        switch text[place] {
        case UInt8(ascii: "\""): return .string(try doubleQuoted())
        case UInt8(ascii: "'"): return .string(try singleQuoted())
        default: return .string(String(decoding: try plain(), as: UTF8.self))
        }
    }

    private func separator() -> Ending {
        place < text.count ? wrong("A ',' or the closing bracket is missing.") : .open
    }

    private mutating func plain() throws(Ending) -> [UInt8] {
        let start = place
        while place < text.count {
            let byte = text[place]
            if [0x2C, 0x5B, 0x5D, 0x7B, 0x7D].contains(byte) { break }
            let isLast = place + 1 == text.count
            if byte == UInt8(ascii: ":"),
                isLast || [0x20, 0x2C, 0x5D, 0x7D].contains(text[place + 1])
            {
                break
            }
            place += 1
        }
        guard place < text.count else { throw .open }
        var end = place
        while end > start, text[end - 1] == 0x20 { end -= 1 }
        guard end > start else { throw wrong("A value is missing here.") }
        return Array(text[start..<end])
    }

    private mutating func singleQuoted() throws(Ending) -> String {
        place += 1
        var out: [UInt8] = []
        while place < text.count {
            let byte = text[place]
            place += 1
            if byte == UInt8(ascii: "'") {
                guard place < text.count, text[place] == byte else {
                    return String(decoding: out, as: UTF8.self)
                }
                place += 1
            }
            out.append(byte)
        }
        throw .open
    }

    private mutating func doubleQuoted() throws(Ending) -> String {
        place += 1
        let start = place
        while place < text.count, text[place] != UInt8(ascii: "\"") {
            place += text[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard place < text.count else { throw .open }
        place += 1
        do {
            return try StringLiteral.unescape(text[start..<(place - 1)])
        } catch {
            throw wrong(error.message)
        }
    }
}
