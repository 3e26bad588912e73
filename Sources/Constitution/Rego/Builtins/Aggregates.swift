extension BuiltinTable {
    /// What is said of whole collections.
    static let aggregates: [Builtin] = [
        Builtin("count", [countable], .number) { arguments, _ throws(BuiltinError) in
            if case .string(let text) = arguments[0] { return .integer(text.scalarCount) }
            guard let count = arguments[0].memberCount else {
                throw arguments.wrong(0, "one of {array, object, set, string}")
            }
            return .integer(count)
        }
    ]

    private static let countable = TypeSchema.oneOf([.anyArray, .anyObject, .anySet, .string])
}
