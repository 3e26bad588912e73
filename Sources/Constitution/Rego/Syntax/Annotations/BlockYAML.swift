import Canon

/// Reads the part of YAML that people write in METADATA comments.
///
/// There are mappings, sequences, flow collections, quoted and plain scalars, `|` and `>` blocks and
/// comments. There are no anchors, tags or further documents: those are refused, because a text that
/// two readers take differently says nothing.
struct BlockYAML {
    /// What is wrong, and on which line, counted from zero.
    struct Mistake: Error {
        let line: Int
        let message: String
    }

    private struct Line {
        let indent: Int
        /// Without indentation and comment; empty for a blank line.
        let content: ArraySlice<UInt8>
        /// With everything, as block scalars need it.
        let raw: ArraySlice<UInt8>
        let number: Int
    }

    private var lines: [Line]
    private var place = 0
    private var depth = 0
    private static let depthMax = 64
    private static let flowLinesMax = 256

    /// Reads all lines as one value; no lines at all are null.
    static func read(_ lines: [String]) throws(Mistake) -> JSONValue {
        var reader = BlockYAML(lines)
        reader.skipBlanks()
        guard let first = reader.line else { return .null }
        let value = try reader.block(minimum: first.indent)
        reader.skipBlanks()
        if let rest = reader.line {
            throw Mistake(line: rest.number, message: "This line belongs to nothing above it.")
        }
        return value
    }

    private init(_ texts: [String]) {
        lines = texts.enumerated().map { number, text in
            let raw = ArraySlice(Array(text.utf8))
            let indent = raw.prefix { $0 == 0x20 }.count
            var content = AnnotationScalar.withoutComment(raw.dropFirst(indent))
            while let last = content.last, last == 0x20 || last == 0x09 { content.removeLast() }
            return Line(indent: indent, content: content, raw: raw, number: number)
        }
    }

    private var line: Line? { place < lines.count ? lines[place] : nil }

    private mutating func skipBlanks() {
        while let line, line.content.isEmpty { place += 1 }
    }

    private func mistake(_ line: Line, _ message: String) -> Mistake {
        Mistake(line: line.number, message: message)
    }

    // MARK: Blocks

    /// The value that begins on the line at hand, indented at least so far.
    private mutating func block(minimum: Int) throws(Mistake) -> JSONValue {
        skipBlanks()
        guard let line, line.indent >= minimum else { return .null }
        depth += 1
        defer { depth -= 1 }
        guard depth <= BlockYAML.depthMax else {
            throw mistake(line, "This is nested deeper than \(BlockYAML.depthMax) levels.")
        }
        if line.content.first == 0x09 {
            throw mistake(line, "Lines are indented with blanks, not with tabs.")
        }
        if BlockYAML.isItem(line.content) { return try sequence(indent: line.indent) }
        if try AnnotationScalar.key(of: line.content, line: line.number) != nil {
            return try mapping(indent: line.indent)
        }
        place += 1
        return try inline(line.content, of: line, parent: minimum - 1)
    }

    private static func isItem(_ content: ArraySlice<UInt8>) -> Bool {
        guard content.first == UInt8(ascii: "-") else { return false }
        return content.count == 1 || content[content.startIndex + 1] == 0x20
    }

    private mutating func sequence(indent: Int) throws(Mistake) -> JSONValue {
        var items: [JSONValue] = []
        while true {
            skipBlanks()
            guard let line, line.indent == indent, BlockYAML.isItem(line.content) else { break }
            let rest = line.content.dropFirst()
            let blanks = rest.prefix { $0 == 0x20 }.count
            let inner = rest.dropFirst(blanks)
            if inner.isEmpty {
                place += 1
                items.append(try block(minimum: indent + 1))
            } else {
                items.append(try item(inner, of: line, indent: indent + 1 + blanks))
            }
        }
        return .array(items)
    }

    /// An item on the line of its dash: it may begin a mapping or sequence of its own, that goes on
    /// below at the column where it begins.
    private mutating func item(
        _ content: ArraySlice<UInt8>,
        of line: Line,
        indent: Int
    ) throws(Mistake) -> JSONValue {
        let hasKey = try AnnotationScalar.key(of: content, line: line.number) != nil
        guard hasKey || BlockYAML.isItem(content) else {
            place += 1
            return try inline(content, of: line, parent: indent - 2)
        }
        // The rest of the line becomes a line of its own, indented as far as it stands.
        lines[place] = Line(indent: indent, content: content, raw: line.raw, number: line.number)
        return try block(minimum: indent)
    }

