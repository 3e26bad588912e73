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
        do throws(IntegrityFault) {
            let result = try Quarantine(root, clock: surroundings.clock)
                .run(only: named.map(\.text))
            return answer(result, named)
        } catch {
            throw .integrity(error)
        }
    }

    private static func answer(_ result: Quarantine.Result, _ named: [RelativePath]) -> Answer {
        let met = result.moved + result.left.map(\.path)
        let idle = named.map(\.text).filter { name in
            !met.contains { $0 == name || $0.utf8.starts(with: (name + "/").utf8) }
        }
        let left =
            result.left + idle.map { (path: $0, reason: "it is owned, exempt or not there") }
        var lines = result.moved.map { "moved     \(Printable($0))" }
        lines += left.map { "left      \(Printable($0.path)): \($0.reason)" }
        lines.append(
            result.moved.isEmpty
                ? "nothing was moved"
                : "\(Report.count(result.moved.count, "thing")) in \(Printable(result.place))"
        )
        return Answer(
            left.isEmpty ? .done : .refused,
            json: [
                "moved": .array(result.moved.map { .string($0) }),
                "place": result.place.isEmpty ? .null : .string(result.place),
                "not_moved": .array(
                    left.map { ["path": .string($0.path), "reason": .string($0.reason)] }
                ),
            ],
            lines: lines
        )
    }
}
