import Canon
import Patterns

/// One schema of a document: what it demands of a value.
struct SchemaNode: Sendable {
    /// The identifier of its resource, `#`, and the pointer within that resource.
    let location: String
    /// The resource it belongs to, which counts when `$dynamicRef` looks for its target.
    let resource: Int
    var keywords: [Keyword]

    /// A demand with the keyword that made it; nodes are named by their index, and a weight is
    /// what comparing costs.
    enum Keyword: Sendable {
        /// The schema `false`.
        case never
        case type(TypeSet)
        case oneOfValues([JSONValue], weight: Int)
        case const(JSONValue, weight: Int)
        case limit(name: String, JSONNumber, Limit)
        case multipleOf(JSONNumber)
        case length(name: String, ClosedRange<Int>)
        case pattern(RegularExpression)
        case itemCount(name: String, ClosedRange<Int>)
        case uniqueItems
        case memberCount(name: String, ClosedRange<Int>)
        case required([String])
        case dependentRequired(name: String, [(member: String, needs: [String])])
        case format(String, FormatRule)
        case members(Members)
        case propertyNames(Int)
        case dependentSchemas(name: String, [(member: String, node: Int)])
        case prefixItems([Int])
        case items(Int, from: Int)
        case contains(Int, least: Int, most: Int)
        case allOf([Int])
        case anyOf([Int])
        case oneOf([Int])
        case not(Int)
        case condition(Int, then: Int?, otherwise: Int?)
        case reference(name: String, Int)
        /// The anchor is looked for in the schemas that led here, outermost first.
        case dynamicReference(Int, anchor: String)
        case unevaluatedItems(Int)
        case unevaluatedProperties(Int)
    }

    /// `properties`, `patternProperties` and `additionalProperties`, which depend on each other.
    struct Members: Sendable {
        /// In canonical order, as the members of a value are.
        var named: [(key: String, node: Int)] = []
        var matching: [(pattern: RegularExpression, node: Int)] = []
        var additional: Int?
    }

    enum Limit: Sendable {
        case atLeast
        case above
        case atMost
        case below
    }
}

/// The types that a `type` keyword allows.
struct TypeSet: OptionSet, Sendable {
    let rawValue: UInt8

    static let null = TypeSet(rawValue: 1 << 0)
    static let boolean = TypeSet(rawValue: 1 << 1)
    static let integer = TypeSet(rawValue: 1 << 2)
    static let number = TypeSet(rawValue: 1 << 3)
    static let string = TypeSet(rawValue: 1 << 4)
    static let array = TypeSet(rawValue: 1 << 5)
    static let object = TypeSet(rawValue: 1 << 6)

    static let names: [(name: String, type: TypeSet)] = [
        ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number),
        ("string", .string), ("array", .array), ("object", .object),
    ]

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init?(name: String) {
        guard let named = TypeSet.names.first(where: { $0.name == name }) else { return nil }
        self = named.type
    }

    func allows(_ value: JSONValue) -> Bool {
        switch value {
        case .null: contains(.null)
        case .bool: contains(.boolean)
        case .number(let number):
            contains(.number) || (contains(.integer) && number.isInteger)
        case .string: contains(.string)
        case .array: contains(.array)
        case .object: contains(.object)
        }
    }

    var text: String {
        TypeSet.names.filter { contains($0.type) }.map(\.name).joined(separator: " or ")
    }
}

/// A schema with an identifier of its own, and what can be named in it.
struct SchemaResource: Sendable {
    /// Absolute, without a fragment.
    let identifier: String
    let vocabularies: Vocabularies
    /// Which document it is in, and where.
    let document: Int
    let pointer: String
    let value: JSONValue
    /// Pointers within the document.
    var anchors: [(name: String, pointer: String)] = []
    /// Anchors that `$dynamicRef` can find, with their nodes once compiled.
    var dynamicAnchors: [(name: String, pointer: String, node: Int)] = []
}
