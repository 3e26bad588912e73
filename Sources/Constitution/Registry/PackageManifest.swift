package import Canon

/// A package: the installable proof that a spec obeyed its framework, and the owner of files.
package struct PackageManifest: Sendable {
    package let id: PackageID
    package let name: String
    package let version: SemanticVersion
    package let status: Lifecycle
    package let specID: SpecID
    package let frameworkID: FrameworkID
    package let governedBy: String
    package let path: String
    package let purpose: String
    package let classification: String
    package let dependencies: [VersionedReference]
    package let conformsTo: [VersionedReference]
    /// Exact paths, or queries of the registry, as the document writes them.
    package let files: [JSONValue]
    package let document: JSONValue

    init(_ reader: inout DocumentReader, document: JSONValue) {
        id = reader.id("id") ?? .placeholder
        name = reader.text("package_name")
        version = reader.version("version")
        status = reader.lifecycle()
        specID = reader.id("spec_id") ?? .placeholder
        frameworkID = reader.id("framework_id") ?? .placeholder
        governedBy = reader.text("governed_by")
        path = reader.path
        purpose = reader.text("purpose", in: "content")
        classification = reader.text("class")
        dependencies = reader.references("dependencies")
        conformsTo = reader.references("conforms_to")
        files = document["content"]?["files"]?.array ?? []
        self.document = document
    }
}
