/// Where things lie in a governed root.
///
/// The only place that knows these names.
package enum RootLayout {
    package static let registries = "registries"
    package static let rootManifest = "registries/root.json"
    package static let entityTypes = "registries/entity_types.json"
    package static let selections = "registries/selections.json"
    package static let frameworks = "registries/frameworks"
    package static let specs = "registries/specs"
    package static let packages = "registries/packages"
    package static let gates = "registries/gates"
    package static let policies = "registries/policies"
    package static let schemas = "registries/schemas"
    package static let bundles = "registries/bundles"
    package static let enforcementGates = "registries/ENFORCEMENT_GATES.yml"
    package static let seal = "registries/seal.note"
    package static let localRegistryName = ".file_registry.csv"

    package static let frameworksRegistry = "registries/frameworks_registry.csv"
    package static let specsRegistry = "registries/specs_registry.csv"
    package static let packagesRegistry = "registries/packages_registry.csv"
    package static let gatesRegistry = "registries/gates_registry.csv"
    package static let policyRegistry = "registries/policy_registry.csv"
    package static let ownershipRegistry = "registries/file_ownership_registry.csv"
    package static let controlPlaneRegistry = "registries/control_plane_registry.csv"

    /// The registries that `registry compile` writes, in the order in which they are made.
    package static let compiled = [
        frameworksRegistry, specsRegistry, packagesRegistry, gatesRegistry, policyRegistry,
        ownershipRegistry, controlPlaneRegistry,
    ]

    /// The exact columns of each compiled registry.
    package static let columns: [String: [String]] = [
        frameworksRegistry: [
            "id", "name", "version", "purpose", "artifact_path", "allowed_spec_types",
            "required_gates", "required_metadata", "hash",
        ],
        specsRegistry: [
            "id", "framework_id", "name", "version", "entity_type", "artifact_path",
            "required_assets", "gates", "metadata", "hash",
        ],
        packagesRegistry: [
            "id", "name", "version", "spec_id", "framework_id", "artifact_path", "hash",
            "signature", "status", "dependencies",
        ],
        gatesRegistry: [
            "id", "name", "version", "status", "trigger", "evaluates", "artifact_path", "hash",
        ],
        policyRegistry: [
            "id", "name", "version", "status", "scope", "effect", "gate", "stages",
            "artifact_path", "hash",
        ],
        ownershipRegistry: ["file_path", "owner_id", "owner_registry", "content_hash"],
        controlPlaneRegistry: [
            "id", "entity_type", "name", "version", "purpose", "artifact_path", "owner", "status",
            "dependencies", "content_hash", "config",
        ],
    ]

    /// Lists inside one cell are joined with this.
    package static let listSeparator = ";"
}
