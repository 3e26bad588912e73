/// The small patterns of `regex.globs_match`, of which it is asked whether two have a common text.
///
/// They know characters, `.`, classes in brackets, `+`, `*` and the backslash, no groups.
struct SimplePattern {
    private struct Token {
        var set: [ClosedRange<UInt32>]
        var mayRepeat = false
        var mayBeAbsent = false
    }

    private var tokens: [Token] = []

    init(_ text: Text) throws(BuiltinError) {
        let scalars = Array(text.string.unicodeScalars)
        var at = 0
        func invalid(_ reason: String) -> BuiltinError {
            .failed("input:\(text), pos:\(at + 1), \(reason): the input provided is invalid")
        }
        while at < scalars.count {
            switch scalars[at] {
            case ".": tokens.append(Token(set: [0...0x10FFFF]))
            case "[":
                guard let end = scalars[at...].firstIndex(of: "]") else {
                    throw invalid("missing closing ']'")
                }
                guard let set = SimplePattern.ranges(scalars[(at + 1)..<end]) else {
                    throw invalid("malformed set")
                }
                tokens.append(Token(set: set))
                at = end
            case "]": throw invalid("set-close ']' with no preceding '['")
            case "+", "*":
                guard !tokens.isEmpty, !tokens[tokens.count - 1].mayRepeat else {
                    throw invalid("flag '\(scalars[at])' must be preceded by a non-flag")
                }
                tokens[tokens.count - 1].mayRepeat = true
                tokens[tokens.count - 1].mayBeAbsent = scalars[at] == "*"
            case "\\":
                at += 1
                guard at < scalars.count else { throw invalid("input ends with a '\\'") }
                tokens.append(Token(set: [scalars[at].value...scalars[at].value]))
            case let scalar: tokens.append(Token(set: [scalar.value...scalar.value]))
            }
            at += 1
        }
    }

    /// The characters and ranges of a class; `nil` for a range that is none.
    private static func ranges(_ inner: ArraySlice<Unicode.Scalar>) -> [ClosedRange<UInt32>]? {
        var ranges: [ClosedRange<UInt32>] = []
        var at = inner.startIndex
        while at < inner.endIndex {
            if inner[at] == "\\" { at += 1 }
            guard at < inner.endIndex else { return nil }
            let low = inner[at].value
            if at + 2 < inner.endIndex, inner[at + 1] == "-" {
                guard low <= inner[at + 2].value else { return nil }
                ranges.append(low...inner[at + 2].value)
                at += 3
            } else {
                ranges.append(low...low)
                at += 1
            }
        }
        return ranges.isEmpty ? nil : ranges
    }

    /// Whether some text matches both: a walk over the pairs of places in the patterns.
    func meets(_ other: SimplePattern, _ context: inout BuiltinContext) throws(BuiltinError) -> Bool
    {
        let width = other.tokens.count + 1
        let pairs = (tokens.count + 1).multipliedReportingOverflow(by: width)
        if pairs.overflow { throw .exhausted(.bytes) }
        try context.charge(bytes: pairs.partialValue)
        var seen = [Bool](repeating: false, count: pairs.partialValue)
        var open = [0]
        func visit(_ one: Int, _ two: Int) {
            let place = one * width + two
            if !seen[place] {
                seen[place] = true
                open.append(place)
            }
        }
        while let place = open.popLast() {
            let (one, two) = place.quotientAndRemainder(dividingBy: width)
            if one == tokens.count && two == other.tokens.count { return true }
            let left = one < tokens.count ? tokens[one] : nil
            let right = two < other.tokens.count ? other.tokens[two] : nil
            if left?.mayBeAbsent == true { visit(one + 1, two) }
            if right?.mayBeAbsent == true { visit(one, two + 1) }
            guard let left, let right else { continue }
            try context.charge(steps: left.set.count * right.set.count)
            let haveCommon = left.set.contains { range in right.set.contains { $0.overlaps(range) }
            }
            guard haveCommon else { continue }
            visit(one + 1, two + 1)
            if left.mayRepeat { visit(one, two + 1) }
            if right.mayRepeat { visit(one + 1, two) }
            // Both may go on; that leads back here and is already seen.
        }
        return false
    }
}
