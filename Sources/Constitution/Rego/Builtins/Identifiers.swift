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

    fileprivate static func hex(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: width - digits.count) + digits
    }
}

/// An identifier taken apart as RFC 4122 says.
private struct ParsedIdentifier {
    private let bytes: [UInt8]

    init?(_ text: Text) {
        var string = text.string.lowercased()
        if string.utf8.count == 45, string.hasPrefix("urn:uuid:") {
            string.removeFirst(9)
        } else if string.utf8.count == 38, string.hasPrefix("{"), string.hasSuffix("}") {
            string = String(string.dropFirst().dropLast())
        }
        let letters = Array(string.utf8)
        let dashes = letters.count == 36 ? [8, 13, 18, 23] : []
        guard letters.count == 36 || letters.count == 32 else { return nil }
        var nibbles: [UInt8] = []
        for (index, letter) in letters.enumerated() {
            if dashes.contains(index) {
                guard letter == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Character(Unicode.Scalar(letter)).hexDigitValue else { return nil }
            nibbles.append(UInt8(digit))
        }
        bytes = stride(from: 0, to: 32, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
    }

    private var version: Int { Int(bytes[6] >> 4) }

    private var variant: String {
        switch bytes[8] {
        case 0x80..<0xC0: "RFC4122"
        case 0xC0..<0xE0: "Microsoft"
        case 0xE0...: "Future"
        default: "Reserved"
        }
    }

    /// The parts: version and variant always, and for versions one and two what they say.
    var members: [ObjectValue.Member] {
        var parts: [(Text, Value)] = [("version", .integer(version)), ("variant", .text(variant))]
        if version == 1 || version == 2 {
            parts += [
                ("time", .number(nanoseconds)),
                ("nodeid", .text(node)),
                ("macvariables", .text(nodeKind)),
                ("clocksequence", .integer(Int(number(8..<10) & 0x3FFF))),
            ]
        }
        if version == 2 {
            parts += [("id", .integer(Int(number(0..<4)))), ("domain", .text(domain))]
        }
        return parts.map { ObjectValue.Member(key: .string($0.0), value: $0.1) }
    }

    private func number(_ range: Range<Int>) -> UInt64 {
        bytes[range].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Counted since 1970; the identifier counts tenths of microseconds since 15 October 1582.
    private var nanoseconds: RegoNumber {
        let ticks = number(0..<4) | number(4..<6) << 32 | (number(6..<8) & 0xFFF) << 48
        let since1970 = Int64(ticks) - 122_192_928_000_000_000
        return RegoNumber(BigInteger(since1970) * BigInteger(Int64(100)))
    }

    private var node: String {
        bytes[10...].map { BuiltinTable.hex(UInt64($0), 2) }.joined(separator: "-")
    }

    private var nodeKind: String {
        (bytes[10] & 2 == 2 ? "local" : "global") + ":"
            + (bytes[10] & 1 == 1 ? "multicast" : "unicast")
    }

    private var domain: String {
        switch bytes[9] {
        case 0: "Person"
        case 1: "Group"
        case 2: "Org"
        case let other: "Domain\(other)"
        }
    }
}
