package import Rego

/// Whoever can be asked for a decision: the one door to policy for every caller.
///
/// An answer always comes: what cannot be decided is denied, with its reason.
package protocol DecisionPoint: Sendable {
    /// Decides one request.
    func decide(_ request: DecisionRequest) -> PolicyDecision

    /// The value of the document that a request asks for, for callers who need more than a verdict.
    func document(_ request: DecisionRequest) -> DocumentAnswer

    /// The places of an input that no log may show.
    var masks: [String] { get }
}

/// What a document is for an input.
package enum DocumentAnswer: Sendable {
    /// Its value, and which policies gave it.
    case value(Value, PolicyDecision.Source)
    /// There is none, for the reason of a denial.
    case refused(PolicyDecision)
}
