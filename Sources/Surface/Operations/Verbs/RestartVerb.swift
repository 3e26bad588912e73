import Canon
import Planes

/// `charter restart`.
enum RestartVerb {
    static let operation = Operation(
        words: ["restart"],
        summary: "end the process of one plane and start another in its place",
        details: """
            What a plane holds is in its ledger, so nothing is lost; its peers wait and go on with the
            new one.
            """,
        power: .author,
        operands: [.init(name: "PLANE", summary: "hot, meta or first_order")]
    ) { request, surroundings throws(OperationFault) in
        let plane = try SupervisorView.plane(request.operands[0])
        return try SupervisorView(surroundings).answer([
            "do": "restart", "plane": .string(plane),
        ]) { _ in ["\(plane) is started again"] }
    }
}
