/// Refuses policies in which a term can never have the type that it must have.
///
/// `count(1) == 0` is never true and `not count(1) == 1` always is: a mistake that opens a door. What
/// is certain comes from literals, from results of built-ins and from rules that only give such;
/// everything else may be anything and is let pass, to be judged when it is evaluated. The rules are
/// OPA's: the first line that says what a variable is decides, and all others must agree.
struct TypeCheck {
    let source: ResolvedPolicy
    private(set) var errors: [PolicyError] = []

    /// The types of what rules give, as far as they were asked for.
    private var types: [RuleTree.NodeID: TypeSchema] = [:]
    /// How many rules are being asked for at once.
    ///
    /// A longer chain than the maximum is not followed.
    private var depth = 0
    private static let depthMax = 64

    // Of the rule at hand:
    private var file = ""
    private var known: [Variable: TypeSchema] = [:]
    /// Each body is read twice: the first time only to learn what its variables are.
    private var isLearning = false

    init(_ source: ResolvedPolicy) {
        self.source = source
    }

    /// Checks all rules.
    mutating func checkRules() {
        for node in source.tree.nodes.indices where !source.tree[node].rules.isEmpty {
            _ = type(of: node)
        }
    }

    /// Checks a query.
    mutating func check(query goals: [Goal], file: String) {
        self.file = file
        known = [:]
        learnAndCheck(goals)
    }

    // MARK: Rules

    /// The type of the document or the results of a rule's node.
    private mutating func type(of node: RuleTree.NodeID) -> TypeSchema {
        if let type = types[node] { return type }
        guard depth < TypeCheck.depthMax else { return .any }
        depth += 1
        let outer = (file, known, isLearning)
        var values: [TypeSchema] = []
        for definition in source.definitions[node] ?? [] {
            values.append(check(definition))
        }
        (file, known, isLearning) = outer
        depth -= 1
        let type = document(of: node, holding: .union(values))
        types[node] = type
        return type
    }

    private func document(
        of node: RuleTree.NodeID,
        holding values: TypeSchema
    ) -> TypeSchema {
        switch source.shape(of: node) {
        case .value, .function:
            // What stands under a rule of this name adds to its document.
            source.tree[node].children.isEmpty ? values : .any
        case .set: .set(of: values)
        case .object: .object(key: .any, value: values)
        case .deep: .any
        }
    }

    /// Checks one rule; gives the type of its values or members.
    private mutating func check(_ definition: Definition) -> TypeSchema {
        file = definition.file
        known = [:]
        var values: [TypeSchema] = []
        for (place, branch) in definition.branches.enumerated() {
            learnAndCheck(branch.goals)
            if place == 0 {
                for step in definition.dynamicSteps { _ = infer(step) }
                if case .member(let member) = definition.contribution {
                    values.append(infer(member))
                    continue
                }
            }
            values.append(infer(branch.value))
        }
        return .union(values)
    }

    // MARK: Bodies

    private mutating func learnAndCheck(_ goals: [Goal]) {
        isLearning = true
        check(goals)
        isLearning = false
        check(goals)
    }

    private mutating func check(_ goals: [Goal]) {
        for goal in goals {
            for modifier in goal.modifiers { check(modifier) }
            switch goal.kind {
            case .test(.call(let call)) where call.function == .builtin("equal"):
                guard call.arguments.count == 2 else { break }
                unify(call.arguments[0], call.arguments[1], at: goal.position)
            case .test(let term), .trace(let term): _ = infer(term)
            case .unify(let left, let right): unify(left, right, at: goal.position)
            case .every(let key, let value, let domain, let body):
                let type = infer(domain)
                if let key, known[key] == nil { known[key] = type.keys }
                if known[value] == nil { known[value] = type.elements }
                check(body)
            case .printing(let terms): for term in terms { _ = infer(term) }
            }
        }
    }

    private mutating func check(_ modifier: Modifier) {
        switch modifier.replacement {
        case .value(let term): _ = infer(term)
        case .function(let other):
            guard case .function(let function) = modifier.target else { return }
            let (wanted, found) = (source.arity(function), source.arity(other))
            guard wanted != found else { return }
            let number = "\(found) argument\(found == 1 ? "" : "s")"
            refuse(
                .arity,
                at: modifier.position,
                "\(name(of: other)) takes \(number), and \(name(of: function)) takes \(wanted):"
                    + " one cannot replace the other."
            )
        }
    }

    private func name(of function: Call.Function) -> String {
        switch function {
        case .builtin(let name): name
        case .rule(let node): source.tree[node].name
        }
    }

    // MARK: Unification

    private mutating func unify(
        _ left: Expression,
        _ right: Expression,
        at position: SourcePosition
    ) {
        if case .array(let ones) = left, case .array(let others) = right, ones.count == others.count
        {
            for (one, other) in zip(ones, others) { unify(one, other, at: position) }
            return
        }
        // A variable of which nothing is known takes whatever the other side is.
        if isPattern(left), !isUnknown(right) {
            let type = infer(right)
            if !bind(left, to: type) { refuseMatch(infer(left), type, at: position) }
        } else if isPattern(right), !isUnknown(left) {
            let type = infer(left)
            if !bind(right, to: type) { refuseMatch(type, infer(right), at: position) }
        } else {
            let (one, other) = (infer(left), infer(right))
            if !one.overlaps(other) { refuseMatch(one, other, at: position) }
        }
    }

    private func isPattern(_ term: Expression) -> Bool {
        switch term {
        case .variable(let variable): known[variable] == nil
        case .array, .object: true
        default: false
        }
    }

    private func isUnknown(_ term: Expression) -> Bool {
        if case .variable(let variable) = term { return known[variable] == nil }
        return false
    }

    /// Gives the variables in a pattern their types; false where it never matches.
    private mutating func bind(_ pattern: Expression, to type: TypeSchema) -> Bool {
        switch pattern {
        case .variable(let variable):
            guard let before = known[variable] else {
                known[variable] = type
                return true
            }
            return before.overlaps(type)
        case .array(let terms):
            guard type.overlaps(.anyArray) else { return false }
            let isArray = type.alternatives.allSatisfy {
                if case .array = $0 { true } else { false }
            }
            let element = isArray ? type.elements : .any
            for term in terms where !bind(term, to: element) { return false }
            return true
        case .object(let entries):
            guard type.overlaps(.anyObject) else { return false }
            for entry in entries {
                _ = infer(entry.key)
                let member = type.selected(by: .any, named: name(of: entry.key)) ?? .any
                guard bind(entry.value, to: member) else { return false }
            }
            return true
        default: return infer(pattern).overlaps(type)
        }
    }

    private func name(of term: Expression) -> String? {
        if case .constant(.string(let text)) = term { return text.string }
        return nil
    }

    // MARK: Terms

    private mutating func infer(_ term: Expression) -> TypeSchema {
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

    // MARK: Errors

    private mutating func refuseMatch(
        _ left: TypeSchema,
        _ right: TypeSchema,
        at position: SourcePosition
    ) {
        refuse(at: position, "These are never equal: one is \(left.noun), the other \(right.noun).")
    }

    private mutating func refuse(
        _ code: PolicyErrorCode = .type,
        at position: SourcePosition,
        _ message: String
    ) {
        guard !isLearning else { return }
        let error = PolicyError(code, file: file, at: position, message)
        if !errors.contains(error) { errors.append(error) }
    }
}
