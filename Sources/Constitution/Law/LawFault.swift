package import Canon
package import Patterns

/// Why a law itself could not be read; what breaks a law that could is a `Finding`.
package enum LawFault: Fault {
    /// A schema is neither an object nor a boolean.
    case notASchema(location: String, found: String)
    /// A schema says it is written in a language that is not known here.
    case unknownDialect(location: String, dialect: String)
    /// A schema's language demands a vocabulary that is not known here.
    case unknownVocabulary(location: String, vocabulary: String)
    /// A keyword has a value that it may not have.
    case badKeyword(location: String, expected: String)
    /// A keyword's pattern was refused.
    case badPattern(location: String, PatternFault)
    /// A reference leads to no schema that was given.
    case unresolvedReference(location: String, reference: String)
    /// Two schemas, or two anchors of one schema, have the same identifier.
    case duplicateIdentifier(location: String, identifier: String)
    /// A schema has more parts than allowed.
    case tooLarge(location: String, partsMax: Int)
    /// A document that should govern does not have the shape of one.
    case notAGovernor(findings: [Finding])

    package var code: String {
        switch self {
        case .notASchema: "law.schema.not-a-schema"
        case .unknownDialect: "law.schema.unknown-dialect"
        case .unknownVocabulary: "law.schema.unknown-vocabulary"
        case .badKeyword: "law.schema.bad-keyword"
        case .badPattern: "law.schema.bad-pattern"
        case .unresolvedReference: "law.schema.unresolved-reference"
        case .duplicateIdentifier: "law.schema.duplicate-identifier"
        case .tooLarge: "law.schema.too-large"
        case .notAGovernor: "law.governor.malformed"
        }
    }

    package var description: String {
        switch self {
        case .notASchema(let location, let found):
            "A schema is an object or a boolean, but \(Printable(location)) is \(found)."
        case .unknownDialect(let location, let dialect):
            "The schema \(Printable(location)) is written in '\(Printable(dialect))'; write it in"
                + " '\(MetaSchemas.draft)' or give its meta-schema along."
        case .unknownVocabulary(let location, let vocabulary):
            "The schema \(Printable(location)) demands the vocabulary '\(Printable(vocabulary))',"
                + " which is not known here."
        case .badKeyword(let location, let expected):
            "The keyword \(Printable(location)) must be \(expected)."
        case .badPattern(let location, _):
            "The pattern of \(Printable(location)) was refused."
        case .unresolvedReference(let location, let reference):
            "The reference '\(Printable(reference))' of \(Printable(location)) leads to no schema"
                + " that was given; nothing is ever fetched."
        case .duplicateIdentifier(let location, let identifier):
            "The identifier '\(Printable(identifier))' of \(Printable(location)) is taken already."
        case .tooLarge(let location, let partsMax):
            "The schema \(Printable(location)) has more than \(partsMax) parts."
        case .notAGovernor(let findings):
            findings.first.map {
                "The governor schema is malformed at '\($0.path)': \($0.reason)"
            } ?? "The governor schema is malformed."
        }
    }

    package var cause: (any Fault)? {
        if case .badPattern(_, let fault) = self { return fault }
        return nil
    }
}
