extension BuiltinTable {
    /// What makes arrays of arrays.
    static let arrays: [Builtin] = [
        Builtin("array.concat", [.anyArray, .anyArray], .anyArray) {
            arguments,
            context throws(BuiltinError) in
            let (left, right) = (try arguments.array(0), try arguments.array(1))
            try context.charge(values: left.count + right.count)
            return .array(ArrayValue(left.elements + right.elements))
        },
        Builtin("array.slice", [.anyArray, .number, .number], .anyArray) {
            arguments,
            context throws(BuiltinError) in
            let array = try arguments.array(0)
            let first = min(max(try arguments.int(1), 0), array.count)
            let last = min(max(try arguments.int(2), first), array.count)
            try context.charge(values: last - first)
            return .array(ArrayValue(Array(array.elements[first..<last])))
        },
        Builtin("array.reverse", [.anyArray], .anyArray) {
            arguments,
            context throws(BuiltinError) in
            let array = try arguments.array(0)
            try context.charge(values: array.count)
            return .array(ArrayValue(array.elements.reversed()))
        },
        Builtin("array.flatten", [.anyArray], .anyArray) {
            arguments,
            context throws(BuiltinError) in
            var flat: [Value] = []
            for element in try arguments.array(0).elements {
                if case .array(let inner) = element {
                    try context.charge(values: inner.count)
                    flat += inner.elements
                } else {
                    try context.charge(values: 1)
                    flat.append(element)
                }
            }
            return .array(ArrayValue(flat))
        },
    ]
}
