package import Canon

/// The contract of one entity under exactly one framework.
package struct Specification: Sendable {
    package let id: SpecID
    package let name: String
    package let version: SemanticVersion
    package let status: Lifecycle
    package let frameworkID: FrameworkID
    package let entityType: String
    package let path: String
    package let purpose: String
    package let compliesWith: [String]
    package let conformsTo: [VersionedReference]
    /// As written: exact paths or globs.
    ///
    /// The compiled registry holds the exact paths.
    package let requiredAssets: [String]
    package let gates: [String]
    package let metadata: JSONObject
    /// The directory that governor paths are relative to; empty for the root itself.
    package let root: String

    init(_ reader: inout DocumentReader) {
        id = reader.id("id") ?? .placeholder
        name = reader.text("name")
        version = reader.version("version")
        status = reader.lifecycle()
        frameworkID = reader.id("framework_id") ?? .placeholder
        entityType = reader.text("entity_type")
        path = reader.path
        purpose = reader.text("purpose", in: "content")
        compliesWith = reader.texts("complies_with")
        conformsTo = reader.references("conforms_to")
        requiredAssets = reader.texts("required_assets")
        gates = reader.texts("gates")
        metadata = reader.value("metadata")?.object ?? JSONObject()
        root = reader.optionalText("root") ?? ""
        if !root.isEmpty, let problem = RelativePath.problem(in: Array(root.utf8)) {
            reader.complain("The field \"root\" is no path: \(problem.rawValue).")
        }
    }

    /// Whether a path lies where this spec's gates look.
    package func covers(_ path: RelativePath) -> Bool {
        guard !root.isEmpty else { return true }
        return path.bytes.starts(with: root.utf8)
            && path.bytes.dropFirst(root.utf8.count).first == UInt8(ascii: "/")
    }

    /// The gates of this spec: the framework's, then its own, each once.
    package func effectiveGates(under framework: Framework) -> [String] {
        framework.requiredGates + gates.filter { !framework.requiredGates.contains($0) }
    }
}
