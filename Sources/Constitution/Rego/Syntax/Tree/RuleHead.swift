/// The head of a rule: what it defines, and how.
package struct RuleHead: Sendable, Equatable {
    /// From the first byte of its name to the end of its value.
    package let range: SourceRange

    /// What is defined, without the package: `p`, `a.b[x].c`.
    ///
    /// Its head is a variable, the name of the rule, and no wildcard. In a partial set the member
    /// is not part of it.
    package let reference: Reference

    /// The parameters of a function.
    ///
    /// Nil for a rule that is none, and for `f()`, which is the rule `f`.
    package let parameters: [Term]?

    /// What the rule contributes.
    package let contribution: Contribution

    package static func == (left: RuleHead, right: RuleHead) -> Bool {
        left.reference == right.reference && left.parameters == right.parameters
            && left.contribution == right.contribution
    }

    /// What a rule contributes to the document that its reference names.
    package indirect enum Contribution: Sendable, Equatable {
        /// One value, `p := value`; nil means `true`.
        case value(Term?)

        /// A member of a set: `p contains member`, in v0 `p[member] { … }`.
        case member(Term)
    }

    /// The value of the rule or function; nil for members and for an unwritten `true`.
    package var value: Term? {
        if case .value(let value) = contribution { return value }
        return nil
    }
}
