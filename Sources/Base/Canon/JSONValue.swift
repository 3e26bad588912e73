/// A JSON value: the one form in which documents, results and messages are held.
///
/// Two values are equal when they are the same JSON: strings by their bytes (not by Unicode
/// equivalence, which would let one key shadow another), numbers by their decimal value.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// A whole number.
    package static func integer(_ value: Int) -> JSONValue { .number(.integer(Int64(value))) }

    /// The members of an object, or `nil` for any other value.
    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The elements of an array, or `nil` for any other value.
    package var array: [JSONValue]? {
        if case .array(let array) = self { array } else { nil }
    }

    /// The text of a string, or `nil` for any other value.
    package var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    /// The truth of a boolean, or `nil` for any other value.
    package var bool: Bool? {
        if case .bool(let bool) = self { bool } else { nil }
    }

    /// The number, or `nil` for any other value.
    package var number: JSONNumber? {
        if case .number(let number) = self { number } else { nil }
    }

    /// The whole number that fits in 64 bits, or `nil`.
    package var integer: Int? {
        if case .number(.integer(let value)) = self { Int(exactly: value) } else { nil }
    }

    /// The member of an object, or `nil` when it is absent or this is no object.
    package subscript(_ key: String) -> JSONValue? { object?[key] }

    /// What kind of value this is, in the words of JSON Schema.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number(let number): number.isInteger ? "integer" : "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSONValue: Hashable {
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .string(let value): value.hashBytes(into: &hasher)
        case .array(let values): hasher.combine(values)
        case .object(let object): hasher.combine(object)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements))
    }
}
