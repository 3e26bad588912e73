extension BuiltinTable {
    /// What takes documents apart by paths: `json.filter`, `json.remove` and JSON Patch.
    static let documentPaths: [Builtin] = [
        Builtin("json.filter", [.anyObject, paths], .anyObject) {
            arguments,
            context throws(BuiltinError) in
            let object = try arguments.object(0)
            let tree = PathTree(try arguments.paths(1, &context))
            if object.isEmpty || tree.children.isEmpty { return .object(.empty) }
            return try tree.filtered(arguments[0], &context) ?? .object(.empty)
        },
        Builtin("json.remove", [.anyObject, paths], .anyObject) {
            arguments,
            context throws(BuiltinError) in
            _ = try arguments.object(0)
            let tree = PathTree(try arguments.paths(1, &context))
            return try tree.removed(from: arguments[0], &context)
        },
        Builtin("json.patch", [.any, .array(of: patch)], .any) {
            arguments,
            context throws(BuiltinError) in
            var document = arguments[0]
            for element in try arguments.array(1).elements {
                // A patch that does not apply is undefined, in strict evaluation too.
                guard let operation = PatchOperation(element),
                    let next = try operation.apply(to: document, &context)
                else { return nil }
                document = next
            }
            return document
        },
    ]

    private static let paths = TypeSchema.oneOf([
        .array(of: .oneOf([.string, .anyArray])), .set(of: .oneOf([.string, .anyArray])),
    ])

    private static let patch = TypeSchema.record(["op": .string, "path": .any])
}

extension Span where Element == Value {
    fileprivate func paths(
        _ index: Int,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> [[Value]] {
        var paths: [[Value]] = []
        for element in try list(index) {
            guard let path = DocumentPath.keys(of: element) else {
                throw .operand(
                    index + 1,
                    must: "one of {set, array} containing string paths or array of path segments",
                    got: element.typeName
                )
            }
            try context.charge(values: path.count)
            try DocumentPath.checkLength(path)
            paths.append(path)
        }
        return paths
    }
}

/// Paths into documents, written as JSON pointers or as arrays of keys.
enum DocumentPath {
    /// Refuses a path that leads deeper than any value is: what follows it goes as deep.
    static func checkLength(_ path: [Value]) throws(BuiltinError) {
        if path.count > Value.depthMax {
            throw .failed("a path has more than \(Value.depthMax) keys")
        }
    }

    /// The keys of a path; `nil` for what is no path.
    static func keys(of value: Value) -> [Value]? {
        switch value {
        case .array(let array): return array.elements
        case .string(let text):
            if text.isEmpty { return [] }
            let slash = UInt8(ascii: "/")
            let bytes = text.bytes.drop { $0 == slash }
            let parts = bytes.split(separator: slash, omittingEmptySubsequences: false)
            return parts.map { .string(Text(unescaped($0))) }
        default: return nil
        }
    }

    /// `~1` means a slash and `~0` a tilde.
    private static func unescaped(_ part: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        var isEscaped = false
        for byte in part {
            if isEscaped, byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1") {
                out[out.count - 1] =
                    byte == UInt8(ascii: "1") ? UInt8(ascii: "/") : UInt8(ascii: "~")
                isEscaped = false
            } else {
                out.append(byte)
                isEscaped = byte == UInt8(ascii: "~")
            }
        }
        return out
    }
}

/// Several paths as a tree; where a path ends all below is meant.
private struct PathTree {
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
