import Canon
import Integrity
import Packages
import Registry

/// `charter package show ID`.
enum PackageShowVerb {
    static let operation = Operation(
        words: ["package", "show"],
        summary:
            "show one package: where it comes from, what needs it, what it owns",
        details: """
            The archive, its signer and the gates it passed are those of the attestations that were
            installed with it. 'charter package history ID' shows what was done with it.
            Example: charter package show PKG-CANARY
            """,
        operands: [.init(name: "ID", summary: "the id of a package of this root")]
    ) { request, surroundings throws(OperationFault) in
        let packages = try RootPackages(surroundings)
        let state = try surroundings.state(of: packages.root)
        let id = request.operands[0]
        guard let item = state.book.packages[id] else {
            throw .usage(
                "There is no package \(Printable(id)) in this root; "
                    + "'charter package list' shows those there are."
            )
        }
        let origin = InstalledPackage(id, in: state)
        let files = state.files(ownedBy: id)
        let dependents = state.book.packages.values.filter { other in
            other.dependencies.contains { $0.id.hasSameBytes(as: id) }
        }.map(\.id.text).sorted()
        let needs = item.dependencies.map { "\($0.id)@\($0.range)" }
        var lines = [
            "\(id) \(item.version) (\(Printable(item.name))), \(Printable(item.classification)), "
                + item.status.rawValue,
            "purpose   \(Printable(item.purpose))",
            "chain     \(item.specID) → \(item.frameworkID)",
        ]
        if let origin {
            lines.append("archive   \(origin.archive)")
            lines.append("builder   \(Printable(origin.builder))")
            lines.append("gates     " + origin.gates.joined(separator: ", "))
        } else {
            lines.append("archive   none: it was authored here")
        }
        lines.append("needs     " + (needs.isEmpty ? "nothing" : needs.joined(separator: ", ")))
        lines.append(
            "needed by " + (dependents.isEmpty ? "nothing" : dependents.joined(separator: ", "))
        )
        lines += files.prefix(100).map { "file      \(Printable($0.text))" }
        if files.count > 100 { lines.append(Report.more(files.count - 100)) }
        return Answer(
            json: [
                "id": .string(id), "name": .string(item.name),
                "version": .string(item.version.description),
                "class": .string(item.classification), "status": .string(item.status.rawValue),
                "purpose": .string(item.purpose), "spec": .string(item.specID.text),
                "framework": .string(item.frameworkID.text),
                "archive": origin.map { .string($0.archive) } ?? .null,
                "builder": origin.map { .string($0.builder) } ?? .null,
                "gates": .array((origin?.gates ?? []).map { .string($0) }),
                "needs": .array(needs.map { .string($0) }),
                "needed_by": .array(dependents.map { .string($0) }),
                "files": .array(files.map { .string($0.text) }),
            ],
            lines: lines
        )
    }
}
