/// One piece of Swift text, with the line it stands on.
struct Token: Equatable, Sendable {
    enum Kind: Sendable {
        /// A keyword, a name or a number.
        case word
        /// A name in backticks, without them.
        case name
        /// The inside of a string literal; an interpolation stands in it as it is written.
        case text
        /// One character of punctuation.
        case mark
        /// A comment that documents what follows.
        case documentation
        /// Any other comment.
        case note
    }

    var kind: Kind
    var text: String
    var line: Int
    /// Whether it stands inside an interpolation of a string.
    var isInterpolated = false

    func isWord(_ word: String) -> Bool { kind == .word && text == word }
    func isMark(_ mark: String) -> Bool { kind == .mark && text == mark }
}

/// Cuts Swift text into tokens: just enough of the language to tell code from comments and strings.
///
/// The code inside an interpolation becomes tokens too, after the string they stand in. Regex
/// literals are not known; none are used.
struct TokenReader {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var tokens: [Token] = []
    private var interpolations = 0

    static func tokens(of text: String) -> [Token] {
        var reader = TokenReader(bytes: Array(text.utf8))
        reader.readCode(untilParenthesis: false)
        return reader.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func peek(_ distance: Int = 0) -> UInt8 {
        position + distance < bytes.count ? bytes[position + distance] : 0
    }

    private mutating func advance() {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private mutating func add(_ kind: Token.Kind, _ text: String, line: Int) {
        let isInside = interpolations > 0
        tokens.append(Token(kind: kind, text: text, line: line, isInterpolated: isInside))
    }

    private func slice(from start: Int) -> String {
        String(decoding: bytes[start..<min(position, bytes.count)], as: UTF8.self)
    }

    private mutating func readCode(untilParenthesis: Bool) {
        var depth = 0
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                advance()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                readLineComment()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
                readBlockComment()
            case UInt8(ascii: "`"):
                readRawName()
            case UInt8(ascii: "\""):
                readString(hashes: 0)
            case UInt8(ascii: "#") where hashesBeforeQuote > 0:
                readString(hashes: hashesBeforeQuote)
            case _ where TokenReader.isNameByte(byte):
                let start = position
                while position < bytes.count, TokenReader.isNameByte(bytes[position]) { advance() }
                add(.word, slice(from: start), line: line)
            default:
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") {
                    if depth == 0, untilParenthesis { return }
                    depth -= 1
                }
                let start = position
                advance()
                add(.mark, slice(from: start), line: line)
            }
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"): true
        default: byte >= 0x80
        }
    }

    private mutating func readLineComment() {
        let (start, first) = (position, line)
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { advance() }
        let text = slice(from: start)
        let kind: Token.Kind = text.hasPrefix("///") ? .documentation : .note
        add(kind, text, line: first)
    }

    private mutating func readBlockComment() {
        let (start, first) = (position, line)
        var depth = 0
        while position < bytes.count {
            if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                advance()
            } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                advance()
                if depth == 0 {
                    advance()
                    break
                }
            }
            advance()
        }
        let text = slice(from: start)
        let kind: Token.Kind = text.hasPrefix("/**") ? .documentation : .note
        add(kind, text, line: first)
    }

    private mutating func readRawName() {
        advance()
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "`") { advance() }
        add(.name, slice(from: start), line: line)
        if position < bytes.count { advance() }
    }

    private var hashesBeforeQuote: Int {
        var count = 0
        while peek(count) == UInt8(ascii: "#") { count += 1 }
        return peek(count) == UInt8(ascii: "\"") ? count : 0
    }

    private mutating func readString(hashes: Int) {
        let first = line
        let place = tokens.count
        add(.text, "", line: first)
        for _ in 0..<hashes { advance() }
        let quote = UInt8(ascii: "\"")
        let long = peek() == quote && peek(1) == quote && peek(2) == quote
        for _ in 0..<(long ? 3 : 1) { advance() }
        let start = position
        while position < bytes.count {
            if ends(hashes: hashes, long: long) { break }
            guard bytes[position] == UInt8(ascii: "\\"), isEscape(hashes: hashes) else {
                advance()
                continue
            }
            for _ in 0...hashes { advance() }
            if peek() == UInt8(ascii: "(") {
                advance()
                interpolations += 1
                readCode(untilParenthesis: true)
                interpolations -= 1
            }
            if position < bytes.count { advance() }
        }
        tokens[place].text = slice(from: start)
        for _ in 0..<((long ? 3 : 1) + hashes) where position < bytes.count { advance() }
    }

    private func ends(hashes: Int, long: Bool) -> Bool {
        for distance in 0..<(long ? 3 : 1) where peek(distance) != UInt8(ascii: "\"") {
            return false
        }
        for distance in 0..<hashes where peek((long ? 3 : 1) + distance) != UInt8(ascii: "#") {
            return false
        }
        return true
    }

    private func isEscape(hashes: Int) -> Bool {
        for distance in 0..<hashes where peek(1 + distance) != UInt8(ascii: "#") { return false }
        return true
    }
}
