/// Reads the YAML that people and Kubernetes write: blocks, flow, five kinds of scalar.
///
/// Anchors, aliases, tags and several documents in one text are refused and never guessed at:
/// aliases let a small text stand for a huge value, and two readers that disagree are a hole.
struct YAMLReader {
    private struct Line {
        let number: Int
        let indent: Int
        let content: ArraySlice<UInt8>
    }

    /// The lines as they are, for block scalars; the others look only at lines with content.
    private let lines: [Line]
    private var at = 0
    private var depth = 0

    private static let depthMax = 128

    init(_ text: Text) throws(YAMLRefusal) {
        var lines: [Line] = []
        let newline = UInt8(ascii: "\n")
        let split = text.bytes.split(separator: newline, omittingEmptySubsequences: false)
        for (index, raw) in split.enumerated() {
            let line = raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw
            let content = line.drop { $0 == UInt8(ascii: " ") }
            lines.append(
                Line(
                    number: index + 1,
                    indent: content.startIndex - line.startIndex,
                    content: content
                )
            )
        }
        self.lines = lines
    }

    /// The one document of the text; an empty text is null.
    mutating func document() throws(YAMLRefusal) -> Value {
        skipEmpty()
        if let line, line.indent == 0, YAMLReader.isMarker(line.content, "---") {
            let rest = line.content.dropFirst(3).drop { $0 == UInt8(ascii: " ") }
            at += 1
            if !YAMLReader.isEmpty(rest) { throw refusal("content after the mark of a document") }
            skipEmpty()
        }
        if line == nil { return .null }
        let value = try block(atLeast: 0)
        skipEmpty()
        if let line, YAMLReader.isMarker(line.content, "...") {
            at += 1
            skipEmpty()
        }
        if line != nil { throw refusal("did not find expected end of the document") }
        return value
    }

    // MARK: - Lines

    private var line: Line? { at < lines.count ? lines[at] : nil }

    private func refusal(_ reason: String) -> YAMLRefusal {
        YAMLRefusal(line: lines[min(at, lines.count - 1)].number, reason: reason)
    }

    private mutating func skipEmpty() {
        while let line, YAMLReader.isEmpty(line.content) { at += 1 }
    }

    private static func isEmpty(_ content: ArraySlice<UInt8>) -> Bool {
        let rest = content.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return rest.isEmpty || rest.first == UInt8(ascii: "#")
    }

    /// Whether a line marks the end of a document or the beginning of the next.
    private static func isMarker(_ line: Line) -> Bool {
        line.indent == 0 && (isMarker(line.content, "...") || isMarker(line.content, "---"))
    }

    private static func isMarker(_ content: ArraySlice<UInt8>, _ marker: String) -> Bool {
        content.starts(with: marker.utf8)
            && (content.count == 3 || content[content.startIndex + 3] == UInt8(ascii: " "))
    }

    /// Whether a line is an entry of a sequence.
    private static func isEntry(_ content: ArraySlice<UInt8>) -> Bool {
        content.first == UInt8(ascii: "-")
            && (content.count == 1 || content[content.startIndex + 1] == UInt8(ascii: " "))
    }

    // MARK: - Blocks

    /// The value that begins on this line, whose lines are indented at least so far.
    private mutating func block(atLeast indent: Int) throws(YAMLRefusal) -> Value {
        skipEmpty()
        guard let line, line.indent >= indent else { return .null }
        return try block(line.content, at: line.indent)
    }

    /// The value that begins with some content of the present line, at a column.
    private mutating func block(
        _ content: ArraySlice<UInt8>,
        at column: Int
    ) throws(YAMLRefusal) -> Value {
        depth += 1
        defer { depth -= 1 }
        if depth > YAMLReader.depthMax { throw refusal("exceeded max depth") }
        if content.first == UInt8(ascii: "\t") {
            throw refusal("found character that cannot start any token")
        }
        if YAMLReader.isEntry(content) { return try sequence(content, at: column) }
        if try key(in: content) != nil { return try mapping(content, at: column) }
        return try scalar(content, within: column - 1)
    }

