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
