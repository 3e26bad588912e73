/// Rules: heads, defaults, bodies, `else`, and what v0 writes otherwise.
extension Parser {
    /// One statement that defines something; more than one rule where bodies are chained.
    mutating func ruleStatement() throws(Failure) -> [Rule] {
        let start = token.start
        if isAt(.default) {
            advance()
            return [try defaultRule(from: start)]
        }
        var head = try ruleHead()
        let hasIf = isAt(.if)
        head = try settle(head, hasIf: hasIf)
        let body = try ruleBody(of: head, hasIf: hasIf)
        if body == nil { try checkBodyless(head) }
        let alternatives = try alternatives(of: head, hasBody: body != nil, hasIf: hasIf)
        var rules = [
            rule(from: start, head: head, body: body, alternatives: alternatives)
        ]
        while body != nil, isAt(.braceOpen) {
            let start = token.start
            guard alternatives.isEmpty else { throw unexpected("'else' or another rule") }
            let body = try bracedBody()
            rules.append(
                rule(from: start, head: head, body: body, alternatives: [], isChained: true)
            )
        }
        return rules
    }

    private func rule(
        from start: SourcePosition,
        head: RuleHead,
        body: Body?,
        alternatives: [Rule.Alternative],
        isDefault: Bool = false,
        isChained: Bool = false
    ) -> Rule {
        Rule(
            range: range(from: start),
            isDefault: isDefault,
            head: head,
            body: body,
            alternatives: alternatives,
            isChained: isChained
        )
    }

    // MARK: Heads

    private mutating func ruleHead() throws(Failure) -> RuleHead {
        let start = token.start
        guard isAt(.identifier), keyword == nil || isWordOfReference else {
            throw unexpected("a rule or an import")
        }
        let name = string(of: token)
        guard name != "_" else {
            throw failure(.badHead, at: start, "A rule cannot have the name '_'.")
        }
        advance()
        let nameTerm = Term(range: range(from: start), kind: .variable(name))
        let steps = try headSteps()
        let reference = Reference(range: range(from: start), head: nameTerm, steps: steps)
        let parameters = try parameters()
        let contribution = try contribution(isFunction: parameters != nil)
        return RuleHead(
            range: range(from: start),
            reference: reference,
            parameters: parameters,
            contribution: contribution
        )
    }

    /// The steps behind the name; blanks may stand in front of the first of them only.
    private mutating func headSteps() throws(Failure) -> [Term] {
        var steps: [Term] = []
        while steps.isEmpty || !token.isSpaced {
            if isAt(.dot) {
                steps.append(try dottedName())
            } else if isAt(.bracketOpen) {
                steps.append(try bracketed())
            } else {
                break
            }
        }
        return steps
    }

    /// The parameters of a function; nil too for `f()`, which OPA takes for the rule `f`.
    private mutating func parameters() throws(Failure) -> [Term]? {
        guard isAt(.parenthesisOpen) else { return nil }
        let parameters = try nested { (parser) throws(Failure) in
            parser.advance()
            return try parser.list(until: .parenthesisClose, "',' or ')' behind a parameter")
        }
        guard token.isSpaced || !(isAt(.dot) || isAt(.bracketOpen) || isAt(.parenthesisOpen)) else {
            throw unexpected("a value or a body behind the parameters")
        }
        return parameters.isEmpty ? nil : parameters
    }

    private mutating func contribution(
        isFunction: Bool
    ) throws(Failure) -> RuleHead.Contribution {
        if keyword == .contains {
            guard !isFunction else {
                throw failure(
                    .badHead,
                    at: token.start,
                    "A function cannot contain members: 'contains' makes a set, which takes no"
                        + " arguments."
                )
            }
            advance()
            return .member(try expression(allowsPair: true))
        }
        if isAt(.assign) || isAt(.unify) {
            advance()
            return .value(try expression(allowsPair: true))
        }
        if isAt(.infix) {
            throw unexpected("':=', 'contains', 'if' or a body behind a rule's name")
        }
        return .value(nil)
    }

