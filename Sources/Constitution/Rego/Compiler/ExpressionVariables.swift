/// Which variables stand in a term, and where.
extension Expression {
    /// Adds the variables of the term itself; those inside comprehensions only when asked for.
    func collectVariables(into found: inout Set<Variable>, closures: Bool) {
        switch self {
        case .constant: break
        case .variable(let variable): found.insert(variable)
        case .reference(let reference):
            switch reference.root {
            case .data, .input: break
            case .variable(let variable): found.insert(variable)
            case .value(let value): value.collectVariables(into: &found, closures: closures)
            }
            for step in reference.steps { step.collectVariables(into: &found, closures: closures) }
        case .array(let terms), .set(let terms):
            for term in terms { term.collectVariables(into: &found, closures: closures) }
        case .object(let entries):
            for entry in entries {
                entry.key.collectVariables(into: &found, closures: closures)
                entry.value.collectVariables(into: &found, closures: closures)
            }
        case .comprehension(let comprehension):
            if closures { comprehension.collectVariables(into: &found) }
        case .call(let call):
            for term in call.arguments { term.collectVariables(into: &found, closures: closures) }
        case .membership(let key, let value, let collection):
            key?.collectVariables(into: &found, closures: closures)
            value.collectVariables(into: &found, closures: closures)
            collection.collectVariables(into: &found, closures: closures)
        case .template(let segments):
            // A part that is undefined does not undo the text, so it is a closure too.
            guard closures else { break }
            for case .value(let term, let modifiers) in segments {
                term.collectVariables(into: &found, closures: true)
                for modifier in modifiers { modifier.collectVariables(into: &found) }
            }
        }
    }

    /// Adds the variables that stand inside closures of the term.
    func collectClosureVariables(into found: inout Set<Variable>) {
        switch self {
        case .constant, .variable: break
        case .reference(let reference):
            if case .value(let value) = reference.root {
                value.collectClosureVariables(into: &found)
            }
            for step in reference.steps { step.collectClosureVariables(into: &found) }
        case .array(let terms), .set(let terms):
            for term in terms { term.collectClosureVariables(into: &found) }
        case .object(let entries):
            for entry in entries {
                entry.key.collectClosureVariables(into: &found)
                entry.value.collectClosureVariables(into: &found)
            }
        case .comprehension(let comprehension): comprehension.collectVariables(into: &found)
        case .call(let call):
            for term in call.arguments { term.collectClosureVariables(into: &found) }
        case .membership(let key, let value, let collection):
            key?.collectClosureVariables(into: &found)
            value.collectClosureVariables(into: &found)
            collection.collectClosureVariables(into: &found)
        case .template: collectVariables(into: &found, closures: true)
        }
    }

    /// Whether the term is made of constants and variables only, so that nothing is computed for it.
    var isPattern: Bool {
        switch self {
        case .constant, .variable: true
        case .array(let terms), .set(let terms): terms.allSatisfy(\.isPattern)
        case .object(let entries): entries.allSatisfy { $0.key.isPattern && $0.value.isPattern }
        default: false
        }
    }

    /// Whether two keys of object patterns are one: the same constant or the same variable.
    func isSameKey(as other: Expression) -> Bool {
        switch (self, other) {
        case (.constant(let key), .constant(let twin)): key == twin
        case (.variable(let key), .variable(let twin)): key == twin
        default: false
        }
    }

    /// The variables of the term itself.
    var variables: Set<Variable> {
        var found: Set<Variable> = []
        collectVariables(into: &found, closures: false)
        return found
    }
}

extension Comprehension {
    /// Adds all variables inside.
    func collectVariables(into found: inout Set<Variable>) {
        key?.collectVariables(into: &found, closures: true)
        value.collectVariables(into: &found, closures: true)
        for goal in body { goal.collectVariables(into: &found, closures: true) }
    }
}

extension Modifier {
    func collectVariables(into found: inout Set<Variable>) {
        if case .value(let term) = replacement {
            term.collectVariables(into: &found, closures: false)
        }
    }
}

extension Goal {
    /// Adds the variables of the line; those inside closures only when asked for.
    func collectVariables(into found: inout Set<Variable>, closures: Bool) {
        for modifier in modifiers { modifier.collectVariables(into: &found) }
        switch kind {
        case .test(let term), .trace(let term):
            term.collectVariables(into: &found, closures: closures)
        case .unify(let left, let right):
            left.collectVariables(into: &found, closures: closures)
            right.collectVariables(into: &found, closures: closures)
        case .every(let key, let value, let domain, let body):
            domain.collectVariables(into: &found, closures: closures)
            guard closures else { break }
            if let key { found.insert(key) }
            found.insert(value)
            for goal in body { goal.collectVariables(into: &found, closures: true) }
        case .print(let terms):
            // What is printed may be undefined, so each term is a closure.
            guard closures else { break }
            for term in terms { term.collectVariables(into: &found, closures: true) }
        }
    }

    /// The variables that stand inside closures of the line.
    var closureVariables: Set<Variable> {
        var found: Set<Variable> = []
        for modifier in modifiers {
            if case .value(let term) = modifier.replacement {
                term.collectClosureVariables(into: &found)
            }
        }
        switch kind {
        case .test(let term), .trace(let term): term.collectClosureVariables(into: &found)
        case .unify(let left, let right):
            left.collectClosureVariables(into: &found)
            right.collectClosureVariables(into: &found)
        case .every(let key, let value, let domain, let body):
            domain.collectClosureVariables(into: &found)
            if let key { found.insert(key) }
            found.insert(value)
            for goal in body { goal.collectVariables(into: &found, closures: true) }
        case .print(let terms):
            for term in terms { term.collectVariables(into: &found, closures: true) }
        }
        return found
    }
}
