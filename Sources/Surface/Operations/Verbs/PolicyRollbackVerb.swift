import Canon
import Gates
import Host

/// `charter policy rollback BUNDLE`.
enum PolicyRollbackVerb {
    static let operation = Operation(
        words: ["policy", "rollback"],
        summary: "go back to the bundle that decided before",
        details: """
            Where a candidate is being tried, it is taken away. Otherwise the bundle that was active
            before decides again, once its copy and its signature have been looked at; the one that is
            left behind is not kept to go back to. Exit status 1 where there is nothing to go back to.
            Example: charter policy rollback app
            """,
        power: .author,
        operands: [.init(name: "BUNDLE", summary: "the name of a bundle")]
    ) { request, surroundings throws(OperationFault) in
        let policies = try RootPolicies(surroundings)
        let shelf = try policies.shelf()
        let actor = try policies.actor()
        let name = request.operands[0]
        let time = Timestamp(nanoseconds: surroundings.clock.now)
        let result = try policies.changing("rollback", about: ["bundle:\(name)"], surroundings) {
            () throws(GatesFault) in try shelf.rollback(name, by: actor, at: time)
        }
        do throws(GatesFault) {
            let state = try result.get()
            return Answer(
                json: ["verdict": "rolled-back", "state": state.json],
                lines: [
                    "\(state.bundle) revision \(Printable(state.active?.revision ?? "")) is active"
                ]
            )
        } catch {
            return try Report.refusal(error)
        }
    }
}
