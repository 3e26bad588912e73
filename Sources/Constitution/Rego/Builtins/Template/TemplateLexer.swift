/// Cuts a template into text and the words of its actions.
struct TemplateLexer {
    /// A word of an action.
    enum Token: Hashable, Sendable {
        case text([UInt8])
        case open
        case close
        case word([UInt8])
        case field([UInt8])
        /// A field of what stands directly in front of it.
        case member([UInt8])
        case variable([UInt8])
        case constant(Value)
        case mark(UInt8)
        case assign
        case declare
    }

    private let bytes: [UInt8]
    private var at = 0
    private(set) var tokens: [Token] = []

    /// Reads the whole template.
    init(_ template: Text) throws(BuiltinError) {
        bytes = template.bytes
        while at < bytes.count {
            let start = find("{{", from: at) ?? bytes.count
            var text = bytes[at..<start]
            let trimsBefore =
                start + 3 < bytes.count && bytes[start + 2] == UInt8(ascii: "-")
                && TemplateLexer.isSpace(bytes[start + 3])
            if trimsBefore {
                while let last = text.last, TemplateLexer.isSpace(last) { text.removeLast() }
            }
            if !text.isEmpty { tokens.append(.text(Array(text))) }
            at = start
            guard start < bytes.count else { return }
            at += trimsBefore ? 4 : 2
            try action()
        }
    }

    /// Everything up to the end of the action, which has begun.
    private mutating func action() throws(BuiltinError) {
        if bytes[at...].starts(with: "/*".utf8) {
            guard let end = find("*/", from: at) else {
                throw .failed("template: unclosed comment")
            }
            at = end + 2
            guard takeEnd() else {
                throw .failed("template: comment ends before closing delimiter")
            }
            return
        }
        tokens.append(.open)
        while !takeEnd() {
            guard at < bytes.count else { throw .failed("template: unclosed action") }
            if TemplateLexer.isSpace(bytes[at]) {
                at += 1
            } else {
                tokens.append(try word())
            }
        }
        tokens.append(.close)
    }

    /// The closing braces, and what they say of the blanks behind them.
    private mutating func takeEnd() -> Bool {
        let rest = bytes[min(at, bytes.count)...]
        if rest.starts(with: "}}".utf8) {
            at += 2
            return true
        }
        let blanks = rest.prefix(while: TemplateLexer.isSpace)
        guard !blanks.isEmpty, rest.dropFirst(blanks.count).starts(with: "-}}".utf8) else {
            return false
        }
        at += blanks.count + 3
        while at < bytes.count, TemplateLexer.isSpace(bytes[at]) { at += 1 }
        return true
    }

    private mutating func word() throws(BuiltinError) -> Token {
        let first = bytes[at]
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "`"): return .constant(.string(try quoted(first)))
        case UInt8(ascii: "."):
            let isAttached = TemplateLexer.endsOperand(bytes[at - 1])
            at += 1
            let name = takeName()
            if name.isEmpty { return .mark(first) }
            return isAttached ? .member(name) : .field(name)
        case UInt8(ascii: "$"):
            at += 1
            return .variable(takeName())
        case UInt8(ascii: ":"):
            guard bytes[at...].starts(with: ":=".utf8) else { break }
            at += 2
            return .declare
        case UInt8(ascii: "="):
            at += 1
            return .assign
        case UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","):
            at += 1
            return .mark(first)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"):
            return .constant(.number(try number()))
        default:
            let name = takeName()
            if !name.isEmpty { return .word(name) }
        }
        let shown = String(decoding: bytes[at...].prefix(8), as: UTF8.self)
        throw .failed("template: unexpected \"\(shown)\" in an action")
    }

    /// Whether a byte may be the last of a field, a variable or a group.
    private static func endsOperand(_ byte: UInt8) -> Bool {
        isNamePart(byte) || byte == UInt8(ascii: "$") || byte == UInt8(ascii: ")")
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private mutating func takeName() -> [UInt8] {
        let name = bytes[at...].prefix(while: TemplateLexer.isNamePart)
        at += name.count
        return Array(name)
    }

    private mutating func number() throws(BuiltinError) -> RegoNumber {
        let text = bytes[at...].prefix {
            (48...57).contains($0) || "+-.eE".utf8.contains($0)
        }
        at += text.count
        let digits = text.first == UInt8(ascii: "+") ? text.dropFirst() : text
        guard let number = RegoNumber(reading: digits.span) else {
            throw .failed("template: bad number: \(String(decoding: text, as: UTF8.self))")
        }
        return number
    }

    /// A string in quotes, whose escapes are those of JSON, or in backticks, which has none.
    private mutating func quoted(_ quote: UInt8) throws(BuiltinError) -> Text {
        let start = at
        at += 1
        while at < bytes.count, bytes[at] != quote {
            at += bytes[at] == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") ? 2 : 1
        }
        guard at < bytes.count else { throw .failed("template: unterminated quoted string") }
        at += 1
        if quote == UInt8(ascii: "`") { return Text(bytes[(start + 1)..<(at - 1)]) }
        guard case .string(let text)? = try? Value(parsing: Array(bytes[start..<at])) else {
            throw .failed("template: bad string in quotes")
        }
        return text
    }

    private func find(_ text: String, from start: Int) -> Int? {
        bytes[start...].firstRange(of: Array(text.utf8))?.lowerBound
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
