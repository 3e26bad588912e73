import Canon
import Host
import Planes

/// `charter logs`.
enum LogsVerb {
    static let operation = Operation(
        words: ["logs"],
        summary: "show what the processes of planes printed before they ended",
        details: """
            A plane prints nothing while all is well. What it did is in its ledger ('charter ledger
            query --plane PLANE'); what it printed when it broke off is here, for whoever mends it.
            """,
        operands: [
            .init(
                name: "PLANE",
                summary: "hot, meta or first_order; all where not said",
                isRequired: false
            )
        ],
        options: [.init(name: "lines", value: "N", summary: "the last so many lines; 50")]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let count = try LedgerView.number("lines", 1...100_000, request) ?? 50
        var planes = ["hot", "meta", "first_order"]
        if let named = request.operands.first { planes = [try SupervisorView.plane(named)] }
        var logs = JSONObject()
        var lines: [String] = []
        for plane in planes {
            let printed: [String]
            do {
                printed = try PlaneLogs.lines(of: plane, in: root, atMost: count)
            } catch {
                throw OperationFault(error)
            }
            logs[plane] = .array(printed.map { .string($0) })
            lines.append("\(plane): \(printed.isEmpty ? "nothing was printed" : "")")
            lines += printed.map { "  \($0)" }
        }
        return Answer(json: ["logs": .object(logs)], lines: lines)
    }
}
