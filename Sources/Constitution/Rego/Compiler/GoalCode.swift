/// The code of bodies.
extension ProcedureAssembler {
    /// Puts the lines of a body into a safe order and makes their code.
    func body(_ goals: [Goal]) {
        let order = SafetyOrder(arity: source.arity)
        let (ordered, unsafe) = order.ordered(goals, bound: bound)
        guard unsafe.isEmpty else {
            for item in unsafe {
                for variable in item.variables {
                    refuseUnsafe(variable, at: position(of: variable, in: item.goal))
                }
            }
            // What hangs on these variables is not told again.
            for id in variables.entries.indices { bound.insert(Variable(id: id)) }
            return
        }
        for goal in ordered { self.goal(goal) }
    }

    private func position(of variable: Variable, in goal: Goal) -> SourcePosition {
        let entry = variables[variable]
        return entry.position < goal.position ? goal.position : entry.position
    }

    private func goal(_ goal: Goal) {
        place.position = goal.position
        note(.reached, goal.range)
        replacing(goal.modifiers) {
            switch goal.kind {
            case .test(let term): test(term, goal)
            case .unify(let left, let right):
                equate(left, right, goal)
            case .every(let key, let value, let domain, let body):
                every(key, value, domain, body, goal)
            case .print(let terms):
                let range = newSlots(terms.count)
                for (index, term) in terms.enumerated() {
                    values(of: term, [], into: Slot(Int(range.first.index) + index))
                }
                emit(.print(range))
            case .trace(let term):
                let range = newSlots(1)
                emit(.set(evaluate([term]), into: range.first))
                emit(.print(range))
            }
        }
        note(.held, goal.range)
    }

    // MARK: Tests

    private func test(_ term: Expression, _ goal: Goal) {
        switch term {
        case .call(let call): test(call, goal)
        case .reference:
            let kept = prepared(term, keepsTop: true)
            negatable(goal) { emit(.isTrue(operand(kept))) }
        case .membership:
            let value = prepared(term, keepsTop: false)
            negatable(goal) { emit(.isTrue(operand(value))) }
        default:
            let value = prepared(term, keepsTop: false)
            let tested = operand(value)
            negatable(goal) { emit(.isTrue(tested)) }
        }
    }

    private func test(_ call: Call, _ goal: Goal) {
        if case .builtin("equal") = call.function, call.arguments.count == 2,
            assembler.target(.function(call.function)) == nil
        {
            equate(call.arguments[0], call.arguments[1], goal)
            return
        }
        guard checkArity(call, outputs: 1) else {
            for term in call.arguments { bound.formUnion(term.variables) }
            return
        }
        let arity = source.arity(call.function)
        if case .builtin(let name) = call.function, let comparison = Comparison(builtin: name),
            call.arguments.count == 2, assembler.target(.function(call.function)) == nil
        {
            if !goal.isNegated, isMember(call.arguments[0]), isGround(call.arguments[1]) {
                let other = operand(call.arguments[1])
                compareMember(comparison, of: call.arguments[0], with: other)
                return
            }
            let (left, right) = (operand(call.arguments[0]), operand(call.arguments[1]))
            negatable(goal) { emit(.test(comparison, left, right)) }
            return
        }
        let arguments = evaluate(Array(call.arguments.prefix(arity)))
        let output = call.arguments.dropFirst(arity).first.map { prepared($0, keepsTop: false) }
        negatable(goal) {
            let result = newSlot()
            self.call(call.function, arguments, into: result, at: call.position)
            if let output {
                match(output, .slot(result))
            } else {
                emit(.isTrue(.slot(result)))
            }
        }
    }

    private func equate(_ left: Expression, _ right: Expression, _ goal: Goal) {
        // A call on one side gives its value to a variable on the other without a detour.
        if !goal.isNegated, case .variable(let variable) = left, !bound.contains(variable),
            isGround(right), case .call = right
        {
            evaluate(right, into: slot(of: variable))
            bind(variable)
            return
        }
        let one = prepared(left, keepsTop: true)
        let other = prepared(right, keepsTop: true)
        negatable(goal) { unify(one, other, at: goal.position) }
    }

