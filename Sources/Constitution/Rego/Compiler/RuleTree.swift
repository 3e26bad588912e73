/// The tree of all packages and rules, from `data` down.
///
/// It is a list of nodes that name each other by number, so nothing in a compiled policy holds
/// itself and a reload frees all of it.
struct RuleTree: Sendable {
    typealias NodeID = Int

    /// One name on the way from `data` to a rule.
    struct Node: Sendable {
        let parent: NodeID?
        let path: [Text]
        var children: [Text: NodeID] = [:]
        /// The names of the children in the order of values, so that no result depends on chance.
        var childNames: [Text] = []
        var isPackage = false
        /// The rules whose head has this place as its constant part.
        var rules: [RuleSource] = []

        var name: String {
            "data" + path.map { ".\($0.string)" }.joined()
        }
    }

    /// Where a rule stands in the modules.
    struct RuleSource: Sendable {
        let module: Int
        let rule: Int
        let isFunction: Bool
    }

    private(set) var nodes = [Node(parent: nil, path: [])]

    static let root: NodeID = 0

    subscript(id: NodeID) -> Node { nodes[id] }

    /// The node at a path, where there is one.
    func find(_ path: some Sequence<Text>) -> NodeID? {
        var at = RuleTree.root
        for name in path {
            guard let next = nodes[at].children[name] else { return nil }
            at = next
        }
        return at
    }

    mutating func insert(_ path: some Sequence<Text>) -> NodeID {
        var at = RuleTree.root
        for name in path {
            if let next = nodes[at].children[name] {
                at = next
                continue
            }
            let id = nodes.count
            nodes.append(Node(parent: at, path: nodes[at].path + [name]))
            nodes[at].children[name] = id
            let place = nodes[at].childNames.firstIndex { name < $0 } ?? nodes[at].childNames.count
            nodes[at].childNames.insert(name, at: place)
            at = id
        }
        return at
    }

    mutating func insertPackage(_ path: [Text]) {
        let id = insert(path)
        nodes[id].isPackage = true
    }

    mutating func insertRule(_ path: [Text], _ source: RuleSource) -> NodeID {
        let id = insert(path)
        nodes[id].rules.append(source)
        return id
    }

    /// Whether a node is a function: something to call, and no document.
    func isFunction(_ id: NodeID) -> Bool {
        nodes[id].rules.first?.isFunction ?? false
    }

    /// All nodes under one, itself not counted.
    func descendants(of id: NodeID) -> [NodeID] {
        var found: [NodeID] = []
        var open = nodes[id].childNames.reversed().compactMap { nodes[id].children[$0] }
        while let next = open.popLast() {
            found.append(next)
            open += nodes[next].childNames.reversed().compactMap { nodes[next].children[$0] }
        }
        return found
    }
}

extension RuleHead {
    /// The names of the head up to its first step that is no string.
    var constantPath: [Text] {
        guard case .variable(let name) = reference.head.kind else { return [] }
        var path = [Text(name)]
        for step in reference.steps {
            guard case .scalar(.string(let name)) = step.kind else { break }
            path.append(Text(name))
        }
        return path
    }

    /// The steps behind the constant part.
    var dynamicSteps: ArraySlice<Term> {
        reference.steps.dropFirst(constantPath.count - 1)
    }
}
