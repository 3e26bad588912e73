import Canon
package import Policy
import Registry
package import Rego

/// The only door to create, install, update and remove: asks the policies of the admission gate, and
/// lets nothing through that one of them refuses.
///
/// Whoever changes something takes an `Admission`, which only this hands out; so nothing reaches the
/// disk without a decision.
package struct GateKeeper: Sendable {
    private let gate: PolicyGate
    private let metrics: DecisionMetrics?

    /// The keeper of a gate.
    package init(_ gate: PolicyGate, metrics: DecisionMetrics? = nil) {
        self.gate = gate
        self.metrics = metrics
    }

    /// The right to do one thing: made here, when all policies allow it.
    package struct Admission: Sendable {
        package let request: AdmissionRequest
        /// The target as it was admitted, with what was filled in.
        package let target: Value

        fileprivate init(_ decision: AdmissionDecision) {
            request = decision.request
            target = decision.target
        }
    }

    /// Decides a request, and does what it asks for when it may be done.
    ///
    /// In a dry run the decision is the same and nothing is done.
    package func pass<Outcome, Failure: Error>(
        _ request: AdmissionRequest,
        effect: (Admission) throws(Failure) -> Outcome
    ) throws(Failure) -> (decision: AdmissionDecision, outcome: Outcome?) {
        let decision = decide(request)
        guard decision.takesEffect else { return (decision, nil) }
        return (decision, try effect(Admission(decision)))
    }

    /// What the policies say to a request; nothing is done.
    package func decide(_ request: AdmissionRequest) -> AdmissionDecision {
        let validators = gate.policies.filter { !$0.isMutator }
        guard !validators.isEmpty else { return withoutPolicies(request) }
        let mutation: Mutation.Outcome
        do throws(Mutation.Refused) {
            mutation = try Mutation(gate, request).outcome()
        } catch {
            return refused(request, error)
        }
        for (source, count) in mutation.counts { metrics?.count(mutations: count, by: source) }
        var answers: [(policy: GatePolicy, decision: PolicyDecision)] = []
        var records: [DecisionRecord] = []
        for policy in validators {
            let asked = DecisionRequest(
                id: "\(request.id)/\(policy.id)",
                query: policy.query,
                input: .value(request.document(target: mutation.target)),
                mode: request.mode,
                time: request.time,
                subject: request.subject.id
            )
            let point = gate.point(of: policy)
            let decision = point.decide(asked)
            metrics?.count(decision)
            answers.append((policy, decision))
            records.append(DecisionRecord(asked, decision, masks: point.masks))
        }
        return AdmissionDecision(
            request: request,
            verdict: GateKeeper.combined(answers.map(\.decision.verdict)),
            reasons: answers.flatMap { attributed($0.decision.reasons, $0.policy, $0.decision) },
            warnings: answers.flatMap { attributed($0.decision.warnings, $0.policy, $0.decision) },
            obligations: answers.flatMap(\.decision.obligations),
            target: mutation.target,
            mutations: mutation.operations,
            records: records
        )
    }

    /// One denial outweighs any number of permissions, and whatever stops outweighs what does not.
    ///
    /// Two that narrow to different things leave nothing that both allow, as far as anybody can tell.
    package static func combined(_ verdicts: [DecisionVerdict]) -> DecisionVerdict {
        var strictest = DecisionVerdict.allow
        for verdict in verdicts {
            if case .narrowed(let one) = verdict, case .narrowed(let other) = strictest,
                one != other
            {
                return .deny
            }
            if rank(verdict) > rank(strictest) { strictest = verdict }
        }
        return strictest
    }

    private static func rank(_ verdict: DecisionVerdict) -> Int {
        switch verdict {
        case .allow: 0
        case .narrowed: 1
        case .deferred: 2
        case .needsApproval: 3
        case .deny: 4
        }
    }

    private func attributed(
        _ reasons: [DecisionReason],
        _ policy: GatePolicy,
        _ decision: PolicyDecision
    ) -> [AdmissionDecision.Attributed] {
        reasons.map {
            AdmissionDecision.Attributed(
                policy: policy.id,
                version: policy.version,
                revision: decision.source.revision,
                reason: $0
            )
        }
    }

    private func refused(
        _ request: AdmissionRequest,
        _ refusal: Mutation.Refused
    ) -> AdmissionDecision {
        denied(
            request,
            AdmissionDecision.Attributed(
                policy: refusal.policy.id,
                version: refusal.policy.version,
                revision: refusal.revision,
                reason: refusal.reason
            )
        )
    }

    private func withoutPolicies(_ request: AdmissionRequest) -> AdmissionDecision {
        denied(
            request,
            AdmissionDecision.Attributed(
                policy: gate.gate.id,
                version: gate.gate.version.description,
                revision: "none",
                reason: DecisionReason(
                    rule: gate.gate.id,
                    code: "gates.admission.no-policy",
                    message: "No active policy names the gate \(gate.gate.id), so nothing is "
                        + "admitted.",
                    next: "Register policies for it under registries/policies."
                )
            )
        )
    }

    private func denied(
        _ request: AdmissionRequest,
        _ reason: AdmissionDecision.Attributed
    ) -> AdmissionDecision {
        AdmissionDecision(
            request: request,
            verdict: .deny,
            reasons: [reason],
            warnings: [],
            obligations: [],
            target: request.target,
            mutations: [],
            records: []
        )
    }
}