    /// What a head means once it is known whether an `if` follows.
    ///
    /// `p[x]` is a member of a set in v0, when no `if` and no value stand behind it.
    private func settle(_ head: RuleHead, hasIf: Bool) throws(Failure) -> RuleHead {
        guard !hasIf, head.parameters == nil, head.reference.steps.count == 1,
            case .value(nil) = head.contribution
        else { return head }
        guard version == .v0 else {
            guard isAt(.braceOpen) else {
                throw failure(
                    .badHead,
                    at: head.range.start,
                    "A rule needs a value or a body; a member of a set is written"
                        + " '\(string(of: head.reference.head)) contains ...'."
                )
            }
            throw failure(
                .badHead,
                at: head.range.start,
                "A set is defined with 'contains', and a body begins with 'if', as in"
                    + " '\(string(of: head.reference.head)) contains x if { ... }'. If this is"
                    + " v0, say so."
            )
        }
        let reference = head.reference
        return RuleHead(
            range: head.range,
            reference: Reference(
                range: reference.head.range,
                head: reference.head,
                steps: []
            ),
            parameters: nil,
            contribution: .member(reference.steps[0])
        )
    }

    private func string(of head: Term) -> String {
        if case .variable(let name) = head.kind { return name }
        return "p"
    }

    // MARK: Bodies

    private mutating func ruleBody(
        of head: RuleHead,
        hasIf: Bool
    ) throws(Failure) -> Body? {
        if hasIf {
            advance()
            return try bodyBehindIf()
        }
        guard isAt(.braceOpen) else { return nil }
        let start = token.start
        guard version == .v0 else {
            throw failure(
                .badBody,
                at: start,
                "The word 'if' is missing in front of the rule's body. If this is v0, say so."
            )
        }
        return try bracedBody()
    }

    mutating func bracedBody() throws(Failure) -> Body {
        let start = token.start
        return try nested { (parser) throws(Failure) in
            try parser.expect(.braceOpen, "'{' in front of a body")
            let literals = try parser.literals(until: .braceClose)
            parser.advance()
            return Body(range: parser.range(from: start), literals: literals)
        }
    }

    /// A body behind `if`: one literal, or more of them in braces.
    ///
    /// A literal may begin with a brace as well, as in `if {"a"} & xs == {"a"}`. So that is tried
    /// first; where it is nothing but a set literal, it was meant as a body.
    private mutating func bodyBehindIf() throws(Failure) -> Body {
        guard isAt(.braceOpen) else { return try singleLiteral() }
        if next.kind == .braceClose {
            throw failure(.badBody, at: token.start, "This body is empty.")
        }
        let start = mark()
        do {
            let body = try singleLiteral()
            guard isSetLiteral(body.literals[0]) else { return body }
            goBack(to: start)
            return try bracedBody()
        } catch {
            goBack(to: start)
            let first = error
            do {
                return try bracedBody()
            } catch {
                throw first.place > error.place ? first : error
            }
        }
    }

    private mutating func singleLiteral() throws(Failure) -> Body {
        let start = token.start
        let literal = try nested { (parser) throws(Failure) in try parser.literal() }
        return Body(range: range(from: start), literals: [literal])
    }

    private func isSetLiteral(_ literal: Literal) -> Bool {
        guard case .expression(let term) = literal.kind, case .set = term.kind else { return false }
        return true
    }

    /// A rule without a body says something by its value, or not at all.
    private func checkBodyless(_ head: RuleHead) throws(Failure) {
        guard case .value(nil) = head.contribution else { return }
        let isReference = !head.reference.steps.isEmpty || head.parameters != nil
        if version == .v0, isReference { return }
        throw unexpected("a value or a body behind the rule's name")
    }

    // MARK: Else

