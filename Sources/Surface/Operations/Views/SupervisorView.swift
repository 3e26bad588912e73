import Canon
import Host
import Integrity
import Planes

/// The supervisor of the root that a caller means, and how its answers are said.
struct SupervisorView {
    let root: GovernedRoot
    let place: RuntimePlace

    init(_ surroundings: Surroundings) throws(OperationFault) {
        root = try surroundings.root()
        do {
            place = try RuntimePlace(root, runtimeHome: surroundings.runtimeHome)
        } catch {
            throw .planes(error)
        }
    }

    /// Asks for something; a refusal and a fault of the plane are told as such.
    func ask(_ wish: JSONValue) throws(OperationFault) -> JSONValue {
        do throws(PlanesFault) {
            var client = try SupervisorClient(place, root: root.directory.path)
            let answer = try client.ask(wish)
            if let reason = answer["fault"]?.string { throw .answerMissing(reason: reason) }
            return answer
        } catch {
            throw .planes(error)
        }
    }

    /// The answer of a wish that is done or refused.
    func answer(
        _ wish: JSONValue,
        done: (JSONValue) -> [String]
    ) throws(OperationFault) -> Answer {
        let answer = try ask(wish)
        guard let refusal = answer["refusal"] else {
            return Answer(json: answer, lines: done(answer))
        }
        return Answer(
            .refused,
            json: answer,
            lines: [
                "refused: \(refusal["reason"]?.string ?? "") [\(refusal["code"]?.string ?? "")]",
                "  rule: \(refusal["rule"]?.string ?? "")",
                "  next: \(refusal["next"]?.string ?? "")",
            ]
        )
    }

    /// The plane that an operand names; the ids of the founding documents are understood.
    static func plane(_ text: String) throws(OperationFault) -> String {
        let known = [
            "hot": "hot", "meta": "meta", "first_order": "first_order",
            "first-order": "first_order", "ho3": "hot", "ho2": "meta", "ho1": "first_order",
        ]
        guard let plane = known[text.lowercased()] else {
            throw .usage("\"\(Printable(text))\" is no plane; there are hot, meta and first_order.")
        }
        return plane
    }

    /// A status as people read it.
    static func lines(_ status: JSONValue) -> [String] {
        let root = status["root"]
        var lines = [
            "root     \(root?["id"]?.string ?? "") at \(root?["path"]?.string ?? ""), "
                + "\(root?["state"]?.string ?? "unknown")"
        ]
        if let supervisor = status["supervisor"] {
            lines.append(
                "up       since \(supervisor["up_since"]?.string ?? ""), process "
                    + "\(supervisor["pid"]?.integer ?? 0), users \(supervisor["users"]?.string ?? "")"
            )
        }
        for plane in status["planes"]?.array ?? [] { lines += SupervisorView.plane(plane) }
        return lines
    }

    private static func plane(_ plane: JSONValue) -> [String] {
        let name = HelpText.padded(plane["id"]?.string ?? "", 13)
        let state = HelpText.padded(plane["state"]?.string ?? "", 10)
        var facts: [String] = []
        if let number = plane["process"]?["pid"]?.integer { facts.append("process \(number)") }
        if let user = plane["user"]?.integer { facts.append("user \(user)") }
        if let entries = plane["governance_ledger"]?["entries"]?.integer {
            facts.append("\(entries) entries")
        }
        if let memory = plane["memory_ledgers"] {
            facts.append(
                "\(memory["active"]?.integer ?? 0) of \(memory["limit"]?.integer ?? 0) ledgers open"
            )
        }
        if let walls = plane["confinement"] {
            facts.append("walls: \(walls["effective"]?.string ?? "")")
        }
        var lines = ["\(name)\(state)\(facts.joined(separator: ", "))"]
        for (peer, queue) in plane["queues"]?.object?.members ?? [] {
            let link = queue["connected"]?.bool == true ? "connected" : "not connected"
            lines.append(
                "             \(HelpText.padded(peer, 13))\(link), \(queue["sent"]?.integer ?? 0) sent, "
                    + "\(queue["waiting"]?.integer ?? 0) waiting, "
                    + "\(queue["received"]?.integer ?? 0) received"
            )
        }
        if plane["silent"]?.bool == true {
            lines.append("             it does not answer; its process may be stopped")
        }
        if let halt = plane["halt"] {
            lines.append("             halted: \(halt["reason"]?.string ?? "")")
            lines.append("             rule: \(halt["rule"]?.string ?? "")")
            lines.append("             next: \(plane["next"]?.string ?? "")")
        }
        return lines
    }
}
