extension BuiltinTable {
    /// Universally unique identifiers.
    static let identifiers: [Builtin] = [
        Builtin("uuid.rfc4122", [.string], .string, isDeterministic: false) {
            arguments,
            context throws(BuiltinError) in
            var source = context.chance(of: try arguments.text(0), 0)
            let (high, low) = (source.next(), source.next())
            // Version four in the seventh byte, the variant of RFC 4122 in the ninth.
            let versioned = high & ~0xF000 | 0x4000
            let varied = low & ~(0b11 << 62) | 0b10 << 62
            return .text(dashed(versioned, varied))
        },
        Builtin("uuid.parse", [.string], .anyObject) { arguments, context throws(BuiltinError) in
            // What is no identifier is undefined, in strict evaluation too.
            guard let parsed = ParsedIdentifier(try arguments.text(0)) else { return nil }
            try context.charge(values: 16)
            return .object(ObjectValue(parsed.members))
        },
    ]

    private static func dashed(_ high: UInt64, _ low: UInt64) -> String {
        let digits = hex(high, 16) + hex(low, 16)
        var out = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { out.append("-") }
            out.append(digit)
        }
        return out
    }

    static func hex(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: width - digits.count) + digits
    }
}
