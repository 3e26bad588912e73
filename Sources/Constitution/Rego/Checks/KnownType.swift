/// What is known of the type of a term before anything is evaluated.
///
/// A type is an upper bound: every value that the term can have is of it. So a policy is refused only
/// where no value could do, as OPA refuses it.
extension TypeSchema {
    /// The type of a constant.
    init(of value: Value) {
        switch value {
        case .null: self = .null
        case .bool: self = .boolean
        case .number: self = .number
        case .string: self = .string
        case .array(let array): self = .array(of: .union(array.elements.map { TypeSchema(of: $0) }))
        case .set(let set): self = .set(of: .union(set.elements.map { TypeSchema(of: $0) }))
        case .object(let object):
            var members: [String: TypeSchema] = [:]
            for member in object.members {
                guard case .string(let key) = member.key else {
                    self = .anyObject
                    return
                }
                members[key.string] = TypeSchema(of: member.value)
            }
            self = .record(members)
        }
    }

    /// What is of any of some types; of none, anything.
    static func union(_ types: some Sequence<TypeSchema>) -> TypeSchema {
        var alternatives: [TypeSchema] = []
        for type in types {
            switch type {
            case .any: return .any
            case .oneOf(let more):
                for other in more where !alternatives.contains(other) { alternatives.append(other) }
            default: if !alternatives.contains(type) { alternatives.append(type) }
            }
        }
        // More alternatives than a sentence can name tell nobody anything.
        guard (1...8).contains(alternatives.count) else { return .any }
        return alternatives.count == 1 ? alternatives[0] : .oneOf(alternatives)
    }

    /// The types it is made of, each without alternatives.
    var alternatives: [TypeSchema] {
        if case .oneOf(let types) = self { return types.flatMap(\.alternatives) }
        return [self]
    }

    /// The type of what a step from such a value leads to; nil where there never is anything.
    func selected(by key: TypeSchema, named name: String?) -> TypeSchema? {
        var found: [TypeSchema] = []
        for type in alternatives {
            switch type {
            case .any: return .any
            case .null, .boolean, .number, .string: continue
            case .array(let element):
                if key.overlaps(.number) { found.append(element) }
            case .set(let member): found.append(member)
            case .object(_, let value): found.append(value)
            case .record(let members):
                found.append(name.flatMap { members[$0] } ?? .any)
            case .oneOf: return .any
            }
        }
        return found.isEmpty ? nil : .union(found)
    }

    /// The type of the steps that such a value has.
    var keys: TypeSchema {
        .union(
            alternatives.map { type in
                switch type {
                case .array: .number
                case .set(let member): member
                case .object(let key, _): key
                default: .any
                }
            }
        )
    }

    /// The type of what such a value holds.
    var elements: TypeSchema {
        .union(
            alternatives.map { type in
                switch type {
                case .array(let element), .set(let element), .object(_, let element): element
                default: .any
                }
            }
        )
    }

    /// What a sentence calls a value of it: `a number`, `a string or an array`.
    var noun: String {
        var nouns: [String] = []
        for type in alternatives {
            let noun =
                switch type {
                case .any: "anything"
                case .null: "null"
                case .boolean: "a boolean"
                case .number: "a number"
                case .string: "a string"
                case .array: "an array"
                case .set: "a set"
                case .object, .record: "an object"
                case .oneOf: "one of several"
                }
            if !nouns.contains(noun) { nouns.append(noun) }
        }
        guard let last = nouns.popLast() else { return "anything" }
        return nouns.isEmpty ? last : nouns.joined(separator: ", ") + " or " + last
    }
}
