/// Replacements by `with`.
extension Machine {
    /// Puts the values of a range in place of the targets of a list.
    mutating func enter(_ list: Int32, _ values: SlotRange) {
        var next = scopes[Int(scope)]
        var changed = ReplacementScope(
            parent: scope,
            input: next.input,
            data: next.data,
            replaced: next.replaced,
            mocks: next.mocks
        )
        if changed.replaced.isEmpty {
            changed.replaced = Array(repeating: false, count: image.program.targetCount)
        }
        let targets = image.program.modifierLists[Int(list)].targets
        for (target, value) in zip(targets, slice(values)) {
            put(value, at: target, in: &changed)
        }
        next = changed
        scopes.append(next)
        scope = Int32(scopes.count - 1)
    }

    private func put(
        _ value: Value,
        at target: Program.ModifierList.Target,
        in scope: inout ReplacementScope
    ) {
        switch target {
        case .input(let path):
            scope.input = (scope.input ?? .object(.empty)).replacing(path[...], with: value)
        case .data(let target, let path):
            scope.data = scope.data.replacing(path[...], with: value)
            scope.replaced[Int(target)] = true
        case .functionValue(let target):
            scope.mocks[target] = .value(value)
            scope.replaced[Int(target)] = true
        case .functionProcedure(let target, let procedure):
            scope.mocks[target] = .procedure(procedure)
            scope.replaced[Int(target)] = true
        case .functionBuiltin(let target, let builtin):
            scope.mocks[target] = .builtin(builtin)
            scope.replaced[Int(target)] = true
        }
    }

    /// Goes back to the replacements from before; forgets these when no choice can come back to them.
    mutating func leave() {
        let left = scope
        scope = scopes[Int(left)].parent
        let isNeeded = choices.last.map { $0.point.scopeCount > left } ?? false
        if Int(left) == scopes.count - 1 && !isNeeded { scopes.removeLast() }
    }

    /// What stands in place of a function calls the functions themselves, not what replaces them.
    mutating func enterWithoutMocks() {
        var next = scopes[Int(scope)]
        next = ReplacementScope(
            parent: scope,
            input: next.input,
            data: next.data,
            replaced: next.replaced
        )
        for target in scopes[Int(scope)].mocks.keys { next.replaced[Int(target)] = false }
        scopes.append(next)
        scope = Int32(scopes.count - 1)
    }
}
