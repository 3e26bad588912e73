/// The id of one trace: 16 bytes, never all zero, written as 32 lower-case hex digits.
package struct TraceID: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Takes 16 bytes, random ones for a new trace; `nil` for another count or all zeros.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
        guard high | low != 0 else { return nil }
    }

    package var description: String { Hex.text(high) + Hex.text(low) }
}

/// The id of one span: 8 bytes, never all zero, written as 16 lower-case hex digits.
package struct SpanID: Hashable, Sendable, CustomStringConvertible {
    private let word: UInt64

    /// Takes 8 bytes, random ones for a new span; `nil` for another count or all zeros.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 8 else { return nil }
        word = bytes.reduce(0) { $0 << 8 | UInt64($1) }
        guard word != 0 else { return nil }
    }

    package var description: String { Hex.text(word) }
}

/// Lower-case hex digits, and nothing else.
enum Hex {
    static func text(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The bytes of an even number of digits; `nil` for anything else, upper case included.
    static func bytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var out: [UInt8] = []
        var high: UInt8?
        for character in text {
            let nibble: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = character - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let upper = high {
                out.append(upper << 4 | nibble)
                high = nil
            } else {
                high = nibble
            }
        }
        return out
    }
}