    private mutating func sequence(
        _ first: ArraySlice<UInt8>,
        at column: Int
    ) throws(YAMLRefusal) -> Value {
        var elements: [Value] = []
        var content = first
        while true {
            let rest = content.dropFirst()
            let inner = rest.drop { $0 == UInt8(ascii: " ") }
            if YAMLReader.isEmpty(inner) {
                at += 1
                skipEmpty()
                if let line, line.indent > column {
                    elements.append(try block(atLeast: column + 1))
                } else {
                    elements.append(.null)
                }
            } else {
                elements.append(
                    try block(inner, at: column + inner.startIndex - content.startIndex)
                )
            }
            skipEmpty()
            guard let line, line.indent == column, YAMLReader.isEntry(line.content) else { break }
            content = line.content
        }
        if let line, line.indent > column { throw refusal("did not find expected '-' indicator") }
        return .array(ArrayValue(elements))
    }

    private mutating func mapping(
        _ first: ArraySlice<UInt8>,
        at column: Int
    ) throws(YAMLRefusal) -> Value {
        var members: [ObjectValue.Member] = []
        var content = first
        while true {
            guard let (name, rest) = try key(in: content) else {
                throw refusal("could not find expected ':'")
            }
            let inner = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            let value: Value
            if YAMLReader.isEmpty(inner) {
                at += 1
                value = try below(column)
            } else {
                value = try scalar(inner, within: column)
            }
            members.append(ObjectValue.Member(key: name, value: value))
            skipEmpty()
            guard let line, line.indent == column, !YAMLReader.isEntry(line.content),
                !YAMLReader.isMarker(line.content, "..."), !YAMLReader.isMarker(line.content, "---")
            else { break }
            content = line.content
        }
        if let line, line.indent > column { throw refusal("did not find expected key") }
        var repeated: Value?
        let object = ObjectValue(members, repeated: &repeated)
        if let repeated { throw refusal("key \(repeated) already set in map") }
        return .object(object)
    }

    /// What stands under a key: something deeper, or a sequence at the column of the key.
    private mutating func below(_ column: Int) throws(YAMLRefusal) -> Value {
        skipEmpty()
        guard let line else { return .null }
        if line.indent > column { return try block(atLeast: column + 1) }
        if line.indent == column, YAMLReader.isEntry(line.content) {
            return try sequence(line.content, at: column)
        }
        return .null
    }

