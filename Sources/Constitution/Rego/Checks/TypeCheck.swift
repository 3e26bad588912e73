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
    /// How many rules are being asked for at once; a longer chain is not followed.
    private var depth = 0
    private static let depthMax = 64

    // Of the rule at hand:
    private var file = ""
    var known: [Variable: TypeSchema] = [:]
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
    mutating func type(of node: RuleTree.NodeID) -> TypeSchema {
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

    mutating func check(_ goals: [Goal]) {
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
            case .print(let terms): for term in terms { _ = infer(term) }
            }
        }
    }

    mutating func check(_ modifier: Modifier) {
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
    mutating func bind(_ pattern: Expression, to type: TypeSchema) -> Bool {
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

    func name(of term: Expression) -> String? {
        if case .constant(.string(let text)) = term { return text.string }
        return nil
    }

    // MARK: Errors

    private mutating func refuseMatch(
        _ left: TypeSchema,
        _ right: TypeSchema,
        at position: SourcePosition
    ) {
        refuse(at: position, "These are never equal: one is \(left.noun), the other \(right.noun).")
    }

    mutating func refuse(
        _ code: PolicyErrorCode = .type,
        at position: SourcePosition,
        _ message: String
    ) {
        guard !isLearning else { return }
        let error = PolicyError(code, file: file, at: position, message)
        if !errors.contains(error) { errors.append(error) }
    }
}
