/// A regular expression whose every state is known before the first search.
///
/// Searching then is one look into a table for each character and builds nothing, so a pattern that
/// is asked about many short texts is worth the table. It is immutable and shared freely.
package struct ExpressionTable: Sendable {
    private let program: RegexProgram
    private let width: Int
    private let table: [Int32]

    /// The table of an expression; `nil` when it would have more than so many states.
    package init?(_ expression: RegularExpression, statesMax: Int = 256) {
        let program = expression.program
        guard let table = RegexSearch.wholeTable(of: program, statesMax: statesMax) else {
            return nil
        }
        self.program = program
        self.table = table
        width = program.letterCount + 1
    }

    /// The table that a small expression keeps with it; `nil` where it would not be small.
    package init?(small expression: RegularExpression) {
        guard let table = expression.program.smallTable else { return nil }
        program = expression.program
        self.table = table
        width = program.letterCount + 1
    }

    /// Whether the expression matches anywhere in a text; adds to `work` a step for each character.
    package func matches(_ text: Span<UInt8>, work: inout Int) -> Bool {
        var state = 0
        var position = 0
        let table = table.span
        while position < text.count {
            let (scalar, length) = ScalarReader.read(text, position, text.count)
            position += length
            work += 1
            let next = table[state * width + program.letter(scalar)]
            if next < 0 { return next == RegexSearch.matchEnd }
            state = Int(next)
        }
        work += 1
        return table[state * width + program.letterCount] == RegexSearch.matchEnd
    }
}
