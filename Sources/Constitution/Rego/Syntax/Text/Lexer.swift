/// Cuts the text of a policy into tokens, in one pass.
///
/// It never fails: what is no token becomes an `invalid` one with an error beside it, and goes on
/// behind it. So a parser can tell of more than the first mistake.
struct Lexer {
    private(set) var tokens: [Token] = []
    private(set) var comments: [Comment] = []
    private(set) var errors: [PolicyError] = []

    let text: [UInt8]
    let file: String
    private let depthMax: Int

    private var place = 0
    private var line = 1
    private var lineStart = 0

    private var isSpaced = false
    private var startsLine = true

    /// For each template string that is open: whether it is raw, and how many braces are open in
    /// its current value.
    private var templates: [(isRaw: Bool, braces: Int)] = []

    init(_ text: [UInt8], file: String, depthMax: Int) {
        self.text = text
        self.file = file
        self.depthMax = depthMax
    }

    /// Reads all of the text; the last token is always an `end`.
    mutating func run() {
        tokens.reserveCapacity(text.count / 4)
        if text.starts(with: [0xEF, 0xBB, 0xBF]) {
            place = 3
            lineStart = 3
        }
        while place < text.count { step() }
        emit(.end, from: place, at: position)
    }

    private var position: SourcePosition {
        SourcePosition(line: line, column: place - lineStart + 1)
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        place + distance < text.count ? text[place + distance] : nil
    }

