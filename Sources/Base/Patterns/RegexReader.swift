/// Reads the text of a regular expression into its tree.
///
/// Between the dialects: ECMA-262 with `u` refuses lone brackets and braces, letters escaped for no
/// reason, and inline flags; RE2 allows `(?i)` and its kin, `\A`, `\z`, `\Q…\E`, octal escapes and
/// POSIX classes. Both take an escaped ASCII punctuation character for that character, which the
/// `u` flag alone would refuse: many schemas in use write `\-` and `\_`.
struct RegexReader {
    private var cursor: RegexCursor
    private var depth = 0
    private var flags = Flags()

    /// The name of each group met so far.
    private(set) var names: [String?] = []

    private struct Flags {
        var isCaseIgnored = false
        var isMultiline = false
        var doesDotMatchNewline = false
        var isUngreedy = false
    }

    static let repeatMax = 1000

    init(_ pattern: String, _ dialect: RegularExpression.Dialect) {
        cursor = RegexCursor(pattern, dialect)
    }

    mutating func read() throws(PatternFault) -> RegexNode {
        let node = try readAlternatives()
        guard cursor.position == cursor.scalars.count else {
            throw cursor.wrong("')' closes no group")
        }
        return node
    }

    // MARK: - Structure

    private mutating func readAlternatives() throws(PatternFault) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= RegularExpression.depthMax else {
            throw .tooDeep(pattern: cursor.pattern, depthMax: RegularExpression.depthMax)
        }
        var alternatives = [try readConcat()]
        while cursor.take("|") { alternatives.append(try readConcat()) }
        return alternatives.count == 1 ? alternatives[0] : .alternate(alternatives)
    }

    private mutating func readConcat() throws(PatternFault) -> RegexNode {
        var nodes: [RegexNode] = []
        while let next = cursor.peek(), next != "|", next != ")" {
            if cursor.dialect == .re2, cursor.takeAll("\\Q") {
                let quoted = readQuoted()
                nodes += quoted.dropLast()
                if let last = quoted.last { nodes.append(try readQuantifier(last)) }
                continue
            }
            guard let atom = try readAtom() else { continue }
            nodes.append(try readQuantifier(atom))
        }
        switch nodes.count {
        case 0: return .empty
        case 1: return nodes[0]
        default: return .concat(nodes)
        }
    }

    private mutating func readQuoted() -> [RegexNode] {
        var nodes: [RegexNode] = []
        while cursor.position < cursor.scalars.count, !cursor.takeAll("\\E") {
            nodes.append(.set(folded(ScalarSet(cursor.scalars[cursor.position]))))
            cursor.position += 1
        }
        return nodes
    }

    /// One atom; `nil` after flags that only change what follows.
    private mutating func readAtom() throws(PatternFault) -> RegexNode? {
        guard let next = cursor.peek() else { return nil }
        switch next {
        case "^":
            cursor.position += 1
            return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$":
            cursor.position += 1
            return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case ".":
            cursor.position += 1
            if flags.doesDotMatchNewline { return .set(.all) }
            return .set(cursor.dialect == .ecma ? RegexClasses.ecmaDot : RegexClasses.re2Dot)
        case "(":
            return try readGroup()
        case "[":
            return .set(try cursor.readClass(isCaseIgnored: flags.isCaseIgnored))
        case "\\":
            return try readEscape()
        case "*", "+", "?":
            throw cursor.wrong("nothing stands before '\(next)' to repeat")
        case "{":
            let isCount = try readCounts() != nil
            if isCount || cursor.dialect == .ecma {
                throw cursor.wrong("'{' repeats nothing; write '\\{'")
            }
        case "]", "}":
            if cursor.dialect == .ecma {
                throw cursor.wrong("'\(next)' closes nothing; write '\\\(next)'")
            }
        default: break
        }
        cursor.position += 1
        return .set(folded(ScalarSet(next.value)))
    }

    private mutating func readGroup() throws(PatternFault) -> RegexNode? {
        let start = cursor.position
        cursor.position += 1
        let outer = flags
        guard cursor.take("?") else { return try readCapture(name: nil, outer) }
        if let next = cursor.peek(), next == "=" || next == "!" { throw cursor.lookaround(start) }
        if cursor.takeAll("<=") || cursor.takeAll("<!") { throw cursor.lookaround(start) }
        if cursor.take(":") {
            let node = try readAlternatives()
            guard cursor.take(")") else { throw cursor.wrong("a group is never closed") }
            flags = outer
            return node
        }
        if cursor.takeAll("<") || (cursor.dialect == .re2 && cursor.takeAll("P<")) {
            let name = try readName()
            return try readCapture(name: name, outer)
        }
        if cursor.takeAll("P=") {
            throw .backreference(pattern: cursor.pattern, offset: cursor.offset(start))
        }
        guard cursor.dialect == .re2 else {
            throw cursor.wrong("'(?' must begin a group that is known here")
        }
        return try readFlags(outer)
    }

    private mutating func readCapture(
        name: String?,
        _ outer: Flags
    ) throws(PatternFault)
        -> RegexNode
    {
        names.append(name)
        let index = names.count
        let node = try readAlternatives()
        guard cursor.take(")") else { throw cursor.wrong("a group is never closed") }
        flags = outer
        return .group(index, node)
    }

    private mutating func readName() throws(PatternFault) -> String {
        var name = String.UnicodeScalarView()
        while let next = cursor.peek(), next != ">" {
            let isWord = RegexClasses.word.contains(next.value)
            let isLetter = cursor.dialect == .ecma && (next == "$" || next.properties.isAlphabetic)
            guard isWord || isLetter, !name.isEmpty || next.value > 0x39 || next == "$" else {
                throw cursor.wrong("a group's name consists of letters, digits and '_'")
            }
            name.append(next)
            cursor.position += 1
        }
        guard cursor.take(">"), !name.isEmpty else {
            throw cursor.wrong("a group's name ends with '>'")
        }
        let text = String(name)
        guard !names.contains(text) else {
            throw cursor.wrong("two groups have the name '\(text)'")
        }
        return text
    }

    /// `(?i)` for what follows in this group, `(?i:…)` for a group of its own.
    private mutating func readFlags(_ outer: Flags) throws(PatternFault) -> RegexNode? {
        var isOn = true
        var hasAny = false
        while let next = cursor.peek() {
            cursor.position += 1
            switch next {
            case "i": flags.isCaseIgnored = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.doesDotMatchNewline = isOn
            case "U": flags.isUngreedy = isOn
            case "-" where isOn:
                isOn = false
                hasAny = false
                continue
            case ")" where hasAny:
                return nil
            case ":" where hasAny:
                let node = try readAlternatives()
                guard cursor.take(")") else { throw cursor.wrong("a group is never closed") }
                flags = outer
                return node
            default: throw cursor.wrong("the flags are 'i', 'm', 's' and 'U'")
            }
            hasAny = true
        }
        throw cursor.wrong("a group is never closed")
    }

    // MARK: - Quantifiers

    private mutating func readQuantifier(_ atom: RegexNode) throws(PatternFault) -> RegexNode {
        guard let (least, most) = try readCounts() else { return atom }
        if cursor.dialect == .ecma, case .assertion = atom {
            throw cursor.wrong("an assertion repeats nothing")
        }
        let isLazy = cursor.take("?") != flags.isUngreedy
        if let next = cursor.peek(), next == "*" || next == "+" || next == "?" {
            throw cursor.wrong("a repeat cannot be repeated; put it in a group")
        }
        let before = cursor.position
        if try readCounts() != nil {
            cursor.position = before
            throw cursor.wrong("a repeat cannot be repeated; put it in a group")
        }
        return .repeated(atom, least: least, most: most, isLazy: isLazy)
    }

    private mutating func readCounts() throws(PatternFault) -> (least: Int, most: Int?)? {
        if cursor.take("*") { return (0, nil) }
        if cursor.take("+") { return (1, nil) }
        if cursor.take("?") { return (0, 1) }
        let start = cursor.position
        guard cursor.take("{") else { return nil }
        guard let least = readNumber() else {
            cursor.position = start
            return nil
        }
        var most: Int? = least
        if cursor.take(",") { most = readNumber() }
        guard cursor.take("}") else {
            cursor.position = start
            return nil
        }
        guard max(least, most ?? 0) <= RegexReader.repeatMax else {
            throw .repeatTooLarge(
                pattern: cursor.pattern,
                offset: cursor.offset(start),
                countMax: RegexReader.repeatMax
            )
        }
        if let most, most < least { throw cursor.wrong("a repeat's bounds must go upwards") }
        return (least, most)
    }

    /// A decimal number, held below overflow: anything above the bound is refused later anyway.
    private mutating func readNumber() -> Int? {
        var number: Int?
        while let next = cursor.peek(), next.value >= 0x30, next.value <= 0x39 {
            number = min((number ?? 0) * 10 + Int(next.value - 0x30), 1_000_000)
            cursor.position += 1
        }
        return number
    }

    // MARK: - Escapes

    private mutating func readEscape() throws(PatternFault) -> RegexNode {
        let start = cursor.position
        cursor.position += 1
        if let set = try cursor.readClassEscape() { return .set(folded(set)) }
        guard let next = cursor.peek() else { throw cursor.wrong("a character must follow '\\'") }
        switch next {
        case "b":
            cursor.position += 1
            return .assertion(.wordBoundary)
        case "B":
            cursor.position += 1
            return .assertion(.noWordBoundary)
        case "A" where cursor.dialect == .re2:
            cursor.position += 1
            return .assertion(.textStart)
        case "z" where cursor.dialect == .re2:
            cursor.position += 1
            return .assertion(.textEnd)
        case "k":
            throw .backreference(pattern: cursor.pattern, offset: cursor.offset(start))
        case "1"..."9":
            let isOctal =
                cursor.dialect == .re2 && next <= "7" && cursor.isOctalDigit(cursor.peek(1))
            if !isOctal {
                throw .backreference(pattern: cursor.pattern, offset: cursor.offset(start))
            }
        default: break
        }
        return .set(folded(ScalarSet(try cursor.readCharacterEscape())))
    }

    private func folded(_ set: ScalarSet) -> ScalarSet {
        flags.isCaseIgnored ? UnicodeTables.folded(set) : set
    }
}
