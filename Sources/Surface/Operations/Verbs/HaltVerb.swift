import Canon
import Planes

/// `charter halt`.
enum HaltVerb {
    static let operation = Operation(
        words: ["halt"],
        summary: "have one plane serve no more, until it is resumed",
        details: """
            The plane takes no message and no work; what others send it waits in their ledgers. The
            others go on. The reason is in its ledger and in the root's.
            """,
        power: .author,
        operands: [.init(name: "PLANE", summary: "hot, meta or first_order")],
        options: [.init(name: "reason", value: "TEXT", summary: "why, in a sentence")]
    ) { request, surroundings throws(OperationFault) in
        let plane = try SupervisorView.plane(request.operands[0])
        return try SupervisorView(surroundings).answer([
            "do": "halt", "plane": .string(plane),
            "reason": .string(request.option("reason") ?? "An operator halted it."),
        ]) { _ in ["\(plane) is halted"] }
    }
}
