extension BuiltinTable {
    /// The operators that ask and compute nothing.
    static let comparisons: [Builtin] = [
        comparison("equal") { $0 == $1 },
        comparison("neq") { $0 != $1 },
        comparison("lt") { $0 < $1 },
        comparison("lte") { !($1 < $0) },
        comparison("gt") { $1 < $0 },
        comparison("gte") { !($0 < $1) },
        Builtin("internal.member_2", [.any, .any], .boolean) {
            arguments,
            context throws(BuiltinError) in
            try context.charge(steps: (arguments[1].memberCount ?? 0) / 8)
            switch arguments[1] {
            case .set(let set): return .bool(set.contains(arguments[0]))
            case .array(let array): return .bool(array.elements.contains(arguments[0]))
            case .object(let object):
                return .bool(object.members.contains { $0.value == arguments[0] })
            default: return .bool(false)
            }
        },
        Builtin("internal.member_3", [.any, .any, .any], .boolean) { arguments, _ in
            // A member of a set stands at itself.
            .bool(arguments[2][arguments[0]] == arguments[1])
        },
    ]

    private static func comparison(
        _ name: String,
        _ holds: @escaping @Sendable (Value, Value) -> Bool
    ) -> Builtin {
        Builtin(name, [.any, .any], .boolean) { arguments, _ in
            .bool(holds(arguments[0], arguments[1]))
        }
    }
}
