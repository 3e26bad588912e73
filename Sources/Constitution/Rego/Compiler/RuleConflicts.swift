/// Refuses rules of one name that do not go together.
///
/// The checks are OPA's: one kind and one arity for all rules of a name, one default, nothing inside
/// the extent of a rule that has one value or is a set, no package where a rule stands.
struct RuleConflicts {
    let tree: RuleTree
    let modules: [PolicyModule]
    /// Base data, which may not lie where a rule is.
    let data: Value

    private enum Kind: Hashable { case value, set, function(Int) }

    func errors() -> [PolicyError] {
        var found: [PolicyError] = []
        for id in tree.nodes.indices where !tree[id].rules.isEmpty {
            if let error = tooDeep(id) ?? conflict(at: id) ?? dataConflict(at: id) { found.append(error) }
        }
        return found
    }

    /// Names are followed one inside the other, so there must be an end to them.
    private func tooDeep(_ id: RuleTree.NodeID) -> PolicyError? {
        guard let source = tree[id].rules.first else { return nil }
        let head = modules[source.module].rules[source.rule].head
        let count = tree[id].path.count + head.dynamicSteps.count
        guard count > RuleConflicts.namesMax else { return nil }
        return error(
            source,
            "The rule lies \(count) names below data; \(RuleConflicts.namesMax) are allowed.",
            .compiledTooLarge
        )
    }

    private static let namesMax = 64

    private func conflict(at id: RuleTree.NodeID) -> PolicyError? {
        let node = tree[id]
        let rules = node.rules.map { modules[$0.module].rules[$0.rule] }
        for (source, rule) in zip(node.rules, rules) {
            guard case .variable(let name) = rule.head.reference.head.kind,
                name == "input" || name == "data"
            else { continue }
            return error(source, "A rule may not have the name \(name).", .shadowed)
        }
        let isWhole = { (rule: Rule) in rule.head.dynamicSteps.isEmpty && kind(of: rule) == .value }
        if Set(rules.map(kind)).count > 1 || Set(rules.map(isWhole)).count > 1 {
            let second = node.rules[rules.count - 1]
            return error(
                second,
                "\(node.name) is defined by rules of different kinds or arities (conflicting rules "
                    + "\(node.name) found). Give one of them another name."
            )
        }
        let defaults = node.rules.indices.filter { rules[$0].isDefault }
        if defaults.count > 1 {
            return error(
                node.rules[defaults[1]],
                "\(node.name) has two defaults (multiple default rules \(node.name) found). "
                    + "Keep one."
            )
        }
        return extentConflict(at: id, rules: rules)
    }

    /// Base data where a rule stands: which of them holds would be a guess.
    private func dataConflict(at id: RuleTree.NodeID) -> PolicyError? {
        guard !tree.isFunction(id), let source = tree[id].rules.first,
            let found = data.at(tree[id].path)
        else { return nil }
        if case .object = found,
            !modules[source.module].rules[source.rule].head.dynamicSteps.isEmpty
        {
            return nil
        }
        return error(
            source,
            "the rule \(tree[id].name) conflicts with base data of the same path. Remove one of them."
        )
    }

    /// Rules and packages inside what a rule has for itself.
    private func extentConflict(at id: RuleTree.NodeID, rules: [Rule]) -> PolicyError? {
        let node = tree[id]
        guard !node.children.isEmpty || node.isPackage else { return nil }
        for (source, rule) in zip(node.rules, rules) {
            let kind = kind(of: rule)
            let isOpen = kind == .value && !rule.head.dynamicSteps.isEmpty
            if node.isPackage, rule.head.dynamicSteps.isEmpty {
                return error(
                    source,
                    "package \(node.name) conflicts with the rule of that name. Rename one of them."
                )
            }
            guard !isOpen else { continue }
            // What stands under the place of a set's members or of a value can never be reached.
            if kind == .set, !rule.head.dynamicSteps.isEmpty { continue }
            let inside = tree.descendants(of: id).filter {
                !tree[$0].rules.isEmpty || tree[$0].isPackage
            }
            guard let first = inside.first else { continue }
            return error(
                source,
                "rule \(node.name) conflicts with \(tree[first].name), which would lie inside its "
                    + "value. Rename one of them."
            )
        }
        return nil
    }

    private func kind(of rule: Rule) -> Kind {
        if let parameters = rule.head.parameters { return .function(parameters.count) }
        if case .member = rule.head.contribution { return .set }
        return .value
    }

    private func error(
        _ source: RuleTree.RuleSource,
        _ message: String,
        _ code: PolicyErrorCode = .conflict
    ) -> PolicyError {
        let module = modules[source.module]
        return PolicyError(
            code,
            file: module.file,
            at: module.rules[source.rule].range.start,
            message
        )
    }
}
