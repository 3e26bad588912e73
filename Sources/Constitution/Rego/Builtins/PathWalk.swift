/// All paths from a node on until they end, leave the graph, or would come back to themselves.
///
/// The open nodes are kept here and not on the machine's stack: a chain may be as long as an input.
struct PathWalk {
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
