/// Classes and escapes: the parts of a regular expression that stand for characters.
extension RegexCursor {
    mutating func readClass(isCaseIgnored: Bool) throws(PatternFault) -> ScalarSet {
        position += 1
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while true {
            guard let next = peek() else { throw wrong("a class is never closed") }
            if next == "]", !isFirst || dialect == .ecma {
                position += 1
                break
            }
            isFirst = false
            if dialect == .re2, let named = try readPosixClass() {
                ranges += named.ranges
                continue
            }
            let low = try readClassAtom()
            let isRange = dialect == .ecma || low.scalar != nil
            guard isRange, peek() == "-", let after = peek(1), after != "]" else {
                ranges += low.set.ranges
                continue
            }
            position += 1
            let high = try readClassAtom()
            guard let from = low.scalar, let to = high.scalar else {
                throw wrong("a range in a class needs a character at both ends")
            }
            guard from <= to else { throw wrong("a range in a class must go upwards") }
            ranges.append(from...to)
        }
        let all = ScalarSet(ranges)
        let set = isCaseIgnored ? UnicodeTables.folded(all) : all
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

    /// An escape that stands for a set, after its backslash; `nil` where it is something else.
    mutating func readClassEscape() throws(PatternFault) -> ScalarSet? {
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
    mutating func readCharacterEscape() throws(PatternFault) -> UInt32 {
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

    func isOctalDigit(_ scalar: Unicode.Scalar?) -> Bool {
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
}
