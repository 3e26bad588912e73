/// Arrays, sets, objects, and the comprehensions that begin like them.
///
/// `[x | …` and `{x | …` are ambiguous: the bar may be that of a comprehension or a union. A
/// comprehension is tried first; a comma that no body can have shows that it was a union.
extension Parser {
    /// Terms with commas between them, up to a closing mark, which is taken.
    ///
    /// The last comma may be left standing.
    mutating func list(
        until close: Token.Kind,
        _ expected: String,
        behind first: Term? = nil
    ) throws(Failure) -> [Term] {
        var terms: [Term] = []
        if let first {
            terms = [first]
            guard isAt(close) || isAt(.comma) else { throw unexpected(expected) }
            _ = take(.comma)
        }
        while !take(close) {
            terms.append(try expression(allowsPair: false))
            if take(.comma) { continue }
            try expect(close, expected)
            break
        }
        return terms
    }

    mutating func array() throws(Failure) -> Term {
        let start = token.start
        advance()
        if take(.bracketClose) { return Term(range: range(from: start), kind: .array([])) }
        // OPA lets a comma stand in front of the first element, and so do old policies.
        let hasComma = take(.comma)
        let head = try primary()
        if !hasComma, let body = try comprehensionBody(until: .bracketClose) {
            return Term(
                range: range(from: start),
                kind: .arrayComprehension(head: head, body: body)
            )
        }
        let first = try element(behind: head)
        let terms = try list(
            until: .bracketClose,
            "',' or ']' behind an element of the array",
            behind: first
        )
        return Term(range: range(from: start), kind: .array(terms))
    }

    mutating func setOrObject() throws(Failure) -> Term {
        let start = token.start
        advance()
        if take(.braceClose) { return Term(range: range(from: start), kind: .object([])) }
        let hasComma = take(.comma)
        let head = try primary()
        if isAt(.colon) {
            return try object(from: start, key: head, isList: hasComma)
        }
        if !hasComma, let body = try comprehensionBody(until: .braceClose) {
            return Term(
                range: range(from: start),
                kind: .setComprehension(head: head, body: body)
            )
        }
        let first = try element(behind: head)
        if isAt(.colon) {
            return try object(from: start, key: first, isList: hasComma)
        }
        let terms = try list(
            until: .braceClose,
            "',', '}' or ':' behind an element of a set or a key of an object",
            behind: first
        )
        return Term(range: range(from: start), kind: .set(terms))
    }

    private mutating func object(
        from start: SourcePosition,
        key: Term,
        isList: Bool
    ) throws(Failure) -> Term {
        advance()
        let head = try primary()
        if !isList, let body = try comprehensionBody(until: .braceClose) {
            return Term(
                range: range(from: start),
                kind: .objectComprehension(key: key, value: head, body: body)
            )
        }
        var entries = [ObjectEntry(key: key, value: try element(behind: head))]
        let expected = "',' or '}' behind an entry of the object"
        while !take(.braceClose) {
            guard take(.comma) else { throw unexpected(expected) }
            if take(.braceClose) { break }
            let key = try expression(allowsPair: false)
            try expect(.colon, "':' behind the key \(SourceText.quoted(shown(key)))")
            entries.append(
                ObjectEntry(key: key, value: try expression(allowsPair: false))
            )
        }
        return Term(range: range(from: start), kind: .object(entries))
    }

    private func shown(_ term: Term) -> String {
        switch term.kind {
        case .scalar(.string(let text)): "\"\(text)\""
        case .scalar(.number(let text)), .variable(let text): text
        default: term.noun
        }
    }

    /// The rest of an element whose first operand was read to see whether a bar follows.
    private mutating func element(behind head: Term) throws(Failure) -> Term {
        try chain { (parser) throws(Failure) in
            try parser.expression(behind: head, allowsPair: false)
        }
    }

    /// The body behind the bar of a comprehension, with its closing mark; nil, and nothing taken,
    /// where there is no bar or it is that of a union.
    private mutating func comprehensionBody(until close: Token.Kind) throws(Failure) -> Body? {
        guard token.infix == .union, !unions.contains(place) else { return nil }
        let bar = mark()
        let place = place
        advance()
        let start = token.start
        do {
            return try nested { (parser) throws(Failure) in
                let literals = try parser.literals(until: close)
                let body = Body(range: parser.range(from: start), literals: literals)
                parser.advance()
                return body
            }
        } catch {
            guard isAt(.comma) else { throw error }
            unions.insert(place)
            goBack(to: bar)
            return nil
        }
    }
}
