import Canon
import Gates
import Policy

/// `charter policy list`.
enum PolicyListVerb {
    static let operation = Operation(
        words: ["policy", "list"],
        summary: "show which bundles decide for this root",
        details: """
            Each bundle that was activated: the revision that decides, the one to go back to, and the
            candidate with its share of inputs. Copies and signatures are looked at as for a decision;
            exit status 1 when one cannot be used, and then it is said which bundle decides instead.
            --history shows every switch.
            """,
        options: [.init(name: "history", value: nil, summary: "show every switch")]
    ) { request, surroundings throws(OperationFault) in
        let shelf = try RootPolicies(surroundings).shelf()
        let states: [ShelfState]
        do throws(GatesFault) {
            states = try shelf.states()
        } catch {
            throw .gates(error)
        }
        let entries = states.map { Entry(state: $0, point: shelf.decisionPoint(for: $0.bundle)) }
        return Answer(
            entries.allSatisfy(\.problems.isEmpty) ? .done : .refused,
            json: ["bundles": .array(entries.map(\.json))],
            lines: entries.isEmpty
                ? ["no bundle is active; 'charter policy activate DIR' activates one"]
                : entries.flatMap { $0.lines(withHistory: request.has("history")) }
        )
    }

    /// One bundle, and whether it can be used.
    private struct Entry {
        let state: ShelfState
        let point: BundleDecisionPoint

        /// What keeps a revision from deciding that should.
        var problems: [String] {
            if case .refused(_, _, let reason, _) = point.active { return [reason] }
            return point.notices.map(\.message)
        }

        var json: JSONValue {
            var members = state.json.object ?? JSONObject()
            members["problems"] = .array(problems.map { .string($0) })
            return .object(members)
        }

        func lines(withHistory: Bool) -> [String] {
            var lines = [
                HelpText.padded(state.bundle, 16) + "active     \(state.active?.revision ?? "none")"
            ]
            let margin = HelpText.padded("", 16)
            if let previous = state.previous {
                lines.append(margin + "before     \(previous.revision)")
            }
            if let candidate = state.candidate {
                lines.append(
                    margin + "candidate  \(candidate.revision) for \(state.canaryPercent) %"
                )
            }
            lines += problems.map { margin + "problem    \($0)" }
            guard withHistory else { return lines }
            return lines
                + state.history.map {
                    margin + "\($0.time)  \($0.action.rawValue) \($0.entry.revision) by \($0.by)"
                }
        }
    }
}
