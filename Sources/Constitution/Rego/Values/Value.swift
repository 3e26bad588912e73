/// A value of a policy, its data or its input.
///
/// Values are immutable and hold nothing that is made later, so any number of threads may share
/// them. The order is Rego's: null, booleans, numbers, strings, arrays, objects, sets.
package enum Value: Sendable {
    case null
    case bool(Bool)
    case number(RegoNumber)
    case string(Text)
    case array(ArrayValue)
    case object(ObjectValue)
    case set(SetValue)
}

extension Value {
    /// A whole number.
    package static func integer(_ value: Int) -> Value { .number(.integer(Int64(value))) }

    /// A string.
    package static func text(_ string: String) -> Value { .string(Text(string)) }

    /// The name of the type, as `type_name` says it.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        case .set: "set"
        }
    }

    /// The place of the type in the order of all values.
    var rank: Int {
        switch self {
        case .null: 0
        case .bool: 1
        case .number: 2
        case .string: 3
        case .array: 4
        case .object: 5
        case .set: 6
        }
    }

    /// Whether this is anything but `false`: what an expression asks of its value.
    package var isTrue: Bool {
        if case .bool(false) = self { false } else { true }
    }

    /// What stands at a key of an object, an index of an array, or a member of a set.
    ///
    /// A reference `x[key]` means this; `nil` is undefined.
    package subscript(_ key: Value) -> Value? {
        switch self {
        case .object(let object): return object[key]
        case .set(let set): return set.contains(key) ? key : nil
        case .array(let array):
            guard case .number(let number) = key, let index = number.int64Value,
                index >= 0, index < Int64(array.count)
            else { return nil }
            return array[Int(index)]
        default: return nil
        }
    }

    /// How many members a collection has; `nil` for a scalar.
    package var memberCount: Int? {
        switch self {
        case .array(let array): array.count
        case .object(let object): object.count
        case .set(let set): set.count
        default: nil
        }
    }
}

extension Value: Hashable, Comparable {
    // Written as one question within another: a switch over a pair would copy both values.
    package static func == (left: Value, right: Value) -> Bool {
        switch left {
        case .string(let a): if case .string(let b) = right { return a == b }
        case .number(let a): if case .number(let b) = right { return a == b }
        case .bool(let a): if case .bool(let b) = right { return a == b }
        case .null: if case .null = right { return true }
        case .array(let a): if case .array(let b) = right { return a == b }
        case .object(let a): if case .object(let b) = right { return a == b }
        case .set(let a): if case .set(let b) = right { return a == b }
        }
        return false
    }

    package static func < (left: Value, right: Value) -> Bool {
        switch left {
        case .string(let a): if case .string(let b) = right { return a < b }
        case .number(let a): if case .number(let b) = right { return a < b }
        default: break
        }
        return left.compared(to: right) < 0
    }

    /// Below zero when this stands before the other, zero when they are equal, above otherwise.
    package func compared(to other: Value) -> Int {
        switch (self, other) {
        case (.null, .null): 0
        case (.bool(let a), .bool(let b)): a == b ? 0 : b ? -1 : 1
        case (.number(let a), .number(let b)): a.compared(to: b)
        case (.string(let a), .string(let b)): a == b ? 0 : a < b ? -1 : 1
        case (.array(let a), .array(let b)): Value.compare(a.elements, b.elements)
        case (.set(let a), .set(let b)): Value.compare(a.elements, b.elements)
        case (.object(let a), .object(let b)): a.compared(to: b)
        default: rank - other.rank
        }
    }

    private static func compare(_ left: [Value], _ right: [Value]) -> Int {
        for index in 0..<min(left.count, right.count) {
            let order = left[index].compared(to: right[index])
            if order != 0 { return order }
        }
        return left.count - right.count
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    /// The hash; of a collection it is taken anew from all that it holds.
    package var hash: UInt64 {
        switch self {
        case .null: Text.mix(Text.seed, 1)
        case .bool(let value): Text.mix(Text.seed, value ? 3 : 2)
        case .number(let number): number.hash
        case .string(let text): text.hash
        case .array(let array): Value.hash(of: array.elements, from: 5)
        case .set(let set): Value.hash(of: set.elements, from: 7)
        case .object(let object): object.hash
        }
    }

    private static func hash(of elements: [Value], from start: UInt64) -> UInt64 {
        var state = Text.mix(Text.seed, start)
        for element in elements { state = Text.mix(state, element.hash) }
        return state
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: Value...) { self = .array(ArrayValue(elements)) }
    package init(dictionaryLiteral elements: (Value, Value)...) {
        self = .object(ObjectValue(elements.map { ObjectValue.Member(key: $0, value: $1) }))
    }
}
