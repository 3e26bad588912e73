import Packages

/// `charter version checkpoint`.
enum VersionCheckpointVerb {
    static let operation = Operation(
        words: ["version", "checkpoint"],
        summary: "keep the whole root as it is, to be able to go back to it",
        details: """
            Only a root that is whole is kept: every governed file, in one archive outside the root, under
            an id made of the moment. 'charter version rollback' brings the root back to it, byte for byte.
            Example: charter version checkpoint --note 'before the new canary'
            """,
        power: .author,
        options: [.init(name: "note", value: "TEXT", summary: "what it is, for people")]
    ) { request, surroundings throws(OperationFault) in
        let versions = try RootPackages(surroundings).versions
        do throws(PackageFault) {
            return VersionView.answer(
                try versions.checkpoint(note: request.option("note") ?? "")
            )
        } catch {
            throw .package(error)
        }
    }
}
