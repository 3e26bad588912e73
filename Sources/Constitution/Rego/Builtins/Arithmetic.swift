extension BuiltinTable {
    /// The operators on numbers, and what makes whole numbers of fractions.
    static let arithmetic: [Builtin] = [
        operation("plus") { $0.adding($1) },
        Builtin("minus", [numberOrSet, numberOrSet], numberOrSet) {
            arguments,
            context throws(BuiltinError) in
            if case .set(let left) = arguments[0] {
                guard case .set(let right) = arguments[1] else { throw arguments.wrong(1, "set") }
                try context.charge(values: left.count)
                return .set(left.subtracting(right))
            }
            guard case .number(let left) = arguments[0] else {
                throw arguments.wrong(0, "one of {number, set}")
            }
            return try computed(left, arguments.number(1), &context) { $0.subtracting($1) }
        },
        operation("mul") { $0.multiplied(by: $1) },
        Builtin("div", [.number, .number], .number) { arguments, context throws(BuiltinError) in
            let (left, right) = (try arguments.number(0), try arguments.number(1))
            if right.sign == 0 { throw .failed("divide by zero") }
            return try computed(left, right, &context) { $0.divided(by: $1) }
        },
        Builtin("rem", [.number, .number], .number) { arguments, context throws(BuiltinError) in
            let (left, right) = (try arguments.number(0), try arguments.number(1))
            guard left.isInteger, right.isInteger else {
                throw .failed("modulo on floating-point number")
            }
            if right.sign == 0 { throw .failed("modulo by zero") }
            return try computed(left, right, &context) { $0.remainder(dividingBy: $1) }
        },
        Builtin("abs", [.number], .number) { arguments, _ throws(BuiltinError) in
            .number(try arguments.number(0).magnitude)
        },
        rounding("round", .nearest),
        rounding("ceil", .up),
        rounding("floor", .down),
    ]

    private static let numberOrSet = TypeSchema.oneOf([.number, .anySet])

    private typealias Operation = @Sendable (RegoNumber, RegoNumber) -> RegoNumber?

    private static func operation(_ name: String, _ operation: @escaping Operation) -> Builtin {
        Builtin(name, [.number, .number], .number) { arguments, context throws(BuiltinError) in
            try computed(arguments.number(0), arguments.number(1), &context, operation)
        }
    }

    private static func computed(
        _ left: RegoNumber,
        _ right: RegoNumber,
        _ context: inout BuiltinContext,
        _ operation: Operation
    ) throws(BuiltinError) -> Value {
        if case .big = left { try context.charge(digitsOf: left, right) }
        if case .big = right { try context.charge(digitsOf: left, right) }
        guard let result = operation(left, right) else {
            throw .failed("the result has more than \(RegoNumber.digitsMax) digits")
        }
        return .number(result)
    }

    private static func rounding(_ name: String, _ rounding: RegoNumber.Rounding) -> Builtin {
        Builtin(name, [.number], .number) { arguments, context throws(BuiltinError) in
            let number = try arguments.number(0)
            if case .big = number { try context.charge(digitsOf: number, number) }
            guard let rounded = number.rounded(rounding) else {
                throw .failed("the result has more than \(RegoNumber.digitsMax) digits")
            }
            return .number(rounded)
        }
    }
}

extension BuiltinContext {
    /// Charges what arithmetic with long numbers costs: the product of their lengths, at worst.
    mutating func charge(digitsOf left: RegoNumber, _ right: RegoNumber) throws(BuiltinError) {
        let (one, two) = (left.parts, right.parts)
        let gap = abs(one.exponent - two.exponent) / 19
        let limbs = min(gap, RegoNumber.digitsMax / 19) + one.mantissa.limbCount
        try charge(steps: 1 + limbs * (two.mantissa.limbCount + 1) / 4)
        try charge(bytes: 16 * (limbs + two.mantissa.limbCount))
    }
}
