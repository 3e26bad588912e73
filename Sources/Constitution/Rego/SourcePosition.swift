/// A place in the text of a policy, as people count: from one.
package struct SourcePosition: Hashable, Sendable, Comparable {
    /// The line.
    package let line: Int

    /// The column, in bytes.
    package let column: Int

    /// A place.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
