import Canon
import Host
import Integrity
import Planes

/// `charter down`.
enum DownVerb {
    static let operation = Operation(
        words: ["down"],
        summary: "have the planes write what they have, and end them and their supervisor",
        details: """
            Each plane takes nothing more, writes what is under way, has the head of its ledger signed,
            and ends. Returns when no process, socket or lock is left.
            """,
        power: .author
    ) { _, surroundings throws(OperationFault) in
        let view = try SupervisorView(surroundings)
        do throws(PlanesFault) {
            var client = try SupervisorClient(view.place, root: view.root.directory.path)
            _ = try client.ask(["do": "down"])
            client.waitForEnd()
        } catch {
            throw .planes(error)
        }
        return Answer(json: ["down": true], lines: ["down"])
    }
}
