/// One token of a policy's text.
struct Token: Sendable {
    enum Kind: UInt8, Sendable {
        case identifier
        case number
        case string
        case rawString

        /// `$"` or `` $` ``; then texts and values follow, then `templateClose`.
        case templateOpen
        case templateText
        case rawTemplateText
        case templateValueOpen
        case templateValueClose
        case templateClose

        case braceOpen
        case braceClose
        case bracketOpen
        case bracketClose
        case parenthesisOpen
        case parenthesisClose
        case comma
        case colon
        case semicolon
        case dot
        case assign
        case unify
        case infix

        /// What the lexer complained about already.
        case invalid
        case end
    }

    let kind: Kind

    /// The word of the language that an identifier is, in the latest dialect.
    let keyword: Keyword?

    /// The operator, where it is one.
    let infix: InfixOperator?

    /// Whether blanks or a comment stand before it.
    let isSpaced: Bool

    /// Whether a line's end stands before it.
    let startsLine: Bool

    /// Its bytes in the text.
    let bytes: Range<Int>

    /// Where its first byte stands.
    let start: SourcePosition

    /// The place behind its last byte.
    let end: SourcePosition
}
