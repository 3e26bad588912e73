/// The meaning of terms.
extension Resolver {
    mutating func resolve(_ term: Term) -> Expression {
        switch term.kind {
        case .scalar(let scalar): return .constant(constant(scalar, at: term.position))
        case .variable(let name): return named(name, steps: [], at: term.position)
        case .wildcard: return .variable(scopes.fresh(at: term.position))
        case .reference(let reference): return resolve(reference)
        case .array(let terms): return folded(.array(terms.map { resolve($0) }))
        case .set(let terms): return folded(.set(terms.map { resolve($0) }))
        case .object(let entries):
            return folded(
                .object(
                    entries.map { ResolvedEntry(key: resolve($0.key), value: resolve($0.value)) }
                )
            )
        case .arrayComprehension(let head, let body):
            return comprehension(.array, key: nil, value: head, body: body, at: term.position)
        case .setComprehension(let head, let body):
            return comprehension(.set, key: nil, value: head, body: body, at: term.position)
        case .objectComprehension(let key, let value, let body):
            return comprehension(.object, key: key, value: value, body: body, at: term.position)
        case .call(let function, let arguments):
            return call(function, arguments: arguments, at: term.position)
        case .infix(let sign, let left, let right):
            let call = Call(
                function: .builtin(sign.builtin),
                arguments: [resolve(left), resolve(right)],
                position: term.position
            )
            return .call(call)
        case .membership(let key, let value, let collection):
            return .membership(
                key: key.map { resolve($0) },
                value: resolve(value),
                collection: resolve(collection)
            )
        case .template(let parts):
            return .template(parts.compactMap { segment($0) })
        }
    }

    private mutating func comprehension(
        _ kind: Comprehension.Kind,
        key: Term?,
        value: Term,
        body: Body,
        at position: SourcePosition
    ) -> Expression {
        scopes.push(pending: LocalScopes.declarations(of: body.literals))
        defer { scopes.pop() }
        let goals = resolve(body.literals)
        return .comprehension(
            Comprehension(
                kind: kind,
                key: key.map { resolve($0) },
                value: resolve(value),
                body: goals,
                position: position
            )
        )
    }

    private mutating func segment(_ part: TemplatePart) -> TemplateSegment? {
        switch part {
        case .text(let text): return .text(.text(text))
        case .value(let literal):
            guard case .expression(let term) = literal.kind else { return nil }
            return .value(
                resolve(term),
                modifiers: literal.modifiers.compactMap { resolve($0) }
            )
        }
    }

    private mutating func constant(_ scalar: Scalar, at position: SourcePosition) -> Value {
        switch scalar {
        case .null: return .null
        case .boolean(let value): return .bool(value)
        case .string(let text): return .text(text)
        case .number(let text):
            guard let number = RegoNumber(text: text) else {
                refuse(.badNumber, at: position, "\(text) is no number that a policy may have.")
                return .null
            }
            return .number(number)
        }
    }

    /// A composite of constants is a constant.
    private func folded(_ expression: Expression) -> Expression {
        switch expression {
        case .array(let elements):
            guard let values = constants(elements) else { return expression }
            return .constant(.array(ArrayValue(values)))
        case .set(let elements):
            guard let values = constants(elements) else { return expression }
            return .constant(.set(SetValue(values)))
        case .object(let entries):
            guard let keys = constants(entries.map(\.key)),
                let values = constants(entries.map(\.value))
            else { return expression }
            var repeated: Value?
            let object = ObjectValue(
                zip(keys, values).map { .init(key: $0, value: $1) },
                repeated: &repeated
            )
            // Two values for one key are left to the evaluation, which tells of the conflict.
            return repeated == nil ? .constant(.object(object)) : expression
        default: return expression
        }
    }

    private func constants(_ expressions: [Expression]) -> [Value]? {
        var values: [Value] = []
        for expression in expressions {
            guard case .constant(let value) = expression else { return nil }
            values.append(value)
        }
        return values
    }

    // MARK: References

    private mutating func resolve(_ reference: Reference) -> Expression {
        let steps = reference.steps.map { resolve($0) }
        if case .variable(let name) = reference.head.kind {
            return named(name, steps: steps, at: reference.range.start)
        }
        let head = resolve(reference.head)
        return .reference(extend(head, by: steps, at: reference.range.start))
    }

    /// A reference that goes on from what an expression gives.
    func extend(
        _ head: Expression,
        by steps: [Expression],
        at position: SourcePosition
    ) -> ResolvedReference {
        switch head {
        case .reference(let known):
            return ResolvedReference(
                root: known.root,
                steps: known.steps + steps,
                position: known.position
            )
        case .variable(let variable):
            return ResolvedReference(root: .variable(variable), steps: steps, position: position)
        default:
            return ResolvedReference(root: .value(head), steps: steps, position: position)
        }
    }

    private mutating func named(
        _ name: String,
        steps: [Expression],
        at position: SourcePosition
    ) -> Expression {
        let local = scopes.look(up: name)
        if let variable = local.variable {
            return from(variable, steps: steps, at: position)
        }
        if !local.isHidden, let meaning = names[name] {
            switch meaning {
            case .data(let path): return rooted(.data, path, steps, at: position)
            case .input(let path): return rooted(.input, path, steps, at: position)
            }
        }
        switch name {
        case "input": return rooted(.input, [], steps, at: position)
        case "data": return rooted(.data, [], steps, at: position)
        default:
            return from(scopes.undeclared(name, at: position), steps: steps, at: position)
        }
    }

