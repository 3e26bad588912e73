import Patterns

/// Compiled regular expressions, by their pattern.
///
/// Most patterns stand in the policy itself; those are compiled when it is loaded and shared.
package struct PatternLibrary: Sendable {
    var expressions: [Text: RegularExpression] = [:]

    /// A library without patterns.
    package init() {}

    /// Adds a pattern; one that is no pattern is left for the decision that uses it to refuse.
    package mutating func add(_ pattern: Text) {
        guard expressions[pattern] == nil,
            let compiled = try? RegularExpression(pattern.string, dialect: .re2)
        else { return }
        expressions[pattern] = compiled
    }
}