    private mutating func step() {
        let byte = text[place]
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
            place += 1
            isSpaced = true
        case UInt8(ascii: "\n"):
            newLine()
            isSpaced = true
            startsLine = true
        case UInt8(ascii: "#"): comment()
        case _ where Lexer.isLetter(byte): identifier()
        case _ where Lexer.isDigit(byte): number()
        case UInt8(ascii: "\""): quoted()
        case UInt8(ascii: "`"): raw()
        case UInt8(ascii: "$"): template()
        default: mark(byte)
        }
    }

    private mutating func newLine() {
        place += 1
        line += 1
        lineStart = place
    }

    private mutating func emit(
        _ kind: Token.Kind,
        from start: Int,
        at from: SourcePosition,
        keyword: Keyword? = nil,
        infix: InfixOperator? = nil
    ) {
        tokens.append(
            Token(
                kind: kind,
                keyword: keyword,
                infix: infix,
                isSpaced: isSpaced,
                startsLine: startsLine,
                bytes: start..<place,
                start: from,
                end: position
            )
        )
        isSpaced = false
        startsLine = false
    }

    private mutating func complain(
        _ code: PolicyErrorCode,
        at place: SourcePosition,
        _ message: String
    ) {
        // One broken byte can make thousands of complaints; the first few tell it all.
        guard errors.count < 20 else { return }
        errors.append(PolicyError(code, file: file, at: place, message))
    }

    // MARK: Words and numbers

    static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private mutating func identifier() {
        let start = place
        let from = position
        while let byte = peek(), Lexer.isLetter(byte) || Lexer.isDigit(byte) { place += 1 }
        emit(.identifier, from: start, at: from, keyword: Keyword(text[start..<place]))
    }

    /// Reads all that looks like a number, and judges it then: `0a2b` is one bad number and not a
    /// number with a name behind it.
    private mutating func number() {
        let start = place
        let from = position
        while let byte = peek() {
            let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            let isExponent = isSign && text[place - 1] | 0x20 == UInt8(ascii: "e")
            let isPart = Lexer.isLetter(byte) || Lexer.isDigit(byte) || byte == UInt8(ascii: ".")
            guard isPart || isExponent else { break }
            place += 1
        }
        emit(.number, from: start, at: from)
    }

    private mutating func comment() {
        let from = position
        let start = place + 1
        let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
        var last = end
        if last > start, text[last - 1] == UInt8(ascii: "\r") { last -= 1 }
        if let bad = Lexer.firstBadByte(in: text[start..<last]) {
            complain(
                .badText,
                at: SourcePosition(line: line, column: bad - lineStart + 1),
                "A comment holds a byte that no text may have."
            )
        }
        comments.append(
            Comment(
                position: from,
                text: String(decoding: text[start..<last], as: UTF8.self),
                isTrailing: !startsLine
            )
        )
        place = end
        isSpaced = true
    }

    // MARK: Strings

    private mutating func quoted() {
        let start = place
        let from = position
        place += 1
        let isWhole = skipQuoted(stoppingAtBrace: false)
        judge(start..<place, from: from)
        if !isWhole { unterminated(from) }
        emit(isWhole ? .string : .invalid, from: start, at: from)
    }

    private mutating func unterminated(_ from: SourcePosition) {
        complain(.badString, at: from, "This string does not end on its line.")
    }

    /// Goes behind the closing quote, or up to a `{` that opens a value; false where neither comes
    /// before the line's end.
    private mutating func skipQuoted(stoppingAtBrace: Bool) -> Bool {
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            switch byte {
            case UInt8(ascii: "\\"):
                place += 1
                if let next = peek(), next != UInt8(ascii: "\n") { place += 1 }
            case UInt8(ascii: "\""):
                if !stoppingAtBrace { place += 1 }
                return true
            case UInt8(ascii: "{") where stoppingAtBrace: return true
            default: place += 1
            }
        }
        return false
    }

    private mutating func raw() {
        let start = place
        let from = position
        place += 1
        while let byte = peek(), byte != UInt8(ascii: "`") { skipByte(byte) }
        let isWhole = peek() != nil
        if isWhole { place += 1 }
        judge(start..<place, from: from)
        if !isWhole {
            complain(.badString, at: from, "This string does not end: its closing '`' is missing.")
        }
        emit(isWhole ? .rawString : .invalid, from: start, at: from)
    }

    private mutating func skipByte(_ byte: UInt8) {
        if byte == UInt8(ascii: "\n") { newLine() } else { place += 1 }
    }

    private mutating func judge(_ bytes: Range<Int>, from: SourcePosition) {
        guard Lexer.firstBadByte(in: text[bytes]) != nil else { return }
        complain(
            .badText,
            at: from,
            "This string holds a byte that no text may have: it is no UTF-8, or a null."
        )
    }

    /// The first byte that is null or does not belong to a character in UTF-8.
    static func firstBadByte(in bytes: ArraySlice<UInt8>) -> Int? {
        if bytes.allSatisfy({ $0 > 0 && $0 < 0x80 }) { return nil }
        if let null = bytes.firstIndex(of: 0) { return null }
        let isWhole = String(validating: bytes, as: UTF8.self) != nil
        return isWhole ? nil : bytes.firstIndex { $0 >= 0x80 }
    }

    // MARK: Template strings

    private mutating func template() {
        let from = position
        let start = place
        let quote = peek(1)
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "`") else {
            place += 1
            complain(
                .unexpectedToken,
                at: from,
                "A '$' must stand in front of a template string, as in $\"{x}\"."
            )
            emit(.invalid, from: start, at: from)
            return
        }
        guard templates.count < depthMax else {
            complain(.tooDeep, at: from, "Template strings are nested deeper than \(depthMax).")
            place = text.count
            return
        }
        place += 2
        templates.append((isRaw: quote == UInt8(ascii: "`"), braces: 0))
        emit(.templateOpen, from: start, at: from)
        templateText()
    }

    /// Reads the text of the innermost template, and the quote or brace behind it.
    private mutating func templateText() {
        guard let isRaw = templates.last?.isRaw else { return }
        let start = place
        let from = position
        let isWhole = isRaw ? skipRawTemplate() : skipQuoted(stoppingAtBrace: true)
        judge(start..<place, from: from)
        guard isWhole, let byte = peek() else {
            complain(.badString, at: from, "This template string does not end.")
            templates.removeLast()
            emit(.invalid, from: start, at: from)
            return
        }
        if place > start { emit(isRaw ? .rawTemplateText : .templateText, from: start, at: from) }
        let mark = place
        let at = position
        place += 1
        if byte == UInt8(ascii: "{") {
            emit(.templateValueOpen, from: mark, at: at)
        } else {
            templates.removeLast()
            emit(.templateClose, from: mark, at: at)
        }
    }

    private mutating func skipRawTemplate() -> Bool {
        while let byte = peek() {
            if byte == UInt8(ascii: "`") || byte == UInt8(ascii: "{") { return true }
            if byte == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "{") { place += 1 }
            skipByte(byte == UInt8(ascii: "\n") ? byte : 0)
        }
        return false
    }

    // MARK: Marks

    private mutating func mark(_ byte: UInt8) {
        let start = place
        let from = position
        if let infix = infix(byte) {
            place += infix.rawValue.utf8.count
            emit(.infix, from: start, at: from, infix: infix)
            return
        }
        place += 1
        switch byte {
        case UInt8(ascii: "{"):
            if !templates.isEmpty { templates[templates.count - 1].braces += 1 }
            emit(.braceOpen, from: start, at: from)
        case UInt8(ascii: "}"): braceClose(from: start, at: from)
        case UInt8(ascii: "["): emit(.bracketOpen, from: start, at: from)
        case UInt8(ascii: "]"): emit(.bracketClose, from: start, at: from)
        case UInt8(ascii: "("): emit(.parenthesisOpen, from: start, at: from)
        case UInt8(ascii: ")"): emit(.parenthesisClose, from: start, at: from)
        case UInt8(ascii: ","): emit(.comma, from: start, at: from)
        case UInt8(ascii: ";"): emit(.semicolon, from: start, at: from)
        case UInt8(ascii: "."): emit(.dot, from: start, at: from)
        case UInt8(ascii: "="): emit(.unify, from: start, at: from)
        case UInt8(ascii: ":"):
            if peek() == UInt8(ascii: "=") {
                place += 1
                emit(.assign, from: start, at: from)
            } else {
                emit(.colon, from: start, at: from)
            }
        default: stranger(byte, from: start, at: from)
        }
    }

    private func infix(_ byte: UInt8) -> InfixOperator? {
        let isDouble = peek(1) == UInt8(ascii: "=")
        switch byte {
        case UInt8(ascii: "="): return isDouble ? .equal : nil
        case UInt8(ascii: "!"): return isDouble ? .notEqual : nil
        case UInt8(ascii: "<"): return isDouble ? .lessOrEqual : .less
        case UInt8(ascii: ">"): return isDouble ? .greaterOrEqual : .greater
        case UInt8(ascii: "|"): return .union
        case UInt8(ascii: "&"): return .intersection
        case UInt8(ascii: "+"): return .plus
        case UInt8(ascii: "-"): return .minus
        case UInt8(ascii: "*"): return .times
        case UInt8(ascii: "/"): return .divide
        case UInt8(ascii: "%"): return .remainder
        default: return nil
        }
    }

    private mutating func braceClose(from start: Int, at from: SourcePosition) {
        guard let braces = templates.last?.braces else {
            emit(.braceClose, from: start, at: from)
            return
        }
        if braces > 0 {
            templates[templates.count - 1].braces -= 1
            emit(.braceClose, from: start, at: from)
        } else {
            emit(.templateValueClose, from: start, at: from)
            templateText()
        }
    }

    /// A character that begins no token.
    private mutating func stranger(_ byte: UInt8, from start: Int, at from: SourcePosition) {
        while let next = peek(), next & 0xC0 == 0x80 { place += 1 }
        let bytes = text[start..<place]
        if byte == 0 || Lexer.firstBadByte(in: bytes) != nil {
            complain(.badText, at: from, "Here stands a byte that no text may have.")
        } else {
            let shown = String(decoding: bytes, as: UTF8.self)
            complain(
                .unexpectedToken,
                at: from,
                "The character \(SourceText.quoted(shown)) has no meaning outside of a string."
            )
        }
        emit(.invalid, from: start, at: from)
    }
}
