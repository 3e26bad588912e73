import Canon
package import Policy
package import Registry
import Rego

/// A gate whose rules are policies: every active policy that names it is asked, and one denial is
/// enough.
package struct PolicyGate: Sendable {
    package let gate: GateDefinition
    package let policies: [GatePolicy]
    private let points: [String: any DecisionPoint]

    /// A gate with its policies and whoever decides by their bundles, by the bundles' names.
    package init(
        _ gate: GateDefinition,
        policies: [GatePolicy],
        points: [String: any DecisionPoint]
    ) {
        self.gate = gate
        self.policies = policies
        self.points = points
    }

    /// The gate over the bundles that lie in a root: its registries and its seal answer for them.
    package init(
        _ gate: GateDefinition,
        in book: LawBook,
        bundles: [String: Result<PolicyBundle, BundleRefusal>]
    ) {
        let policies = GatePolicy.policies(of: gate.id, in: book)
        var points: [String: any DecisionPoint] = [:]
        for name in Set(policies.map(\.bundle)) {
            do throws(BundleRefusal) {
                guard let bundle = try bundles[name]?.get() else { continue }
                let loaded = try LoadedBundle(bundle, provenance: .governedRoot)
                points[name] = BundleDecisionPoint(.ready(loaded))
            } catch {
                points[name] = BundleDecisionPoint(.refused(name, error))
            }
        }
        self.init(gate, policies: policies, points: points)
    }

    /// What the policies of the gate say about a target.
    ///
    /// A gate without policies has nothing to judge by, so it lets nothing pass.
    package func judge(_ input: GateInput) -> GateOutput {
        let value = Value(input.json)
        var findings: [GateOutput.Finding] = []
        if policies.isEmpty {
            findings.append(
                GateOutput.Finding(
                    rule: gate.id,
                    code: "gates.policy.none",
                    message: "No active policy names the gate \(gate.id), so it lets nothing pass.",
                    nextStep: "Register a policy for it, or take it out of the law."
                )
            )
        }
        for policy in policies {
            let request = DecisionRequest(
                id: "\(gate.id)/\(input.targetID)/\(policy.id)",
                query: policy.query,
                input: .value(value),
                time: input.time
            )
            let decision = point(of: policy).decide(request)
            guard decision.verdict != .allow else { continue }
            findings += decision.reasons.map { reason in
                GateOutput.Finding(
                    rule: "\(policy.name): \(reason.rule)",
                    code: reason.code,
                    path: reason.file.isEmpty
                        ? nil : "\(RootLayout.bundles)/\(policy.bundle)/\(reason.file)",
                    line: reason.line > 0 ? reason.line : nil,
                    message: reason.message,
                    nextStep: reason.next
                )
            }
        }
        return GateOutput(
            gate: gate.id,
            gateVersion: gate.version.description,
            target: input.targetID,
            targetHash: input.targetHash,
            findings: findings,
            policies: policies.map { GateOutput.Asked(id: $0.id, version: $0.version) },
            time: input.time
        )
    }

    /// Whoever decides by a policy's bundle; where nobody does, everything is denied.
    package func point(of policy: GatePolicy) -> any DecisionPoint {
        points[policy.bundle] ?? BundleDecisionPoint(.missing(bundle: policy.bundle))
    }
}
