import Canon
import Planes

/// `charter ask`.
enum AskVerb {
    static let operation = Operation(
        words: ["ask"],
        summary: "ask a plane a question in words, and have it put on to others",
        details: """
            The question is a message like any other: an instance of PROMPT-ASK, in the ledger of each
            plane that it passes, all of one trace. HOT and Meta hear humans; First Order is reached by
            way of Meta. 'charter trace' follows it afterwards.
            Example: charter ask hot 'How do things stand?' --via meta,first_order
            """,
        operands: [
            .init(name: "PLANE", summary: "hot or meta"),
            .init(name: "QUESTION", summary: "at least three words"),
        ],
        options: [
            .init(name: "via", value: "PLANES", summary: "put it on to these, in this order"),
            .init(name: "seconds", value: "N", summary: "wait so long; 60 where not said"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let plane = try SupervisorView.plane(request.operands[0])
        var route: [JSONValue] = []
        for name in (request.option("via") ?? "").split(separator: ",") {
            route.append(.string(try SupervisorView.plane(String(name))))
        }
        let seconds = try LedgerView.number("seconds", 1...86_400, request) ?? 60
        return try SupervisorView(surroundings).answer([
            "do": "ask", "plane": .string(plane), "words": .string(request.operands[1]),
            "route": .array(route), "seconds": .integer(seconds),
        ]) { answer in
            let signed = (answer["message"]?.string).flatMap { try? JSONValue(parsing: $0) }
            let message = signed?["message"]
            return [
                message?["slots"]?["answer"]?.string ?? "",
                "trace \((message?["traceparent"]?.string ?? "").split(separator: "-").dropFirst().first ?? "")",
            ]
        }
    }
}
