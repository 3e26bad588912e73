package import Canon

/// The schemas that a reference may lead to: only what is in here, nothing is ever fetched.
///
/// The meta-schemas of draft 2020-12 are always in it.
package struct SchemaLibrary: Sendable {
    private var documents: [ExactText: JSONValue]

    /// A library of the meta-schemas alone.
    package init() { documents = [:] }

    /// The document becomes reachable by this identifier, which replaces what had it before.
    package mutating func add(_ document: JSONValue, at identifier: String) {
        documents[ExactText(URIReference(identifier).withoutFragment)] = document
    }

    /// The document of an identifier without a fragment.
    func document(_ identifier: String) -> JSONValue? {
        documents[ExactText(identifier)] ?? MetaSchemas.documents[ExactText(identifier)]
    }
}
