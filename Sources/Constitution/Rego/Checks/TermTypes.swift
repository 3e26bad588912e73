/// The types of terms, and the checks that they bring along.
extension TypeCheck {
    mutating func infer(_ term: Expression) -> TypeSchema {
        switch term {
        case .constant(let value): return TypeSchema(of: value)
        case .variable(let variable): return known[variable] ?? .any
        case .reference(let reference): return infer(reference)
        case .array(let terms): return .array(of: .union(terms.map { infer($0) }))
        case .set(let terms): return .set(of: .union(terms.map { infer($0) }))
        case .object(let entries):
            for entry in entries {
                _ = infer(entry.key)
                _ = infer(entry.value)
            }
            return .anyObject
        case .comprehension(let comprehension): return infer(comprehension)
        case .call(let call): return infer(call)
        case .membership(let key, let value, let collection):
            if let key { _ = infer(key) }
            _ = infer(value)
            _ = infer(collection)
            return .boolean
        case .template(let segments):
            for case .value(let term, let modifiers) in segments {
                for modifier in modifiers { check(modifier) }
                _ = infer(term)
            }
            return .string
        }
    }

    private mutating func infer(_ comprehension: Comprehension) -> TypeSchema {
        check(comprehension.body)
        let value = infer(comprehension.value)
        switch comprehension.kind {
        case .array: return .array(of: value)
        case .set: return .set(of: value)
        case .object:
            return .object(key: comprehension.key.map { infer($0) } ?? .any, value: value)
        }
    }

    // MARK: References

    private mutating func infer(_ reference: ResolvedReference) -> TypeSchema {
        var type: TypeSchema
        var steps = reference.steps[...]
        switch reference.root {
        case .input: type = .any
        case .variable(let variable): type = known[variable] ?? .any
        case .value(let value): type = infer(value)
        case .data: (type, steps) = document(at: steps)
        }
        for step in steps {
            let key = infer(step)
            if case .variable(let variable) = step, known[variable] == nil {
                known[variable] = type.keys
            }
            guard let next = type.selected(by: key, named: name(of: step)) else {
                refuse(
                    at: reference.position,
                    "There is never anything to look up here by \(key.noun): it is \(type.noun)."
                )
                return .any
            }
            type = next
        }
        return type
    }

    /// The type of the rule that a reference into data reaches, and the steps behind it.
    private mutating func document(
        at steps: ArraySlice<Expression>
    ) -> (TypeSchema, ArraySlice<Expression>) {
        var node = RuleTree.root
        var rest = steps
        var path: [Text] = []
        while let step = rest.first, case .constant(.string(let name)) = step,
            let child = source.tree[node].children[name]
        {
            node = child
            path.append(name)
            rest = rest.dropFirst()
            guard source.tree[node].rules.isEmpty else {
                let isKnown = !source.tree.isFunction(node) && !isReplaced(path)
                return (isKnown ? type(of: node) : .any, rest)
            }
        }
        for step in steps { _ = infer(step) }
        return (.any, [])
    }

    /// Whether some `with` of the policy may put another document here.
    private func isReplaced(_ path: [Text]) -> Bool {
        source.targets.contains { target in
            guard case .data(let other) = target else { return false }
            return zip(path, other).allSatisfy { $0 == $1 }
        }
    }

    // MARK: Calls

    private mutating func infer(_ call: Call) -> TypeSchema {
        switch call.function {
        case .rule(let node):
            for argument in call.arguments { _ = infer(argument) }
            return source.targets.contains(.function(call.function)) ? .any : type(of: node)
        case .builtin(let name):
            guard let builtin = BuiltinTable.standard[name] else { return .any }
            for (place, argument) in call.arguments.enumerated() {
                guard place < builtin.arguments.count else {
                    _ = bind(argument, to: builtin.isRelation ? .any : builtin.result)
                    continue
                }
                check(argument, number: place, of: builtin, at: call.position)
            }
            let isFree = builtin.isRelation || source.targets.contains(.function(call.function))
            return isFree ? .any : builtin.result
        }
    }

    private mutating func check(
        _ argument: Expression,
        number place: Int,
        of builtin: Builtin,
        at position: SourcePosition
    ) {
        let found = infer(argument)
        let wanted = builtin.arguments[place]
        guard wanted.overlaps(found) else {
            let whose = TypeCheck.argument(place, of: builtin)
            refuse(at: position, "\(whose) is \(found.noun), and must be \(wanted.noun).")
            return
        }
        guard let strange = strangeElement(of: argument, wanted: wanted) else { return }
        let whose = TypeCheck.argument(place, of: builtin)
        refuse(at: position, "\(whose) holds \(strange.noun), and must be \(wanted).")
    }

    /// The type of an element that no collection of the wanted type has.
    private mutating func strangeElement(
        of argument: Expression,
        wanted: TypeSchema
    ) -> TypeSchema? {
        var elements: [TypeSchema] = []
        switch argument {
        case .array(let terms): elements = terms.map { infer($0) }
        case .constant(.array(let array)): elements = array.elements.map { TypeSchema(of: $0) }
        default: return nil
        }
        let allowed = wanted.alternatives.compactMap { type -> TypeSchema? in
            switch type {
            case .any: .any
            case .array(let element): element
            default: nil
            }
        }
        return elements.first { !TypeSchema.union(allowed).overlaps($0) }
    }

    /// An argument as a sentence names it.
    private static func argument(_ place: Int, of builtin: Builtin) -> String {
        if let infix = InfixOperator.allCases.first(where: { $0.builtin == builtin.name }) {
            return "The \(place == 0 ? "left" : "right") side of '\(infix.rawValue)'"
        }
        return "Argument \(place + 1) of \(builtin.name)"
    }
}
