/// A variable of one rule or query, by its number there.
///
/// Two variables of one name in different scopes have different numbers; so the compiler behind the
/// resolver never looks at a name again, but to tell it to people.
struct Variable: Hashable, Sendable {
    /// Its number in `VariableTable`.
    let id: Int
}

/// What is known of the variables of one rule or query.
struct VariableTable: Sendable {
    /// One variable, for people.
    struct Entry: Sendable {
        let name: String
        let position: SourcePosition
        /// Made by the compiler or written `_`: no result names it.
        let isGenerated: Bool
    }

    private(set) var entries: [Entry] = []

    mutating func add(_ name: String, at position: SourcePosition, generated: Bool) -> Variable {
        entries.append(Entry(name: name, position: position, isGenerated: generated))
        return Variable(id: entries.count - 1)
    }

    subscript(variable: Variable) -> Entry { entries[variable.id] }
}

/// A term whose names are resolved.
indirect enum Expression: Sendable {
    case constant(Value)
    case variable(Variable)
    case reference(ResolvedReference)
    case array([Expression])
    case set([Expression])
    case object([ResolvedEntry])
    case comprehension(Comprehension)
    case call(Call)
    /// `x in xs`, `k, v in xs`: true or false.
    case membership(key: Expression?, value: Expression, collection: Expression)
    /// The parts of a template string.
    case template([TemplateSegment])
}

/// One entry of an object.
struct ResolvedEntry: Sendable {
    let key: Expression
    let value: Expression
}

/// A reference: where it starts, and the steps from there.
struct ResolvedReference: Sendable {
    /// Where a reference starts.
    enum Root: Sendable {
        case data
        case input
        case variable(Variable)
        case value(Expression)
    }

    let root: Root
    let steps: [Expression]
    let position: SourcePosition
}

/// An array, set or object comprehension.
struct Comprehension: Sendable {
    enum Kind: Sendable { case array, set, object }

    let kind: Kind
    /// The key of an object comprehension.
    let key: Expression?
    let value: Expression
    let body: [Goal]
    let position: SourcePosition
}

/// A call of a function.
struct Call: Sendable {
    /// What is called.
    enum Function: Hashable, Sendable {
        /// A built-in, by its name.
        case builtin(String)
        /// A function of the policy, by its node in the rule tree.
        case rule(RuleTree.NodeID)
    }

    let function: Function
    let arguments: [Expression]
    let position: SourcePosition
}

/// A part of a template string.
enum TemplateSegment: Sendable {
    case text(Value)
    case value(Expression, modifiers: [Modifier])
}

/// One line of a body.
struct Goal: Sendable {
    /// What a line asks for.
    indirect enum Kind: Sendable {
        /// The expression is defined and not false.
        case test(Expression)
        /// Both sides become equal.
        case unify(Expression, Expression)
        case every(key: Variable?, value: Variable, domain: Expression, body: [Goal])
        /// What a policy prints; it never fails.
        case print([Expression])
        /// `trace(note)`: as OPA has it, undefined where the note is.
        case trace(Expression)
    }

    let kind: Kind
    let isNegated: Bool
    let modifiers: [Modifier]
    let range: SourceRange

    var position: SourcePosition { range.start }
}

/// One `with`.
struct Modifier: Sendable {
    /// What it replaces.
    enum Target: Hashable, Sendable {
        case input([Text])
        case data([Text])
        case function(Call.Function)
    }

    /// What it puts there.
    enum Replacement: Sendable {
        case value(Expression)
        case function(Call.Function)
    }

    let target: Target
    let replacement: Replacement
    let position: SourcePosition
}

/// A rule as one alternative of what its node defines.
struct Definition: Sendable {
    /// What it contributes.
    enum Contribution: Sendable {
        case value
        case member(Expression)
    }

    /// A body and the value that it gives.
    struct Branch: Sendable {
        let goals: [Goal]
        let value: Expression
        let position: SourcePosition
    }

    /// The file it stands in.
    let file: String
    let range: SourceRange
    let node: RuleTree.NodeID
    let isDefault: Bool
    /// The parameters of a function, as patterns.
    let parameters: [Expression]?
    /// The steps of the head behind its constant part: `[x]` of `a.b[x]`.
    let dynamicSteps: [Expression]
    let contribution: Contribution
    /// The body, and each `else` behind it.
    let branches: [Branch]
    let variables: VariableTable

    var position: SourcePosition { range.start }
}
