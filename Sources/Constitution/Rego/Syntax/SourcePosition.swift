/// A place in the text of a policy, as people count: from one.
package struct SourcePosition: Hashable, Sendable, Comparable {
    /// Each node of a tree holds two places, so a place is kept small.
    private let storedLine: Int32
    private let storedColumn: Int32

    /// The line.
    package var line: Int { Int(storedLine) }

    /// The column, in bytes.
    package var column: Int { Int(storedColumn) }

    /// A place.
    package init(line: Int, column: Int) {
        storedLine = Int32(clamping: line)
        storedColumn = Int32(clamping: column)
    }

    package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
