import Canon
import Planes

/// `charter plane bench`.
enum PlaneBenchVerb {
    static let operation = Operation(
        words: ["plane", "bench"],
        summary: "measure questions and answers between two planes that are up",
        details: """
            Each question is a whole message: encoded, under the session's code, parsed, held against
            the boundary and the prompt, and answered in words. With --kept each is also signed, and in
            both ledgers before it is confirmed; without, it is asked and forgotten.
            Example: charter plane bench meta first_order --count 10000 --outstanding 16
            """,
        operands: [
            .init(name: "FROM", summary: "the plane that asks: hot or meta"),
            .init(name: "TO", summary: "the plane that answers"),
        ],
        options: [
            .init(name: "count", value: "N", summary: "how many questions; 1,000 where not said"),
            .init(name: "outstanding", value: "N", summary: "how many at a time; 1 where not said"),
            .init(name: "kept", summary: "questions that are kept in both ledgers"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let from = try SupervisorView.plane(request.operands[0])
        let to = try SupervisorView.plane(request.operands[1])
        return try SupervisorView(surroundings).answer([
            "do": "bench", "plane": .string(from), "peer": .string(to),
            "count": .integer(try LedgerView.number("count", 1...10_000_000, request) ?? 1000),
            "outstanding": .integer(try LedgerView.number("outstanding", 1...1024, request) ?? 1),
            "kept": .bool(request.has("kept")),
        ]) { answer in
            let p50 = (answer["p50_nanoseconds"]?.integer ?? 0) / 1000
            let p99 = (answer["p99_nanoseconds"]?.integer ?? 0) / 1000
            return [
                "\(answer["answered"]?.integer ?? 0) answered, \(answer["failed"]?.integer ?? 0) "
                    + "failed: \(answer["per_second"]?.integer ?? 0) a second, p50 \(p50) µs, p99 "
                    + "\(p99) µs"
            ]
        }
    }
}
