/// The names declared inside one rule or query, innermost scope last.
///
/// A body's own declarations hide names of the module in all of that body, also before the line that
/// declares them; using one there is an error, found when the declaring line is reached.
struct LocalScopes {
    /// One body, or the parameters of a function.
    private struct Scope {
        var declared: [String: Variable] = [:]
        /// Names that a later line of this body declares.
        var pending: Set<String> = []
        /// Pending names that were read already.
        var readEarly: Set<String> = []
    }

    /// Why a name cannot be declared.
    enum Refusal {
        case declaredAbove
        case readAbove
    }

    private(set) var table = VariableTable()
    private var scopes: [Scope] = []
    /// Variables that no line declares: one for each name in the whole branch.
    private var free: [String: Variable] = [:]
    /// Those of them that the parameters of a function have named: all branches share them.
    private var freeInParameters: [String: Variable] = [:]

    mutating func push(pending: Set<String> = []) {
        scopes.append(Scope(pending: pending))
    }

    mutating func pop() {
        scopes.removeLast()
    }

    mutating func endParameters() {
        freeInParameters = free
    }

    /// Forgets the undeclared names: another branch of the rule has its own.
    mutating func startBranch() {
        free = freeInParameters
    }

    mutating func fresh(_ name: String = "_", at position: SourcePosition) -> Variable {
        table.add(name, at: position, generated: true)
    }

    mutating func declare(
        _ name: String,
        at position: SourcePosition
    ) -> Result<Variable, RefusedName> {
        let last = scopes.count - 1
        // The body of a function stands directly in the scope of its parameters, and may not hide
        // one: a policy that did would check another value than it was asked about.
        let isParameter = last == 1 && scopes[0].declared[name] != nil
        if isParameter || scopes[last].declared[name] != nil {
            return .failure(RefusedName(refusal: .declaredAbove))
        }
        if scopes[last].readEarly.contains(name) {
            return .failure(RefusedName(refusal: .readAbove))
        }
        let variable = table.add(name, at: position, generated: false)
        scopes[last].declared[name] = variable
        scopes[last].pending.remove(name)
        return .success(variable)
    }

    /// Why a declaration was refused.
    struct RefusedName: Error {
        let refusal: Refusal
    }

    /// What a name stands for here: a declared variable, or `nil` and then a name of the module or
    /// an undeclared variable.
    ///
    /// `isHidden` tells that the name is no name of the module here.
    mutating func look(up name: String) -> (variable: Variable?, isHidden: Bool) {
        var isHidden = false
        for index in scopes.indices.reversed() {
            if let variable = scopes[index].declared[name] { return (variable, true) }
            isHidden = isHidden || scopes[index].pending.contains(name)
        }
        // A closure that reads the name before an outer body declares it has a variable of its own.
        if let last = scopes.indices.last, scopes[last].pending.contains(name) {
            scopes[last].readEarly.insert(name)
        }
        return (nil, isHidden)
    }

    mutating func undeclared(_ name: String, at position: SourcePosition) -> Variable {
        if let variable = free[name] { return variable }
        let variable = table.add(name, at: position, generated: false)
        free[name] = variable
        return variable
    }

    /// The names that the lines of a body declare, closures inside not counted.
    static func declarations(of literals: [Literal]) -> Set<String> {
        var names: Set<String> = []
        for literal in literals {
            switch literal.kind {
            case .assignment(let left, _): collect(left, into: &names)
            case .declaration(let terms): for term in terms { collect(term, into: &names) }
            case .someIn(let key, let value, _):
                if let key { collect(key, into: &names) }
                collect(value, into: &names)
            default: break
            }
        }
        return names
    }

    private static func collect(_ term: Term, into names: inout Set<String>) {
        switch term.kind {
        case .variable(let name): names.insert(name)
        case .array(let terms): for term in terms { collect(term, into: &names) }
        case .object(let entries): for entry in entries { collect(entry.value, into: &names) }
        default: break
        }
    }
}
