import Canon
import Planes

/// `charter resume`.
enum ResumeVerb {
    static let operation = Operation(
        words: ["resume"],
        summary: "let a halted plane serve again, once nothing stands against it",
        details: """
            The whole root is checked first. What is still found is said, and the plane stays halted.
            """,
        power: .author,
        operands: [.init(name: "PLANE", summary: "hot, meta or first_order")]
    ) { request, surroundings throws(OperationFault) in
        let plane = try SupervisorView.plane(request.operands[0])
        return try SupervisorView(surroundings).answer([
            "do": "resume", "plane": .string(plane),
        ]) { _ in ["\(plane) serves again"] }
    }
}