    private mutating func mapping(indent: Int) throws(Mistake) -> JSONValue {
        var members: [(String, JSONValue)] = []
        var seen: Set<[UInt8]> = []
        while true {
            skipBlanks()
            guard let line, line.indent == indent,
                let (key, rest) = try AnnotationScalar.key(of: line.content, line: line.number)
            else { break }
            guard seen.insert(Array(key.utf8)).inserted else {
                throw mistake(line, "The key \(SourceText.quoted(key)) appears twice.")
            }
            place += 1
            if rest.isEmpty {
                members.append((key, try blockUnderKey(indent: indent)))
            } else {
                members.append((key, try inline(rest, of: line, parent: indent)))
            }
        }
        return .object(JSONObject(members))
    }

    /// The value below a key: deeper, or a sequence whose dashes stand under the key.
    private mutating func blockUnderKey(indent: Int) throws(Mistake) -> JSONValue {
        skipBlanks()
        guard let line else { return .null }
        if line.indent == indent, BlockYAML.isItem(line.content) {
            return try sequence(indent: indent)
        }
        return try block(minimum: indent + 1)
    }

    // MARK: Values on a line

    /// The value that begins behind a key or dash, and may go on below, deeper than its parent.
    private mutating func inline(
        _ content: ArraySlice<UInt8>,
        of line: Line,
        parent: Int
    ) throws(Mistake) -> JSONValue {
        switch content.first {
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            return .string(try blockScalar(content, of: line, parent: parent))
        case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\""), UInt8(ascii: "'"):
            return try flow(content, of: line)
        case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "%"),
            UInt8(ascii: "@"), UInt8(ascii: "`"):
            throw mistake(line, "Anchors, tags and reserved signs mean nothing here: quote it.")
        default:
            var text = Array(content)
            while let next = self.line, next.indent > parent || next.content.isEmpty {
                guard let stretch = continuation(parent: parent) else { break }
                if try AnnotationScalar.key(of: next.content, line: next.number) != nil {
                    throw mistake(next, "A key cannot stand inside of a text: quote the text.")
                }
                text += stretch
            }
            return AnnotationScalar.plain(text)
        }
    }

    /// The next line of a plain text, folded to what stands before it.
    private mutating func continuation(parent: Int) -> [UInt8]? {
        var blanks = 0
        while place + blanks < lines.count, lines[place + blanks].content.isEmpty { blanks += 1 }
        guard place + blanks < lines.count, lines[place + blanks].indent > parent else {
            place += blanks
            return nil
        }
        let content = lines[place + blanks].content
        place += blanks + 1
        return (blanks == 0 ? [0x20] : Array(repeating: 0x0A, count: blanks)) + content
    }

    private mutating func flow(
        _ content: ArraySlice<UInt8>,
        of line: Line
    ) throws(Mistake) -> JSONValue {
        // What follows on further lines is joined until the collection or string ends. Each line
        // makes it be read anew, so there are not many.
        var text = Array(content)
        for _ in 0..<BlockYAML.flowLinesMax {
            var reader = FlowYAML(text, line: line.number)
            if let value = try reader.readAll() { return value }
            guard let next = self.line else {
                throw mistake(line, "What begins here does not end.")
            }
            text += (next.content.isEmpty ? [0x0A] : [0x20]) + next.content
            place += 1
        }
        throw mistake(line, "What begins here has more than \(BlockYAML.flowLinesMax) lines.")
    }

    private mutating func blockScalar(
        _ header: ArraySlice<UInt8>,
        of line: Line,
        parent: Int
    ) throws(Mistake) -> String {
        let isLiteral = header.first == UInt8(ascii: "|")
        var keepsEnd: UInt8?
        var given: Int?
        for byte in header.dropFirst() {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "+"): keepsEnd = byte
            case UInt8(ascii: "1")...UInt8(ascii: "9"): given = max(parent, 0) + Int(byte - 0x30)
            default: throw mistake(line, "Behind '|' or '>' stand only '-', '+' or a digit.")
            }
        }
        var texts: [ArraySlice<UInt8>] = []
        var indent = given
        while let next = self.line {
            let isBlank = next.raw.allSatisfy { $0 == 0x20 }
            if !isBlank {
                if indent == nil { indent = next.indent }
                guard next.indent > parent, let indent, next.indent >= indent else { break }
            }
            texts.append(next.raw.dropFirst(min(indent ?? next.raw.count, next.raw.count)))
            place += 1
        }
        return AnnotationScalar.joined(texts, isLiteral: isLiteral, keepsEnd: keepsEnd)
    }
}
