import Canon
package import Registry
import Rego

/// The list of gates that are enforced: which gate at which stage by which policies.
///
/// It is a file of the law, `ENFORCEMENT_GATES.yml`. What it lists is what runs: a gate that is not
/// defined, an active gate that it leaves out and a policy that stands under no gate are refused.
package struct EnforcementGates: Sendable {
    /// When a gate is set off.
    package enum Stage: String, Sendable, CaseIterable {
        case ci
        case preMerge = "pre-merge"
        case release
        case runtime
    }

    /// One gate of the list.
    package struct Entry: Sendable, Equatable {
        package let gate: String
        package let stages: [Stage]
        package let policies: [String]
    }

    /// One way in which list and law disagree.
    package struct Problem: Sendable, Hashable {
        package let code: ViolationCode
        package let reason: String
    }

    /// The gates in the order of the list.
    package let entries: [Entry]

    /// Reads the list.
    package init(parsing bytes: [UInt8]) throws(GatesFault) {
        let value: JSONValue
        do {
            value = try Value(yaml: bytes, limits: JSONLimits(bytesMax: 1 << 20)).jsonValue
        } catch {
            throw .badList(reason: error.description)
        }
        guard value["version"]?.string == "1.0", let gates = value["gates"]?.array else {
            throw .badList(reason: "It has no version \"1.0\" or no list of gates.")
        }
        try EnforcementGates.check(value, ["version", "gates"], "The list")
        var entries: [Entry] = []
        for gate in gates {
            let entry = try EnforcementGates.entry(gate)
            guard !entries.contains(where: { $0.gate.hasSameBytes(as: entry.gate) }) else {
                throw .badList(reason: "It lists \(entry.gate) twice.")
            }
            entries.append(entry)
        }
        self.entries = entries
    }

    private static func entry(_ value: JSONValue) throws(GatesFault) -> Entry {
        guard let id = value["id"]?.string, GateDefinition.isGateID(id) else {
            throw .badList(reason: "A gate has no id such as G1.")
        }
        try check(value, ["id", "stages", "policies", "required"], id)
        // There is no gate that one may pass by.
        guard value["required"]?.bool == true else {
            throw .badList(reason: "\(id) is not required; every gate that is listed is.")
        }
        let stages = (value["stages"]?.array ?? []).map { $0.string.flatMap(Stage.init) }
        guard !stages.isEmpty, stages.allSatisfy({ $0 != nil }) else {
            throw .badList(
                reason: "The stages of \(id) are not some of "
                    + Stage.allCases.map(\.rawValue).joined(separator: ", ") + "."
            )
        }
        let policies = (value["policies"]?.array ?? []).map { $0.string.flatMap { PolicyID($0) } }
        guard policies.allSatisfy({ $0 != nil }) else {
            throw .badList(reason: "A policy of \(id) has no id such as POL-PURPOSE-001.")
        }
        return Entry(
            gate: id,
            stages: stages.compactMap(\.self),
            policies: policies.compactMap { $0?.text }
        )
    }

    private static func check(
        _ value: JSONValue,
        _ known: [String],
        _ what: String
    ) throws(GatesFault) {
        for key in value.object?.keys ?? [] where !known.contains(key) {
            throw .badList(reason: "\(what) says \"\(key)\", which means nothing.")
        }
    }

    /// Which gates run at a stage.
    package func gates(at stage: Stage) -> [String] {
        entries.filter { $0.stages.contains(stage) }.map(\.gate)
    }

    /// Where the list and the law disagree.
    package func problems(against book: LawBook) -> [Problem] {
        var problems: [Problem] = []
        func refuse(_ code: ViolationCode, _ reason: String) {
            problems.append(Problem(code: code, reason: reason))
        }
        let listed = Set(entries.map(\.gate))
        for entry in entries {
            if book.gates[entry.gate]?.status != .active {
                refuse(.unknownGate, "The list enforces \(entry.gate), which is no active gate.")
            }
            for id in entry.policies {
                guard let policy = book.policies[id], policy.status == .active else {
                    refuse(
                        .policyUngated,
                        "\(entry.gate) enforces \(id), which is no active policy."
                    )
                    continue
                }
                if !policy.gate.hasSameBytes(as: entry.gate) {
                    refuse(
                        .policyUngated,
                        "\(entry.gate) is listed with \(id), which names \(policy.gate)."
                    )
                }
                let stages = Set(policy.stages)
                if !stages.isSubset(of: entry.stages.map(\.rawValue)) {
                    refuse(
                        .policyUngated,
                        "\(id) is enforced at more stages than \(entry.gate) is listed for."
                    )
                }
            }
        }
        for gate in book.gates.values where gate.status == .active && !listed.contains(gate.id) {
            refuse(.gateUnlisted, "The gate \(gate.id) is active, and the list leaves it out.")
        }
        for policy in book.policies.values where policy.status == .active {
            let entry = entries.first { $0.gate.hasSameBytes(as: policy.gate) }
            if entry?.policies.contains(policy.id.text) != true {
                refuse(.policyUngated, "\(policy.id) stands under no gate of the list.")
            }
        }
        return Set(problems).sorted { $0.reason.precedesInBytes($1.reason) }
    }
}
