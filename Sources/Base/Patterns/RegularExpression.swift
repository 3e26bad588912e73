/// A regular expression that always runs in linear time.
///
/// Its law is RE2's: no backtracking, a bounded program, bounded repeat counts. A pattern that
/// would need backtracking (looking around, referring back) is refused when it is read, never
/// approximated. Searching walks a table of states that is built while it is walked and thrown
/// away when the search ends, so a value of this type is immutable and shared freely.
///
/// Text is UTF-8; a byte that is not UTF-8 counts as one U+FFFD.
package struct RegularExpression: Hashable, Sendable, CustomStringConvertible {
    /// Which of the two families of rules a pattern follows where they differ.
    package enum Dialect: Hashable, Sendable {
        /// ECMA-262 with the `u` flag, as JSON Schema wants it.
        case ecma
        /// RE2 as in Go, as Rego wants it.
        case re2
    }

    /// What one match covers, in byte offsets.
    package struct Match: Hashable, Sendable {
        /// The whole match first, then each group; `nil` for a group that took no part.
        package let groups: [Range<Int>?]

        /// The whole match.
        package let range: Range<Int>
    }

    /// The pattern as it was written.
    package let pattern: String

    /// The rules it was read by.
    package let dialect: Dialect

    let program: RegexProgram

    package static let bytesMax = 16_384
    package static let instructionsMax = 20_000
    package static let setsMax = 2_000
    package static let depthMax = 100

    /// Reads and compiles a pattern.
    package init(_ pattern: String, dialect: Dialect) throws(PatternFault) {
        guard pattern.utf8.count <= RegularExpression.bytesMax else {
            throw .tooLong(pattern: pattern, bytesMax: RegularExpression.bytesMax)
        }
        var reader = RegexReader(pattern, dialect)
        let tree = try reader.read()
        var compiler = RegexCompiler(pattern)
        self.pattern = pattern
        self.dialect = dialect
        program = try compiler.compile(tree, names: reader.names)
    }

    /// How many capturing groups the pattern has.
    package var groupCount: Int { program.groupCount }

    /// The name of each group in order, `nil` where it has none.
    package var groupNames: [String?] { program.names }

    package var description: String { pattern }

    /// How many instructions the compiled program has; what it costs to keep.
    package var instructionCount: Int { program.instructions.count }

    /// What a search with bounded work found.
    package enum Search: Hashable, Sendable {
        /// A match ends at this byte offset, and none ends earlier.
        case found(end: Int)
        /// There is no match.
        case absent
        /// The work that was allowed was not enough to tell.
        case stopped
    }

    /// Searches anywhere in the text, taking at most so many steps; adds to `work` those it took.
    ///
    /// A step reads a scalar or visits an instruction. The work is at most the product of text and
    /// program, and with patterns as people write them a few steps a scalar.
    package func search(_ text: Span<UInt8>, workMax: Int, work: inout Int) -> Search {
        var start = 0
        if let heads = program.heads {
            // Most texts hold no beginning of a match, and nothing needs to be built for them.
            guard let first = heads.next(in: text, from: 0) else {
                work += text.count / RegexSearch.passedPerStep
                return .absent
            }
            start = first
        }
        var search = RegexSearch(program)
        let outcome = search.run(text, from: start, workMax: workMax)
        work += search.work
        return outcome
    }

    /// Whether the pattern matches anywhere in the text.
    package func matches(_ text: Span<UInt8>) -> Bool {
        var work = 0
        if case .found = search(text, workMax: .max, work: &work) { return true }
        return false
    }

    /// Whether the pattern matches anywhere in the text.
    package func matches(_ text: [UInt8]) -> Bool { matches(text.span) }

    /// Whether the pattern matches anywhere in the text.
    package func matches(_ text: String) -> Bool { matches(text.utf8.span) }

    /// The leftmost match that begins at or after a byte offset, alternatives in written order.
    package func firstMatch(in text: Span<UInt8>, from start: Int = 0) -> Match? {
        var work = 0
        if case .found(let match) = firstMatch(in: text, from: start, workMax: .max, work: &work) {
            return match
        }
        return nil
    }

    /// The leftmost match that begins at or after a byte offset, alternatives in written order.
    package func firstMatch(in text: [UInt8], from start: Int = 0) -> Match? {
        firstMatch(in: text.span, from: start)
    }

    /// The leftmost match, alternatives in written order; ranges are offsets in the text's UTF-8.
    package func firstMatch(in text: String) -> Match? { firstMatch(in: text.utf8.span) }

    package static func == (left: RegularExpression, right: RegularExpression) -> Bool {
        left.dialect == right.dialect && left.pattern.utf8.elementsEqual(right.pattern.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(dialect)
        for byte in pattern.utf8 { hasher.combine(byte) }
    }
}
