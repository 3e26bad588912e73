import Canon
import Integrity
import Packages
import Registry

/// `charter package list`.
enum PackageListVerb {
    static let operation = Operation(
        words: ["package", "list"],
        summary: "show the packages of the root, and which were installed from archives",
        details: """
            A package that was installed has the archive and the signer that it came with; one that was
            authored here has neither until it is packed and installed.
            """
    ) { _, surroundings throws(OperationFault) in
        let packages = try RootPackages(surroundings)
        let state = try surroundings.state(of: packages.root)
        var rows: [JSONValue] = []
        var lines: [String] = []
        for id in state.book.packages.keys.sorted() {
            guard let item = state.book.packages[id] else { continue }
            let origin = InstalledPackage(id, in: state)
            let files = state.files(ownedBy: id).count
            rows.append([
                "id": .string(id), "name": .string(item.name),
                "version": .string(item.version.description),
                "class": .string(item.classification), "status": .string(item.status.rawValue),
                "spec": .string(item.specID.text), "framework": .string(item.frameworkID.text),
                "files": .integer(files), "archive": origin.map { .string($0.archive) } ?? .null,
            ])
            lines.append(
                HelpText.padded(Printable(id).description, 24)
                    + HelpText.padded(item.version.description, 10)
                    + HelpText.padded(Printable(item.classification).description, 9)
                    + HelpText.padded(Report.count(files, "file"), 12)
                    + (origin.map { "archive \($0.archive.prefix(16))" } ?? "authored here")
            )
        }
        return Answer(json: ["packages": .array(rows)], lines: lines)
    }
}
