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

/// A number and the unit after it.
private struct Amount {
    private let digits: Text
    let unit: String
    private let name: String

    /// What each unit multiplies by, but for `m`, which means two things.
    static let factors: [String: RegoNumber] = [
        "": 1,
        "k": 1_000, "ki": .integer(1 << 10),
        "mi": .integer(1 << 20),
        "g": 1_000_000_000, "gi": .integer(1 << 30),
        "t": 1_000_000_000_000, "ti": .integer(1 << 40),
        "p": 1_000_000_000_000_000, "pi": .integer(1 << 50),
        "e": 1_000_000_000_000_000_000, "ei": .integer(1 << 60),
    ]

    init(_ text: Text, _ name: String) throws(BuiltinError) {
        let bytes = text.bytes.filter { $0 != UInt8(ascii: "\"") }
        if bytes.contains(UInt8(ascii: " ")) {
            throw .failed("spaces not allowed in resource strings")
        }
        let end = Amount.endOfNumber(bytes)
        if end == 0 { throw .failed("no \(name) provided") }
        digits = Text(bytes[..<end])
        unit = String(decoding: bytes[end...], as: UTF8.self)
        self.name = name
    }

    /// Where the number ends; an `e` that no digit follows begins a unit.
    private static func endOfNumber(_ bytes: [UInt8]) -> Int {
        var at = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"),
                UInt8(ascii: "-"):
                at += 1
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard at + 1 < bytes.count else { return at }
                switch bytes[at + 1] {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
                    at += 2
                default: return at
                }
            default: return at
            }
        }
        return at
    }

    /// The amount in the unit of all units, rounded to so many places behind the point.
    func number(times factor: RegoNumber, places: Int) throws(BuiltinError) -> RegoNumber {
        guard let number = RegoNumber(loosely: digits) else {
            throw .failed("could not parse \(name) to a number")
        }
        guard let product = number.multiplied(by: factor) else {
            throw .failed("exponent too large")
        }
        if product.isInteger { return product }
        let shift = RegoNumber.decimal(1, exponent: Int32(places))
        let back = RegoNumber.decimal(1, exponent: Int32(-places))
        guard let raised = product.multiplied(by: shift),
            let rounded = raised.rounded(places == 0 ? .towardsZero : .nearest),
            let result = rounded.multiplied(by: back)
        else { throw .failed("exponent too large") }
        return result.normalized
    }
}
