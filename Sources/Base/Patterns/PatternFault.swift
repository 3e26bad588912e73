import Canon

/// Why a pattern was refused; patterns are data written by people, so each refusal says where.
package enum PatternFault: Fault, Hashable {
    /// The pattern has no text.
    case empty
    /// The pattern is longer than a pattern may be.
    case tooLong(pattern: String, bytesMax: Int)
    /// A path pattern that begins with `/`; paths are relative to the root.
    case absolute(pattern: String)
    /// A path pattern with a `..` or `.` segment.
    case traversal(pattern: String)
    /// A path pattern with two separators in a row, or one at its end.
    case emptySegment(pattern: String)
    /// A path pattern in which `**` is only a part of a segment.
    case doubleStarInName(pattern: String)
    /// A path pattern whose braces stand for more paths than allowed.
    case tooManyAlternatives(pattern: String, countMax: Int)
    /// The text does not follow the grammar, at a byte offset.
    case syntax(pattern: String, offset: Int, expected: String)
    /// A regular expression that looks ahead or behind; that has no linear-time meaning here.
    case lookaround(pattern: String, offset: Int)
    /// A regular expression that refers back to what a group matched.
    case backreference(pattern: String, offset: Int)
    /// A `\p{…}` whose name this engine has no table for.
    case unknownProperty(pattern: String, name: String)
    /// A repeat count above the bound.
    case repeatTooLarge(pattern: String, offset: Int, countMax: Int)
    /// A regular expression whose compiled program would be too large.
    case programTooLarge(pattern: String, instructionsMax: Int)
    /// A regular expression nested deeper than allowed.
    case tooDeep(pattern: String, depthMax: Int)

    package var code: String {
        switch self {
        case .empty: "patterns.empty"
        case .tooLong: "patterns.too-long"
        case .absolute: "patterns.absolute"
        case .traversal: "patterns.traversal"
        case .emptySegment: "patterns.empty-segment"
        case .doubleStarInName: "patterns.double-star-in-name"
        case .tooManyAlternatives: "patterns.too-many-alternatives"
        case .syntax: "patterns.syntax"
        case .lookaround: "patterns.unsupported-lookaround"
        case .backreference: "patterns.backreference"
        case .unknownProperty: "patterns.unknown-property"
        case .repeatTooLarge: "patterns.repeat-too-large"
        case .programTooLarge: "patterns.program-too-large"
        case .tooDeep: "patterns.too-deep"
        }
    }

    package var description: String {
        switch self {
        case .empty:
            "A pattern must not be empty."
        case .tooLong(let pattern, let bytesMax):
            "The pattern \(quoted(pattern)) is longer than \(bytesMax) bytes."
        case .absolute(let pattern):
            "The path pattern \(quoted(pattern)) begins with '/'; write it relative to the root."
        case .traversal(let pattern):
            "The path pattern \(quoted(pattern)) has a '.' or '..' segment; name the path directly."
        case .emptySegment(let pattern):
            "The path pattern \(quoted(pattern)) has an empty segment; for everything in a folder"
                + " write 'folder/**'."
        case .doubleStarInName(let pattern):
            "In the path pattern \(quoted(pattern)) '**' is part of a name; it must be a whole"
                + " segment."
        case .tooManyAlternatives(let pattern, let countMax):
            "The braces of the path pattern \(quoted(pattern)) stand for more than \(countMax)"
                + " alternatives; write several patterns."
        case .syntax(let pattern, let offset, let expected):
            "The pattern \(quoted(pattern)) is not well formed at byte \(offset): \(expected)."
        case .lookaround(let pattern, let offset):
            "The pattern \(quoted(pattern)) looks around at byte \(offset); that cannot run in"
                + " linear time, so write it without."
        case .backreference(let pattern, let offset):
            "The pattern \(quoted(pattern)) refers back to a group at byte \(offset); that cannot"
                + " run in linear time, so write it without."
        case .unknownProperty(let pattern, let name):
            "The pattern \(quoted(pattern)) names the Unicode property \(quoted(name)), which is"
                + " not known here; general categories such as 'Lu' or 'Letter' are."
        case .repeatTooLarge(let pattern, let offset, let countMax):
            "The pattern \(quoted(pattern)) repeats more than \(countMax) times at byte \(offset)."
        case .programTooLarge(let pattern, let instructionsMax):
            "The pattern \(quoted(pattern)) needs more than \(instructionsMax) instructions or"
                + " \(RegularExpression.setsMax) character sets; make it smaller."
        case .tooDeep(let pattern, let depthMax):
            "The pattern \(quoted(pattern)) is nested deeper than \(depthMax) groups."
        }
    }

    /// The text between quotes, cut so that a fault stays one readable sentence.
    private func quoted(_ text: String) -> String {
        let head = text.unicodeScalars.prefix(120)
        return
            "'\(Printable(String(String.UnicodeScalarView(head))))\(head.endIndex < text.endIndex ? "…" : "")'"
    }
}
