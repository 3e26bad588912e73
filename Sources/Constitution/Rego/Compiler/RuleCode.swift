/// The code of rules, functions and sets.
extension ProcedureAssembler {
    func assembleRule(_ node: RuleTree.NodeID) {
        let definitions = source.definitions[node] ?? []
        switch source.shape(of: node) {
        case .value: assembleValue(definitions, arity: 0)
        case .function:
            assembler.update(number) { $0.isFunction = true }
            assembleValue(definitions, arity: definitions.first?.parameters?.count ?? 0)
        case .set: assembleCollection(definitions, .set)
        case .object: assembleCollection(definitions, .object)
        case .deep: assembleDeep(node, definitions)
        }
        close()
    }

    // MARK: One value

    /// A rule or function of one value: every alternative that holds must give the same.
    private func assembleValue(_ definitions: [Definition], arity: Int) {
        let arguments = newSlots(arity)
        let result = newSlot()
        let found = newMark()
        let spoken = definitions.filter { !$0.isDefault }
        let isSettledByFirst = haveOneConstant(spoken)
        if !isSettledByFirst { emit(.clear(found)) }
        eachCandidate(spoken, arguments: arguments) { definition in
            begin(definition, arguments: arguments)
            let next = newLabel()
            let hasAlternatives = definition.branches.count > 1
            let held = hasAlternatives ? newMark() : found
            if hasAlternatives && !isSettledByFirst { emit(.clear(held)) }
            for (index, branch) in definition.branches.enumerated() {
                let isLast = index == definition.branches.count - 1
                let otherwise = isLast ? next : newLabel()
                place.position = branch.position
                attempt(otherwise: otherwise) {
                    let computed = match(definition.parameters, arguments)
                    body(computed + branch.goals)
                    let value = operand(branch.value)
                    noteFired(definition)
                    if isSettledByFirst {
                        emit(.giveBack(value))
                    } else {
                        place.position = definition.position
                        emit(.offer(value, result: result, found: found))
                        if hasAlternatives { emit(.flag(held)) }
                        emit(.fail)
                    }
                }
                land(otherwise)
                // An `else` counts only where nothing before it held.
                if !isLast && !isSettledByFirst { emit(.found(held, next)) }
            }
        }
        assembleEnd(definitions, arguments: arguments, result: result, found: found)
    }

    private func assembleEnd(
        _ definitions: [Definition],
        arguments: SlotRange,
        result: Slot,
        found: Mark
    ) {
        if !haveOneConstant(definitions.filter { !$0.isDefault }) {
            let none = newLabel()
            let some = newLabel()
            emit(.found(found, some))
            emit(.jump(none))
            land(some)
            emit(.giveBack(.slot(result)))
            land(none)
        }
        if let standard = definitions.first(where: \.isDefault) {
            begin(standard, arguments: arguments)
            body(match(standard.parameters, arguments))
            let value = operand(standard.branches[0].value)
            emit(.giveBack(value))
        }
        emit(.giveBackUndefined)
        emit(.fail)
    }

    /// Whether all alternatives have one and the same constant value: the first that holds decides.
    private func haveOneConstant(_ definitions: [Definition]) -> Bool {
        var known: Value?
        for branch in definitions.lazy.flatMap(\.branches) {
            guard case .constant(let value) = branch.value, known == nil || known == value else {
                return false
            }
            known = value
        }
        return true
    }

    func begin(_ definition: Definition, arguments: SlotRange) {
        begin(definition.variables, file: definition.file)
        place.position = definition.position
        for (index, parameter) in (definition.parameters ?? []).enumerated() {
            if case .variable(let variable) = parameter, slotIsFree(variable, in: definition, index)
            {
                assign(variable, Slot(Int(arguments.first.index) + index))
                bound.insert(variable)
            }
        }
    }

    /// Whether a parameter that is a variable is the first of that name.
    private func slotIsFree(_ variable: Variable, in definition: Definition, _ index: Int) -> Bool {
        !(definition.parameters ?? []).prefix(index).contains {
            $0.variables.contains(variable)
        }
    }