    private mutating func alternatives(
        of head: RuleHead,
        hasBody: Bool,
        hasIf: Bool
    ) throws(Failure) -> [Rule.Alternative] {
        guard isAt(.else) else { return [] }
        try checkElse(head, hasBody: hasBody, hasIf: hasIf)
        var alternatives: [Rule.Alternative] = []
        while isAt(.else) {
            if let last = alternatives.last, last.body == nil {
                throw failure(
                    .badElse,
                    at: token.start,
                    "This 'else' is never reached: the one before it has no condition."
                )
            }
            alternatives.append(try alternative())
        }
        return alternatives
    }

    private func checkElse(_ head: RuleHead, hasBody: Bool, hasIf: Bool) throws(Failure) {
        let start = token.start
        guard hasBody else {
            throw failure(
                .badElse,
                at: start,
                "This 'else' is never reached: the rule in front of it has no condition."
            )
        }
        if case .member = head.contribution {
            throw failure(
                .badElse,
                at: start,
                "A set has no 'else': each of its rules adds a member."
            )
        }
        let isObjectOfV0 =
            !hasIf && head.parameters == nil && head.reference.steps.count == 1
        guard head.reference.steps.allSatisfy(\.isGround), !isObjectOfV0 else {
            throw failure(
                .badElse,
                at: start,
                "A rule with variables in its name has no 'else': it may hold for some and not for"
                    + " others."
            )
        }
    }

    private mutating func alternative() throws(Failure) -> Rule.Alternative {
        let start = token.start
        advance()
        var value: Term?
        if isAt(.assign) || isAt(.unify) {
            advance()
            value = try expression(allowsPair: true)
        } else if !isAt(.if), !isAt(.braceOpen) {
            throw unexpected("':=' or a body behind 'else'")
        }
        var body: Body?
        if isAt(.if) {
            advance()
            body = isAt(.braceOpen) ? try bracedBody() : try singleLiteral()
        } else if isAt(.braceOpen) {
            guard version == .v0 else {
                throw failure(
                    .badBody,
                    at: token.start,
                    "The word 'if' is missing in front of the body of this 'else'."
                )
            }
            body = try bracedBody()
        }
        return Rule.Alternative(range: range(from: start), value: value, body: body)
    }

    // MARK: Defaults

    private mutating func defaultRule(from start: SourcePosition) throws(Failure) -> Rule {
        let head = try ruleHead()
        guard case .value(let value?) = head.contribution else {
            throw failure(
                .badDefault,
                at: start,
                "A default rule needs a value, as in 'default allow := false'."
            )
        }
        if let place = value.firstUnsettled {
            throw failure(
                .badDefault,
                at: place,
                "The value of a default rule is a constant: it names no variables, calls nothing and"
                    + " computes nothing."
            )
        }
        guard head.reference.steps.allSatisfy(\.isGround) else {
            throw failure(
                .badDefault,
                at: head.range.start,
                "The name of a default rule has no variables."
            )
        }
        try checkDefaultParameters(head.parameters ?? [])
        guard !isAt(.if), !isAt(.braceOpen), !isAt(.else) else {
            throw failure(
                .badDefault,
                at: token.start,
                "A default rule has no body: it holds whenever no other rule of its name does."
            )
        }
        return rule(from: start, head: head, body: nil, alternatives: [], isDefault: true)
    }

    private func checkDefaultParameters(_ parameters: [Term]) throws(Failure) {
        var seen: Set<String> = []
        for parameter in parameters {
            switch parameter.kind {
            case .wildcard: continue
            case .variable(let name) where name != "input" && name != "data":
                if seen.insert(name).inserted { continue }
                throw failure(
                    .badDefault,
                    at: parameter.position,
                    "The parameter '\(name)' of a default function appears twice."
                )
            default:
                throw failure(
                    .badDefault,
                    at: parameter.position,
                    "The parameters of a default function are plain variables."
                )
            }
        }
    }
}
