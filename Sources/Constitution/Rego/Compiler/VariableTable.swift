/// What is known of the variables of one rule or query.
struct VariableTable: Sendable {
    /// One variable, for people.
    struct Entry: Sendable {
        let name: String
        let position: SourcePosition
        /// Made by the compiler or written `_`: no result names it.
        let isGenerated: Bool
    }

    private(set) var entries: [Entry] = []

    mutating func add(_ name: String, at position: SourcePosition, generated: Bool) -> Variable {
        entries.append(Entry(name: name, position: position, isGenerated: generated))
        return Variable(id: entries.count - 1)
    }

    subscript(variable: Variable) -> Entry { entries[variable.id] }
}
