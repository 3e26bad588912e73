/// Whoever can be asked for a decision: the one door to policy for every caller.
///
/// An answer always comes: what cannot be decided is denied, with its reason.
package protocol DecisionPoint: Sendable {
    /// Decides one request.
    func decide(_ request: DecisionRequest) -> PolicyDecision
}
