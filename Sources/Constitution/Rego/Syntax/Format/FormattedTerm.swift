/// Terms on a page.
extension FormattedPage {
    /// A term where a comma has no meaning of its own.
    mutating func write(_ term: Term) {
        guard case .membership(let key, let value, let collection) = term.kind else {
            writeOperand(term, tighterThan: 0)
            return
        }
        writeMembership(key: key, value: value, collection: collection)
    }

    mutating func writeMembership(key: Term?, value: Term, collection: Term) {
        if let key {
            writeOperand(key, tighterThan: 0)
            put(", ")
        }
        writeOperand(value, tighterThan: 0)
        guardsMinus = false
        put(" in ")
        writeOperand(collection, tighterThan: 0)
    }

    /// A term beside an operator, in parentheses where it would be torn apart otherwise.
    mutating func writeOperand(_ term: Term, tighterThan precedence: Int) {
        let isBody = guardsBar
        guardsBar = false
        switch term.kind {
        case .infix where isBody && term.leansOnUnion: writeParenthesised(term)
        case .membership: writeParenthesised(term)
        case .infix(let infix, let left, let right):
            guard infix.precedence > precedence else {
                writeParenthesised(term)
                return
            }
            writeOperand(left, tighterThan: infix.precedence - 1)
            guardsMinus = false
            put(" \(infix.rawValue) ")
            writeOperand(right, tighterThan: infix.precedence)
        default: writePrimary(term)
        }
    }

    private mutating func writeParenthesised(_ term: Term) {
        guardsMinus = false
        put("(")
        write(term)
        put(")")
    }

    /// An element of a list, whose first operator must not look like the bar of a comprehension.
    private mutating func writeElement(_ term: Term) {
        if term.leansOnUnion {
            writeParenthesised(term)
        } else {
            writeOperand(term, tighterThan: 0)
        }
    }

    /// The head of a comprehension, which has no operators outside of parentheses.
    private mutating func writeTight(_ term: Term) {
        switch term.kind {
        case .infix, .membership: writeParenthesised(term)
        default: writePrimary(term)
        }
    }

    private mutating func writePrimary(_ term: Term) {
        let isGuarded = guardsMinus
        guardsMinus = false
        switch term.kind {
        case .scalar(.number(let text)):
            put(isGuarded && text.hasPrefix("-") ? "(\(text))" : text)
        case .scalar(let scalar): put(written(scalar, at: term.range))
        case .variable(let name): put(name)
        case .wildcard: put("_")
        case .reference(let reference): write(reference)
        case .array(let terms): writeList(terms, from: "[", to: "]", in: term.range)
        case .set(let terms) where terms.isEmpty: put("set()")
        case .set(let terms): writeList(terms, from: "{", to: "}", in: term.range)
        case .object(let entries): write(entries, in: term.range)
        case .arrayComprehension(let head, let body):
            writeComprehension("[", head, nil, body, "]", in: term.range)
        case .setComprehension(let head, let body):
            writeComprehension("{", head, nil, body, "}", in: term.range)
        case .objectComprehension(let key, let value, let body):
            writeComprehension("{", value, key, body, "}", in: term.range)
        case .call(let function, let arguments):
            write(function)
            writeList(
                arguments,
                from: "(",
                to: ")",
                in: SourceRange(start: function.range.end, end: term.range.end)
            )
        case .template:
            dropComments(in: term.range)
            put(source(term.range))
        case .infix, .membership: writeParenthesised(term)
        }
    }

    private func written(_ scalar: Scalar, at range: SourceRange) -> String {
        switch scalar {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): isQuoted(at: range) ? source(range) : FormattedPage.quoted(text)
        }
    }

    private func isQuoted(at range: SourceRange) -> Bool {
        let byte = byte(at: range.start)
        return byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`")
    }

    // MARK: References

    mutating func write(_ reference: Reference) {
        switch reference.head.kind {
        case .infix, .membership: writeParenthesised(reference.head)
        default: writePrimary(reference.head)
        }
        for step in reference.steps { writeStep(step) }
    }

    private mutating func writeStep(_ step: Term) {
        if case .scalar(.string(let name)) = step.kind {
            let isDotted = !isQuoted(at: step.range)
            if isDotted || FormattedPage.isName(name) {
                put(".\(name)")
                return
            }
        }
        put("[")
        write(step)
        put("]")
    }

    // MARK: Collections

    /// Whether a collection goes over several lines: its author broke the line behind the opening
    /// mark or between two parts, or a comment stands there.
    private func isSpread(_ parts: [SourceRange], in range: SourceRange) -> Bool {
        guard !range.isOnOneLine else { return false }
        var end = range.start
        for part in parts {
            if part.start.line > range.start.line { return true }
            if hasComment(in: SourceRange(start: end, end: part.start)) { return true }
            end = part.end
        }
        return hasComment(in: SourceRange(start: end, end: range.end))
    }

    /// Terms between two marks, on one line or each on its own.
    mutating func writeList(
        _ terms: [Term],
        from open: String,
        to close: String,
        in range: SourceRange
    ) {
        put(open)
        guard !terms.isEmpty, isSpread(terms.map(\.range), in: range) else {
            for (place, term) in terms.enumerated() {
                if place > 0 { put(", ") }
                writeElement(term)
            }
            put(close)
            return
        }
        endLine(behind: range.start, before: terms[0].range.start)
        openBlock()
        for (place, term) in terms.enumerated() {
            begin(at: term.range.start)
            writeElement(term)
            put(",")
            let isLast = place == terms.count - 1
            endLine(
                behind: term.range.end,
                before: isLast ? range.end : terms[place + 1].range.start
            )
        }
        closeBlock(at: range.end)
        put(close)
    }

    private mutating func write(_ entries: [ObjectEntry], in range: SourceRange) {
        put("{")
        guard !entries.isEmpty, isSpread(entries.map(\.range), in: range) else {
            for (place, entry) in entries.enumerated() {
                if place > 0 { put(", ") }
                write(entry)
            }
            put("}")
            return
        }
        endLine(behind: range.start, before: entries[0].key.range.start)
        openBlock()
        for (place, entry) in entries.enumerated() {
            begin(at: entry.key.range.start)
            write(entry)
            put(",")
            let isLast = place == entries.count - 1
            endLine(
                behind: entry.value.range.end,
                before: isLast ? range.end : entries[place + 1].key.range.start
            )
        }
        closeBlock(at: range.end)
        put("}")
    }

    private mutating func write(_ entry: ObjectEntry) {
        writeElement(entry.key)
        put(": ")
        writeElement(entry.value)
    }

    private mutating func writeComprehension(
        _ open: String,
        _ head: Term,
        _ key: Term?,
        _ body: Body,
        _ close: String,
        in range: SourceRange
    ) {
        put(open)
        if let key {
            writeElement(key)
            put(": ")
        }
        writeTight(head)
        put(" |")
        writeInner(body, behind: head.range.end, in: range)
        put(close)
    }
}

extension ObjectEntry {
    fileprivate var range: SourceRange {
        SourceRange(start: key.range.start, end: value.range.end)
    }
}

extension Term {
    /// Whether the operator behind its first operand is a union.
    fileprivate var leansOnUnion: Bool {
        guard case .infix(let infix, let left, _) = kind else { return false }
        return infix == .union || left.leansOnUnion
    }
}
