import Canon

/// Which groups of keywords a schema's language has (core specification §8.1.2).
struct Vocabularies: OptionSet, Sendable {
    let rawValue: UInt16

    static let core = Vocabularies(rawValue: 1 << 0)
    static let applicator = Vocabularies(rawValue: 1 << 1)
    static let unevaluated = Vocabularies(rawValue: 1 << 2)
    static let validation = Vocabularies(rawValue: 1 << 3)
    static let metaData = Vocabularies(rawValue: 1 << 4)
    static let formatAnnotation = Vocabularies(rawValue: 1 << 5)
    static let formatAssertion = Vocabularies(rawValue: 1 << 6)
    static let content = Vocabularies(rawValue: 1 << 7)

    static let standard: Vocabularies = [
        .core, .applicator, .unevaluated, .validation, .metaData, .formatAnnotation, .content,
    ]

    private static let prefix = "https://json-schema.org/draft/2020-12/vocab/"

    /// The vocabulary of an identifier, if it is known here.
    init?(identifier: String) {
        guard identifier.hasPrefix(Vocabularies.prefix) else { return nil }
        switch identifier.dropFirst(Vocabularies.prefix.count) {
        case "core": self = .core
        case "applicator": self = .applicator
        case "unevaluated": self = .unevaluated
        case "validation": self = .validation
        case "meta-data": self = .metaData
        case "format-annotation": self = .formatAnnotation
        case "format-assertion": self = .formatAssertion
        case "content": self = .content
        default: return nil
        }
    }

    init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The vocabularies of the language that a schema names as its `$schema`.
    init(dialect: String, of location: String, _ library: SchemaLibrary) throws(LawFault) {
        let identifier = URIReference(dialect).withoutFragment
        if identifier == MetaSchemas.draft {
            self = .standard
            return
        }
        guard let language = library.document(identifier)?.object else {
            throw .unknownDialect(location: location, dialect: dialect)
        }
        guard let vocabulary = language["$vocabulary"]?.object else {
            guard language["$schema"]?.string == MetaSchemas.draft else {
                throw .unknownDialect(location: location, dialect: dialect)
            }
            self = .standard
            return
        }
        var known: Vocabularies = .core
        for (identifier, isRequired) in vocabulary.members {
            if let one = Vocabularies(identifier: identifier) {
                known.insert(one)
            } else if isRequired != .bool(false) {
                throw .unknownVocabulary(location: location, vocabulary: identifier)
            }
        }
        self = known
    }
}