    private func from(
        _ variable: Variable,
        steps: [Expression],
        at position: SourcePosition
    ) -> Expression {
        guard !steps.isEmpty else { return .variable(variable) }
        return .reference(
            ResolvedReference(root: .variable(variable), steps: steps, position: position)
        )
    }

    private func rooted(
        _ root: ResolvedReference.Root,
        _ path: [Text],
        _ steps: [Expression],
        at position: SourcePosition
    ) -> Expression {
        let whole = path.map { Expression.constant(.string($0)) } + steps
        return .reference(ResolvedReference(root: root, steps: whole, position: position))
    }

    // MARK: Calls

    private mutating func call(
        _ function: Reference,
        arguments: [Term],
        at position: SourcePosition
    ) -> Expression {
        let resolved = arguments.map { resolve($0) }
        if let value = metadataValue(function, argumentCount: arguments.count) {
            return .constant(value)
        }
        guard let called = self.function(function) else {
            return .constant(.null)
        }
        return .call(Call(function: called, arguments: resolved, position: position))
    }

    private func metadataValue(_ function: Reference, argumentCount: Int) -> Value? {
        guard argumentCount == 0, let names = function.names,
            names.count == 3, names[0] == "rego", names[1] == "metadata", let metadata
        else { return nil }
        switch names[2] {
        case "chain": return metadata.chain
        case "rule": return metadata.rule
        default: return nil
        }
    }

    /// The function that a name stands for; where there is none, an error is written down.
    mutating func function(_ reference: Reference) -> Call.Function? {
        guard let spelled = reference.names else {
            refuse(
                .unknownFunction,
                at: reference.range.start,
                "A function is called by its name; this is an expression."
            )
            return nil
        }
        let local = scopes.look(up: spelled[0])
        let rest = spelled.dropFirst().map { Text($0) }
        var path: [Text]?
        if local.variable == nil, !local.isHidden, case .data(let start)? = names[spelled[0]] {
            path = start + rest
        } else if local.variable == nil, spelled[0] == "data" {
            path = rest
        }
        let name = spelled.joined(separator: ".")
        if let path {
            if let node = tree.find(path), !tree[node].rules.isEmpty {
                return .rule(node)
            }
        } else if let builtin = BuiltinTable.standard[name] {
            if builtin.isDeprecated, names.version == .v1 {
                refuse(
                    .deprecatedBuiltin,
                    at: reference.range.start,
                    "\(name) is a built-in of Rego v0 only; this is v1."
                )
            }
            return .builtin(name)
        } else if let reason = BuiltinTable.reasonLeftOut(name) {
            refuse(
                .leftOutBuiltin,
                at: reference.range.start,
                "\(name) is left out on purpose: \(reason)."
            )
            return nil
        }
        refuse(
            .unknownFunction,
            at: reference.range.start,
            "undefined function \(name): no built-in and no function of the policy has that name."
        )
        return nil
    }

    // MARK: Replacements

    mutating func resolve(_ modifier: WithModifier) -> Modifier? {
        guard let target = target(modifier.target) else { return nil }
        targets.insert(target)
        let replacement: Modifier.Replacement
        if case .function = target, let function = functionValue(modifier.value) {
            replacement = .function(function)
        } else {
            replacement = .value(resolve(modifier.value))
        }
        return Modifier(
            target: target,
            replacement: replacement,
            position: modifier.range.start
        )
    }

    private mutating func target(_ reference: Reference) -> Modifier.Target? {
        guard let spelled = reference.names else {
            refuse(
                .badWith,
                at: reference.range.start,
                "`with` replaces a constant path of input or data, or a function by its name."
            )
            return nil
        }
        let rest = spelled.dropFirst().map { Text($0) }
        if spelled[0] == "input" { return .input(rest) }
        var path: [Text]?
        if spelled[0] == "data" { path = rest }
        switch names[spelled[0]] {
        case .data(let start)?: path = start + rest
        case .input(let start)?: return .input(start + rest)
        case nil: break
        }
        guard let path else {
            return function(reference).map { .function($0) }
        }
        if let node = tree.find(path), tree.isFunction(node) { return .function(.rule(node)) }
        return .data(path)
    }

    /// The function that the value of a `with` names; `nil` where it is an ordinary term.
    private mutating func functionValue(_ term: Term) -> Call.Function? {
        let spelled: [String]
        switch term.kind {
        case .variable(let name): spelled = [name]
        case .reference(let reference):
            guard let names = reference.names else { return nil }
            spelled = names
        default: return nil
        }
        let local = scopes.look(up: spelled[0])
        guard local.variable == nil, !local.isHidden else { return nil }
        let rest = spelled.dropFirst().map { Text($0) }
        var path: [Text]?
        if spelled[0] == "data" { path = rest }
        if case .data(let start)? = names[spelled[0]] { path = start + rest }
        if let path {
            guard let node = tree.find(path), tree.isFunction(node) else { return nil }
            return .rule(node)
        }
        let name = spelled.joined(separator: ".")
        return BuiltinTable.standard[name] != nil ? .builtin(name) : nil
    }
}
