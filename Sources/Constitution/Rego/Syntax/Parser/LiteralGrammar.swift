/// Bodies and the literals in them.
extension Parser {
    /// A query: literals until the end of the text.
    mutating func query() throws(Failure) -> Body {
        let start = token.start
        let literals = try literals(until: .end)
        return Body(range: range(from: start), literals: literals)
    }

    /// Literals up to a closing mark, which is not taken.
    mutating func literals(until close: Token.Kind) throws(Failure) -> [Literal] {
        if isAt(close) {
            throw failure(.badBody, at: token.start, "This body is empty.")
        }
        var literals: [Literal] = []
        while true {
            literals.append(try literal())
            if take(.semicolon) { continue }
            if isAt(close) { return literals }
            guard token.startsLine, !isAt(.end) else {
                throw unexpected("a new line, ';' or \(Parser.name(of: close)) behind this")
            }
        }
    }

    static func name(of close: Token.Kind) -> String {
        switch close {
        case .braceClose: "'}'"
        case .bracketClose: "']'"
        default: "the end"
        }
    }

    mutating func literal() throws(Failure) -> Literal {
        let start = token.start
        if isWordOfReference { return try expressionLiteral(from: start, isNegated: false) }
        let isNegated = take(.not)
        if isAt(.some) || isAt(.every), isNegated {
            throw failure(
                .badLiteral,
                at: start,
                "'not' cannot stand in front of '\(string(of: token))': negate a rule of its own."
            )
        }
        if isAt(.some) { return try someLiteral(from: start) }
        if isAt(.every) { return try everyLiteral(from: start) }
        return try expressionLiteral(from: start, isNegated: isNegated)
    }

    private mutating func literal(
        _ kind: Literal.Kind,
        from start: SourcePosition,
        isNegated: Bool = false
    ) throws(Failure) -> Literal {
        var modifiers: [WithModifier] = []
        while isAt(.with) { modifiers.append(try withModifier()) }
        return Literal(
            range: range(from: start),
            isNegated: isNegated,
            kind: kind,
            modifiers: modifiers
        )
    }

    // MARK: Expressions

    private mutating func expressionLiteral(
        from start: SourcePosition,
        isNegated: Bool
    ) throws(Failure) -> Literal {
        let left = try expression(allowsPair: true)
        if take(.assign) {
            if let bad = left.firstUnassignable {
                throw failure(
                    .badLiteral,
                    at: bad.position,
                    "':=' gives a value to a name, or to the names in an array or object, and not to"
                        + " \(bad.noun)."
                )
            }
            let right = try expression(allowsPair: true)
            return try literal(.assignment(left, right), from: start, isNegated: isNegated)
        }
        if take(.unify) {
            let right = try expression(allowsPair: true)
            return try literal(.unification(left, right), from: start, isNegated: isNegated)
        }
        return try literal(.expression(left), from: start, isNegated: isNegated)
    }

    private mutating func withModifier() throws(Failure) -> WithModifier {
        let start = token.start
        advance()
        guard isAt(.identifier), keyword == nil || isWordOfReference else {
            throw unexpected("what to replace behind 'with', as in 'with input.user as \"ada\"'")
        }
        let target = try primary()
        let reference: Reference
        switch target.kind {
        case .variable: reference = Reference(range: target.range, head: target, steps: [])
        case .reference(let path): reference = path
        default:
            throw failure(
                .badLiteral,
                at: target.position,
                "'with' replaces input, data, something under them, or a function."
            )
        }
        guard take(.as) else { throw unexpected("'as' behind what 'with' replaces") }
        let value = try expression(allowsPair: true)
        return WithModifier(range: range(from: start), target: reference, value: value)
    }

    // MARK: Some and every

    private mutating func someLiteral(from start: SourcePosition) throws(Failure) -> Literal {
        advance()
        let names = mark()
        let term = try expression(allowsPair: true)
        switch term.kind {
        case .membership(let key, let value, let collection):
            return try literal(
                .someIn(key: key, value: value, collection: collection),
                from: start
            )
        case .call, .infix:
            throw failure(
                .badLiteral,
                at: start,
                "'some' declares names, as in 'some x, y' or 'some x in xs'."
            )
        default: break
        }
        goBack(to: names)
        var declared: [Term] = []
        repeat {
            guard isAt(.identifier), keyword == nil else {
                throw unexpected("a name behind 'some'")
            }
            declared.append(name())
        } while take(.comma)
        return Literal(
            range: range(from: start),
            isNegated: false,
            kind: .declaration(declared),
            modifiers: []
        )
    }

    /// A name as a variable or wildcard, without looking at what follows.
    mutating func name() -> Term {
        let start = token.start
        let name = string(of: token)
        advance()
        return Term(range: range(from: start), kind: name == "_" ? .wildcard : .variable(name))
    }

    private mutating func everyLiteral(from start: SourcePosition) throws(Failure) -> Literal {
        advance()
        let term = try expression(allowsPair: true)
        guard case .membership(let key, let value, let domain) = term.kind else {
            throw failure(
                .badLiteral,
                at: start,
                "'every' is written 'every x in xs { ... }' or 'every k, v in xs { ... }'."
            )
        }
        for variable in [key, value].compactMap({ $0 }) {
            switch variable.kind {
            case .variable, .wildcard: continue
            default:
                throw failure(
                    .badLiteral,
                    at: variable.position,
                    "What 'every' goes through is given to a plain name, not to \(variable.noun)."
                )
            }
        }
        guard isAt(.braceOpen) else { throw unexpected("'{' in front of the body of 'every'") }
        let body = try bracedBody()
        return try literal(
            .every(key: key, value: value, domain: domain, body: body),
            from: start
        )
    }
}

extension Term {
    /// The first part that `:=` cannot give a value to.
    fileprivate var firstUnassignable: Term? {
        switch kind {
        case .variable, .wildcard: nil
        case .array(let terms): terms.lazy.compactMap(\.firstUnassignable).first
        case .object(let entries): entries.lazy.compactMap(\.value.firstUnassignable).first
        default: self
        }
    }

    /// What a sentence calls it.
    package var noun: String {
        switch kind {
        case .scalar(.null): "null"
        case .scalar(.boolean): "a boolean"
        case .scalar(.number): "a number"
        case .scalar(.string): "a string"
        case .variable, .wildcard: "a variable"
        case .reference: "a reference"
        case .array: "an array"
        case .set: "a set"
        case .object: "an object"
        case .arrayComprehension, .setComprehension, .objectComprehension: "a comprehension"
        case .call: "a call"
        case .infix, .membership: "an expression"
        case .template: "a template string"
        }
    }
}
