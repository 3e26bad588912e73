/// Bodies and literals on a page.
extension FormattedPage {
    /// A body behind a head: in braces on lines of its own, or one literal on the same line.
    mutating func writeBody(_ body: Body, bracesOnly: Bool) {
        guard bracesOnly else {
            write(body.literals[0], isLineStart: false)
            return
        }
        put("{")
        writeBlock(body.literals, from: body.range.start, to: body.range.end)
        put("}")
    }

    /// Literals on lines of their own, between an opening mark and a closing one.
    private mutating func writeBlock(
        _ literals: [Literal],
        from start: SourcePosition,
        to end: SourcePosition
    ) {
        endLine(behind: start, before: literals[0].range.start)
        openBlock()
        for (place, literal) in literals.enumerated() {
            begin(at: literal.range.start)
            guardsBar = place == 0
            write(literal, isLineStart: true)
            guardsBar = false
            let isLast = place == literals.count - 1
            let next = isLast ? end : literals[place + 1].range.start
            endLine(behind: literal.range.end, before: next)
        }
        closeBlock(at: end)
    }

    /// The body of a comprehension, behind its head and up to the closing mark.
    mutating func writeInner(_ body: Body, behind head: SourcePosition, in range: SourceRange) {
        guard !range.isOnOneLine || hasComment(in: range) else {
            for (place, literal) in body.literals.enumerated() {
                put(place == 0 ? " " : "; ")
                write(literal, isLineStart: false)
            }
            return
        }
        writeBlock(body.literals, from: head, to: range.end)
    }

    mutating func write(_ literal: Literal, isLineStart: Bool) {
        guardsMinus = isLineStart
        if literal.isNegated {
            guardsMinus = false
            put("not ")
        }
        switch literal.kind {
        case .expression(let term): write(term)
        case .assignment(let left, let right): writePair(left, " := ", right)
        case .unification(let left, let right): writePair(left, " = ", right)
        case .declaration(let names):
            put("some ")
            for (place, name) in names.enumerated() {
                if place > 0 { put(", ") }
                write(name)
            }
        case .someIn(let key, let value, let collection):
            put("some ")
            writeMembership(key: key, value: value, collection: collection)
        case .every(let key, let value, let domain, let body):
            put("every ")
            writeMembership(key: key, value: value, collection: domain)
            put(" ")
            writeEvery(body)
        }
        guardsMinus = false
        write(literal.modifiers)
    }

    private mutating func writePair(_ left: Term, _ mark: String, _ right: Term) {
        write(left)
        guardsMinus = false
        put(mark)
        write(right)
    }

    private mutating func writeEvery(_ body: Body) {
        guard body.range.isOnOneLine, !hasComment(in: body.range) else {
            writeBody(body, bracesOnly: true)
            return
        }
        put("{")
        for (place, literal) in body.literals.enumerated() {
            put(place == 0 ? " " : "; ")
            write(literal, isLineStart: false)
        }
        put(" }")
    }

    /// Each `with` that began a line does so again.
    private mutating func write(_ modifiers: [WithModifier]) {
        var isIndented = false
        for (place, modifier) in modifiers.enumerated() {
            let start = modifier.range.start
            if place > 0, start.line > modifiers[place - 1].range.end.line {
                endLine(behind: modifiers[place - 1].range.end, before: start)
                if !isIndented { openBlock() }
                isIndented = true
                begin(at: start)
            } else {
                put(" ")
            }
            put("with ")
            write(modifier.target)
            put(" as ")
            writeOperand(modifier.value, tighterThan: 0)
        }
        if isIndented, let end = modifiers.last?.range.end { closeBlock(at: end) }
    }
}