    // MARK: Negation

    /// Makes code that must hold, or must not.
    private func negatable(_ goal: Goal, _ inside: () -> Void) {
        guard goal.isNegated else {
            inside()
            return
        }
        let holds = newLabel()
        refute(otherwise: holds, inside)
        land(holds)
    }

    /// Fails where the code inside succeeds, and goes on at the label where it fails.
    private func refute(otherwise label: Label, _ inside: () -> Void) {
        let before = bound
        let mark = newMark()
        emit(.begin(mark, otherwise: label))
        inside()
        emit(.cut(mark))
        emit(.fail)
        bound = before
    }

    /// `every`: there is no member for which the body does not hold.
    private func every(
        _ key: Variable?,
        _ value: Variable,
        _ domain: Expression,
        _ body: [Goal],
        _ goal: Goal
    ) {
        let members = operand(prepared(domain, keepsTop: false))
        negatable(goal) {
            emit(.isCollection(members))
            let holds = newLabel()
            refute(otherwise: holds) {
                emit(
                    .scan(members, key: key.map { slot(of: $0) } ?? .none, value: slot(of: value))
                )
                if let key { bind(key) }
                bind(value)
                let fails = newLabel()
                refute(otherwise: fails) { self.body(body) }
                land(fails)
            }
            land(holds)
        }
    }

    // MARK: Replacements

    /// Makes code that sees what a list of `with` puts in place.
    func replacing(_ modifiers: [Modifier], _ inside: () -> Void) {
        guard !modifiers.isEmpty else {
            inside()
            return
        }
        let values = newSlots(modifiers.count)
        var targets: [Program.ModifierList.Target] = []
        for (index, modifier) in modifiers.enumerated() {
            if case .value(let term) = modifier.replacement {
                evaluate(term, into: Slot(Int(values.first.index) + index))
            }
            if let target = target(of: modifier) { targets.append(target) }
        }
        guard targets.count == modifiers.count else { return }
        emit(.enter(modifiers: assembler.modifierList(targets), values))
        inside()
        emit(.leave)
    }

    private func target(of modifier: Modifier) -> Program.ModifierList.Target? {
        if case .input(let path) = modifier.target { return .input(path) }
        guard let number = assembler.target(modifier.target) else {
            preconditionFailure("Every target of the policy has a number.")
        }
        switch (modifier.target, modifier.replacement) {
        case (.data(let path), _):
            guard !isInsideRule(path) else {
                refuse(
                    .badWith,
                    at: modifier.position,
                    "`with` replaces a rule as a whole, or a package; not a part of a rule's value."
                )
                return nil
            }
            return .data(target: number, path)
        case (.function, .value): return .functionValue(target: number)
        case (.function, .function(.rule(let node))):
            return .functionProcedure(target: number, assembler.procedure(ofRule: node))
        case (.function, .function(.builtin(let name))):
            return .functionBuiltin(target: number, assembler.builtin(name))
        case (.input, _): return nil
        }
    }

    /// Whether a path leads into the value of a rule.
    private func isInsideRule(_ path: [Text]) -> Bool {
        for length in 0..<path.count {
            guard let node = assembler.tree.find(path.prefix(length)) else { return false }
            if !assembler.tree[node].rules.isEmpty { return true }
        }
        return false
    }

    // MARK: Observation

    func note(_ kind: Spot.Kind, _ range: SourceRange) {
        guard assembler.options.isObserved else { return }
        let name = assembler.program.names[Int(number)]
        emit(.note(assembler.spot(Spot(kind: kind, rule: name, file: file, range: range))))
    }

    func noteFired(_ definition: Definition) {
        note(.fired, definition.range)
    }
}
