import Canon
import Planes

/// `charter plane memory`.
enum PlaneMemoryVerb {
    static let operation = Operation(
        words: ["plane", "memory"],
        summary: "open, park, resume or close a memory ledger of a plane that is up",
        details: """
            A memory ledger belongs to one intent (HOT), work order (Meta) or task (First Order). No more
            may be open at a time than the tier allows; one too many is refused, and the refusal is in
            the ledger. The loop of a tier comes round for each that is open.
            Example: charter plane memory open hot INTENT-1
            """,
        power: .author,
        operands: [
            .init(name: "VERB", summary: "open, park, resume or close"),
            .init(name: "PLANE", summary: "hot, meta or first_order"),
            .init(name: "LEDGER", summary: "its name: letters, digits, dots and hyphens"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let verb = request.operands[0]
        guard ["open", "park", "resume", "close"].contains(verb) else {
            throw .usage("\"\(Printable(verb))\" is none of open, park, resume and close.")
        }
        let plane = try SupervisorView.plane(request.operands[1])
        return try SupervisorView(surroundings).answer([
            "do": "memory", "verb": .string(verb), "plane": .string(plane),
            "name": .string(request.operands[2]),
        ]) { answer in
            let open = (answer["active"]?.array ?? []).compactMap(\.string)
            return [
                "done; open in \(plane): \(open.isEmpty ? "none" : open.joined(separator: ", "))"
            ]
        }
    }
}
