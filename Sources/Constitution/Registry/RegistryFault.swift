package import Canon

/// Why an id or a registry that somebody asked for cannot be had.
package enum RegistryFault: Fault, Equatable {
    case table(path: String, cause: CSVFault)
    case badID(String)
    case noSuchKind(String)
    case noSuchRegistry(String)

    package var code: String {
        switch self {
        case .table: "registry.malformed"
        case .badID: "registry.bad-id"
        case .noSuchKind: "registry.no-such-kind"
        case .noSuchRegistry: "registry.no-such-registry"
        }
    }

    package var cause: (any Fault)? {
        if case .table(_, let cause) = self { return cause }
        return nil
    }

    package var description: String {
        switch self {
        case .table(let path, _): "The registry \(Printable(path)) is no table that can be read."
        case .badID(let id):
            "\"\(Printable(id))\" is no id; ids look like PKG-AGENT-001."
        case .noSuchKind(let kind):
            "There is no kind of id called \"\(Printable(kind))\"; "
                + "there are framework, spec, package, policy, gate and version."
        case .noSuchRegistry(let name):
            "There is no registry called \"\(Printable(name))\"; "
                + "there are frameworks, specs, packages, gates, policies, ownership and "
                + "control_plane."
        }
    }
}
