/// The code of terms and of patterns.
extension ProcedureAssembler {
    /// Whether all variables of a term are bound.
    func isGround(_ term: Expression) -> Bool {
        term.variables.isSubset(of: bound)
    }

    /// What an instruction reads to have a term's value.
    func operand(_ term: Expression) -> Source {
        switch term {
        case .constant(let value): return assembler.constant(value)
        case .variable(let variable) where bound.contains(variable):
            return .slot(slot(of: variable))
        default:
            let slot = newSlot()
            evaluate(term, into: slot)
            return .slot(slot)
        }
    }

    func evaluate(_ term: Expression, into: Slot) {
        switch term {
        case .constant(let value):
            emit(.move(assembler.constant(value), into: into))
        case .variable(let variable):
            guard bound.contains(variable) else {
                refuseUnsafe(variable, at: variables[variable].position)
                return
            }
            emit(.move(.slot(slot(of: variable)), into: into))
        case .reference(let reference):
            let before = place
            place.position = reference.position
            evaluate(reference, into: into)
            place = before
        case .array(let terms): emit(.array(evaluate(terms), into: into))
        case .set(let terms): emit(.set(evaluate(terms), into: into))
        case .object(let entries):
            emit(.object(evaluate(entries.flatMap { [$0.key, $0.value] }), into: into))
        case .comprehension(let comprehension): evaluate(comprehension, into: into)
        case .call(let call): evaluate(call, into: into)
        case .membership(let key, let value, let collection):
            let keyOperand = key.map { operand($0) }
            let (member, members) = (operand(value), operand(collection))
            if let keyOperand {
                emit(.memberAt(key: keyOperand, member, of: members, into: into))
            } else {
                emit(.member(member, of: members, into: into))
            }
        case .template(let segments): evaluate(segments, into: into)
        }
    }

    /// Evaluates terms into consecutive slots.
    func evaluate(_ terms: [Expression]) -> SlotRange {
        let range = newSlots(terms.count)
        for (index, term) in terms.enumerated() {
            evaluate(term, into: Slot(Int(range.first.index) + index))
        }
        return range
    }

    private func evaluate(_ comprehension: Comprehension, into: Slot) {
        let collector = newCollector()
        let done = newLabel()
        emit(.collect(collector))
        attempt(otherwise: done) {
            body(comprehension.body)
            let key = comprehension.key.map { operand($0) }
            let value = operand(comprehension.value)
            if let key {
                emit(.insert(collector, key: key, value))
            } else {
                emit(.append(collector, value))
            }
            emit(.fail)
        }
        land(done)
        let kind: CollectionKind =
            switch comprehension.kind {
            case .array: .array
            case .set: .set
            case .object: .object
            }
        place.position = comprehension.position
        emit(.finish(collector, kind, into: into))
    }

    private func evaluate(_ segments: [TemplateSegment], into: Slot) {
        let range = newSlots(segments.count)
        for (index, segment) in segments.enumerated() {
            let slot = Slot(Int(range.first.index) + index)
            switch segment {
            case .text(let text): emit(.move(assembler.constant(text), into: slot))
            case .value(let term, let modifiers):
                values(of: term, modifiers, into: slot)
            }
        }
        emit(.template(range, into: into))
    }

    /// The set of the values that a term has: empty where it is undefined.
    func values(of term: Expression, _ modifiers: [Modifier], into: Slot) {
        let collector = newCollector()
        let done = newLabel()
        emit(.collect(collector))
        attempt(otherwise: done) {
            replacing(modifiers) {
                let value = operand(term)
                emit(.append(collector, value))
            }
            emit(.fail)
        }
        land(done)
        emit(.finish(collector, .set, into: into))
    }

    // MARK: Calls

    func evaluate(_ call: Call, into: Slot) {
        guard checkArity(call, outputs: 0) else { return }
        self.call(call.function, evaluate(call.arguments), into: into, at: call.position)
    }

    func checkArity(_ call: Call, outputs: Int) -> Bool {
        let arity = source.arity(call.function)
        if case .rule(let node) = call.function, !assembler.tree.isFunction(node) {
            // A rule without parameters may be called like a function that takes none.
            guard call.arguments.count <= outputs else {
                refuse(
                    .badReference,
                    at: call.position,
                    "\(assembler.tree[node].name) is a rule and takes no arguments."
                )
                return false
            }
            return true
        }
        if (arity...arity + outputs).contains(call.arguments.count) {
            assembler.addPatterns(of: call)
            return true
        }
        refuse(
            .arity,
            at: call.position,
            "function \(name(of: call.function)) has arity \(arity), "
                + "got \(call.arguments.count) argument\(call.arguments.count == 1 ? "" : "s")."
        )
        return false
    }

    func name(of function: Call.Function) -> String {
        switch function {
        case .builtin(let name): name
        case .rule(let node): assembler.tree[node].name
        }
    }

    /// Calls a function with arguments in consecutive slots, or what stands in its place.
    func call(
        _ function: Call.Function,
        _ arguments: SlotRange,
        into: Slot,
        at position: SourcePosition
    ) {
        let before = place
        place.position = position
        defer { place = before }
        guard let target = assembler.target(.function(function)) else {
            callDirectly(function, arguments, into: into)
            return
        }
        let (isReplaced, end) = (newLabel(), newLabel())
        emit(.replaced(target: target, isReplaced))
        callDirectly(function, arguments, into: into)
        emit(.jump(end))
        land(isReplaced)
        emit(.mocked(target: target, arguments, into: into))
        land(end)
    }

    private func callDirectly(_ function: Call.Function, _ arguments: SlotRange, into: Slot) {
        switch function {
        case .rule(let node):
            let procedure = assembler.procedure(ofRule: node)
            if assembler.tree.isFunction(node) {
                emit(.function(procedure, arguments, into: into))
            } else {
                emit(.rule(procedure, into: into))
            }
        case .builtin(let name):
            if let comparison = Comparison(builtin: name), arguments.count == 2 {
                let second = Slot(Int(arguments.first.index) + 1)
                emit(.compare(comparison, .slot(arguments.first), .slot(second), into: into))
                return
            }
            let number = assembler.builtin(name)
            if assembler.program.builtins[Int(number)].isRelation {
                emit(.relation(number, arguments, into: into))
            } else {
                emit(.builtin(number, arguments, into: into))
            }
        }
    }
}

extension Comparison {
    /// The comparison that a built-in makes.
    init?(builtin name: String) {
        switch name {
        case "equal": self = .equal
        case "neq": self = .notEqual
        case "lt": self = .less
        case "lte": self = .lessOrEqual
        case "gt": self = .greater
        case "gte": self = .greaterOrEqual
        default: return nil
        }
    }
}
