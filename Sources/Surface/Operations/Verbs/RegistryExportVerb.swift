import Canon
import Integrity
import Registry

/// `charter registry export`.
enum RegistryExportVerb {
    static let operation = Operation(
        words: ["registry", "export"],
        summary: "print a compiled registry, byte for byte",
        details: """
            REGISTRY is frameworks, specs, packages, gates, policies, ownership or control_plane.
            Without --json the bytes of the table; with --json its rows as objects.
            """,
        operands: [.init(name: "REGISTRY", summary: "the name of a registry")]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        return try RegistryExchange(root, surroundings).export(request.operands[0])
    }
}
