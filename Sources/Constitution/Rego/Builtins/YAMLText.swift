/// Reads scalars and flow collections of YAML within one run of bytes.
struct YAMLText {
    /// Why the text cannot be read.
    struct Refusal: Error {
        let reason: String
        /// Whether the text merely ends too early: another line may complete it.
        var isUnfinished = false
    }

    private let bytes: ArraySlice<UInt8>
    private var at: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    /// How far the text has been read.
    var offset: Int { at }

    var rest: ArraySlice<UInt8> { bytes[at...] }

    private var next: UInt8? { at < bytes.endIndex ? bytes[at] : nil }

    /// Skips spaces, breaks and comments.
    mutating func skipSpace() {
        while let next {
            if next == UInt8(ascii: "#"), at == bytes.startIndex || bytes[at - 1] <= 0x20 {
                while at < bytes.endIndex, bytes[at] != 0x0A { at += 1 }
            } else if next == 0x20 || next == 0x09 || next == 0x0A {
                at += 1
            } else {
                return
            }
        }
    }

    private func refusal(_ reason: String) -> Refusal {
        Refusal(reason: reason, isUnfinished: next == nil)
    }

    // MARK: - Flow

    mutating func flowValue(depthLeft: Int) throws(Refusal) -> Value {
        guard depthLeft > 0 else { throw Refusal(reason: "exceeded max depth") }
        skipSpace()
        switch next {
        case nil: throw refusal("did not find expected node content")
        case UInt8(ascii: "{"): return try flowMapping(depthLeft)
        case UInt8(ascii: "["): return try flowSequence(depthLeft)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try quoted())
        case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"):
            throw Refusal(reason: "anchors, aliases and tags are not read")
        default: return YAMLText.typed(flowPlain()[...])
        }
    }

    private mutating func flowSequence(_ depthLeft: Int) throws(Refusal) -> Value {
        at += 1
        var elements: [Value] = []
        while true {
            skipSpace()
            if next == UInt8(ascii: "]") { break }
            elements.append(try flowValue(depthLeft: depthLeft - 1))
            skipSpace()
            if next == UInt8(ascii: ",") {
                at += 1
            } else if next != UInt8(ascii: "]") {
                throw refusal("did not find expected ',' or ']'")
            }
        }
        at += 1
        return .array(ArrayValue(elements))
    }

    private mutating func flowMapping(_ depthLeft: Int) throws(Refusal) -> Value {
        at += 1
        var members: [ObjectValue.Member] = []
        while true {
            skipSpace()
            if next == UInt8(ascii: "}") { break }
            let isQuoted = next == UInt8(ascii: "\"") || next == UInt8(ascii: "'")
            if next == nil || next == UInt8(ascii: "{") || next == UInt8(ascii: "[") {
                throw refusal("did not find expected ',' or '}'")
            }
            let key = isQuoted ? try quoted() : YAMLText.key(flowPlain())
            skipSpace()
            var value = Value.null
            if next == UInt8(ascii: ":") {
                at += 1
                skipSpace()
                if next != UInt8(ascii: ","), next != UInt8(ascii: "}") {
                    value = try flowValue(depthLeft: depthLeft - 1)
                }
            }
            members.append(ObjectValue.Member(key: .string(key), value: value))
            skipSpace()
            if next == UInt8(ascii: ",") {
                at += 1
            } else if next != UInt8(ascii: "}") {
                throw refusal("did not find expected ',' or '}'")
            }
        }
        at += 1
        var repeated: Value?
        let object = ObjectValue(members, repeated: &repeated)
        if let repeated { throw Refusal(reason: "key \(repeated) already set in map") }
        return .object(object)
    }

    /// Plain text within flow, up to what ends it.
    private mutating func flowPlain() -> [UInt8] {
        let start = at
        while let byte = next {
            if ",[]{}\n".utf8.contains(byte) { break }
            let following = at + 1 < bytes.endIndex ? bytes[at + 1] : 0x20
            if byte == UInt8(ascii: ":"), " ,[]{}\n".utf8.contains(following) { break }
            if byte == UInt8(ascii: "#"), at > start, bytes[at - 1] == 0x20 { break }
            at += 1
        }
        return YAMLText.trimmed(bytes[start..<at])
    }

    // MARK: - Quotes

    mutating func quoted() throws(Refusal) -> Text {
        let quote = bytes[at]
        at += 1
        var out: [UInt8] = []
        while let byte = next {
            if byte == quote {
                at += 1
                guard quote == UInt8(ascii: "'"), next == quote else { return Text(out) }
                out.append(quote)
                at += 1
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                try escape(into: &out)
            } else if byte == 0x0A {
                foldBreaks(into: &out)
            } else {
                out.append(byte)
                at += 1
            }
        }
        throw refusal("found unexpected end of stream within quotes")
    }

    /// One break within quotes is a space; of more, each but the first stays a break.
    private mutating func foldBreaks(into out: inout [UInt8]) {
        while out.last == 0x20 || out.last == 0x09 { out.removeLast() }
        var breaks = 0
        while let next, next == 0x0A || next == 0x20 || next == 0x09 {
            if next == 0x0A { breaks += 1 }
            at += 1
        }
        if breaks == 1 { out.append(0x20) }
        for _ in 1..<max(1, breaks) { out.append(0x0A) }
    }

    private static let escapes: [UInt8: [UInt8]] = [
        UInt8(ascii: "0"): [0], UInt8(ascii: "a"): [7], UInt8(ascii: "b"): [8],
        UInt8(ascii: "t"): [9], UInt8(ascii: "n"): [10], UInt8(ascii: "v"): [11],
        UInt8(ascii: "f"): [12], UInt8(ascii: "r"): [13], UInt8(ascii: "e"): [27],
        UInt8(ascii: " "): [32], UInt8(ascii: "\""): [34], UInt8(ascii: "/"): [47],
        UInt8(ascii: "\\"): [92], UInt8(ascii: "N"): [0xC2, 0x85], UInt8(ascii: "_"): [0xC2, 0xA0],
    ]

    private mutating func escape(into out: inout [UInt8]) throws(Refusal) {
        at += 1
        guard let letter = next else { throw Refusal(reason: "found unexpected end of stream") }
        at += 1
        if let plain = YAMLText.escapes[letter] {
            out += plain
            return
        }
        let widths: [UInt8: Int] = [
            UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8,
        ]
        guard let width = widths[letter], at + width <= bytes.endIndex,
            var code = UInt32(String(decoding: bytes[at..<at + width], as: UTF8.self), radix: 16)
        else { throw Refusal(reason: "found unknown escape character") }
        at += width
        // JSON is YAML, and JSON writes characters beyond U+FFFF as two halves.
        if (0xD800..<0xDC00).contains(code), bytes[at...].starts(with: "\\u".utf8),
            let low = UInt32(
                String(decoding: bytes[at...].dropFirst(2).prefix(4), as: UTF8.self),
                radix: 16
            ),
            (0xDC00..<0xE000).contains(low)
        {
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            at += 6
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw Refusal(reason: "found invalid Unicode character escape code")
        }
        out += Array(String(Character(scalar)).utf8)
    }

    // MARK: - Plain scalars

    /// A plain key up to its colon; `nil` when there is none.
    mutating func plainKey() -> Text? {
        let start = at
        if let first = next, "&*!|>%@`#,]}".utf8.contains(first) { return nil }
        while let byte = next {
            if byte == UInt8(ascii: "#"), at > start, bytes[at - 1] == 0x20 { return nil }
            let following = at + 1 < bytes.endIndex ? bytes[at + 1] : 0x20
            if byte == UInt8(ascii: ":"), following == 0x20 || following == 0x09 {
                return YAMLText.key(YAMLText.trimmed(bytes[start..<at]))
            }
            at += 1
        }
        return nil
    }

    /// The key that plain text means: keys of JSON are strings, so `on` is `true` and `0x1F` is `31`.
    private static func key(_ plain: [UInt8]) -> Text {
        let typed = typed(plain[...])
        if case .string(let text) = typed { return text }
        return Text(typed.json)
    }

    /// Whether plain text has a colon that makes a key of what stands before it.
    static func hasKey(_ text: [UInt8]) -> Bool {
        for (index, byte) in text.enumerated() where byte == UInt8(ascii: ":") {
            if index + 1 == text.count || text[index + 1] == 0x20 { return true }
        }
        return false
    }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var slice = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        while slice.last == 0x20 || slice.last == 0x09 { slice.removeLast() }
        return Array(slice)
    }

    /// The content of a line before its comment, and whether there was one.
    static func withoutComment(_ content: ArraySlice<UInt8>) -> ([UInt8], Bool) {
        for index in content.indices where content[index] == UInt8(ascii: "#") {
            let isFirst = index == content.startIndex
            if isFirst || content[index - 1] == 0x20 || content[index - 1] == 0x09 {
                return (trimmed(content[..<index]), true)
            }
        }
        return (trimmed(content), false)
    }

    /// Joins the lines of a block scalar; folding makes a space of a single break.
    static func joined(_ rows: [[UInt8]], folds: Bool) -> [UInt8] {
        var out: [UInt8] = []
        for (index, row) in rows.enumerated() {
            if index > 0 {
                let previous = rows[index - 1]
                // A line that is indented further keeps the breaks around it.
                let isKept = row.first == 0x20 || previous.first == 0x20
                if !folds || isKept || row.isEmpty {
                    out.append(0x0A)
                } else if !previous.isEmpty {
                    out.append(0x20)
                }
            }
            out += row
        }
        return out
    }

    /// What plain text means: null, a boolean, a number, or itself.
    static func typed(_ bytes: ArraySlice<UInt8>) -> Value {
        let text = Text(bytes)
        switch text.string {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return true
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return false
        case let string:
            guard let first = bytes.first, "+-.0123456789".utf8.contains(first) else {
                return .string(text)
            }
            return number(string).map(Value.number) ?? .string(text)
        }
    }

    private static func number(_ string: String) -> RegoNumber? {
        let plain = string.filter { $0 != "_" }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where plain.hasPrefix(prefix) {
            return Int64(plain.dropFirst(2), radix: radix).map(RegoNumber.integer)
        }
        // A zero in front means base eight in the YAML that Kubernetes reads.
        if plain.count > 1, plain.hasPrefix("0"), plain.allSatisfy({ ("0"..."7").contains($0) }) {
            return Int64(plain, radix: 8).map(RegoNumber.integer)
        }
        guard plain.contains(where: \.isNumber) else { return nil }
        return RegoNumber(loosely: Text(plain))
    }
}
