/// Reads the text of policies, queries and terms, in both dialects.
///
/// It takes time in proportion to the text. Nesting is counted, so hostile text ends in an error and
/// not in an exhausted stack.
package struct Parser {
    /// How much text is read at most.
    package struct Limits: Sendable {
        /// How long a text may be.
        package var bytesMax: Int
        /// How deep the tree may be.
        package var depthMax: Int
        /// How long a number may be.
        package var digitsMax: Int
        /// After how many errors the rest is not read.
        package var errorsMax: Int

        /// Bounds for one text.
        package init(
            bytesMax: Int = 4 << 20,
            depthMax: Int = 256,
            digitsMax: Int = 1024,
            errorsMax: Int = 20
        ) {
            self.bytesMax = bytesMax
            self.depthMax = depthMax
            self.digitsMax = digitsMax
            self.errorsMax = errorsMax
        }

        /// 4 MiB, 256 levels, 1,024 digits, 20 errors.
        package static let standard = Limits()
    }

    /// What went wrong, on the way to whoever can go on behind it; nil where it was told already.
    struct Failure: Error {
        let error: PolicyError?
        /// Which token it happened at: of two failed readings the one that came further tells more.
        let place: Int
    }

    /// A point to come back to when a reading turns out to be wrong.
    struct Mark {
        fileprivate let place: Int
        fileprivate let depth: Int
        fileprivate let tallest: Int
    }

    let text: [UInt8]
    let file: String
    let limits: Limits
    var version: RegoVersion
    private(set) var comments: [Comment] = []
    private(set) var errors: [PolicyError] = []

    /// Which of the imported words mean something here.
    var importedWords: Set<Keyword> = []

    /// The places of `|` that were taken for the bar of a comprehension and are that of a union.
    ///
    /// Without it, nested ones would be read anew at each level.
    var unions: Set<Int> = []

    private var tokens: [Token] = []
    private(set) var place = 0

    /// How many levels the token at hand is nested.
    private var depth = 0

    /// The height of the tallest subtree that was finished on this level.
    private var tallest = 0

    init(_ text: [UInt8], file: String, version: RegoVersion, limits: Limits) {
        self.text = text
        self.file = file
        self.version = version
        self.limits = limits
        if version == .v1 { importedWords = Set(Keyword.allCases.filter(\.isImported)) }
    }

    // MARK: What can be read

    /// Reads one module.
    package static func parse(
        _ text: [UInt8],
        file: String,
        version: RegoVersion = .v1,
        limits: Limits = .standard
    ) throws(PolicyErrors) -> PolicyModule {
        var parser = Parser(text, file: file, version: version, limits: limits)
        return try parser.all { (parser) throws(Failure) in try parser.module() }
    }

    /// Reads one module.
    package static func parse(
        _ text: String,
        file: String,
        version: RegoVersion = .v1,
        limits: Limits = .standard
    ) throws(PolicyErrors) -> PolicyModule {
        try parse(Array(text.utf8), file: file, version: version, limits: limits)
    }

    /// Reads a query: one or more literals, on lines of their own or with `;` between them.
    package static func parseQuery(
        _ text: String,
        file: String = "query",
        version: RegoVersion = .v1,
        limits: Limits = .standard
    ) throws(PolicyErrors) -> Body {
        var parser = Parser(Array(text.utf8), file: file, version: version, limits: limits)
        return try parser.all { (parser) throws(Failure) in try parser.query() }
    }

    /// Reads one term.
    package static func parseTerm(
        _ text: String,
        file: String = "term",
        version: RegoVersion = .v1,
        limits: Limits = .standard
    ) throws(PolicyErrors) -> Term {
        var parser = Parser(Array(text.utf8), file: file, version: version, limits: limits)
        return try parser.all { (parser) throws(Failure) in
            let term = try parser.expression(allowsPair: false)
            try parser.expect(.end, "the end of the term")
            return term
        }
    }

    private mutating func all<Result>(
        _ read: (inout Parser) throws(Failure) -> Result
    ) throws(PolicyErrors) -> Result {
        guard text.count <= limits.bytesMax else {
            let start = SourcePosition(line: 1, column: 1)
            let message =
                "The text has \(text.count) bytes, and \(limits.bytesMax) are allowed: split it."
            throw PolicyErrors([PolicyError(.tooLarge, file: file, at: start, message)])
        }
        var lexer = Lexer(text, file: file, depthMax: limits.depthMax)
        lexer.run()
        tokens = lexer.tokens
        comments = lexer.comments
        errors = lexer.errors
        do {
            let result = try read(&self)
            if errors.isEmpty { return result }
        } catch {
            record(error)
        }
        throw PolicyErrors(errors.map { $0.quoting(text) })
    }

    // MARK: Tokens

    var token: Token { tokens[place] }

    /// The token behind the one at hand.
    var next: Token { tokens[min(place + 1, tokens.count - 1)] }

    /// The place behind the token that was taken last.
    var lastEnd: SourcePosition {
        place > 0 ? tokens[place - 1].end : SourcePosition(line: 1, column: 1)
    }

    func bytes(of token: Token) -> ArraySlice<UInt8> { text[token.bytes] }

    func string(of token: Token) -> String { String(decoding: bytes(of: token), as: UTF8.self) }

    func range(from start: SourcePosition) -> SourceRange {
        SourceRange(start: start, end: lastEnd)
    }

    mutating func advance() {
        if place < tokens.count - 1 { place += 1 }
    }

    /// The word that the token at hand is, if it means something in this dialect.
    var keyword: Keyword? { meaning(of: token) }

    private func meaning(of token: Token) -> Keyword? {
        guard let keyword = token.keyword else { return nil }
        return keyword.isImported && !importedWords.contains(keyword) ? nil : keyword
    }

    /// Whether the token at hand is a word of the language and the first name of a reference, as in
    /// `if.foo` and `in["bar"]`.
    var isWordOfReference: Bool {
        guard token.keyword != nil, !next.isSpaced else { return false }
        return next.kind == .dot || next.kind == .bracketOpen
    }

    /// Whether the token at hand is a word with its own meaning.
    func isAt(_ keyword: Keyword) -> Bool {
        self.keyword == keyword && !isWordOfReference
    }

    func isAt(_ kind: Token.Kind) -> Bool { token.kind == kind }

    mutating func take(_ keyword: Keyword) -> Bool {
        guard isAt(keyword) else { return false }
        advance()
        return true
    }

    mutating func take(_ kind: Token.Kind) -> Bool {
        guard token.kind == kind else { return false }
        advance()
        return true
    }

    mutating func expect(_ kind: Token.Kind, _ expected: String) throws(Failure) {
        guard take(kind) else { throw unexpected(expected) }
    }

    // MARK: Going back

    func mark() -> Mark { Mark(place: place, depth: depth, tallest: tallest) }

    mutating func goBack(to mark: Mark) {
        place = mark.place
        depth = mark.depth
        tallest = mark.tallest
    }

    // MARK: Depth

    /// Reads something that stands one level deeper.
    mutating func nested<Result>(
        _ read: (inout Parser) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outer = tallest
        depth += 1
        tallest = 0
        try checkDepth()
        let result = try read(&self)
        depth -= 1
        tallest = max(outer, tallest + 1)
        return result
    }

    /// Reads a chain, such as `a + b + c`, each link of which makes its tree one level taller.
    mutating func chain<Result>(
        _ read: (inout Parser) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outer = tallest
        tallest = 0
        let result = try read(&self)
        tallest = max(outer, tallest)
        return result
    }

    /// One more link of the chain.
    mutating func link() throws(Failure) {
        tallest += 1
        try checkDepth()
    }

    private func checkDepth() throws(Failure) {
        guard depth + tallest > limits.depthMax else { return }
        throw failure(
            .tooDeep,
            at: token.start,
            "This is nested deeper than \(limits.depthMax) levels: give parts of it names."
        )
    }

    // MARK: Errors

    func failure(
        _ code: PolicyErrorCode,
        at position: SourcePosition,
        _ message: String
    ) -> Failure {
        Failure(error: PolicyError(code, file: file, at: position, message), place: place)
    }

    /// The failure that something else was expected than the token at hand.
    func unexpected(_ expected: String, hint: String = "") -> Failure {
        if token.kind == .invalid { return Failure(error: nil, place: place) }
        let code: PolicyErrorCode = keyword == nil ? .unexpectedToken : .reservedWord
        let hint = hint.isEmpty ? wordHint : hint
        return failure(code, at: token.start, "Expected \(expected), found \(found).\(hint)")
    }

    /// The token at hand as a sentence names it.
    var found: String {
        switch token.kind {
        case .end: "the end of the text"
        case .identifier where keyword != nil: "the word \(SourceText.quoted(string(of: token)))"
        case .identifier: "the name \(SourceText.quoted(string(of: token)))"
        case .number: "the number \(SourceText.quoted(string(of: token)))"
        case .string, .rawString: "the string \(SourceText.quoted(string(of: token)))"
        case .templateOpen: "a template string"
        default: SourceText.quoted(string(of: token))
        }
    }

    /// What to do about a word that v0 does not know yet, here or just before.
    private var wordHint: String {
        let near = [token] + (place > 0 ? [tokens[place - 1]] : [])
        let unknown = near.lazy.compactMap(\.keyword).first {
            $0.isImported && !importedWords.contains($0)
        }
        guard let word = unknown?.rawValue else { return "" }
        return " In v0 the word '\(word)' needs 'import future.keywords.\(word)' or"
            + " 'import rego.v1'."
    }

    mutating func record(_ failure: Failure) {
        depth = 0
        tallest = 0
        guard let error = failure.error else { return }
        errors.append(error)
    }

    mutating func report(
        _ code: PolicyErrorCode,
        at position: SourcePosition,
        _ message: String
    ) {
        errors.append(PolicyError(code, file: file, at: position, message))
    }

    /// Whether so many errors were found that reading on helps nobody.
    var isHopeless: Bool { errors.count >= limits.errorsMax }

    /// Goes to where the next statement seems to begin: a name at the start of a line.
    mutating func recover(from start: Int) {
        if place == start { advance() }
        while !isAt(.end) {
            if token.startsLine, token.start.column == 1, token.kind == .identifier { return }
            advance()
        }
    }
}
