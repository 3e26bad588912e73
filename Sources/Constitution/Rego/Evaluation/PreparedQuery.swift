/// A query, ready to be asked again and again.
package struct PreparedQuery: Sendable {
    let image: ProgramImage
    let procedure: Int32
    let columns: QueryColumns

    /// One way in which a query holds.
    package struct Row: Sendable, Equatable {
        /// The variables of the query and their values.
        package let bindings: [String: Value]

        /// The value of each line of the query, in the order written: of a term its value, of
        /// anything else `true`.
        package let expressions: [Value]
    }

    /// All ways in which the query holds for an input; none means undefined.
    package func evaluate(
        input: Value?,
        in context: DecisionContext = DecisionContext(),
        observer: (any DecisionObserver)? = nil
    ) throws(EvaluationError) -> [Row] {
        var machine = Machine(
            image: image,
            input: input,
            context: context,
            rowSlots: columns.variables.map(\.slot) + columns.expressions,
            observer: observer
        )
        return try machine.rows(of: procedure).map { row in
            let named = zip(columns.variables.map(\.name), row)
            return Row(
                bindings: Dictionary(named, uniquingKeysWith: { _, last in last }),
                expressions: Array(row.dropFirst(columns.variables.count))
            )
        }
    }
}

/// Where the rows of a query have their values.
struct QueryColumns: Sendable {
    var variables: [(name: String, slot: Slot)] = []
    var expressions: [Slot] = []
}