    /// Holds the parameters against the arguments; one that must be computed is a line of the body.
    private func match(_ parameters: [Expression]?, _ arguments: SlotRange) -> [Goal] {
        var computed: [Goal] = []
        for (index, parameter) in (parameters ?? []).enumerated() {
            let slot = Slot(Int(arguments.first.index) + index)
            if case .variable(let variable) = parameter, self.slot(of: variable) == slot {
                bound.insert(variable)
            } else if parameter.isPattern {
                match(parameter, .slot(slot))
            } else {
                let argument = variables.add("_", at: place.position, generated: true)
                assign(argument, slot)
                bound.insert(argument)
                let line = SourceRange(start: place.position, end: place.position)
                computed.append(
                    Goal(
                        kind: .unify(parameter, .variable(argument)),
                        isNegated: false,
                        modifiers: [],
                        range: line
                    )
                )
            }
        }
        return computed
    }

    // MARK: Sets and objects

    private func assembleCollection(_ definitions: [Definition], _ kind: CollectionKind) {
        let collector = newCollector()
        emit(.collect(collector))
        eachCandidate(definitions, arguments: newSlots(0)) { definition in
            begin(definition, arguments: newSlots(0))
            let next = newLabel()
            attempt(otherwise: next) {
                body(definition.branches[0].goals)
                switch definition.contribution {
                case .member(let member):
                    emit(.append(collector, operand(member)))
                case .value:
                    let key = operand(definition.dynamicSteps[0])
                    let value = operand(definition.branches[0].value)
                    emit(.insert(collector, key: key, value))
                }
                noteFired(definition)
                emit(.fail)
            }
            land(next)
        }
        finish(collector, kind)
    }

    func finish(_ collector: Collector, _ kind: CollectionKind) {
        let result = newSlot()
        emit(.finish(collector, kind, into: result))
        emit(.giveBack(.slot(result)))
    }

    // MARK: Documents of rules with variables in their heads

    /// A document to which rules contribute at places known only then, and all rules under it.
    private func assembleDeep(_ node: RuleTree.NodeID, _ definitions: [Definition]) {
        let collector = newCollector()
        emit(.collect(collector))
        let depth = assembler.tree[node].path.count
        contribute(definitions, under: [], to: collector)
        for inner in assembler.tree.descendants(of: node) {
            let rules = source.definitions[inner] ?? []
            guard !rules.isEmpty, !assembler.tree.isFunction(inner) else { continue }
            let path = Array(assembler.tree[inner].path.dropFirst(depth))
            if rules.contains(where: { !$0.dynamicSteps.isEmpty }) {
                contribute(rules, under: path, to: collector)
                continue
            }
            let next = newLabel()
            attempt(otherwise: next) {
                let value = newSlot()
                emit(.rule(assembler.procedure(ofRule: inner), into: value))
                let kind: DeepKind = source.shape(of: inner) == .set ? .members : .value
                let steps = pathRange(path, [])
                emit(.insertDeep(collector, path: steps, .slot(value), kind))
                emit(.fail)
            }
            land(next)
        }
        finish(collector, .deep)
    }

    private func contribute(
        _ definitions: [Definition],
        under path: [Text],
        to collector: Collector
    ) {
        for definition in definitions {
            begin(definition, arguments: newSlots(0))
            let next = newLabel()
            attempt(otherwise: next) {
                body(definition.branches[0].goals)
                let steps = pathRange(path, definition.dynamicSteps)
                switch definition.contribution {
                case .member(let member):
                    emit(.insertDeep(collector, path: steps, operand(member), .member))
                case .value:
                    let value = operand(definition.branches[0].value)
                    emit(.insertDeep(collector, path: steps, value, .value))
                }
                noteFired(definition)
                emit(.fail)
            }
            land(next)
        }
    }

    /// Puts the steps of a place into consecutive slots.
    private func pathRange(_ path: [Text], _ steps: [Expression]) -> SlotRange {
        let range = newSlots(path.count + steps.count)
        let all = path.map { Expression.constant(.string($0)) } + steps
        for (index, step) in all.enumerated() {
            evaluate(step, into: Slot(Int(range.first.index) + index))
        }
        return range
    }
}
