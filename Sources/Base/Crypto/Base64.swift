/// Base64 of RFC 4648, strict: one text for one value.
///
/// Foreign characters, line breaks, missing padding and bits set behind the last byte are all
/// refused, because a signature that can be spelt in two ways can be counted twice.
package enum Base64 {
    private static let standard = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
    private static let padding = UInt8(ascii: "=")

    /// The bytes in the standard alphabet, padded.
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let index = Int(bits >> UInt32(18 - 6 * place)) & 63
                out.append(place <= group.count ? standard[index] : padding)
            }
        }
        return out
    }

    /// The bytes in the URL-safe alphabet, without padding.
    package static func encodeURLSafe(_ bytes: [UInt8]) -> [UInt8] {
        encode(bytes).compactMap { character in
            switch character {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case padding: nil
            default: character
            }
        }
    }

    /// Reads the standard alphabet with its padding; anything else is `nil`.
    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        return decode(text, plus: UInt8(ascii: "+"), slash: UInt8(ascii: "/"))
    }

    /// Reads either alphabet, not both mixed, with or without padding; anything else is `nil`.
    package static func decodeEitherAlphabet(_ text: some Collection<UInt8>) -> [UInt8]? {
        let isPadded = text.reversed().first == padding
        guard !isPadded || text.count % 4 == 0 else { return nil }
        return decode(text, plus: UInt8(ascii: "+"), slash: UInt8(ascii: "/"))
            ?? decode(text, plus: UInt8(ascii: "-"), slash: UInt8(ascii: "_"))
    }

    private static func decode(
        _ text: some Collection<UInt8>,
        plus: UInt8,
        slash: UInt8
    ) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var (digits, paddings) = (0, 0)
        for character in text {
            if character == padding {
                paddings += 1
                continue
            }
            guard paddings == 0 else { return nil }
            let digit: UInt8
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = character - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = character - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character + 4
            case plus: digit = 62
            case slash: digit = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(digit)
            digits += 1
            guard digits % 4 == 0 else { continue }
            for shift: UInt32 in [16, 8, 0] { out.append(UInt8(truncatingIfNeeded: bits >> shift)) }
            bits = 0
        }
        guard paddings == 0 || paddings == (4 - digits % 4) % 4 else { return nil }
        switch digits % 4 {
        case 0: return out
        case 2 where bits & 0xF == 0: return out + [UInt8(truncatingIfNeeded: bits >> 4)]
        case 3 where bits & 0x3 == 0:
            return out + [10, 2].map { UInt8(truncatingIfNeeded: bits >> UInt32($0)) }
        default: return nil
        }
    }
}
