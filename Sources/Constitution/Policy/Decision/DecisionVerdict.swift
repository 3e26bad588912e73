package import Rego

/// What the policies answer.
package enum DecisionVerdict: Sendable, Hashable {
    /// It may be done.
    case allow
    /// It may not be done.
    case deny
    /// It may be done once a human has signed for it.
    case needsApproval
    /// Only this much may be done.
    case narrowed(to: Value)
    /// These policies do not decide it; whoever asked must ask further, and may do nothing meanwhile.
    case deferred

    /// The word that policies, records and `--json` use.
    package var word: String {
        switch self {
        case .allow: "allow"
        case .deny: "deny"
        case .needsApproval: "needs_approval"
        case .narrowed: "narrowed"
        case .deferred: "deferred"
        }
    }
}
