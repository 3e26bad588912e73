/// A comment, from `#` to the end of the line.
package struct Comment: Sendable, Equatable {
    /// Where the `#` stands.
    package let position: SourcePosition

    /// The text behind the `#`, without the line's end.
    package let text: String

    /// Whether something stands before it on its line.
    package let isTrailing: Bool
}
