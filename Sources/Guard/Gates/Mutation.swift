import Canon
import Policy
import Rego

/// Fills in what a request leaves out, by the mutators of a gate.
///
/// A mutator answers `{"patch": …, "protects": […]}`: operations of JSON Patch on the target, and the
/// members that hold privileges. What it does twice is what it does once, and it never gives anybody
/// more than they had: both are checked for each request, since both are easily got wrong.
struct Mutation {
    /// The target after it, and the operations that made it so.
    struct Outcome {
        let target: Value
        let operations: [Value]
        /// The bundles that filled something in, with the number of operations of each.
        let counts: [(source: PolicyDecision.Source, count: Int)]
    }

    /// Why nothing may be filled in, and so nothing be done.
    struct Refused: Error {
        let policy: GatePolicy
        let revision: String
        let reason: DecisionReason
    }

    private let gate: PolicyGate
    private let request: AdmissionRequest

    init(_ gate: PolicyGate, _ request: AdmissionRequest) {
        self.gate = gate
        self.request = request
    }

    func outcome() throws(Refused) -> Outcome {
        let mutators = gate.policies.filter(\.isMutator)
        let once = try run(mutators, on: request.target)
        let twice = try run(mutators, on: once.target)
        guard twice.target == once.target else {
            // Some mutator was asked, or nothing could have changed.
            throw refused(
                mutators[0],
                "none",
                "gates.mutation.not-idempotent",
                "what is filled in changes again when it is filled in twice",
                "Write each patch so that it only adds what is not there."
            )
        }
        return once
    }

    private func run(_ mutators: [GatePolicy], on target: Value) throws(Refused) -> Outcome {
        var current = target
        var operations: [Value] = []
        var counts: [(source: PolicyDecision.Source, count: Int)] = []
        for policy in mutators {
            let asked = DecisionRequest(
                id: request.id,
                query: policy.query,
                input: .value(request.document(target: current)),
                mode: request.mode,
                time: request.time,
                subject: request.subject.id
            )
            switch gate.point(of: policy).document(asked) {
            case .refused(let decision):
                throw Refused(
                    policy: policy,
                    revision: decision.source.revision,
                    reason: decision.reasons[0]
                )
            case .value(let value, let source):
                let (patch, protects) = try read(value, policy, source)
                let changed = try apply(patch, to: current, protects, policy, source)
                if !patch.isEmpty { counts.append((source, patch.count)) }
                operations += patch
                current = changed
            }
        }
        return Outcome(target: current, operations: operations, counts: counts)
    }

    private func read(
        _ value: Value,
        _ policy: GatePolicy,
        _ source: PolicyDecision.Source
    ) throws(Refused) -> (patch: [Value], protects: [String]) {
        if case .object(let object) = value,
            let patch = object["patch" as Text].flatMap(Mutation.list),
            let protects = object["protects" as Text].flatMap(Mutation.list)
        {
            let names = protects.compactMap { member -> String? in
                if case .string(let text) = member { text.string } else { nil }
            }
            if names.count == protects.count { return (patch, names) }
        }
        throw refused(
            policy,
            source.revision,
            "gates.mutation.wrong-shape",
            "the answer of the mutator is no object with a patch and what it protects",
            "Let it answer {\"patch\": […], \"protects\": […]}."
        )
    }

    private func apply(
        _ patch: [Value],
        to target: Value,
        _ protects: [String],
        _ policy: GatePolicy,
        _ source: PolicyDecision.Source
    ) throws(Refused) -> Value {
        guard let changed = target.patched(by: patch) else {
            throw refused(
                policy,
                source.revision,
                "gates.mutation.not-applicable",
                "an operation of the patch does not apply to the target",
                "Let the patch fit the target, or be empty."
            )
        }
        if let place = Privileges(named: protects).widening(from: target, to: changed) {
            throw refused(
                policy,
                source.revision,
                "gates.mutation.widens",
                "what is filled in at \(place) would give more than was asked for",
                "Take it out of the mutator; privileges are asked for by people."
            )
        }
        return changed
    }

    private func refused(
        _ policy: GatePolicy,
        _ revision: String,
        _ code: String,
        _ message: String,
        _ next: String
    ) -> Refused {
        Refused(
            policy: policy,
            revision: revision,
            reason: DecisionReason(
                rule: policy.query.description,
                code: code,
                message: message,
                next: next
            )
        )
    }

    private static func list(_ value: Value) -> [Value]? {
        switch value {
        case .array(let array): array.elements
        case .set(let set): set.elements
        default: nil
        }
    }
}
