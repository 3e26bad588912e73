import Canon
import Integrity
import Registry

/// `charter registry import`.
enum RegistryImportVerb {
    static let operation = Operation(
        words: ["registry", "import"],
        summary: "take an ownership table back into the local registries",
        details: """
            FILE is a table as 'registry export ownership' prints it. Owners in it replace those of the
            local registries; then run 'charter registry compile'. Importing what was exported changes
            nothing. The other registries are compiled from documents and are not imported.
            """,
        power: .author,
        operands: [.init(name: "FILE", summary: "a table in the exact columns of the registry")]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        return try RegistryExchange(root, surroundings).importOwnership(request.operands[0])
    }
}
