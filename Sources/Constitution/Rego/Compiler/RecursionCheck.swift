/// Refuses rules that need themselves, and names the way around.
struct RecursionCheck {
    let source: ResolvedPolicy

    private enum State { case open, done }

    /// One error for each cycle that is found; no rule is in two of them.
    func errors() -> [PolicyError] {
        let dependencies = RuleDependencies(source: source)
        var state: [RuleTree.NodeID: State] = [:]
        var errors: [PolicyError] = []
        for start in source.tree.nodes.indices
        where !source.tree[start].rules.isEmpty && state[start] == nil {
            // A depth-first walk with a stack of its own: a chain of rules may be long.
            var way: [(node: RuleTree.NodeID, rest: [RuleTree.NodeID])] = []
            state[start] = .open
            way.append((start, dependencies.needs(of: start).sorted(by: >)))
            while !way.isEmpty {
                let last = way.count - 1
                guard let next = way[last].rest.popLast() else {
                    state[way[last].node] = .done
                    way.removeLast()
                    continue
                }
                switch state[next] {
                case .done: continue
                case .open:
                    let cycle = way.map(\.node).drop { $0 != next } + [next]
                    errors.append(error(Array(cycle)))
                    // What follows would find the same way again.
                    for step in way { state[step.node] = .done }
                    way.removeAll()
                case nil:
                    state[next] = .open
                    way.append((next, dependencies.needs(of: next).sorted(by: >)))
                }
            }
        }
        return errors
    }

    private func error(_ cycle: [RuleTree.NodeID]) -> PolicyError {
        let names = cycle.map { source.tree[$0].name }
        let first = source.definitions[cycle[0]]?.first
        return PolicyError(
            .recursion,
            file: first?.file ?? "",
            at: first?.position ?? SourcePosition(line: 1, column: 1),
            "rule \(names[0]) is recursive: \(names.joined(separator: " -> "))."
        )
    }
}
