extension BuiltinTable {
    /// What is asked of objects, and what makes objects of objects.
    static let objects: [Builtin] = [
        Builtin("object.get", [.anyObject, .any, .any], .any) {
            arguments,
            context throws(BuiltinError) in
            let object = try arguments.object(0)
            let (key, fallback) = (arguments[1], arguments[2])
            guard case .array(let path) = key else { return object[key] ?? fallback }
            try context.charge(steps: path.count)
            var value = Value.object(object)
            for key in path.elements {
                // A set is not walked into: its members have no values.
                if case .set = value { return fallback }
                guard let inner = value[key] else { return fallback }
                value = inner
            }
            return value
        },
        Builtin("object.keys", [.anyObject], .anySet) { arguments, context throws(BuiltinError) in
            let object = try arguments.object(0)
            try context.charge(values: object.count)
            return .set(SetValue(ordered: object.keys))
        },
        Builtin("object.filter", [.anyObject, keyList], .anyObject) {
            arguments,
            context throws(BuiltinError) in
            let object = try arguments.object(0)
            let keys = try arguments.keys(1)
            try context.charge(values: keys.count + object.count)
            return .object(ObjectValue(ordered: object.members.filter { keys.contains($0.key) }))
        },
        Builtin("object.remove", [.anyObject, keyList], .anyObject) {
            arguments,
            context throws(BuiltinError) in
            let object = try arguments.object(0)
            let keys = try arguments.keys(1)
            try context.charge(values: keys.count + object.count)
            return .object(ObjectValue(ordered: object.members.filter { !keys.contains($0.key) }))
        },
        Builtin("object.union", [.anyObject, .anyObject], .anyObject) {
            arguments,
            context throws(BuiltinError) in
            .object(try merged(arguments.object(0), arguments.object(1), &context))
        },
        Builtin("object.union_n", [.array(of: .anyObject)], .anyObject) {
            arguments,
            context throws(BuiltinError) in
            var union = ObjectValue.empty
            for element in try arguments.array(0).elements {
                guard case .object(let object) = element else {
                    throw arguments.wrongElement(0, element, "object")
                }
                union = try merged(union, object, &context)
            }
            return .object(union)
        },
        Builtin("object.subset", [collection, collection], .boolean) {
            arguments,
            context throws(BuiltinError) in
            switch (arguments[0], arguments[1]) {
            case (.object, .object), (.set, .set):
                return .bool(try isSubset(arguments[1], of: arguments[0], &context))
            case (.array(let all), .array(let part)):
                return .bool(try isRun(part.elements, in: all.elements, &context))
            case (.array(let all), .set(let part)):
                try context.charge(values: all.count + part.count)
                return .bool(part.isSubset(of: SetValue(all.elements)))
            default:
                throw .type(
                    "both arguments object.subset must be of the same type or array and set"
                )
            }
        },
    ]

    private static let keyList = TypeSchema.oneOf([.anyArray, .anySet, .anyObject])

    private static let collection = TypeSchema.oneOf([.anyObject, .anySet, .anyArray])

    /// The members of both; where both have an object it is merged in turn, else the right wins.
    private static func merged(
        _ left: ObjectValue,
        _ right: ObjectValue,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> ObjectValue {
        if left.isEmpty { return right }
        if right.isEmpty { return left }
        try context.charge(values: 2 * (left.count + right.count))
        var out: [ObjectValue.Member] = []
        out.reserveCapacity(left.count + right.count)
        var (one, two) = (0, 0)
        while one < left.count && two < right.count {
            let (a, b) = (left.members[one], right.members[two])
            let order = a.key.compared(to: b.key)
            if order < 0 {
                out.append(a)
            } else if order == 0, case .object(let inner) = a.value,
                case .object(let other) = b.value
            {
                let both = try merged(inner, other, &context)
                out.append(ObjectValue.Member(key: a.key, value: .object(both)))
            } else {
                out.append(b)
            }
            if order <= 0 { one += 1 }
            if order >= 0 { two += 1 }
        }
        out += left.members[one...]
        out += right.members[two...]
        return ObjectValue(ordered: out)
    }

    /// Whether all of the first value is in the second: keys with their values, members, runs.
    private static func isSubset(
        _ part: Value,
        of all: Value,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Bool {
        switch (part, all) {
        case (.object(let part), .object(let all)):
            try context.charge(steps: part.count)
            for member in part.members {
                guard let value = all[member.key],
                    try isSubset(member.value, of: value, &context)
                else { return false }
            }
            return true
        case (.set(let part), .set(let all)):
            try context.charge(steps: part.count)
            return part.isSubset(of: all)
        case (.array(let part), .array(let all)):
            return try isRun(part.elements, in: all.elements, &context)
        default:
            return part == all
        }
    }

    /// Whether some elements stand in an array one after another.
    private static func isRun(
        _ part: [Value],
        in all: [Value],
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Bool {
        guard part.count <= all.count else { return false }
        for start in 0...(all.count - part.count) {
            var matched = 0
            while matched < part.count, all[start + matched] == part[matched] { matched += 1 }
            try context.charge(steps: 1 + matched)
            if matched == part.count { return true }
        }
        return false
    }
}

extension Span where Element == Value {
    /// The keys that an array, a set or the keys of an object name.
    fileprivate func keys(_ index: Int) throws(BuiltinError) -> SetValue {
        switch self[index] {
        case .array(let array): return SetValue(array.elements)
        case .set(let set): return set
        case .object(let object): return SetValue(ordered: object.keys)
        default: throw wrong(index, "one of {object, set, array}")
        }
    }
}
