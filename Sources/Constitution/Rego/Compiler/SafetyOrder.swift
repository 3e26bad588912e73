/// Puts the lines of a body into an order in which each variable is bound before it is needed.
///
/// The rules are OPA's: lines keep their order where they can; a line waits until every variable it
/// needs is bound by lines before it; what can never be ready has an unsafe variable. As the order is
/// fixed here, the evaluator knows of each variable at each place whether it is bound.
struct SafetyOrder {
    /// How many arguments a function takes; more than these are outputs.
    let arity: (Call.Function) -> Int

    /// A line that never becomes ready, and the variables it waits for.
    struct Unsafe {
        let goal: Goal
        let variables: [Variable]
    }

    /// The lines in a safe order, and those that have none.
    func ordered(
        _ goals: [Goal],
        bound: Set<Variable>
    ) -> (ordered: [Goal], unsafe: [Unsafe]) {
        var safe = bound
        var ofBody: Set<Variable> = []
        var waiting: [(goal: Goal, needs: Set<Variable>, inside: Set<Variable>)] = []
        for goal in goals {
            var needs: Set<Variable> = []
            goal.collectVariables(into: &needs, closures: false)
            ofBody.formUnion(needs)
            waiting.append((goal, needs.subtracting(bound), goal.closureVariables))
        }
        var ordered: [Goal] = []
        ordered.reserveCapacity(goals.count)
        var isMoving = true
        while isMoving && !waiting.isEmpty {
            isMoving = false
            var later: [(goal: Goal, needs: Set<Variable>, inside: Set<Variable>)] = []
            for candidate in waiting {
                let closed = candidate.inside.intersection(ofBody).subtracting(safe)
                let outputs = outputs(of: candidate.goal, safe: safe)
                let missing = candidate.needs.subtracting(safe).subtracting(outputs)
                guard closed.isEmpty, missing.isEmpty else {
                    later.append(candidate)
                    continue
                }
                safe.formUnion(outputs)
                ordered.append(candidate.goal)
                isMoving = true
            }
            waiting = later
        }
        let unsafe = waiting.map { candidate in
            let outputs = outputs(of: candidate.goal, safe: safe)
            var missing = candidate.needs.subtracting(safe).subtracting(outputs)
            missing.formUnion(candidate.inside.intersection(ofBody).subtracting(safe))
            return Unsafe(goal: candidate.goal, variables: missing.sorted { $0.id < $1.id })
        }
        return (ordered, unsafe)
    }

    // MARK: What a line binds

    /// The variables that a line binds when those of `safe` are bound already.
    func outputs(of goal: Goal, safe: Set<Variable>) -> Set<Variable> {
        guard !goal.isNegated else { return [] }
        var given: Set<Variable> = []
        for modifier in goal.modifiers { modifier.collectVariables(into: &given) }
        guard given.isSubset(of: safe) else { return [] }
        var outputs: Set<Variable> = []
        switch goal.kind {
        case .test(let term):
            collectReferenceOutputs(term, safe: safe, into: &outputs)
            guard case .call(let call) = term else { break }
            let arity = arity(call.function)
            guard call.arguments.count > arity else { break }
            var inputs: Set<Variable> = []
            for term in call.arguments.prefix(arity) { collectNeeds(term, into: &inputs) }
            guard inputs.isSubset(of: safe.union(outputs)) else { return [] }
            for term in call.arguments.dropFirst(arity) { collectPattern(term, into: &outputs) }
        case .unify(let left, let right):
            collectReferenceOutputs(left, safe: safe, into: &outputs)
            collectReferenceOutputs(right, safe: safe, into: &outputs)
            var unifier = SafetyUnifier(safe: safe.union(outputs))
            unifier.unify(left, right)
            outputs.formUnion(unifier.unified)
        case .every(_, _, let domain, _):
            collectReferenceOutputs(domain, safe: safe, into: &outputs)
        case .trace(let term): collectReferenceOutputs(term, safe: safe, into: &outputs)
        case .print: break
        }
        return outputs.subtracting(safe)
    }

    /// Adds the variables that references inside a term bind by going through what they refer to.
    private func collectReferenceOutputs(
        _ term: Expression,
        safe: Set<Variable>,
        into outputs: inout Set<Variable>
    ) {
        switch term {
        case .constant, .variable, .comprehension, .template: break
        case .reference(let reference):
            switch reference.root {
            case .data, .input: break
            case .variable(let variable): guard safe.contains(variable) else { return }
            case .value(let value):
                collectReferenceOutputs(value, safe: safe, into: &outputs)
                guard value.variables.isSubset(of: safe.union(outputs)) else { return }
            }
            for step in reference.steps {
                collectPattern(step, into: &outputs)
                collectReferenceOutputs(step, safe: safe, into: &outputs)
            }
        case .array(let terms), .set(let terms):
            for term in terms { collectReferenceOutputs(term, safe: safe, into: &outputs) }
        case .object(let entries):
            for entry in entries {
                collectReferenceOutputs(entry.key, safe: safe, into: &outputs)
                collectReferenceOutputs(entry.value, safe: safe, into: &outputs)
            }
        case .call(let call):
            for term in call.arguments {
                collectReferenceOutputs(term, safe: safe, into: &outputs)
            }
        case .membership(let key, let value, let collection):
            if let key { collectReferenceOutputs(key, safe: safe, into: &outputs) }
            collectReferenceOutputs(value, safe: safe, into: &outputs)
            collectReferenceOutputs(collection, safe: safe, into: &outputs)
        }
    }

    /// Adds the variables that a pattern binds when it is held against a value.
    private func collectPattern(_ term: Expression, into outputs: inout Set<Variable>) {
        switch term {
        case .variable(let variable): outputs.insert(variable)
        case .array(let terms): for term in terms { collectPattern(term, into: &outputs) }
        case .object(let entries):
            for entry in entries { collectPattern(entry.value, into: &outputs) }
        default: break
        }
    }

    /// Adds the variables that an argument needs; those that its references bind not counted.
    private func collectNeeds(_ term: Expression, into needs: inout Set<Variable>) {
        needs.formUnion(term.variables)
    }
}
