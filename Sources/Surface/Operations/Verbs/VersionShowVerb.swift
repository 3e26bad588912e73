import Canon
import Packages

/// `charter version show ID`.
enum VersionShowVerb {
    static let operation = Operation(
        words: ["version", "show"],
        summary: "show one state of the root that is kept, with its packages",
        details: """
            Example: charter version show VER-20261120080000
            """,
        operands: [.init(name: "ID", summary: "the id of a state, as 'version list' shows it")]
    ) { request, surroundings throws(OperationFault) in
        let versions = try RootPackages(surroundings).versions
        do throws(PackageFault) {
            let record = try versions.record(request.operands[0])
            return Answer(
                json: VersionView.json(record),
                lines: [
                    "\(record.id)  \(record.time)  \(record.isSealed ? "sealed" : "open")",
                    "root hash \(record.stateRoot.hex)",
                    "files     \(record.files.count)",
                ] + (record.note.isEmpty ? [] : ["note      \(Printable(record.note))"])
                    + record.packages.map {
                        "package   \(Printable($0.id)) \(Printable($0.version))"
                    }
            )
        } catch {
            throw .package(error)
        }
    }
}
