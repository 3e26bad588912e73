/// One operation of a JSON Patch (RFC 6902), on sets as well as on arrays and objects.
struct PatchOperation {
    private enum Kind {
        case add(Value)
        case remove
        case replace(Value)
        case move(from: [Value])
        case copy(from: [Value])
        case test(Value)
    }

    private let kind: Kind
    private let path: [Value]

    /// Reads an operation; `nil` when it is none.
    init?(_ value: Value) {
        guard case .object(let object) = value, case .string(let name)? = object["op" as Text],
            let path = object["path" as Text].flatMap(DocumentPath.keys)
        else { return nil }
        self.path = path
        let from = object["from" as Text].flatMap(DocumentPath.keys)
        switch (name.string, object["value" as Text], from) {
        case ("add", let value?, _): kind = .add(value)
        case ("remove", _, _): kind = .remove
        case ("replace", let value?, _): kind = .replace(value)
        case ("move", _, let from?): kind = .move(from: from)
        case ("copy", _, let from?): kind = .copy(from: from)
        case ("test", let value?, _): kind = .test(value)
        default: return nil
        }
    }

    /// The changed document; `nil` when the operation does not apply.
    func apply(
        to document: Value,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value? {
        try DocumentPath.checkLength(path)
        switch kind {
        case .add(let value): return try edit(document, path[...], .insert(value), &context)
        case .remove: return try edit(document, path[...], .remove, &context)
        case .replace(let value):
            guard !path.isEmpty else { return value }
            guard let without = try edit(document, path[...], .remove, &context) else { return nil }
            return try edit(without, path[...], .insert(value), &context)
        case .move(let from):
            try DocumentPath.checkLength(from)
            guard let value = look(document, from),
                let without = try edit(document, from[...], .remove, &context)
            else { return nil }
            return try edit(without, path[...], .insert(value), &context)
        case .copy(let from):
            guard let value = look(document, from) else { return nil }
            return try edit(document, path[...], .insert(value), &context)
        case .test(let value):
            return look(document, path) == value ? document : nil
        }
    }

    private enum Edit {
        case insert(Value)
        case remove
    }

    private func look(_ document: Value, _ path: [Value]) -> Value? {
        var value = document
        for key in path {
            if case .array(let array) = value {
                guard let index = PatchOperation.index(key, below: array.count) else { return nil }
                value = array[index]
            } else {
                guard let inner = value[key] else { return nil }
                value = inner
            }
        }
        return value
    }

    /// An index of an array: a number, or digits without a zero in front.
    private static func index(_ key: Value, below count: Int) -> Int? {
        var index: Int?
        switch key {
        case .number(let number): index = number.int64Value.map { Int($0) }
        case .string(let text):
            let string = text.string
            let isTidy = string == "0" || !string.hasPrefix("0") && !string.hasPrefix("+")
            index = isTidy ? Int(string) : nil
        default: index = nil
        }
        guard let index, index >= 0, index < count else { return nil }
        return index
    }

    private func edit(
        _ value: Value,
        _ path: ArraySlice<Value>,
        _ edit: Edit,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value? {
        guard let key = path.first else {
            if case .insert(let new) = edit { return new }
            return nil
        }
        try context.charge(values: 2 * (value.memberCount ?? 0) + 1)
        let rest = path.dropFirst()
        switch value {
        case .object(let object):
            return try self.edit(object, key, rest, edit, &context).map(Value.object)
        case .array(let array):
            return try self.edit(array.elements, key, rest, edit, &context)
                .map { .array(ArrayValue($0)) }
        case .set(let set):
            return try self.edit(set, key, rest, edit, &context).map(Value.set)
        case .null, .bool, .number, .string: return nil
        }
    }

    private func edit(
        _ object: ObjectValue,
        _ key: Value,
        _ rest: ArraySlice<Value>,
        _ edit: Edit,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> ObjectValue? {
        let present = object[key]
        if rest.isEmpty, case .insert(let new) = edit { return object.setting(key, to: new) }
        guard let present else { return nil }
        if rest.isEmpty { return object.removing(key) }
        return try self.edit(present, rest, edit, &context).map { object.setting(key, to: $0) }
    }

    private func edit(
        _ elements: [Value],
        _ key: Value,
        _ rest: ArraySlice<Value>,
        _ edit: Edit,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> [Value]? {
        var changed = elements
        if rest.isEmpty, case .insert(let new) = edit {
            let isEnd = key == "-"
            guard
                let index = isEnd
                    ? elements.count : PatchOperation.index(key, below: elements.count + 1)
            else { return nil }
            changed.insert(new, at: index)
            return changed
        }
        guard let index = PatchOperation.index(key, below: elements.count) else { return nil }
        if rest.isEmpty {
            changed.remove(at: index)
            return changed
        }
        guard let inner = try self.edit(elements[index], rest, edit, &context) else { return nil }
        changed[index] = inner
        return changed
    }

    /// A member of a set stands at itself, so only it can be added there.
    private func edit(
        _ set: SetValue,
        _ key: Value,
        _ rest: ArraySlice<Value>,
        _ edit: Edit,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> SetValue? {
        if rest.isEmpty, case .insert(let new) = edit {
            return new == key ? set.union(SetValue([new])) : nil
        }
        guard set.contains(key) else { return nil }
        let others = set.subtracting(SetValue([key]))
        if rest.isEmpty { return others }
        return try self.edit(key, rest, edit, &context).map { others.union(SetValue([$0])) }
    }
}
