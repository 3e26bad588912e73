import Canon
import Integrity
import Packages
import Registry

/// `charter package sync [ID…]`.
enum PackageSyncVerb {
    static let operation = Operation(
        words: ["package", "sync"],
        summary: "bring the files of installed packages back to what is registered",
        details: """
            Every file of the packages that is gone, or is not the registered one, is taken from the archive
            that it was installed from. Nothing else changes: no owner, no registry, no seal. What still
            stands against the root afterwards is shown, and ends with exit 1. --dry-run shows what would
            be restored. Run twice, it does nothing the second time.
            Example: charter package sync PKG-CANARY
            """,
        power: .author,
        operands: [
            .init(
                name: "ID",
                summary: "packages; all that were installed",
                isRequired: false,
                repeats: true
            )
        ],
        options: [
            .init(name: "dry-run", value: nil, summary: "show what would be restored")
        ]
    ) { request, surroundings throws(OperationFault) in
        let sync = try RootPackages(surroundings).sync
        let isDryRun = request.has("dry-run")
        do throws(PackageFault) {
            switch try sync.run(request.operands, isDryRun: isDryRun) {
            case .refused(let refusals):
                return RootPackages.refused(refusals, "refused; nothing was changed.")
            case .done(let paths, let left):
                let restored = Report.count(paths.count, "file")
                return Answer(
                    left.isEmpty ? .done : .refused,
                    json: [
                        "verdict": isDryRun ? "planned" : left.isEmpty ? "restored" : "not_whole",
                        "restored": .array(paths.map { .string($0.text) }),
                        "violations": .array(left.map(\.json)),
                    ],
                    lines: paths.prefix(100).map { "restore \(Printable($0.text))" }
                        + Report.findings(left) + [
                            isDryRun
                                ? "would restore \(restored)"
                                : "restored: \(restored)"
                                    + (left.isEmpty
                                        ? "; the root is whole"
                                        : "; \(Report.count(left.count, "finding")) left")
                        ]
                )
            }
        } catch {
            throw .package(error)
        }
    }
}
