import Canon
import Integrity
import Patterns
import Registry

/// The derived six columns of a file (requirement C10), and the graph of everything that is linked.
enum RegistryView {
    struct Row {
        var id: String
        var path: String
        var hash: String
        var governedBy: String
        var package: String
        var purpose: String

        var json: JSONValue {
            [
                "id": .string(id), "path": .string(path), "content_hash": .string(hash),
                "governed_by": .string(governedBy), "package_id": .string(package),
                "purpose": .string(purpose),
            ]
        }
    }

    static func row(
        _ row: LocalRegistry.Row,
        in local: LocalRegistry,
        _ state: RootState
    ) -> Row {
        let spec = state.book.specification(ofOwner: row.owner)
        let framework = spec.flatMap { state.book.framework($0.frameworkID.text) }
        let bytes = LocalRegistry.join(local.directory, row.name)
        let path = Printable(bytes: bytes).description
        let authorisation = framework?.authorises.first { $0.pattern.matches(bytes) }
        return Row(
            id: "FILE:" + path,
            path: path,
            hash: row.digest?.hex ?? "",
            governedBy: framework?.id.text ?? "",
            package: row.owner,
            purpose: authorisation?.purpose ?? spec?.purpose ?? ""
        )
    }

    static func table(_ rows: [Row]) -> [String] {
        let pathWidth = (rows.map(\.path.count).max() ?? 0) + 2
        let packageWidth = (rows.map(\.package.count).max() ?? 0) + 2
        let frameworkWidth = (rows.map(\.governedBy.count).max() ?? 0) + 2
        return rows.map { row in
            HelpText.padded(row.path, pathWidth) + HelpText.padded(row.package, packageWidth)
                + HelpText.padded(row.governedBy, frameworkWidth) + row.hash.prefix(12) + "  "
                + row.purpose
        }
    }

    static func graph(_ book: LawBook) -> LinkGraph {
        var graph = LinkGraph()
        for item in book.frameworks.values {
            graph.add(item.id.text, dependsOn: item.dependencies.map(\.id))
        }
        for item in book.specs.values {
            graph.add(item.id.text, dependsOn: [item.frameworkID.text])
        }
        for item in book.packages.values {
            graph.add(item.id.text, dependsOn: [item.specID.text] + item.dependencies.map(\.id))
        }
        return graph
    }
}
