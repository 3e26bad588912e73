import Canon
import Packages

/// `charter version list`.
enum VersionListVerb {
    static let operation = Operation(
        words: ["version", "list"],
        summary: "show the states of the root that are kept on this machine",
        details: """
            Oldest first. 'charter version show ID' says which packages were there, 'charter version diff
            ID' how the root has changed since.
            """
    ) { _, surroundings throws(OperationFault) in
        let versions = try RootPackages(surroundings).versions
        do throws(PackageFault) {
            let records = try versions.list()
            let lines = records.map { record in
                "\(record.id)  \(record.stateRoot.hex.prefix(16))  "
                    + HelpText.padded(Report.count(record.files.count, "file"), 12)
                    + (record.isSealed ? "sealed  " : "open    ") + "\(Printable(record.note))"
            }
            return Answer(
                json: ["versions": .array(records.map { VersionView.json($0) })],
                lines: lines.isEmpty
                    ? ["no state is kept yet; 'charter version checkpoint' keeps one"] : lines
            )
        } catch {
            throw .package(error)
        }
    }
}
