import Canon
import Integrity
import Registry

/// `charter quarantine`.
enum QuarantineVerb {
    static let operation = Operation(
        words: ["quarantine"],
        summary: "move what nobody owns out of the root; nothing is deleted",
        details: """
            Moves every unowned thing, or the paths that are named, to this machine's state directory.
            A directory stands for what nobody owns below it. A receipt that says what lay where is
            written first. To put something back, move it back.
            Example: charter quarantine docs/scratch.md
            """,
        power: .author,
        operands: [
            .init(
                name: "PATH",
                summary: "unowned paths; else all",
                isRequired: false,
                repeats: true
            )
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        var named: [RelativePath] = []
        for operand in request.operands {
            named.append(try surroundings.path(operand, in: root))
        }
        let below = try unowned(below: named, root, surroundings)
        do throws(IntegrityFault) {
            // With no name everything is meant, so a name that nothing fits must still be passed on.
            let result = try Quarantine(root, clock: surroundings.clock)
                .run(only: (named + below).map(\.text))
            return answer(result, named)
        } catch {
            throw .integrity(error)
        }
    }

    /// What nobody owns below the directories that were named.
    private static func unowned(
        below named: [RelativePath],
        _ root: GovernedRoot,
        _ surroundings: Surroundings
    ) throws(OperationFault) -> [RelativePath] {
        guard !named.isEmpty else { return [] }
        let state = try surroundings.state(of: root)
        return named.flatMap { state.files(below: $0) }.filter { state.owner(of: $0) == nil }
    }

    private static func answer(_ result: Quarantine.Result, _ named: [RelativePath]) -> Answer {
        let left = named.map(\.text).filter { name in
            !result.moved.contains { $0 == name || $0.utf8.starts(with: (name + "/").utf8) }
        }
        var lines = result.moved.map { "moved     \(Printable($0))" }
        lines += left.map { "left      \(Printable($0)): it is owned, exempt or not there" }
        lines.append(
            result.moved.isEmpty
                ? "nothing to move"
                : "\(Report.count(result.moved.count, "thing")) in \(Printable(result.place))"
        )
        return Answer(
            left.isEmpty ? .done : .refused,
            json: [
                "moved": .array(result.moved.map { .string($0) }),
                "place": result.place.isEmpty ? .null : .string(result.place),
                "not_moved": .array(left.map { .string($0) }),
            ],
            lines: lines
        )
    }
}
