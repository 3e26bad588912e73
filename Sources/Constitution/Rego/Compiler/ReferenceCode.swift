/// The code of references.
extension ProcedureAssembler {
    /// Makes the value of a reference; steps that are unbound variables take each member in turn.
    func evaluate(_ reference: ResolvedReference, into: Slot) {
        let steps = reference.steps[...]
        switch reference.root {
        case .input:
            let (path, rest) = constantPrefix(steps)
            if rest.isEmpty {
                emit(.input(path: assembler.path(path), into: into))
            } else {
                let start = newSlot()
                emit(.input(path: assembler.path(path), into: start))
                walk(.slot(start), rest, into: into)
            }
        case .variable(let variable):
            guard bound.contains(variable) else {
                refuseUnsafe(variable, at: reference.position)
                return
            }
            walk(.slot(slot(of: variable)), steps, into: into)
        case .value(let value):
            walk(operand(value), steps, into: into)
        case .data:
            walkData(RuleTree.root, steps, into: into)
        }
    }

    private func constantPrefix(
        _ steps: ArraySlice<Expression>
    ) -> (path: [Text], rest: ArraySlice<Expression>) {
        var path: [Text] = []
        for step in steps {
            guard case .constant(.string(let name)) = step else { break }
            path.append(name)
        }
        return (path, steps.dropFirst(path.count))
    }

    // MARK: Values

    /// Takes steps from a value.
    func walk(_ start: Source, _ steps: ArraySlice<Expression>, into: Slot) {
        guard !steps.isEmpty else {
            emit(.move(start, into: into))
            return
        }
        var at = start
        for (index, step) in zip(steps.indices, steps) {
            let next = index == steps.endIndex - 1 ? into : newSlot()
            self.step(at, step, into: next, isBase: false)
            at = .slot(next)
        }
    }

    private func step(_ from: Source, _ step: Expression, into: Slot, isBase: Bool) {
        if case .variable(let variable) = step, !bound.contains(variable) {
            let key = variables[variable].isGenerated ? Slot.none : slot(of: variable)
            emit(.scan(from, key: key, value: into))
            bind(variable)
            return
        }
        if isGround(step) {
            let key = operand(step)
            emit(isBase ? .baseStep(from, key: key, into: into) : .step(from, key: key, into: into))
            return
        }
        let key = newSlot()
        emit(.scan(from, key: key, value: into))
        match(step, .slot(key))
    }

    /// Binds a variable whose slot has its value.
    ///
    /// A wildcard is met once only, so nothing needs its slot.
    func bind(_ variable: Variable) {
        bound.insert(variable)
    }

    // MARK: Data

    /// Takes steps from a node of the rule tree, over rules and base data.
    private func walkData(
        _ node: RuleTree.NodeID,
        _ steps: ArraySlice<Expression>,
        into: Slot
    ) {
        let path = assembler.tree[node].path
        if let target = assembler.target(.data(path)) {
            let (isReplaced, end) = (newLabel(), newLabel())
            let before = bound
            emit(.replaced(target: target, isReplaced))
            walkRules(node, steps, into: into)
            let after = bound
            emit(.jump(end))
            land(isReplaced)
            bound = before
            walkBase(path, steps, into: into)
            bound = after
            land(end)
        } else {
            walkRules(node, steps, into: into)
        }
    }

    private func walkRules(
        _ node: RuleTree.NodeID,
        _ steps: ArraySlice<Expression>,
        into: Slot
    ) {
        let tree = assembler.tree
        if !tree[node].rules.isEmpty && !tree.isFunction(node) {
            if steps.isEmpty {
                emit(.rule(assembler.procedure(ofRule: node), into: into))
            } else {
                let value = newSlot()
                emit(.rule(assembler.procedure(ofRule: node), into: value))
                walk(.slot(value), steps, into: into)
            }
            return
        }
        guard let step = steps.first else {
            emit(.rule(assembler.procedure(ofDocument: node), into: into))
            return
        }
        let rest = steps.dropFirst()
        if case .constant(.string(let name)) = step {
            if let child = tree[node].children[name] {
                walkData(child, rest, into: into)
            } else {
                walkBase(tree[node].path, steps, into: into)
            }
            return
        }
        if isGround(step) {
            choose(node, by: operand(step), rest, into: into)
        } else {
            enumerate(node, step, rest, into: into)
        }
    }

    /// Goes to the child that a value names, or to base data.
    private func choose(
        _ node: RuleTree.NodeID,
        by key: Source,
        _ rest: ArraySlice<Expression>,
        into: Slot
    ) {
        let end = newLabel()
        var entries: [Value: Label] = [:]
        for name in assembler.tree[node].childNames { entries[.string(name)] = newLabel() }
        emit(.dispatch(key, table: assembler.table(entries)))
        let before = bound
        let base = newSlot()
        emit(.base(path: assembler.path(assembler.tree[node].path), into: base))
        let member = rest.isEmpty ? into : newSlot()
        emit(.baseStep(.slot(base), key: key, into: member))
        if !rest.isEmpty { walk(.slot(member), rest, into: into) }
        let after = bound
        emit(.jump(end))
        for name in assembler.tree[node].childNames {
            guard let child = assembler.tree[node].children[name],
                let label = entries[.string(name)]
            else { continue }
            land(label)
            bound = before
            walkData(child, rest, into: into)
            emit(.jump(end))
        }
        bound = after
        land(end)
    }

    /// Takes each child in turn, then the members of base data that no rule hides.
    private func enumerate(
        _ node: RuleTree.NodeID,
        _ step: Expression,
        _ rest: ArraySlice<Expression>,
        into: Slot
    ) {
        let end = newLabel()
        let before = bound
        var hidden: [Value: Label] = [:]
        let isHidden = newLabel()
        for name in assembler.tree[node].childNames {
            guard let child = assembler.tree[node].children[name] else { continue }
            hidden[.string(name)] = isHidden
            guard !assembler.tree.isFunction(child) || !assembler.tree[child].children.isEmpty
            else { continue }
            let next = newLabel()
            bound = before
            emit(.choice(next))
            match(step, assembler.constant(.string(name)))
            walkData(child, rest, into: into)
            emit(.jump(end))
            land(next)
        }
        bound = before
        let (base, key) = (newSlot(), newSlot())
        let member = rest.isEmpty ? into : newSlot()
        emit(.base(path: assembler.path(assembler.tree[node].path), into: base))
        emit(.scan(.slot(base), key: key, value: member))
        emit(.dispatch(.slot(key), table: assembler.table(hidden)))
        match(step, .slot(key))
        if !rest.isEmpty { walk(.slot(member), rest, into: into) }
        emit(.jump(end))
        land(isHidden)
        emit(.fail)
        land(end)
    }

    /// Takes steps in base data only.
    private func walkBase(_ path: [Text], _ steps: ArraySlice<Expression>, into: Slot) {
        let (more, rest) = constantPrefix(steps)
        let whole = path + more
        let start = rest.isEmpty ? into : newSlot()
        if assembler.mayReplaceData(at: whole) {
            emit(.base(path: assembler.path(whole), into: start))
        } else if let known = assembler.program.data.at(whole) {
            emit(.move(assembler.constant(known), into: start))
        } else {
            emit(.fail)
        }
        var at = start
        for (index, step) in zip(rest.indices, rest) {
            let next = index == rest.endIndex - 1 ? into : newSlot()
            self.step(.slot(at), step, into: next, isBase: true)
            at = next
        }
    }
}
