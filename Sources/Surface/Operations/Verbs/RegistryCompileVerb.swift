import Canon
import Integrity
import Registry

/// `charter registry compile`.
enum RegistryCompileVerb {
    static let operation = Operation(
        words: ["registry", "compile"],
        summary: "compile the registries from the law and the local registries",
        details: """
            Reads the law, every .file_registry.csv and every file, and writes the compiled registries.
            The same tree gives the same bytes, whatever the order of directories or the locale.

            A changed or missing file stands against compiling: say --accept when the change is meant.
            Compiling never gives a file an owner; 'charter owner assign' does.
            --check writes nothing and answers 1 when something would be written.
            """,
        power: .author,
        options: [
            .init(
                name: "accept",
                value: nil,
                summary: "take changed and removed files as they are"
            ),
            .init(
                name: "check",
                value: nil,
                summary: "write nothing; say whether something would be"
            ),
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let authoring = RootAuthoring(root, clock: surroundings.clock)
        let accept = request.has("accept")
        do throws(IntegrityFault) {
            if request.has("check") {
                let plan = try authoring.plan(accept: accept, progress: surroundings.progress)
                return answer(plan, isPlan: true)
            }
            switch try authoring.compile(accept: accept, progress: surroundings.progress) {
            case .denied(let denial): return Report.denial(denial)
            case .done(let result): return answer(result, isPlan: false)
            }
        } catch {
            throw .integrity(error)
        }
    }

    private static func answer(_ result: RootAuthoring.Compilation, isPlan: Bool) -> Answer {
        guard result.violations.isEmpty else {
            return Report.refusal(
                result.violations,
                "not compiled: \(Report.count(result.violations.count, "finding")); "
                    + "nothing was changed."
            )
        }
        let isStale = !result.written.isEmpty
        var lines = result.accepted.prefix(20).map { "accepted  \($0)" }
        if result.accepted.count > 20 {
            lines.append("accepted  … \(result.accepted.count) in all")
        }
        lines += result.dropped.map { "dropped   \($0)" }
        lines += result.written.map { (isPlan ? "stale     " : "written   ") + $0 }
        lines.append(
            isStale
                ? (isPlan ? "stale" : "compiled") + ": \(Report.count(result.rowCount, "file"))"
                : "up to date: \(Report.count(result.rowCount, "file"))"
        )
        return Answer(
            isPlan && isStale ? .refused : .done,
            json: [
                "verdict": isPlan && isStale ? "stale" : "compiled",
                "files": .integer(result.rowCount),
                "accepted": .array(result.accepted.map { .string($0) }),
                "dropped": .array(result.dropped.map { .string($0) }),
                "written": .array(result.written.map { .string($0) }),
            ],
            lines: lines
        )
    }
}
