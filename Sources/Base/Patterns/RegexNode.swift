/// The tree of a regular expression.
indirect enum RegexNode {
    case empty
    /// One scalar of the set.
    case set(ScalarSet)
    case assertion(RegexAssertion)
    case concat([RegexNode])
    /// Earlier alternatives are preferred.
    case alternate([RegexNode])
    /// A capturing group; the first is 1.
    case group(Int, RegexNode)
    /// `most` is `nil` for no upper bound.
    case repeated(RegexNode, least: Int, most: Int?, isLazy: Bool)

    /// Whether it can match without taking a scalar.
    var isNullable: Bool {
        switch self {
        case .empty, .assertion: true
        case .set: false
        case .concat(let nodes): nodes.allSatisfy(\.isNullable)
        case .alternate(let nodes): nodes.contains(where: \.isNullable)
        case .group(_, let node): node.isNullable
        case .repeated(let node, let least, _, _): least == 0 || node.isNullable
        }
    }

    /// Whether every match begins at the beginning of the text.
    var isAnchored: Bool {
        switch self {
        case .assertion(.textStart): true
        case .concat(let nodes): nodes.first?.isAnchored ?? false
        case .alternate(let nodes): nodes.allSatisfy(\.isAnchored)
        case .group(_, let node): node.isAnchored
        case .repeated(let node, let least, _, _): least > 0 && node.isAnchored
        case .empty, .set, .assertion: false
        }
    }
}

/// A condition on a position, which takes no scalar.
enum RegexAssertion: Sendable {
    case textStart
    case textEnd
    case lineStart
    case lineEnd
    case wordBoundary
    case noWordBoundary

    /// Whether it holds between two neighbours.
    func holds(_ before: RegexEdge, _ after: RegexEdge) -> Bool {
        switch self {
        case .textStart: before == .text
        case .textEnd: after == .text
        case .lineStart: before == .text || before == .newline
        case .lineEnd: after == .text || after == .newline
        case .wordBoundary: (before == .word) != (after == .word)
        case .noWordBoundary: (before == .word) == (after == .word)
        }
    }
}

/// What stands beside a position, as far as an assertion can tell.
enum RegexEdge: UInt8, Sendable {
    /// The text's beginning or end.
    case text
    case newline
    case word
    case other
}
