package import Canon
import Synchronization

/// The schemas that a reference may lead to: only what is in here, nothing is ever fetched.
///
/// The meta-schemas of draft 2020-12 are always in it.
package struct SchemaLibrary: Sendable {
    private var documents: [ExactText: JSONValue]
    /// What was read already; copies of a library that hold the same documents share it.
    private var read = Read()

    private final class Read: Sendable {
        let schemas = Mutex<[ExactText: Schema]>([:])
    }

    /// A library of the meta-schemas alone.
    package init() { documents = [:] }

    /// The document becomes reachable by this identifier, which replaces what had it before.
    package mutating func add(_ document: JSONValue, at identifier: String) {
        documents[ExactText(URIReference(identifier).withoutFragment)] = document
        // Any schema may refer to any document.
        read = Read()
    }

    /// The document of an identifier without a fragment.
    func document(_ identifier: String) -> JSONValue? {
        documents[ExactText(identifier)] ?? MetaSchemas.documents[ExactText(identifier)]
    }

    /// The schema that a document in here is, read once; `nil` where there is no such document.
    package func schema(_ identifier: String) throws(LawFault) -> Schema? {
        let name = ExactText(identifier)
        if let known = read.schemas.withLock({ $0[name] }) { return known }
        guard let document = document(URIReference(identifier).withoutFragment) else { return nil }
        let schema = try Schema(document, identifier: identifier, library: self)
        read.schemas.withLock { $0[name] = schema }
        return schema
    }
}
