/// Terms: operators, references, calls, and what stands alone.
extension Parser {
    /// A term with operators.
    ///
    /// Where `allowsPair` holds, it may be `k, v in xs`; in a list the comma means something else.
    mutating func expression(allowsPair: Bool) throws(Failure) -> Term {
        try chain { (parser) throws(Failure) in
            let first = try parser.primary()
            return try parser.expression(behind: first, allowsPair: allowsPair)
        }
    }

    /// The rest of an expression whose first operand was read already.
    mutating func expression(behind first: Term, allowsPair: Bool) throws(Failure) -> Term {
        var left = try operators(behind: first, above: 0)
        while true {
            if allowsPair, isAt(.comma), let pair = try pairMembership(key: left) {
                left = pair
            } else if isAtMembership {
                advance()
                let collection = try operand(above: 0)
                try link()
                left = Term(
                    range: range(from: left.position),
                    kind: .membership(key: nil, value: left, collection: collection)
                )
            } else {
                return left
            }
        }
    }

    /// Whether `in` stands here as an operator, and is not the first name of the next line.
    private var isAtMembership: Bool {
        keyword == .in && !(isWordOfReference && token.startsLine)
    }

    /// `, v in xs` behind a key; nil, and nothing taken, where the comma means something else.
    private mutating func pairMembership(key: Term) throws(Failure) -> Term? {
        let comma = mark()
        advance()
        guard let value = try? operand(above: 0), isAtMembership else {
            goBack(to: comma)
            return nil
        }
        advance()
        let collection = try operand(above: 0)
        try link()
        return Term(
            range: range(from: key.position),
            kind: .membership(key: key, value: value, collection: collection)
        )
    }

    /// One operand and all operators behind it that bind tighter than some precedence.
    private mutating func operand(above precedence: Int) throws(Failure) -> Term {
        let first = try primary()
        return try operators(behind: first, above: precedence)
    }

    private mutating func operators(
        behind first: Term,
        above precedence: Int
    ) throws(Failure) -> Term {
        var left = first
        while let infix = token.infix, infix.precedence > precedence {
            advance()
            let right = try operand(above: infix.precedence)
            try link()
            left = Term(range: range(from: left.position), kind: .infix(infix, left, right))
        }
        return left
    }

    // MARK: Without operators

    /// A term without operators around it.
    mutating func primary() throws(Failure) -> Term {
        let head = try nested { (parser) throws(Failure) in try parser.bare() }
        return try postfix(head)
    }

    private mutating func bare() throws(Failure) -> Term {
        let start = token.start
        switch token.kind {
        case .number, .dot: return try number()
        case .infix where token.infix == .minus: return try number()
        case .string: return try string()
        case .rawString:
            let inner = bytes(of: token).dropFirst().dropLast()
            advance()
            return scalar(.string(String(decoding: inner, as: UTF8.self)), from: start)
        case .templateOpen: return try template()
        case .bracketOpen: return try array()
        case .braceOpen: return try setOrObject()
        case .parenthesisOpen: return try parenthesised()
        case .identifier: return try word()
        default: throw unexpected("a value")
        }
    }

    private func scalar(_ scalar: Scalar, from start: SourcePosition) -> Term {
        Term(range: range(from: start), kind: .scalar(scalar))
    }

    private mutating func word() throws(Failure) -> Term {
        let start = token.start
        // 'contains' is a word in heads only; elsewhere it is the name of a function.
        if isWordOfReference || keyword == nil || keyword == .contains { return name() }
        let value: Scalar
        switch keyword {
        case .null: value = .null
        case .true: value = .boolean(true)
        case .false: value = .boolean(false)
        default: throw unexpected("a value")
        }
        advance()
        return scalar(value, from: start)
    }

    private mutating func parenthesised() throws(Failure) -> Term {
        advance()
        let inner = try expression(allowsPair: true)
        try expect(.parenthesisClose, "')' that closes the parenthesis")
        if case .reference = inner.kind, !token.isSpaced, isAt(.dot) || isAt(.bracketOpen) {
            throw failure(
                .badLiteral,
                at: token.start,
                "A reference in parentheses cannot be continued: leave out the parentheses."
            )
        }
        return inner
    }

    // MARK: Scalars

    private mutating func number() throws(Failure) -> Term {
        let start = token.start
        var text = ""
        if isAt(.infix) {
            text = "-"
            advance()
        }
        if isAt(.dot) {
            text += "0."
            advance()
            guard !token.isSpaced else { throw unexpected("digits behind '.'") }
        }
        guard isAt(.number) else { throw unexpected("a number") }
        text += string(of: token)
        if let problem = NumberText.problem(with: text, digitsMax: limits.digitsMax) {
            throw failure(.badNumber, at: start, problem)
        }
        advance()
        return scalar(.number(text), from: start)
    }

