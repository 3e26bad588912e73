import Canon
import Host
import Integrity
import Registry

/// `charter registry show`.
enum RegistryShowVerb {
    static let operation = Operation(
        words: ["registry", "show"],
        summary: "show the files of a directory with their owners and purposes",
        details: """
            Six columns for each file directly in the directory: id, path, content hash, governed by,
            package and purpose. They are derived from owner, spec and framework; nothing stores them.
            """,
        operands: [
            .init(
                name: "DIRECTORY",
                summary: "a directory of the root; else its top",
                isRequired: false
            )
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let state = try surroundings.state(of: root)
        let text = request.operands.first ?? "."
        let directory =
            surroundings.absolute(text) == root.directory.path || text == "."
            ? [] : try surroundings.path(text, in: root).bytes
        guard let local = state.locals.first(where: { $0.directory == directory }) else {
            throw .usage(
                "\(Printable(text)) has no \(RootLayout.localRegistryName); "
                    + "name a directory that holds governed files."
            )
        }
        let rows = local.rows.map { RegistryView.row($0, in: local, state) }
        return Answer(
            json: ["directory": .string(text), "files": .array(rows.map(\.json))],
            lines: RegistryView.table(rows)
        )
    }
}
