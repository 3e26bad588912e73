/// The code of equations: which side gives, which side takes.
extension ProcedureAssembler {
    /// Makes both sides equal; their references and calls were prepared.
    func unify(_ left: Expression, _ right: Expression, at position: SourcePosition) {
        var open = [(left, right)]
        while !open.isEmpty {
            // The first pair of which one side has a value; its taking may help the others.
            guard let ready = open.firstIndex(where: { isReady($0.0, $0.1) }) else {
                let missing = open.flatMap { [$0.0, $0.1] }
                    .flatMap { $0.variables.subtracting(bound) }
                for variable in Set(missing) { refuseUnsafe(variable, at: position) }
                return
            }
            let (one, other) = open.remove(at: ready)
            if hasValue(one), hasValue(other) {
                testEqual(one, other)
            } else if hasValue(other) {
                assign(one, from: other)
            } else if hasValue(one) {
                assign(other, from: one)
            } else {
                open.insert(contentsOf: pairs(one, other), at: ready)
            }
        }
    }

    private func testEqual(_ one: Expression, _ other: Expression) {
        if isMember(other) {
            let first = operand(one)
            compareMember(.equal, of: other, with: first)
        } else if isMember(one), isGround(other) {
            let second = operand(other)
            compareMember(.equal, of: one, with: second)
        } else {
            let first = operand(one)
            emit(.test(.equal, first, operand(other)))
        }
    }

    /// Whether a term is a member of what a variable holds, at a key that is known.
    func isMember(_ term: Expression) -> Bool {
        guard case .reference(let reference) = term, case .variable = reference.root else {
            return false
        }
        return isGround(term)
    }

    /// Compares a member without taking it into a slot first.
    func compareMember(_ comparison: Comparison, of term: Expression, with other: Source) {
        guard case .reference(let reference) = term, case .variable(let variable) = reference.root,
            let last = reference.steps.last
        else { return }
        var from = Source.slot(slot(of: variable))
        if reference.steps.count > 1 {
            let inner = newSlot()
            walk(from, reference.steps.dropLast(), into: inner)
            from = .slot(inner)
        }
        emit(.testMember(comparison, from, key: operand(last), other))
    }

    /// Whether a term can be evaluated: what is unbound in a reference is bound by going through.
    private func hasValue(_ term: Expression) -> Bool {
        guard case .reference(let reference) = term else { return isGround(term) }
        switch reference.root {
        case .data, .input: return true
        case .variable(let variable): return bound.contains(variable)
        case .value(let value): return isGround(value)
        }
    }

    private func isReady(_ one: Expression, _ other: Expression) -> Bool {
        if hasValue(one) || hasValue(other) { return true }
        switch (one, other) {
        case (.array, .array), (.object, .object): return true
        case (.array, .object), (.object, .array): return true
        default: return false
        }
    }

    /// The parts of two patterns; a pair that can never be equal fails.
    private func pairs(
        _ one: Expression,
        _ other: Expression
    ) -> [(Expression, Expression)] {
        switch (one, other) {
        case (.array(let ones), .array(let others)) where ones.count == others.count:
            return Array(zip(ones, others))
        case (.object(let ones), .object(let others)) where ones.count == others.count:
            var found: [(Expression, Expression)] = []
            for entry in ones {
                guard let twin = others.first(where: { $0.key.isSameKey(as: entry.key) })
                else { break }
                found.append((entry.value, twin.value))
            }
            if found.count == ones.count { return found }
        default: break
        }
        emit(.fail)
        // Nothing behind is reached, but the variables must count as bound for what follows.
        bound.formUnion(one.variables)
        bound.formUnion(other.variables)
        return []
    }

    private func assign(_ pattern: Expression, from term: Expression) {
        if case .variable(let variable) = pattern, !term.variables.contains(variable) {
            let slot = slot(of: variable)
            evaluate(term, into: slot)
            bind(variable)
        } else {
            match(pattern, operand(term))
        }
    }

    /// Holds a pattern against a value.
    func match(_ pattern: Expression, _ value: Source) {
        switch pattern {
        case .variable(let variable) where !bound.contains(variable):
            if !variables[variable].isGenerated {
                emit(.move(value, into: slot(of: variable)))
            }
            bind(variable)
        case .array(let elements) where !isGround(pattern):
            emit(.isArray(value, count: Int32(elements.count)))
            let array = newSlot()
            emit(.move(value, into: array))
            for (index, element) in elements.enumerated() {
                let slot = newSlot()
                emit(.element(array, index: Int32(index), into: slot))
                match(element, .slot(slot))
            }
        case .object(let entries) where !isGround(pattern):
            emit(.isObject(value, count: Int32(entries.count)))
            for entry in entries {
                let slot = newSlot()
                emit(.step(value, key: operand(entry.key), into: slot))
                match(entry.value, .slot(slot))
            }
        case .reference(let reference):
            let slot = newSlot()
            evaluate(reference, into: slot)
            emit(.test(.equal, .slot(slot), value))
        default:
            emit(.test(.equal, operand(pattern), value))
        }
    }

    // MARK: Preparation

    /// A term in which everything that must be evaluated is a variable with its value.
    ///
    /// OPA moves references, calls and comprehensions out of terms and in front of a `not`; so an
    /// undefined argument makes the whole line undefined, and never the negation true. With
    /// `keepsTop` the term itself stays where it is when it is a reference or comprehension.
    func prepared(_ term: Expression, keepsTop: Bool) -> Expression {
        switch term {
        case .constant, .variable: return term
        case .array(let terms):
            return .array(terms.map { prepared($0, keepsTop: false) })
        case .set(let terms):
            return .set(terms.map { prepared($0, keepsTop: false) })
        case .object(let entries):
            return .object(
                entries.map {
                    ResolvedEntry(
                        key: prepared($0.key, keepsTop: false),
                        value: prepared($0.value, keepsTop: false)
                    )
                }
            )
        case .reference(let reference):
            let kept = Expression.reference(prepared(reference))
            return keepsTop ? kept : evaluated(kept)
        case .comprehension:
            return keepsTop ? term : evaluated(term)
        case .call, .membership, .template:
            return evaluated(term)
        }
    }

    private func prepared(_ reference: ResolvedReference) -> ResolvedReference {
        var root = reference.root
        if case .value(let value) = root {
            switch prepared(value, keepsTop: false) {
            case .variable(let variable): root = .variable(variable)
            case let other: root = .value(other)
            }
        }
        return ResolvedReference(
            root: root,
            steps: reference.steps.map { prepared($0, keepsTop: false) },
            position: reference.position
        )
    }

    /// Evaluates a term into a variable of its own.
    private func evaluated(_ term: Expression) -> Expression {
        let variable = variables.add("_", at: place.position, generated: true)
        evaluate(term, into: slot(of: variable))
        bind(variable)
        return .variable(variable)
    }
}
