import Canon
import Gates
import Integrity
import Registry

/// `charter gate list`.
enum GateListVerb {
    static let operation = Operation(
        words: ["gate", "list"],
        summary: "list the gates of the law, what they judge by and where they are enforced",
        details: """
            A gate judges by the rules of a framework, by rules of its own, or by policies. The stages
            are those of registries/ENFORCEMENT_GATES.yml; a gate without stages runs in the integrity
            check alone. Exit status 1 where that list and the law disagree.
            """
    ) { _, surroundings throws(OperationFault) in
        let state = try surroundings.state(of: surroundings.root())
        let list = try enforcement(state)
        let gates = state.book.gates.values.sorted { $0.id.precedesInNumber($1.id) }
        let problems = list?.problems(against: state.book) ?? []
        let rows = gates.map { gate in
            (
                gate: gate,
                stages: list?.entries.first { $0.gate == gate.id }?.stages.map(\.rawValue) ?? [],
                policies: GatePolicy.policies(of: gate.id, in: state.book)
            )
        }
        return Answer(
            problems.isEmpty ? .done : .refused,
            json: [
                "gates": .array(
                    rows.map { row in
                        [
                            "id": .string(row.gate.id), "name": .string(row.gate.name),
                            "version": .string(row.gate.version.description),
                            "ensures": .string(row.gate.ensures),
                            "judges_by": .string(row.gate.subject.rawValue),
                            "stages": .array(row.stages.map { .string($0) }),
                            "policies": .array(row.policies.map { .string($0.id) }),
                        ]
                    }
                ),
                "problems": .array(
                    problems.map {
                        ["code": .string($0.code.rawValue), "reason": .string($0.reason)]
                    }
                ),
            ],
            lines: rows.flatMap { row in
                [
                    HelpText.padded(row.gate.id, 6) + "\(row.gate.name): \(row.gate.ensures)",
                    "      by \(row.gate.subject.words)"
                        + (row.stages.isEmpty ? "" : ", at " + row.stages.joined(separator: ", ")),
                ]
                    + row.policies.map { "      \($0.id) \($0.version): \($0.query)" }
            } + problems.map { "\($0.code.rawValue)  \($0.reason)" }
        )
    }

    /// The list of gates that are enforced, where the law has one.
    private static func enforcement(
        _ state: RootState
    ) throws(OperationFault) -> EnforcementGates? {
        guard let path = try? RelativePath(RootLayout.enforcementGates),
            state.tree.contains(path)
        else { return nil }
        switch state.tree.document(path) {
        case .failure(let fault): throw .document(path: path.text, fault)
        case .success(let bytes):
            do {
                return try EnforcementGates(parsing: bytes)
            } catch {
                throw .gates(error)
            }
        }
    }
}

extension GateDefinition.Subject {
    /// What a gate judges by.
    fileprivate var words: String {
        switch self {
        case .framework: "the rules of each spec's framework"
        case .gate: "rules of its own"
        case .policy: "policies"
        }
    }
}

extension String {
    /// Whether this id stands before another, the shorter number first: G2 before G10.
    fileprivate func precedesInNumber(_ other: String) -> Bool {
        utf8.count == other.utf8.count ? precedesInBytes(other) : utf8.count < other.utf8.count
    }
}
