import Canon
import Packages

/// `charter version diff ID [ID]`.
enum VersionDiffVerb {
    static let operation = Operation(
        words: ["version", "diff"],
        summary: "show how a kept state differs from another, or from the root as it is",
        details: """
            With one ID: what going back to it would change in the root. With two: what changed from the
            first to the second.
            Example: charter version diff VER-20261120080000
            """,
        operands: [
            .init(name: "ID", summary: "the id of a state"),
            .init(name: "OTHER", summary: "the id of a later one", isRequired: false),
        ]
    ) { request, surroundings throws(OperationFault) in
        let versions = try RootPackages(surroundings).versions
        do throws(PackageFault) {
            let record = try versions.record(request.operands[0])
            let differences: [RootVersions.Difference]
            if request.operands.count > 1 {
                let other = try versions.record(request.operands[1])
                differences = RootVersions.differences(from: record, to: other)
            } else {
                differences = try versions.differences(to: record)
            }
            return Answer(
                json: ["changes": VersionView.json(differences)],
                lines: differences.isEmpty
                    ? ["no difference"]
                    : VersionView.lines(differences) + [
                        "", Report.count(differences.count, "difference"),
                    ]
            )
        } catch {
            throw .package(error)
        }
    }
}
