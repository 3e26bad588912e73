/// A variable of one rule or query, by its number there.
///
/// Two variables of one name in different scopes have different numbers; so the compiler behind the
/// resolver never looks at a name again, but to tell it to people.
struct Variable: Hashable, Sendable {
    /// Its number in `VariableTable`.
    let id: Int
}
