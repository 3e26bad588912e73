extension BuiltinTable {
    /// Amounts with a unit, as people write memory and processors.
    static let units: [Builtin] = [
        Builtin("units.parse", [.string], .number) { arguments, context throws(BuiltinError) in
            let text = try arguments.text(0)
            try context.charge(bytes: text.count)
            let amount = try Amount(text, "amount")
            // Only the first letter tells milli from mega; the rest is written either way.
            let unit = amount.unit.prefix(1) + amount.unit.dropFirst().lowercased()
            let factor: RegoNumber
            switch unit {
            case "m": factor = .decimal(1, exponent: -3)
            case "M": factor = 1_000_000
            default:
                guard let known = Amount.factors[unit.lowercased()] else {
                    throw .failed("unit \(unit) not recognized")
                }
                factor = known
            }
            return .number(try amount.number(times: factor, places: 10))
        },
        Builtin("units.parse_bytes", [.string], .number) {
            arguments,
            context throws(BuiltinError) in
            let text = try arguments.text(0)
            try context.charge(bytes: text.count)
            let amount = try Amount(text, "byte amount")
            var unit = amount.unit.lowercased()
            if unit.hasSuffix("b") && unit != "b" { unit.removeLast() }
            guard let factor = unit == "m" ? 1_000_000 : Amount.factors[unit] else {
                throw .failed("byte unit \(amount.unit.lowercased()) not recognized")
            }
            return .number(try amount.number(times: factor, places: 0))
        },
    ]
}
