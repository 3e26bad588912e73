package import Canon

/// Why a registry cannot be read or made.
package enum RegistryFault: Fault, Equatable {
    case unreadable(path: String, cause: DocumentFault)
    case table(path: String, cause: CSVFault)
    case row(path: String, row: Int, problem: String)
    case notARoot(path: String)
    case badID(String)
    case noSuchKind(String)
    case noSuchRegistry(String)

    package var code: String {
        switch self {
        case .unreadable: "registry.unreadable"
        case .table: "registry.malformed"
        case .row: "registry.bad-row"
        case .notARoot: "registry.not-a-root"
        case .badID: "registry.bad-id"
        case .noSuchKind: "registry.no-such-kind"
        case .noSuchRegistry: "registry.no-such-registry"
        }
    }

    package var cause: (any Fault)? {
        switch self {
        case .unreadable(_, let cause): cause
        case .table(_, let cause): cause
        default: nil
        }
    }

    package var description: String {
        switch self {
        case .unreadable(let path, _): "The registry \(Printable(path)) cannot be read."
        case .table(let path, _): "The registry \(Printable(path)) is no table that can be read."
        case .row(let path, let row, let problem):
            "Row \(row) of \(Printable(path)): \(problem)"
        case .notARoot(let path):
            "\(Printable(path)) is no governed root: it has no \(RootLayout.rootManifest). "
                + "Make one with 'charter init DIR', or name one with --root."
        case .badID(let id):
            "\"\(Printable(id))\" is no id; ids look like PKG-AGENT-001."
        case .noSuchKind(let kind):
            "There is no kind of id called \"\(Printable(kind))\"; "
                + "there are framework, spec, package, policy, gate and version."
        case .noSuchRegistry(let name):
            "There is no registry called \"\(Printable(name))\"; "
                + "there are frameworks, specs, packages, ownership and control_plane."
        }
    }
}
