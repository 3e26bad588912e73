/// Which rules each rule asks for, by their nodes.
struct RuleDependencies {
    let source: ResolvedPolicy

    /// The nodes that the rules of a node ask for.
    func needs(of node: RuleTree.NodeID) -> Set<RuleTree.NodeID> {
        var found: Set<RuleTree.NodeID> = []
        for definition in source.definitions[node] ?? [] {
            for parameter in definition.parameters ?? [] { collect(parameter, into: &found) }
            for step in definition.dynamicSteps { collect(step, into: &found) }
            if case .member(let member) = definition.contribution { collect(member, into: &found) }
            for branch in definition.branches {
                collect(branch.goals, into: &found)
                collect(branch.value, into: &found)
            }
        }
        if source.shape(of: node) == .deep {
            // The document of such a rule holds all rules under it.
            for inner in source.tree.descendants(of: node) where isDocument(inner) {
                found.insert(inner)
            }
        }
        return found
    }

    func collect(_ goals: [Goal], into found: inout Set<RuleTree.NodeID>) {
        for goal in goals {
            for modifier in goal.modifiers { collect(modifier, into: &found) }
            switch goal.kind {
            case .test(let term), .trace(let term): collect(term, into: &found)
            case .unify(let left, let right):
                collect(left, into: &found)
                collect(right, into: &found)
            case .every(_, _, let domain, let body):
                collect(domain, into: &found)
                collect(body, into: &found)
            case .print(let terms):
                for term in terms { collect(term, into: &found) }
            }
        }
    }

    private func collect(_ modifier: Modifier, into found: inout Set<RuleTree.NodeID>) {
        switch modifier.replacement {
        case .value(let term): collect(term, into: &found)
        case .function(.rule(let node)): found.insert(node)
        case .function(.builtin): break
        }
    }

    func collect(_ term: Expression, into found: inout Set<RuleTree.NodeID>) {
        switch term {
        case .constant, .variable: break
        case .reference(let reference):
            if case .value(let value) = reference.root { collect(value, into: &found) }
            for step in reference.steps { collect(step, into: &found) }
            if case .data = reference.root {
                collectData(RuleTree.root, reference.steps[...], into: &found)
            }
        case .array(let terms), .set(let terms):
            for term in terms { collect(term, into: &found) }
        case .object(let entries):
            for entry in entries {
                collect(entry.key, into: &found)
                collect(entry.value, into: &found)
            }
        case .comprehension(let comprehension):
            if let key = comprehension.key { collect(key, into: &found) }
            collect(comprehension.value, into: &found)
            collect(comprehension.body, into: &found)
        case .call(let call):
            for term in call.arguments { collect(term, into: &found) }
            if case .rule(let node) = call.function { found.insert(node) }
        case .membership(let key, let value, let collection):
            if let key { collect(key, into: &found) }
            collect(value, into: &found)
            collect(collection, into: &found)
        case .template(let segments):
            for case .value(let term, let modifiers) in segments {
                collect(term, into: &found)
                for modifier in modifiers { collect(modifier, into: &found) }
            }
        }
    }

    /// Adds the rules that a reference may reach; a step that is no constant may be any child.
    private func collectData(
        _ node: RuleTree.NodeID,
        _ steps: ArraySlice<Expression>,
        into found: inout Set<RuleTree.NodeID>
    ) {
        let tree = source.tree
        if isDocument(node) {
            found.insert(node)
            return
        }
        guard let step = steps.first else {
            for inner in tree.descendants(of: node) where isDocument(inner) { found.insert(inner) }
            return
        }
        if case .constant(let value) = step {
            guard case .string(let name) = value, let child = tree[node].children[name] else {
                return
            }
            collectData(child, steps.dropFirst(), into: &found)
            return
        }
        for child in tree[node].children.values {
            collectData(child, steps.dropFirst(), into: &found)
        }
    }

    private func isDocument(_ node: RuleTree.NodeID) -> Bool {
        !source.tree[node].rules.isEmpty && !source.tree.isFunction(node)
    }
}
