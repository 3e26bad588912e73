/// A policy whose names are resolved: what code is made from.
struct ResolvedPolicy: Sendable {
    let tree: RuleTree
    /// The rules of each node, in the order of the modules.
    var definitions: [RuleTree.NodeID: [Definition]] = [:]
    /// Everything that some `with` replaces; only these are asked about at run time.
    var targets: Set<Modifier.Target> = []
    let options: CompileOptions

    /// How many parameters a function has.
    func arity(_ function: Call.Function) -> Int {
        switch function {
        case .builtin(let name): BuiltinTable.standard[name]?.arguments.count ?? 0
        case .rule(let node): definitions[node]?.first?.parameters?.count ?? 0
        }
    }

    /// What kind of document the rules of a node make.
    func shape(of node: RuleTree.NodeID) -> Shape {
        let rules = definitions[node] ?? []
        if tree.isFunction(node) { return .function }
        if rules.contains(where: { !$0.dynamicSteps.isEmpty }) {
            let isFlat =
                tree[node].children.isEmpty
                && rules.allSatisfy {
                    guard case .value = $0.contribution else { return false }
                    return $0.dynamicSteps.count == 1
                }
            return isFlat ? .object : .deep
        }
        if case .member? = rules.first?.contribution { return .set }
        return .value
    }

    /// The kinds of documents that rules make.
    enum Shape {
        case value, function, set
        /// One variable step and a value: `p[x] := y`.
        case object
        /// Any other head with variables, and all rules under it.
        case deep
    }
}

/// How policies are compiled.
package struct CompileOptions: Sendable {
    /// Whether the code tells an observer where it passes.
    package var isObserved = false

    /// The usual way: nothing is observed.
    package init(isObserved: Bool = false) {
        self.isObserved = isObserved
    }
}
