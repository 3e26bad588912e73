/// Reads the text of a path pattern into alternatives without braces.
enum PathPatternReader {
    static let slash = UInt8(ascii: "/")

    /// The alternatives of the pattern in the order they are written.
    static func alternatives(of text: String) throws(PatternFault) -> [[PathSegment]] {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= PathPattern.bytesMax else {
            throw .tooLong(pattern: text, bytesMax: PathPattern.bytesMax)
        }
        var out: [[PathSegment]] = []
        for expanded in try expand(Array(text.utf8), text) {
            out.append(try segments(expanded, text))
        }
        return out
    }

    /// Expands braces: the first pair is replaced by each of its parts, until none is left.
    private static func expand(_ bytes: [UInt8], _ text: String) throws(PatternFault) -> [[UInt8]] {
        var pending = [bytes]
        var done: [[UInt8]] = []
        while let pattern = pending.popLast() {
            guard let brace = try firstBrace(pattern, text) else {
                done.append(pattern)
                continue
            }
            for part in brace.parts.reversed() {
                pending.append(Array(pattern[..<brace.start]) + part + pattern[brace.end...])
            }
            guard pending.count + done.count <= PathPattern.alternativesMax else {
                throw .tooManyAlternatives(pattern: text, countMax: PathPattern.alternativesMax)
            }
        }
        return done
    }

    private struct Brace {
        let start: Int
        /// One past the closing brace.
        let end: Int
        let parts: [ArraySlice<UInt8>]
    }

    private static func firstBrace(_ bytes: [UInt8], _ text: String) throws(PatternFault) -> Brace?
    {
        var start: Int?
        var partStart = 0
        var parts: [ArraySlice<UInt8>] = []
        var depth = 0
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"):
                index += 1
            case UInt8(ascii: "["):
                index = classEnd(bytes, index) ?? index
            case UInt8(ascii: "{"):
                depth += 1
                if depth == 1 {
                    start = index
                    partStart = index + 1
                }
            case UInt8(ascii: ",") where depth == 1:
                parts.append(bytes[partStart..<index])
                partStart = index + 1
            case UInt8(ascii: "}"):
                guard depth > 0 else {
                    throw .syntax(
                        pattern: text,
                        offset: index,
                        expected: "'}' closes nothing; write '\\}' for the character"
                    )
                }
                depth -= 1
                if depth == 0, let start {
                    parts.append(bytes[partStart..<index])
                    return Brace(start: start, end: index + 1, parts: parts)
                }
            default: break
            }
            index += 1
        }
        if let start {
            throw .syntax(pattern: text, offset: start, expected: "'{' is never closed")
        }
        return nil
    }

    /// The index of the `]` that closes the class opened at `start`; a `]` that comes first in the
    /// class is a member of it.
    private static func classEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        var index = start + 1
        if index < bytes.count, isNegation(bytes[index]) { index += 1 }
        let first = index
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 1
            } else if bytes[index] == UInt8(ascii: "]"), index > first {
                return index
            }
            index += 1
        }
        return nil
    }

    private static func isNegation(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "!") || byte == UInt8(ascii: "^")
    }

    private static func segments(
        _ bytes: [UInt8],
        _ text: String
    ) throws(PatternFault)
        -> [PathSegment]
    {
        if bytes.first == slash { throw .absolute(pattern: text) }
        var out: [PathSegment] = []
        for name in try split(bytes, text) {
            guard !name.isEmpty else { throw .emptySegment(pattern: text) }
            let segment = try segment(name, text)
            if case .anySegments = segment, case .anySegments? = out.last { continue }
            out.append(segment)
        }
        return out
    }

    /// Splits at the separators, which may not stand within a class.
    private static func split(
        _ bytes: [UInt8],
        _ text: String
    ) throws(PatternFault)
        -> [ArraySlice<UInt8>]
    {
        var out: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"):
                index += 1
                guard index < bytes.count, bytes[index] != slash else {
                    throw .syntax(
                        pattern: text,
                        offset: index - 1,
                        expected: "a character must follow '\\'"
                    )
                }
            case UInt8(ascii: "["):
                guard let end = classEnd(bytes, index) else {
                    throw .syntax(pattern: text, offset: index, expected: "'[' is never closed")
                }
                guard !bytes[index...end].contains(slash) else {
                    throw .syntax(
                        pattern: text,
                        offset: index,
                        expected: "a class must not contain '/'"
                    )
                }
                index = end
            case slash:
                out.append(bytes[start..<index])
                start = index + 1
            default: break
            }
            index += 1
        }
        out.append(bytes[start...])
        return out
    }

    private static func segment(
        _ name: ArraySlice<UInt8>,
        _ text: String
    ) throws(PatternFault)
        -> PathSegment
    {
        if name.elementsEqual("**".utf8) { return .anySegments }
        var tokens: [PathToken] = []
        var index = name.startIndex
        while index < name.endIndex {
            switch name[index] {
            case UInt8(ascii: "*"):
                if case .star? = tokens.last { throw .doubleStarInName(pattern: text) }
                tokens.append(.star)
            case UInt8(ascii: "?"):
                tokens.append(.any)
            case UInt8(ascii: "["):
                let bytes = Array(name)
                let start = index - name.startIndex
                let end = classEnd(bytes, start) ?? start
                tokens.append(.set(try scalarClass(bytes[start...end], start, text)))
                index = name.startIndex + end
            case UInt8(ascii: "\\"):
                index += 1
                tokens.append(.byte(name[index]))
            case 0:
                throw .syntax(
                    pattern: text,
                    offset: index,
                    expected: "a path cannot contain a NUL byte"
                )
            default:
                tokens.append(.byte(name[index]))
            }
            index += 1
        }
        var literal: [UInt8] = []
        for token in tokens {
            guard case .byte(let byte) = token else { return .wild(tokens) }
            literal.append(byte)
        }
        if literal.elementsEqual("..".utf8) || literal.elementsEqual(".".utf8) {
            throw .traversal(pattern: text)
        }
        return .literal(literal)
    }

    /// Reads `[…]`, both brackets included.
    private static func scalarClass(
        _ bytes: ArraySlice<UInt8>,
        _ offset: Int,
        _ text: String
    ) throws(PatternFault) -> ScalarSet {
        var scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)[1...]
        scalars.removeLast()
        var isNegated = false
        if let first = scalars.first, first == "!" || first == "^" {
            isNegated = true
            scalars.removeFirst()
        }
        var ranges: [ClosedRange<UInt32>] = []
        func take() -> UInt32? {
            guard var scalar = scalars.popFirst() else { return nil }
            if scalar == "\\", let escaped = scalars.popFirst() { scalar = escaped }
            return scalar.value
        }
        while let low = take() {
            var high = low
            if scalars.first == "-", scalars.count > 1 {
                scalars.removeFirst()
                high = take() ?? low
            }
            guard low <= high else {
                throw .syntax(
                    pattern: text,
                    offset: offset,
                    expected: "a range in a class must go upwards"
                )
            }
            ranges.append(low...high)
        }
        let set = ScalarSet(ranges)
        return isNegated ? set.inverted : set
    }
}
