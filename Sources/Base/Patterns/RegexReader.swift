/// Reads the text of a regular expression into its tree.
///
/// Between the dialects: ECMA-262 with `u` refuses lone brackets and braces, letters escaped for no
/// reason, and inline flags; RE2 allows `(?i)` and its kin, `\A`, `\z`, `\Q…\E`, octal escapes and
/// POSIX classes. Both take an escaped ASCII punctuation character for that character, which the
/// `u` flag alone would refuse: many schemas in use write `\-` and `\_`.
struct RegexReader {
    private let pattern: String
    private let dialect: RegularExpression.Dialect
    private let scalars: [UInt32]
    private var position = 0
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
        self.pattern = pattern
        self.dialect = dialect
        scalars = pattern.unicodeScalars.map(\.value)
    }

    mutating func read() throws(PatternFault) -> RegexNode {
        let node = try readAlternatives()
        guard position == scalars.count else { throw wrong("')' closes no group") }
        return node
    }

    // MARK: - Structure

    private mutating func readAlternatives() throws(PatternFault) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= RegularExpression.depthMax else {
            throw .tooDeep(pattern: pattern, depthMax: RegularExpression.depthMax)
        }
        var alternatives = [try readConcat()]
        while take("|") { alternatives.append(try readConcat()) }
        return alternatives.count == 1 ? alternatives[0] : .alternate(alternatives)
    }

    private mutating func readConcat() throws(PatternFault) -> RegexNode {
        var nodes: [RegexNode] = []
        while let next = peek(), next != "|", next != ")" {
            if dialect == .re2, takeAll("\\Q") {
                nodes += readQuoted()
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
        while position < scalars.count, !takeAll("\\E") {
            nodes.append(.set(folded(ScalarSet(scalars[position]))))
            position += 1
        }
        return nodes
    }

    /// One atom; `nil` after flags that only change what follows.
    private mutating func readAtom() throws(PatternFault) -> RegexNode? {
        guard let next = peek() else { return nil }
        switch next {
        case "^":
            position += 1
            return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$":
            position += 1
            return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case ".":
            position += 1
            if flags.doesDotMatchNewline { return .set(.all) }
            return .set(dialect == .ecma ? RegexClasses.ecmaDot : RegexClasses.re2Dot)
        case "(":
            return try readGroup()
        case "[":
            return .set(try readClass())
        case "\\":
            return try readEscape()
        case "*", "+", "?":
            throw wrong("nothing stands before '\(next)' to repeat")
        case "{":
            if dialect == .ecma { throw wrong("'{' repeats nothing; write '\\{'") }
        case "]", "}":
            if dialect == .ecma { throw wrong("'\(next)' closes nothing; write '\\\(next)'") }
        default: break
        }
        position += 1
        return .set(folded(ScalarSet(next.value)))
    }

    private mutating func readGroup() throws(PatternFault) -> RegexNode? {
        let start = position
        position += 1
        let outer = flags
        guard take("?") else { return try readCapture(name: nil, outer) }
        if let next = peek(), next == "=" || next == "!" { throw lookaround(start) }
        if takeAll("<=") || takeAll("<!") { throw lookaround(start) }
        if take(":") {
            let node = try readAlternatives()
            guard take(")") else { throw wrong("a group is never closed") }
            flags = outer
            return node
        }
        if takeAll("<") || (dialect == .re2 && takeAll("P<")) {
            let name = try readName()
            return try readCapture(name: name, outer)
        }
        if takeAll("P=") { throw .backreference(pattern: pattern, offset: offset(start)) }
        guard dialect == .re2 else { throw wrong("'(?' must begin a group that is known here") }
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
        guard take(")") else { throw wrong("a group is never closed") }
        flags = outer
        return .group(index, node)
    }

    private mutating func readName() throws(PatternFault) -> String {
        var name = String.UnicodeScalarView()
        while let next = peek(), next != ">" {
            let isWord = RegexClasses.word.contains(next.value)
            let isLetter = dialect == .ecma && (next == "$" || next.properties.isAlphabetic)
            guard isWord || isLetter, !name.isEmpty || next.value > 0x39 || next == "$" else {
                throw wrong("a group's name consists of letters, digits and '_'")
            }
            name.append(next)
            position += 1
        }
        guard take(">"), !name.isEmpty else { throw wrong("a group's name ends with '>'") }
        let text = String(name)
        guard !names.contains(text) else { throw wrong("two groups have the name '\(text)'") }
        return text
    }

    /// `(?i)` for what follows in this group, `(?i:…)` for a group of its own.
    private mutating func readFlags(_ outer: Flags) throws(PatternFault) -> RegexNode? {
        var isOn = true
        var hasAny = false
        while let next = peek() {
            position += 1
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
                guard take(")") else { throw wrong("a group is never closed") }
                flags = outer
                return node
            default: throw wrong("the flags are 'i', 'm', 's' and 'U'")
            }
            hasAny = true
        }
        throw wrong("a group is never closed")
    }

    // MARK: - Quantifiers

    private mutating func readQuantifier(_ atom: RegexNode) throws(PatternFault) -> RegexNode {
        guard let (least, most) = try readCounts() else { return atom }
        if dialect == .ecma, case .assertion = atom { throw wrong("an assertion repeats nothing") }
        let isLazy = take("?") != flags.isUngreedy
        if let next = peek(), next == "*" || next == "+" || next == "?" {
            throw wrong("a repeat cannot be repeated; put it in a group")
        }
        let before = position
        if try readCounts() != nil {
            position = before
            throw wrong("a repeat cannot be repeated; put it in a group")
        }
        return .repeated(atom, least: least, most: most, isLazy: isLazy)
    }

    private mutating func readCounts() throws(PatternFault) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{") else { return nil }
        guard let least = readNumber() else {
            position = start
            return nil
        }
        var most: Int? = least
        if take(",") { most = readNumber() }
        guard take("}") else {
            position = start
            return nil
        }
        guard max(least, most ?? 0) <= RegexReader.repeatMax else {
            throw .repeatTooLarge(
                pattern: pattern,
                offset: offset(start),
                countMax: RegexReader.repeatMax
            )
        }
        if let most, most < least { throw wrong("a repeat's bounds must go upwards") }
        return (least, most)
    }

    /// A decimal number, held below overflow: anything above the bound is refused later anyway.
    private mutating func readNumber() -> Int? {
        var number: Int?
        while let next = peek(), next.value >= 0x30, next.value <= 0x39 {
            number = min((number ?? 0) * 10 + Int(next.value - 0x30), 1_000_000)
            position += 1
        }
        return number
    }

    // MARK: - Classes

    private mutating func readClass() throws(PatternFault) -> ScalarSet {
        position += 1
        let isNegated = take("^")
        var set = ScalarSet.empty
        var isFirst = true
        while true {
            guard let next = peek() else { throw wrong("a class is never closed") }
            if next == "]", !isFirst || dialect == .ecma {
                position += 1
                break
            }
            isFirst = false
            if dialect == .re2, let named = try readPosixClass() {
                set = set.union(named)
                continue
            }
            let low = try readClassAtom()
            guard peek() == "-", let after = peek(1), after != "]" else {
                set = set.union(low.set)
                continue
            }
            position += 1
            let high = try readClassAtom()
            guard let from = low.scalar, let to = high.scalar else {
                throw wrong("a range in a class needs a character at both ends")
            }
            guard from <= to else { throw wrong("a range in a class must go upwards") }
            set = set.union(ScalarSet([from...to]))
        }
        set = folded(set)
        return isNegated ? set.inverted : set
    }

    private mutating func readClassAtom() throws(PatternFault) -> (set: ScalarSet, scalar: UInt32?)
    {
        guard let next = peek() else { throw wrong("a class is never closed") }
        guard next == "\\" else {
            position += 1
            return (ScalarSet(next.value), next.value)
        }
        position += 1
        if let set = try readClassEscape() { return (set, nil) }
        if dialect == .ecma, take("b") { return (ScalarSet(8), 8) }
        let scalar = try readCharacterEscape()
        return (ScalarSet(scalar), scalar)
    }

    private mutating func readPosixClass() throws(PatternFault) -> ScalarSet? {
        guard peek() == "[", peek(1) == ":" else { return nil }
        let start = position
        position += 2
        let isNegated = take("^")
        var name = ""
        while let next = peek(), next != ":", next != "]" {
            name.unicodeScalars.append(next)
            position += 1
        }
        guard takeAll(":]") else {
            position = start
            return nil
        }
        guard let set = RegexClasses.posix(name) else {
            throw wrong("there is no class '[:\(name):]'")
        }
        return isNegated ? set.inverted : set
    }

    // MARK: - Escapes

    private mutating func readEscape() throws(PatternFault) -> RegexNode {
        let start = position
        position += 1
        if let set = try readClassEscape() { return .set(folded(set)) }
        guard let next = peek() else { throw wrong("a character must follow '\\'") }
        switch next {
        case "b":
            position += 1
            return .assertion(.wordBoundary)
        case "B":
            position += 1
            return .assertion(.noWordBoundary)
        case "A" where dialect == .re2:
            position += 1
            return .assertion(.textStart)
        case "z" where dialect == .re2:
            position += 1
            return .assertion(.textEnd)
        case "k":
            throw .backreference(pattern: pattern, offset: offset(start))
        case "1"..."9":
            let isOctal = dialect == .re2 && next <= "7" && isOctalDigit(peek(1))
            if !isOctal { throw .backreference(pattern: pattern, offset: offset(start)) }
        default: break
        }
        return .set(folded(ScalarSet(try readCharacterEscape())))
    }

    /// An escape that stands for a set, after its backslash; `nil` where it is something else.
    private mutating func readClassEscape() throws(PatternFault) -> ScalarSet? {
        guard let next = peek() else { return nil }
        let space = dialect == .ecma ? RegexClasses.ecmaSpace : RegexClasses.re2Space
        let set: ScalarSet
        switch next {
        case "d": set = RegexClasses.digit
        case "D": set = RegexClasses.digit.inverted
        case "w": set = RegexClasses.word
        case "W": set = RegexClasses.word.inverted
        case "s": set = space
        case "S": set = space.inverted
        case "p", "P":
            position += 1
            let set = try readProperty()
            return next == "P" ? set.inverted : set
        default: return nil
        }
        position += 1
        return set
    }

    private mutating func readProperty() throws(PatternFault) -> ScalarSet {
        var name = ""
        if take("{") {
            while let next = peek(), next != "}" {
                name.unicodeScalars.append(next)
                position += 1
            }
            guard take("}") else { throw wrong("'\\p{' is never closed") }
        } else if dialect == .re2, let next = peek() {
            name.unicodeScalars.append(next)
            position += 1
        } else {
            throw wrong("a property is written '\\p{…}'")
        }
        var isNegated = false
        if dialect == .re2, name.hasPrefix("^") {
            isNegated = true
            name.removeFirst()
        }
        guard let set = UnicodeTables.property(name) else {
            throw .unknownProperty(pattern: pattern, name: name)
        }
        return isNegated ? set.inverted : set
    }

    /// An escape that stands for one scalar, after its backslash.
    private mutating func readCharacterEscape() throws(PatternFault) -> UInt32 {
        guard let next = peek() else { throw wrong("a character must follow '\\'") }
        position += 1
        switch next {
        case "t": return 9
        case "n": return 10
        case "v": return 11
        case "f": return 12
        case "r": return 13
        case "a" where dialect == .re2: return 7
        case "x": return try readHex()
        case "u" where dialect == .ecma: return try readUnicodeEscape()
        case "c" where dialect == .ecma:
            guard let letter = peek(), letter.isASCII, letter.properties.isAlphabetic else {
                throw wrong("a letter must follow '\\c'")
            }
            position += 1
            return letter.value & 31
        case "0"..."7" where dialect == .re2: return readOctal(next)
        case "0":
            if let digit = peek(), ("0"..."9").contains(digit) {
                throw wrong("no digit may follow '\\0'")
            }
            return 0
        default:
            let isPunctuation = next.isASCII && next.value > 32 && next.value < 127
            guard isPunctuation, !RegexClasses.alphanumeric.contains(next.value) else {
                position -= 1
                throw wrong("'\\\(next)' has no meaning")
            }
            return next.value
        }
    }

    private mutating func readOctal(_ first: Unicode.Scalar) -> UInt32 {
        var value = first.value - 0x30
        for _ in 0..<2 {
            guard let digit = peek(), isOctalDigit(digit) else { break }
            value = value * 8 + digit.value - 0x30
            position += 1
        }
        return value
    }

    private func isOctalDigit(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return ("0"..."7").contains(scalar)
    }

    private mutating func readHex() throws(PatternFault) -> UInt32 {
        if dialect == .re2, take("{") { return try readBraced() }
        guard let value = readHexDigits(2) else { throw wrong("two hex digits must follow '\\x'") }
        return value
    }

    private mutating func readUnicodeEscape() throws(PatternFault) -> UInt32 {
        if take("{") { return try readBraced() }
        guard let high = readHexDigits(4) else { throw wrong("four hex digits must follow '\\u'") }
        // Two escapes may spell the surrogate pair of one scalar (ECMA-262, RegExpUnicodeEscape).
        guard (0xD800...0xDBFF).contains(high) else { return high }
        let before = position
        if takeAll("\\u"), let low = readHexDigits(4), (0xDC00...0xDFFF).contains(low) {
            return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
        }
        position = before
        return high
    }

    private mutating func readBraced() throws(PatternFault) -> UInt32 {
        var value: UInt32?
        while let next = peek(), let digit = hexValue(next) {
            value = min((value ?? 0) << 4 | digit, 0x110000)
            position += 1
        }
        guard take("}"), let value, value <= ScalarSet.last else {
            throw wrong("hex digits up to 10FFFF stand between '{' and '}'")
        }
        return value
    }

    private mutating func readHexDigits(_ count: Int) -> UInt32? {
        var value: UInt32 = 0
        for index in 0..<count {
            guard let next = peek(index), let digit = hexValue(next) else { return nil }
            value = value << 4 | digit
        }
        position += count
        return value
    }

    private func hexValue(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value - 0x30
        case "a"..."f": scalar.value - 0x57
        case "A"..."F": scalar.value - 0x37
        default: nil
        }
    }

    // MARK: - The text

    private func folded(_ set: ScalarSet) -> ScalarSet {
        flags.isCaseIgnored ? UnicodeTables.folded(set) : set
    }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        position + ahead < scalars.count ? Unicode.Scalar(scalars[position + ahead]) : nil
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        position += 1
        return true
    }

    private mutating func takeAll(_ text: String) -> Bool {
        let wanted = text.unicodeScalars
        for (index, scalar) in wanted.enumerated() where peek(index) != scalar { return false }
        position += wanted.count
        return true
    }

    private func offset(_ position: Int) -> Int {
        pattern.unicodeScalars.prefix(position).reduce(0) { $0 + UTF8.width($1) }
    }

    private func wrong(_ expected: String) -> PatternFault {
        .syntax(pattern: pattern, offset: offset(position), expected: expected)
    }

    private func lookaround(_ start: Int) -> PatternFault {
        .lookaround(pattern: pattern, offset: offset(start))
    }
}
