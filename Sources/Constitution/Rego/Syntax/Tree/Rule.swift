/// One rule: a head, a body, and what holds in place of it where the body does not hold.
package struct Rule: Sendable, Equatable {
    /// From the first byte of the head to the end of the last `else`.
    package let range: SourceRange

    /// Whether it is `default <name> := <value>`; such a rule has no body and no `else`.
    package let isDefault: Bool

    /// What the rule defines.
    package let head: RuleHead

    /// What must hold; nil where none was written, and then the rule always holds.
    package let body: Body?

    /// The `else` branches, in order; each is asked only when all before it did not hold.
    package let alternatives: [Alternative]

    /// Whether it was written as a further body of the rule before: `p if { … } { … }`.
    package let isChained: Bool

    package static func == (left: Rule, right: Rule) -> Bool {
        left.isDefault == right.isDefault && left.head == right.head && left.body == right.body
            && left.alternatives == right.alternatives
    }

    /// One `else` branch of a rule.
    package struct Alternative: Sendable, Equatable {
        /// From the word `else` to the end of its body.
        package let range: SourceRange

        /// Its value; nil means `true`.
        package let value: Term?

        /// What must hold; nil where none was written, and then the branch always holds.
        package let body: Body?

        package static func == (left: Alternative, right: Alternative) -> Bool {
            left.value == right.value && left.body == right.body
        }
    }
}
