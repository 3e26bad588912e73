/// A conjunction of literals: the body of a rule, of a comprehension, of `every`, or a query.
package struct Body: Sendable, Equatable {
    /// From the first byte inside to the end of the last literal; with the braces, where it has some.
    package let range: SourceRange

    /// What must hold, in the order written; never empty.
    package let literals: [Literal]

    package static func == (left: Body, right: Body) -> Bool { left.literals == right.literals }
}

/// One line of a body.
package struct Literal: Sendable, Equatable {
    /// From the first byte to the end of the last `with`.
    package let range: SourceRange

    /// Whether it says `not`.
    package let isNegated: Bool

    /// What it says.
    package let kind: Kind

    /// What it replaces while it is evaluated, in the order written.
    package let modifiers: [WithModifier]

    package static func == (left: Literal, right: Literal) -> Bool {
        left.isNegated == right.isNegated && left.kind == right.kind
            && left.modifiers == right.modifiers
    }

    /// What a literal says.
    package indirect enum Kind: Sendable, Equatable {
        /// A term that must be defined and not false.
        case expression(Term)

        /// `x := y`. The left side is a variable, or an array or object of such.
        case assignment(Term, Term)

        /// `x = y`.
        case unification(Term, Term)

        /// `some x, y`; each is a variable.
        case declaration([Term])

        /// `some x in xs`, `some k, v in xs`.
        case someIn(key: Term?, value: Term, collection: Term)

        /// `every x in xs { … }`, `every k, v in xs { … }`; key and value are variables.
        case every(key: Term?, value: Term, domain: Term, body: Body)
    }
}

/// One `with` behind a literal.
package struct WithModifier: Sendable, Equatable {
    /// From the word `with` to the end of the value.
    package let range: SourceRange

    /// What is replaced: `input`, `data`, something under them, or the name of a function.
    package let target: Reference

    /// What stands in its place.
    package let value: Term

    package static func == (left: WithModifier, right: WithModifier) -> Bool {
        left.target == right.target && left.value == right.value
    }
}
