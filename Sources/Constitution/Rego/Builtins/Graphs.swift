extension BuiltinTable {
    /// Walks through graphs, which are objects of nodes and their neighbours, and through values.
    static let graphs: [Builtin] = [
        Builtin("graph.reachable", [graph, list], .anySet) {
            arguments,
            context throws(BuiltinError) in
            let graph = try arguments.object(0)
            var queue = try arguments.nodes(1)
            var reached: Set<Value> = []
            while let node = queue.popLast() {
                try context.charge(values: 1)
                guard let neighbours = graph[node], reached.insert(node).inserted else { continue }
                let next = nodes(of: neighbours)
                try context.charge(values: next.count)
                queue += next
            }
            return .set(SetValue(Array(reached)))
        },
        Builtin("graph.reachable_paths", [graph, list], .set(of: .anyArray)) {
            arguments,
            context throws(BuiltinError) in
            let graph = try arguments.object(0)
            var walk = PathWalk(graph: graph)
            for node in try arguments.nodes(1) where graph[node] != nil {
                try walk.follow(node, &context)
            }
            return .set(SetValue(walk.paths))
        },
        Builtin("walk", [.any], .anyArray, isRelation: true) {
            arguments,
            context throws(BuiltinError) in
            var pairs: [Value] = []
            var path: [Value] = []
            try walk(arguments[0], &path, &pairs, &context)
            return .array(ArrayValue(pairs))
        },
    ]

    private static let graph = TypeSchema.object(
        key: .any,
        value: .oneOf([.anySet, .anyArray])
    )

    /// The neighbours that a node names; anything but an array or a set names none.
    fileprivate static func nodes(of value: Value) -> [Value] {
        switch value {
        case .array(let array): array.elements
        case .set(let set): set.elements
        default: []
        }
    }

    /// Collects each value within a value beside its path, the outermost first.
    private static func walk(
        _ value: Value,
        _ path: inout [Value],
        _ pairs: inout [Value],
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        try context.charge(values: 3 + path.count)
        pairs.append(.array(ArrayValue([.array(ArrayValue(path)), value])))
        switch value {
        case .array(let array):
            for (index, element) in array.elements.enumerated() {
                path.append(.integer(index))
                try walk(element, &path, &pairs, &context)
                path.removeLast()
            }
        case .object(let object):
            for member in object.members {
                path.append(member.key)
                try walk(member.value, &path, &pairs, &context)
                path.removeLast()
            }
        case .set(let set):
            for element in set.elements {
                path.append(element)
                try walk(element, &path, &pairs, &context)
                path.removeLast()
            }
        case .null, .bool, .number, .string: break
        }
    }
}

/// All paths from a node on until they end, leave the graph, or would come back to themselves.
///
/// The open nodes are kept here and not on the machine's stack: a chain may be as long as an input.
private struct PathWalk {
    private struct Open {
        let node: Value
        let neighbours: [Value]
        var next = 0
    }

    let graph: ObjectValue
    var paths: [Value] = []
    private var open: [Open] = []
    private var onPath: Set<Value> = []

    init(graph: ObjectValue) { self.graph = graph }

    mutating func follow(
        _ start: Value,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        try enter(start, &context)
        while let top = open.last {
            guard top.next < top.neighbours.count else {
                onPath.remove(top.node)
                open.removeLast()
                continue
            }
            open[open.count - 1].next += 1
            let neighbour = top.neighbours[top.next]
            if onPath.contains(neighbour) {
                try end(&context)
            } else {
                try enter(neighbour, &context)
            }
        }
    }

    /// Goes to a node; a path that leaves the graph, or to a node without neighbours, ends.
    private mutating func enter(
        _ node: Value,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        try context.charge(steps: 1)
        guard let value = graph[node] else { return try end(&context) }
        let neighbours = BuiltinTable.nodes(of: value)
        open.append(Open(node: node, neighbours: neighbours))
        onPath.insert(node)
        if neighbours.isEmpty { try end(&context) }
    }

    private mutating func end(_ context: inout BuiltinContext) throws(BuiltinError) {
        try context.charge(values: 1 + open.count)
        paths.append(.array(ArrayValue(open.map(\.node))))
    }
}

extension Span where Element == Value {
    fileprivate func nodes(_ index: Int) throws(BuiltinError) -> [Value] {
        switch self[index] {
        case .array(let array): return array.elements
        case .set(let set): return set.elements
        default: throw wrong(index, "{array, set}")
        }
    }
}
