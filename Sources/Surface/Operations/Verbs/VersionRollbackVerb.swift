import Packages

/// `charter version rollback ID`.
enum VersionRollbackVerb {
    static let operation = Operation(
        words: ["version", "rollback"],
        summary: "bring the whole root back to a kept state, byte for byte",
        details: """
            Files, registries and seal become what they were, as one change that a crash cannot tear; then
            the root has the root hash that it had. The state is judged like any root first. What was done
            since stays in the ledger, and so does going back. --dry-run shows what would change.
            Example: charter version rollback VER-20261120080000
            """,
        power: .author,
        operands: [.init(name: "ID", summary: "the id of a state, as 'version list' shows it")],
        options: [
            .init(name: "dry-run", value: nil, summary: "judge it and show what would change")
        ]
    ) { request, surroundings throws(OperationFault) in
        let versions = try RootPackages(surroundings).versions
        let isDryRun = request.has("dry-run")
        do throws(PackageFault) {
            return VersionView.answer(
                try versions.rollback(to: request.operands[0], isDryRun: isDryRun),
                isDryRun: isDryRun
            )
        } catch {
            throw .package(error)
        }
    }
}
