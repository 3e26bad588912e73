import Canon
import Crypto

/// Collects the rows of the root registry: one for each governed artifact and nested registry.
struct ControlPlaneRows {
    private struct Row {
        var id: String
        var type: String
        var name: String
        var version: String
        var purpose: String
        var path: String
        var owner: String
        var status: String
        var dependencies: [String]
        var hash: String
        var config: String
    }

    private let book: LawBook
    private let tree: TreeSnapshot
    private let ownership: OwnershipTable
    private var rows: [Row] = []

    init(book: LawBook, tree: TreeSnapshot, ownership: OwnershipTable) {
        self.book = book
        self.tree = tree
        self.ownership = ownership
    }

    mutating func addLaw() {
        for item in book.frameworks.values {
            add(
                item.id.text,
                "framework",
                item.name,
                item.version,
                item.purpose,
                item.path,
                item.status.rawValue,
                item.dependencies.map(\.id)
            )
        }
        for item in book.specs.values {
            add(
                item.id.text,
                "spec",
                item.name,
                item.version,
                item.purpose,
                item.path,
                item.status.rawValue,
                [item.frameworkID.text]
            )
        }
        for item in book.packages.values {
            add(
                item.id.text,
                "package",
                item.name,
                item.version,
                item.purpose,
                item.path,
                item.status.rawValue,
                [item.specID.text] + item.dependencies.map(\.id)
            )
        }
        for item in book.gates.values {
            add(
                item.id,
                "gate",
                item.name,
                item.version,
                item.ensures,
                item.path,
                item.status.rawValue,
                []
            )
        }
        for item in book.policies.values {
            add(
                item.id.text,
                "policy",
                item.name,
                item.version,
                item.purpose,
                item.path,
                item.status.rawValue,
                item.gate.isEmpty ? [] : [item.gate]
            )
        }
    }

    mutating func addLocal(in place: [UInt8]) {
        let path = String(decoding: LocalRegistry.path(in: place), as: UTF8.self)
        let directory = String(decoding: place, as: UTF8.self)
        rows.append(
            Row(
                id: "REG:" + (directory.isEmpty ? "." : directory),
                type: "registry",
                name: "Local registry",
                version: "1.0.0",
                purpose: "Names the owner of each file that lies in this directory.",
                path: path,
                owner: book.root?.registryOwner ?? "",
                status: "active",
                dependencies: [],
                hash: digest(path),
                config: ""
            )
        )
    }

    mutating func addCompiled(_ path: String, digest: Digest, keeper: String) {
        rows.append(
            Row(
                id: "REG:" + path,
                type: "registry",
                name: "Compiled registry",
                version: "1.0.0",
                purpose: "Compiled from the law and the local registries; never edited by hand.",
                path: path,
                owner: keeper,
                status: "active",
                dependencies: [],
                hash: digest.hex,
                config: ""
            )
        )
    }

    /// The registry as bytes, rows sorted by id.
    var bytes: [UInt8] {
        var writer = CSVWriter(header: RootLayout.columns[RootLayout.controlPlaneRegistry] ?? [])
        for row in rows.sorted(by: { $0.id.precedesInBytes($1.id) }) {
            writer.row([
                row.id, row.type, row.name, row.version, row.purpose, row.path, row.owner,
                row.status,
                row.dependencies.joined(separator: RootLayout.listSeparator), row.hash, row.config,
            ])
        }
        return writer.bytes
    }

    private mutating func add(
        _ id: String,
        _ type: String,
        _ name: String,
        _ version: SemanticVersion,
        _ purpose: String,
        _ path: String,
        _ status: String,
        _ dependencies: [String]
    ) {
        rows.append(
            Row(
                id: id,
                type: type,
                name: name,
                version: version.description,
                purpose: purpose,
                path: path,
                owner: owner(path),
                status: status,
                dependencies: dependencies,
                hash: digest(path),
                config: ""
            )
        )
    }

    private func owner(_ path: String) -> String {
        (try? RelativePath(path)).flatMap { ownership.row(of: $0) }?.owner ?? ""
    }

    private func digest(_ path: String) -> String {
        (try? RelativePath(path)).flatMap { tree.digest(of: $0) }?.hex ?? ""
    }
}
