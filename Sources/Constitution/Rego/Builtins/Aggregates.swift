extension BuiltinTable {
    /// What is said of whole collections.
    static let aggregates: [Builtin] = [
        Builtin("count", [countable], .number) { arguments, context throws(BuiltinError) in
            if case .string(let text) = arguments[0] {
                try context.charge(steps: text.count / 64)
                return .integer(text.scalarCount)
            }
            guard let count = arguments[0].memberCount else {
                throw arguments.wrong(0, "one of {array, object, set, string}")
            }
            return .integer(count)
        },
        fold("sum", from: 0) { $0.adding($1) },
        fold("product", from: 1) { $0.multiplied(by: $1) },
        Builtin("max", [list], .any) { arguments, context throws(BuiltinError) in
            let values = try arguments.list(0)
            try context.charge(steps: values.count)
            if case .set = arguments[0] { return values.last }
            return values.max()
        },
        Builtin("min", [list], .any) { arguments, context throws(BuiltinError) in
            let values = try arguments.list(0)
            try context.charge(steps: values.count)
            if case .set = arguments[0] { return values.first }
            return values.min()
        },
        Builtin("sort", [list], .anyArray) { arguments, context throws(BuiltinError) in
            let values = try arguments.list(0)
            try context.charge(values: values.count)
            if case .set = arguments[0] { return .array(ArrayValue(values)) }
            try context.charge(
                steps: values.count * (Int.bitWidth - values.count.leadingZeroBitCount)
            )
            return .array(ArrayValue(values.sorted()))
        },
        truth("all") { $0.allSatisfy { $0 == .bool(true) } },
        truth("any") { $0.contains(.bool(true)) },
    ]

    static let list = TypeSchema.oneOf([.anySet, .anyArray])

    private static let countable = TypeSchema.oneOf([.anySet, .anyArray, .anyObject, .string])

    private static let numberList = TypeSchema.oneOf([.set(of: .number), .array(of: .number)])

    private static func fold(
        _ name: String,
        from start: RegoNumber,
        _ combine: @escaping @Sendable (RegoNumber, RegoNumber) -> RegoNumber?
    ) -> Builtin {
        Builtin(name, [numberList], .number) { arguments, context throws(BuiltinError) in
            let values = try arguments.list(0)
            try context.charge(steps: values.count)
            var total = start
            for value in values {
                guard case .number(let number) = value else {
                    throw arguments.wrongElement(0, value, "number")
                }
                if case .big = total { try context.charge(digitsOf: total, number) }
                guard let next = combine(total, number) else {
                    throw .failed("the result has more than \(RegoNumber.digitsMax) digits")
                }
                total = next
            }
            return .number(total)
        }
    }

    /// Left over from Rego v0, where policies in the field still use them.
    private static func truth(
        _ name: String,
        _ holds: @escaping @Sendable ([Value]) -> Bool
    ) -> Builtin {
        Builtin(name, [list], .boolean, isDeprecated: true) {
            arguments,
            context throws(BuiltinError) in
            let values = try arguments.list(0)
            try context.charge(steps: values.count)
            return .bool(holds(values))
        }
    }
}
