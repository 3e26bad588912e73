/// Several paths as a tree; where a path ends all below is meant.
struct PathTree {
    var children: [Value: PathTree] = [:]
    private var isEnd = false

    init(_ paths: [[Value]]) {
        for path in paths where !path.isEmpty { insert(path[...]) }
    }

    private mutating func insert(_ path: ArraySlice<Value>) {
        guard let key = path.first else {
            isEnd = true
            return
        }
        children[key, default: PathTree([])].insert(path.dropFirst())
    }

    /// What of a value the paths name; `nil` when nothing is.
    func filtered(_ value: Value, _ context: inout BuiltinContext) throws(BuiltinError) -> Value? {
        if isEnd { return value }
        switch value {
        case .object(let object):
            try context.charge(values: 2 * min(object.count, children.count))
            var members: [ObjectValue.Member] = []
            for member in object.members {
                guard let inner = try children[member.key]?.filtered(member.value, &context) else {
                    continue
                }
                members.append(ObjectValue.Member(key: member.key, value: inner))
            }
            return .object(ObjectValue(ordered: members))
        case .array(let array):
            try context.charge(values: array.count)
            var elements: [Value] = []
            for (index, element) in array.elements.enumerated() {
                let child = child(at: index)
                if let inner = try child?.filtered(element, &context) { elements.append(inner) }
            }
            return .array(ArrayValue(elements))
        case .set(let set):
            try context.charge(values: set.count)
            var elements: [Value] = []
            for element in set.elements {
                if let inner = try children[element]?.filtered(element, &context) {
                    elements.append(inner)
                }
            }
            return .set(SetValue(elements))
        case .null, .bool, .number, .string: return value
        }
    }

    /// A value without what the paths name.
    func removed(from value: Value, _ context: inout BuiltinContext) throws(BuiltinError) -> Value {
        switch value {
        case .object(let object):
            try context.charge(values: 2 * object.count)
            var members: [ObjectValue.Member] = []
            for member in object.members {
                let child = children[member.key]
                if child?.isEnd == true { continue }
                let inner = try child?.removed(from: member.value, &context) ?? member.value
                members.append(ObjectValue.Member(key: member.key, value: inner))
            }
            return .object(ObjectValue(ordered: members))
        case .array(let array):
            try context.charge(values: array.count)
            var elements: [Value] = []
            for (index, element) in array.elements.enumerated() {
                let child = child(at: index)
                if child?.isEnd == true { continue }
                elements.append(try child?.removed(from: element, &context) ?? element)
            }
            return .array(ArrayValue(elements))
        case .set(let set):
            try context.charge(values: set.count)
            var elements: [Value] = []
            for element in set.elements {
                let child = children[element]
                if child?.isEnd == true { continue }
                elements.append(try child?.removed(from: element, &context) ?? element)
            }
            return .set(SetValue(elements))
        case .null, .bool, .number, .string: return value
        }
    }

    /// Indices stand in paths as texts, or as numbers where the path is an array.
    private func child(at index: Int) -> PathTree? {
        children[.text(String(index))] ?? children[.integer(index)]
    }
}
