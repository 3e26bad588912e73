/// One rule of a policy, as lists of them show it: for tests, coverage and documents.
package struct RuleListing: Sendable, Hashable {
    /// The names below `data` up to the first that is no constant.
    package let path: [String]

    /// Whether it takes arguments.
    package let isFunction: Bool

    /// The name of the file.
    package let file: String

    /// The stretch of text.
    package let range: SourceRange
}
