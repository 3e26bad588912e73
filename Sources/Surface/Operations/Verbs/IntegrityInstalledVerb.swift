import Canon
import Integrity
import Registry

/// `charter integrity installed`.
struct IntegrityInstalledVerb {
    static let operation = Operation(
        words: ["integrity", "installed"],
        summary: "compare each package's manifest with the files that are there",
        details: """
            For every package, or the one that is named: how many files it owns, and whether each is
            there with its registered bytes. Exit status 1 when one is not.
            """,
        operands: [
            .init(name: "PACKAGE", summary: "the id of one package; else all", isRequired: false)
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let state = try surroundings.state(of: root)
        return try IntegrityInstalledVerb(state).answer(request.operands.first)
    }

    private let state: RootState

    init(_ state: RootState) { self.state = state }

    func answer(_ wanted: String?) throws(OperationFault) -> Answer {
        if let wanted, state.book.packages[wanted] == nil {
            throw .usage("There is no package \(Printable(wanted)) in this root.")
        }
        var rows: [JSONValue] = []
        var lines: [String] = []
        var isWhole = true
        for id in state.book.packages.keys.sorted() where wanted == nil || wanted == id {
            let (count, wrong) = judge(id)
            isWhole = isWhole && wrong.isEmpty
            rows.append([
                "package": .string(id), "files": .integer(count),
                "wrong": .array(wrong.map { .string($0) }),
            ])
            lines.append(
                "\(id): \(Report.count(count, "file"))"
                    + (wrong.isEmpty ? ", as registered" : ", \(wrong.count) not as registered")
            )
            lines += wrong.prefix(20).map { "    \($0)" }
        }
        return Answer(
            isWhole ? .done : .refused,
            json: [
                "verdict": isWhole ? "as-registered" : "differs", "packages": .array(rows),
            ],
            lines: lines
        )
    }

    private func judge(_ package: String) -> (count: Int, wrong: [String]) {
        var count = 0
        var wrong: [String] = []
        for local in state.locals {
            for row in local.rows where row.owner == package {
                count += 1
                let bytes = LocalRegistry.join(local.directory, row.name)
                let shown = Printable(bytes: bytes).description
                guard let path = try? RelativePath(bytes: bytes), state.tree.contains(path) else {
                    wrong.append("\(shown) is missing")
                    continue
                }
                if state.tree.digest(of: path) != row.digest {
                    wrong.append("\(shown) has other bytes")
                }
            }
        }
        return (count, wrong)
    }
}
