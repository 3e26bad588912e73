/// The stretch of text a node was read from: from its first byte to the one behind its last.
package struct SourceRange: Hashable, Sendable {
    /// The place of the first byte.
    package let start: SourcePosition

    /// The place behind the last byte.
    package let end: SourcePosition

    /// A stretch of text.
    package init(start: SourcePosition, end: SourcePosition) {
        self.start = start
        self.end = end
    }
}
