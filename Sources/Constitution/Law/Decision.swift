/// What a gate answers: a value, because a gate that says no has worked.
package enum Decision: Hashable, Sendable {
    /// The named rule allows it.
    case allow(rule: String)
    /// A rule forbids it, or nothing could be established, which is the same.
    case deny(Denial)

    /// Whether the answer is yes.
    package var isAllowed: Bool {
        if case .allow = self { return true }
        return false
    }

    /// The denial, when there is one.
    package var denial: Denial? {
        if case .deny(let denial) = self { return denial }
        return nil
    }
}

/// Why something was refused; no denial exists without all three parts.
package struct Denial: Hashable, Sendable, CustomStringConvertible {
    /// The identifier of the rule that said no.
    package let rule: String

    /// The version of the policy that the rule belongs to.
    package let policyVersion: String

    /// A whole sentence for whoever asked.
    package let reason: String

    /// A denial by a rule of a policy version, for a reason.
    package init(rule: String, policyVersion: String, reason: String) {
        precondition(
            !rule.isEmpty && !policyVersion.isEmpty && !reason.isEmpty,
            "A denial names its rule, its policy version and its reason."
        )
        self.rule = rule
        self.policyVersion = policyVersion
        self.reason = reason
    }

    package var description: String { "\(reason) (rule \(rule), policy \(policyVersion))" }
}
