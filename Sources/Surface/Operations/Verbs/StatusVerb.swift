import Canon
import Host
import Integrity
import Planes

/// `charter status`.
enum StatusVerb {
    static let operation = Operation(
        words: ["status"],
        summary: "say what is configured and what is running: planes, ledgers, queues, walls",
        details: """
            For each plane: its state, its process and user, its ledger, its memory ledgers and their
            limit, its connections and what waits on them, and the walls that really stand around it,
            as it found them itself. Exit status 1 when a plane is not UP.
            """
    ) { _, surroundings throws(OperationFault) in
        let view = try SupervisorView(surroundings)
        let status: JSONValue
        do throws(OperationFault) {
            status = try view.ask(["do": "status"])
        } catch .planes(.notUp) {
            return Answer(
                .refused,
                json: StatusVerb.down(view, surroundings),
                lines: [
                    "root     \(view.root.id) at \(view.root.directory.path)",
                    "down     no supervisor is up; 'charter up' starts one",
                ]
            )
        }
        let isUp = status["planes"]?.array?.allSatisfy { $0["state"]?.string == "UP" } ?? false
        return Answer(isUp ? .done : .refused, json: status, lines: SupervisorView.lines(status))
    }

    private static func down(_ view: SupervisorView, _ surroundings: Surroundings) -> JSONValue {
        [
            "schema_version": "1.0", "type": "cp_status",
            "taken_at": .string(Timestamp(nanoseconds: surroundings.clock.now).description),
            "root": [
                "id": .string(view.root.id), "path": .string(view.root.directory.path),
                "state": "unknown",
            ],
            "integrity": ["state": "unchecked"],
            "planes": .array(
                ["hot", "meta", "first_order"].map { plane in
                    [
                        "id": .string(plane), "tier": .string(plane),
                        "root": .string("planes/\(plane)"), "state": "DOWN",
                        "memory_ledgers": ["active": 0, "limit": 1],
                        "integrity": ["state": "unchecked"],
                    ]
                }
            ),
        ]
    }
}
