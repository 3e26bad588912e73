/// A place of a policy that an observer hears of.
package struct Spot: Sendable, Hashable {
    /// What is at the place.
    package enum Kind: Sendable, Hashable {
        /// A line of a body was reached.
        case reached
        /// A line of a body held.
        case held
        /// A body of a rule held to its end.
        case fired
    }

    /// What happened there.
    package let kind: Kind

    /// The rule or query it belongs to: `data.a.allow`.
    package let rule: String

    /// The name of the file.
    package let file: String

    /// The stretch of text.
    package let range: SourceRange
}

/// Hears what happens while a decision is made.
///
/// Only programs compiled for observation have anything to tell; others pay nothing.
package protocol DecisionObserver: AnyObject {
    /// A place was passed.
    func passed(_ spot: Spot)

    /// A policy said something with `print`.
    func printed(_ text: String, file: String, line: Int)
}
