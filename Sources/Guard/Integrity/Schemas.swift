import Canon
package import Law
package import Registry

/// The JSON Schemas of a root, ready to judge its documents.
///
/// Nothing is ever fetched.
package struct Schemas: Sendable {
    private let library: SchemaLibrary
    private let documents: [String: JSONValue]

    /// The schemas that a law book holds.
    package init(_ book: LawBook) {
        var library = SchemaLibrary()
        for (id, document) in book.schemas { library.add(document, at: id) }
        self.library = library
        documents = book.schemas
    }

    /// The library, for those who compile rules that refer to schemas.
    package var shared: SchemaLibrary { library }

    /// The schema of an id, or `nil` when the root has none such.
    package func schema(_ id: String) throws(LawFault) -> Schema? {
        guard documents[id] != nil else { return nil }
        return try library.schema(id)
    }
}