    private mutating func string() throws(Failure) -> Term {
        let start = token.start
        let text = try unescaped(bytes(of: token).dropFirst().dropLast(), inTemplate: false)
        advance()
        return scalar(.string(text), from: start)
    }

    private func unescaped(
        _ bytes: ArraySlice<UInt8>,
        inTemplate: Bool
    ) throws(Failure) -> String {
        do {
            return try StringLiteral.unescape(bytes, inTemplate: inTemplate)
        } catch {
            let column = token.start.column + error.offset - token.bytes.lowerBound
            let position = SourcePosition(line: token.start.line, column: column)
            throw failure(.badString, at: position, error.message)
        }
    }

    private mutating func template() throws(Failure) -> Term {
        let start = token.start
        advance()
        var parts: [TemplatePart] = []
        while !isAt(.templateClose) {
            switch token.kind {
            case .templateText:
                parts.append(.text(try unescaped(bytes(of: token), inTemplate: true)))
                advance()
            case .rawTemplateText:
                parts.append(.text(StringLiteral.unescapeRawTemplate(bytes(of: token))))
                advance()
            case .templateValueOpen:
                advance()
                parts.append(.value(try templateValue()))
                try expect(.templateValueClose, "'}' behind the value in the template string")
            default: throw unexpected("the end of the template string")
            }
        }
        advance()
        return Term(range: range(from: start), kind: .template(parts))
    }

    private mutating func templateValue() throws(Failure) -> Literal {
        if isAt(.templateValueClose) {
            throw failure(
                .badLiteral,
                at: token.start,
                "The value in this template string is missing."
            )
        }
        let value = try nested { (parser) throws(Failure) in try parser.literal() }
        guard case .expression = value.kind, !value.isNegated else {
            throw failure(
                .badLiteral,
                at: value.range.start,
                "In a template string stands a value: no 'not', 'some', 'every', ':=' or '='."
            )
        }
        return value
    }

    // MARK: References and calls

    /// The steps and calls that follow a term directly, without a blank.
    private mutating func postfix(_ head: Term) throws(Failure) -> Term {
        guard hasPostfix else { return head }
        return try chain { (parser) throws(Failure) in
            var head = head
            while parser.hasPostfix {
                try parser.checkHead(head)
                let steps = try parser.steps()
                let reference = Reference(
                    range: parser.range(from: head.position),
                    head: head,
                    steps: steps
                )
                try parser.link()
                guard parser.isAt(.parenthesisOpen), !parser.token.isSpaced else {
                    let range = reference.range
                    return Term(range: range, kind: .reference(reference))
                }
                head = try parser.call(reference)
                guard !parser.isAt(.parenthesisOpen) || parser.token.isSpaced else {
                    throw parser.unexpected("no second list of arguments")
                }
            }
            return head
        }
    }

    private var hasPostfix: Bool {
        guard !token.isSpaced else { return false }
        return isAt(.dot) || isAt(.bracketOpen) || isAt(.parenthesisOpen)
    }

    private func checkHead(_ head: Term) throws(Failure) {
        switch head.kind {
        case .scalar, .template:
            throw failure(
                .badLiteral,
                at: head.position,
                "There is nothing to look up in \(head.noun)."
            )
        default: return
        }
    }

    private mutating func steps() throws(Failure) -> [Term] {
        var steps: [Term] = []
        while !token.isSpaced {
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

    /// `.name`, as the string it means.
    mutating func dottedName() throws(Failure) -> Term {
        advance()
        guard isAt(.identifier), !token.isSpaced else { throw unexpected("a name behind '.'") }
        let start = token.start
        let name = string(of: token)
        advance()
        return scalar(.string(name), from: start)
    }

    /// `[term]`.
    mutating func bracketed() throws(Failure) -> Term {
        try nested { (parser) throws(Failure) in
            parser.advance()
            let term = try parser.expression(allowsPair: true)
            try parser.expect(.bracketClose, "']' behind the key")
            return term
        }
    }

    private mutating func call(_ function: Reference) throws(Failure) -> Term {
        guard case .variable(let name) = function.head.kind else {
            throw failure(
                .badLiteral,
                at: function.range.start,
                "Only a function can be called, and \(function.head.noun) is none."
            )
        }
        let arguments = try nested { (parser) throws(Failure) in
            parser.advance()
            return try parser.list(until: .parenthesisClose, "',' or ')' behind an argument")
        }
        let range = range(from: function.range.start)
        if name == "set", function.steps.isEmpty, arguments.isEmpty {
            return Term(range: range, kind: .set([]))
        }
        return Term(range: range, kind: .call(function: function, arguments: arguments))
    }
}
