import Canon
import Patterns

/// The rules of one schema, or of one branch of it, ready to be applied.
struct RuleSet: Sendable {
    var tree: [TreeRule] = []
    var content: [ContentRule] = []
    var exports: [ExportRule] = []
    var metadata: [MetadataRule] = []
    /// Rules that hold beside these.
    var all: [RuleSet] = []
    /// Rules that hold when the metadata conforms, or when it does not.
    var branches: [Branch] = []

    struct Branch: Sendable {
        let condition: Schema
        let then: RuleSet?
        let otherwise: RuleSet?
    }
}

/// A rule about which files there are; `rule` is the pointer of its keyword.
struct TreeRule: Sendable {
    let rule: String
    let demand: Demand

    enum Demand: Sendable {
        case present(PathPattern)
        /// The pattern is that of the files inside.
        case directory(name: String, PathPattern)
        case absent(PathPattern)
        /// Each file matches one of the patterns.
        case allowed([PathPattern])
        /// The same, by the law of a framework.
        case authorized([PathPattern])
        /// Each file that the first matches has such a name.
        case named(PathPattern, NamePattern)
        case count(PathPattern, ClosedRange<Int>)
    }

    enum NamePattern: Sendable {
        case glob(PathPattern)
        case regex(RegularExpression)

        func matches(_ name: String) -> Bool {
            switch self {
            case .glob(let pattern): pattern.matches(name)
            case .regex(let expression): expression.matches(name)
            }
        }

        var text: String {
            switch self {
            case .glob(let pattern): pattern.text
            case .regex(let expression): expression.pattern
            }
        }
    }
}

/// A rule about what files say.
struct ContentRule: Sendable {
    let rule: String
    let files: [PathPattern]
    /// Whether a file that the rule names exactly must be there to be looked into.
    let mustExist: Bool

    /// Whether the rule makes sense for text only; what is merely forbidden is found in any bytes.
    var needsText: Bool {
        !demands.allSatisfy { demand in
            if case .forbidden = demand.demand { true } else { false }
        }
    }

    var demands: [(rule: String, demand: Demand)] = []

    /// All that is forbidden as one expression: a file without a match has none of it.
    ///
    /// One pass over a file instead of one for each pattern; `nil` where they cannot be joined.
    var anyForbidden: RegularExpression?

    enum Demand: Sendable {
        case section(String)
        case contains(String)
        case forbidden(TextPattern, reason: String?)
        case json(Schema)
        case linesMax(Int)
        case noImport([String], [RegularExpression])
    }

    enum TextPattern: Sendable {
        case literal(String)
        case regex(RegularExpression)
    }
}

/// A rule that some file declares a name.
struct ExportRule: Sendable {
    let rule: String
    let name: String
    let kind: String
    let files: PathPattern
    /// How a declaration of that name looks, by file.
    let syntax: [(files: PathPattern, expression: RegularExpression)]
}

/// A rule about what is known of the target as a whole.
struct MetadataRule: Sendable {
    let rule: String
    let demand: Demand

    enum Demand: Sendable {
        case has(String)
        case logs(String)
        case entity(type: String, includes: [String])
        case schema(Schema)
        case oneOf(member: String, [JSONValue])
    }
}