    /// The key that a line begins with and what follows its colon.
    private func key(
        in content: ArraySlice<UInt8>
    ) throws(YAMLRefusal) -> (Value, ArraySlice<UInt8>)? {
        if content.first == UInt8(ascii: "?") { throw refusal("complex keys are not read") }
        var text = YAMLText(content)
        let name: Value
        switch content.first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            guard let quoted = try? text.quoted() else { return nil }
            name = .string(quoted)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return nil
        default:
            guard let plain = text.plainKey() else { return nil }
            name = .string(plain)
        }
        text.skipSpace()
        let rest = text.rest
        guard rest.first == UInt8(ascii: ":"),
            rest.count == 1 || [0x20, 0x09].contains(rest[rest.startIndex + 1])
        else { return nil }
        return (name, rest.dropFirst())
    }

    // MARK: - Scalars and flow

    /// A scalar or a flow collection that begins here; it may go on in lines indented deeper.
    private mutating func scalar(
        _ content: ArraySlice<UInt8>,
        within column: Int
    ) throws(YAMLRefusal) -> Value {
        switch content.first {
        case UInt8(ascii: "|"), UInt8(ascii: ">"): return try blockScalar(content, column)
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "{"), UInt8(ascii: "["):
            return try flow(content, within: column)
        default: return try plain(content, within: column)
        }
    }

    /// Reads a flow or quotes, and takes as many lines as they need.
    ///
    /// Lines are added twice as many at a time, so that long values are not read over and over.
    private mutating func flow(
        _ content: ArraySlice<UInt8>,
        within column: Int
    ) throws(YAMLRefusal) -> Value {
        var joined = Array(content)
        var ends = [joined.count]
        while true {
            var text = YAMLText(joined[...])
            do throws(YAMLText.Refusal) {
                let value = try text.flowValue(depthLeft: YAMLReader.depthMax - depth)
                let last = ends.firstPlace { $0 < text.offset }
                guard YAMLReader.isEmpty(joined[text.offset..<ends[last]]) else {
                    throw YAMLText.Refusal(reason: "did not find expected token after a value")
                }
                at += last + 1
                return value
            } catch {
                let known = ends.count
                for line in lines[(at + known)...].prefix(known) {
                    guard line.indent >= column || line.content.isEmpty else { break }
                    joined.append(0x0A)
                    joined += line.content
                    ends.append(joined.count)
                }
                if !error.isUnfinished || ends.count == known {
                    throw YAMLRefusal(line: lines[at].number, reason: error.reason)
                }
            }
        }
    }

    private mutating func plain(
        _ content: ArraySlice<UInt8>,
        within column: Int
    ) throws(YAMLRefusal) -> Value {
        if let first = content.first, "&*!%@`".utf8.contains(first) {
            throw refusal("anchors, aliases, tags and reserved characters are not read")
        }
        var (text, hasComment) = YAMLText.withoutComment(content)
        if YAMLText.hasKey(text) { throw refusal("mapping values are not allowed in this context") }
        at += 1
        var isAlone = true
        while !hasComment, let line, line.indent > column, !YAMLReader.isEmpty(line.content),
            !YAMLReader.isMarker(line)
        {
            let (more, ends) = YAMLText.withoutComment(line.content)
            if YAMLText.hasKey(more) {
                throw refusal("mapping values are not allowed in this context")
            }
            text += [0x20] + more
            hasComment = ends
            isAlone = false
            at += 1
        }
        return isAlone ? YAMLText.typed(text[...]) : .string(Text(Array(text)))
    }

    /// The lines of a literal (`|`) or folded (`>`) scalar.
    private mutating func blockScalar(
        _ header: ArraySlice<UInt8>,
        _ column: Int
    ) throws(YAMLRefusal) -> Value {
        let (marks, _) = YAMLText.withoutComment(header.dropFirst())
        var indent: Int?
        var chomping: UInt8?
        for mark in marks {
            switch mark {
            case UInt8(ascii: "+"), UInt8(ascii: "-"): chomping = mark
            case UInt8(ascii: "1")...UInt8(ascii: "9"):
                indent = max(column, 0) + Int(mark - UInt8(ascii: "0"))
            default: throw refusal("did not find expected comment or line break")
            }
        }
        at += 1
        var rows: [[UInt8]] = []
        while let line {
            let isBlank = line.content.isEmpty
            if !isBlank, line.indent < indent ?? (column + 1) || YAMLReader.isMarker(line) { break }
            if !isBlank, indent == nil { indent = line.indent }
            let extra = max(0, line.indent - (indent ?? line.indent))
            rows.append([UInt8](repeating: 0x20, count: extra) + line.content)
            at += 1
        }
        var trailing = 0
        while rows.last?.isEmpty == true {
            rows.removeLast()
            trailing += 1
        }
        let folds = header.first == UInt8(ascii: ">")
        var out = YAMLText.joined(rows, folds: folds)
        if chomping != UInt8(ascii: "-"), !rows.isEmpty { out.append(0x0A) }
        if chomping == UInt8(ascii: "+") {
            // The end of the text is no empty line of its own.
            let empty = at == lines.count ? trailing - 1 : trailing
            out += [UInt8](repeating: 0x0A, count: max(0, empty))
        }
        return .string(Text(out))
    }
}
