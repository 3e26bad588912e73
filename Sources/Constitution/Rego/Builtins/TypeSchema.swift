/// The type of an argument or a result, as far as it is known before evaluation.
package indirect enum TypeSchema: Hashable, Sendable {
    case any
    case null
    case boolean
    case number
    case string
    case array(of: TypeSchema)
    case set(of: TypeSchema)
    case object(key: TypeSchema, value: TypeSchema)
    /// An object with these members and no promise about others.
    case record([String: TypeSchema])
    case oneOf([TypeSchema])

    /// An array of anything.
    package static let anyArray = TypeSchema.array(of: .any)

    /// A set of anything.
    package static let anySet = TypeSchema.set(of: .any)

    /// An object of anything.
    package static let anyObject = TypeSchema.object(key: .any, value: .any)

    /// Whether a value can be of both types: what the static check asks of an argument.
    package func overlaps(_ other: TypeSchema) -> Bool {
        switch (self, other) {
        case (.any, _), (_, .any): true
        case (.oneOf(let types), _): types.contains { $0.overlaps(other) }
        case (_, .oneOf(let types)): types.contains { overlaps($0) }
        case (.null, .null), (.boolean, .boolean), (.number, .number), (.string, .string): true
        // An empty collection is of both types, whatever its members would have been.
        case (.array, .array), (.set, .set): true
        case (.object, .object), (.object, .record), (.record, .object): true
        case (.record(let one), .record(let two)):
            one.allSatisfy { key, type in two[key].map(type.overlaps) ?? true }
        default: false
        }
    }
}

extension TypeSchema: CustomStringConvertible {
    /// The type in the words of Rego's own documents.
    package var description: String {
        switch self {
        case .any: "any"
        case .null: "null"
        case .boolean: "boolean"
        case .number: "number"
        case .string: "string"
        case .array(let element): "array[\(element)]"
        case .set(let element): "set[\(element)]"
        case .object(let key, let value): "object[\(key): \(value)]"
        case .record(let members):
            "object<"
                + members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
                .joined(separator: ", ") + ">"
        case .oneOf(let types): "any<" + types.map(\.description).joined(separator: ", ") + ">"
        }
    }
}
