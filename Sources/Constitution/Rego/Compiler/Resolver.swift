/// Gives every name of a rule or query its meaning.
///
/// What comes out has no names: variables are numbers, references start at `data`, `input` or a
/// variable, calls name a built-in or a node of the rule tree, and `some`, `:=`, `in`, infix operators
/// and `some … in` are put back to the few forms that the rest of the compiler knows.
struct Resolver {
    let tree: RuleTree
    let names: ModuleNames
    let file: String
    /// Finds what `rego.metadata` says in the rule that is resolved; few rules ask.
    private let findMetadata: () -> RuleMetadata?

    var scopes = LocalScopes()
    private(set) var errors: [PolicyError] = []
    /// Everything that some `with` replaces.
    var targets: Set<Modifier.Target> = []

    init(
        tree: RuleTree,
        names: ModuleNames,
        file: String,
        metadata: @escaping () -> RuleMetadata? = { nil }
    ) {
        self.tree = tree
        self.names = names
        self.file = file
        findMetadata = metadata
    }

    mutating func refuse(
        _ code: PolicyErrorCode,
        at position: SourcePosition,
        _ message: String
    ) {
        errors.append(PolicyError(code, file: file, at: position, message))
    }

    var metadata: RuleMetadata? { findMetadata() }

    // MARK: Rules and queries

    mutating func definition(of rule: Rule, node: RuleTree.NodeID) -> Definition {
        scopes.push()
        var parameters: [Expression]?
        if let written = rule.head.parameters {
            parameters = written.map { pattern($0, declaredBy: "parameter") }
        }
        scopes.endParameters()
        var branches: [Definition.Branch] = []
        var dynamicSteps: [Expression] = []
        var contribution = Definition.Contribution.value
        let first = (rule.head.value, rule.body, rule.range.start)
        let all = [first] + rule.alternatives.map { ($0.value, $0.body, $0.range.start) }
        for (index, (value, body, position)) in all.enumerated() {
            scopes.startBranch()
            scopes.push(pending: body.map { LocalScopes.declarations(of: $0.literals) } ?? [])
            let goals = body.map { resolve($0.literals) } ?? []
            if index == 0 {
                dynamicSteps = rule.head.dynamicSteps.map { resolve($0) }
                if case .member(let member) = rule.head.contribution {
                    contribution = .member(resolve(member))
                }
            }
            let result = value.map { resolve($0) } ?? .constant(true)
            scopes.pop()
            branches.append(.init(goals: goals, value: result, position: position))
        }
        scopes.pop()
        return Definition(
            file: file,
            range: rule.range,
            node: node,
            isDefault: rule.isDefault,
            parameters: parameters,
            dynamicSteps: dynamicSteps,
            contribution: contribution,
            branches: branches,
            variables: scopes.table
        )
    }

    /// The goals of a query; its variables are in `scopes.table`.
    mutating func query(_ body: Body) -> [Goal] {
        scopes.push(pending: LocalScopes.declarations(of: body.literals))
        let goals = resolve(body.literals)
        scopes.pop()
        return goals
    }

    // MARK: Bodies

    mutating func block(_ body: Body) -> [Goal] {
        scopes.push(pending: LocalScopes.declarations(of: body.literals))
        defer { scopes.pop() }
        return resolve(body.literals)
    }

    mutating func resolve(_ literals: [Literal]) -> [Goal] {
        literals.compactMap { resolve($0) }
    }

    private mutating func resolve(_ literal: Literal) -> Goal? {
        let modifiers = literal.modifiers.compactMap { resolve($0) }
        guard let kind = kind(of: literal) else { return nil }
        return Goal(
            kind: kind,
            isNegated: literal.isNegated,
            modifiers: modifiers,
            range: literal.range
        )
    }

    private mutating func kind(of literal: Literal) -> Goal.Kind? {
        switch literal.kind {
        case .expression(let term):
            return statement(term)
        case .unification(let left, let right):
            return .unify(resolve(left), resolve(right))
        case .assignment(let left, let right):
            // The right side first: it does not see what the left side declares.
            let value = resolve(right)
            return .unify(pattern(left, declaredBy: "assignment"), value)
        case .declaration(let terms):
            for term in terms { _ = pattern(term, declaredBy: "some") }
            return nil
        case .someIn(let key, let value, let collection):
            let over = resolve(collection)
            let step = key.map { pattern($0, declaredBy: "some") } ?? wildcard(at: collection)
            let member = pattern(value, declaredBy: "some")
            return .unify(
                .reference(extend(over, by: [step], at: collection.position)),
                member
            )
        case .every(let key, let value, let domain, let body):
            let over = resolve(domain)
            scopes.push()
            defer { scopes.pop() }
            let keyVariable = key.map { variable($0) }
            let valueVariable = variable(value)
            return .every(
                key: keyVariable,
                value: valueVariable,
                domain: over,
                body: block(body)
            )
        }
    }

    /// A line that is a term only.
    private mutating func statement(_ term: Term) -> Goal.Kind {
        if case .infix(.equal, let left, let right) = term.kind {
            // OPA too makes a comparison that stands alone a unification of safe terms.
            return .test(
                .call(
                    Call(
                        function: .builtin(InfixOperator.equal.builtin),
                        arguments: [resolve(left), resolve(right)],
                        position: term.position
                    )
                )
            )
        }
        if case .call(let function, let arguments) = term.kind, function.names == ["print"],
            names["print"] == nil
        {
            return .print(arguments.map { resolve($0) })
        }
        if case .call(let function, let arguments) = term.kind, function.names == ["trace"],
            names["trace"] == nil, arguments.count == 1
        {
            return .trace(resolve(arguments[0]))
        }
        return .test(resolve(term))
    }

    // MARK: Declarations

    /// A term whose variables are declared here: the left side of `:=`, a parameter, what `some` names.
    private mutating func pattern(_ term: Term, declaredBy: String) -> Expression {
        switch term.kind {
        case .variable(let name):
            return .variable(declare(name, at: term.position, declaredBy: declaredBy))
        case .array(let terms):
            return .array(terms.map { pattern($0, declaredBy: declaredBy) })
        case .object(let entries):
            return .object(
                entries.map {
                    ResolvedEntry(
                        key: resolve($0.key),
                        value: pattern($0.value, declaredBy: declaredBy)
                    )
                }
            )
        default:
            return resolve(term)
        }
    }

    private mutating func declare(
        _ name: String,
        at position: SourcePosition,
        declaredBy: String
    ) -> Variable {
        if name == "input" || name == "data" {
            refuse(
                .shadowed,
                at: position,
                "A variable may not have the name \(name), which is the language's own."
            )
            return scopes.fresh(name, at: position)
        }
        switch scopes.declare(name, at: position) {
        case .success(let variable): return variable
        case .failure(let refused):
            // A parameter that occurs twice stands for one value: both arguments must be equal.
            if declaredBy == "parameter", let known = scopes.look(up: name).variable {
                return known
            }
            let above = refused.refusal == .readAbove ? "referenced above" : "declared above"
            refuse(.redeclared, at: position, "var \(name) \(above): a body declares a name once.")
            return scopes.fresh(name, at: position)
        }
    }

    /// The variable that a key or value of `every` declares.
    private mutating func variable(_ term: Term) -> Variable {
        if case .variable(let name) = term.kind {
            return declare(name, at: term.position, declaredBy: "every")
        }
        return scopes.fresh(at: term.position)
    }

    private mutating func wildcard(at term: Term) -> Expression {
        .variable(scopes.fresh(at: term.position))
    }
}
