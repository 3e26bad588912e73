package import Policy
package import Telemetry

/// Counts what was decided, by verdict and revision, so that a bundle that denies more than the one
/// before is seen.
package struct DecisionMetrics: Sendable {
    private let decisions: Counter
    private let denials: Counter
    private let mutations: Counter

    /// Registers the counters; once for a registry.
    package init(_ registry: MetricRegistry) throws(TelemetryFault) {
        decisions = try registry.counter(
            "charter_policy_decisions_total",
            help: "Decisions by bundle, revision, verdict and mode.",
            labels: ["bundle", "revision", "verdict", "mode"]
        )
        denials = try registry.counter(
            "charter_policy_denials_total",
            help: "Denials by bundle, revision and the code of their first reason.",
            labels: ["bundle", "revision", "code"]
        )
        mutations = try registry.counter(
            "charter_admission_mutations_total",
            help: "Operations that mutators filled into requests, by bundle and revision.",
            labels: ["bundle", "revision"]
        )
    }

    /// Counts a decision.
    package func count(_ decision: PolicyDecision) {
        let source = decision.source
        decisions.add(
            labels: [
                source.bundle, source.revision, decision.verdict.word, decision.mode.rawValue,
            ]
        )
        guard decision.verdict == .deny, let reason = decision.reasons.first else { return }
        denials.add(labels: [source.bundle, source.revision, reason.code])
    }

    /// Counts what a mutator filled in.
    package func count(mutations count: Int, by source: PolicyDecision.Source) {
        mutations.add(Double(count), labels: [source.bundle, source.revision])
    }
}
