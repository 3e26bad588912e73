/// A SHA-256 digest: the only hash that Charter stores, always written as 64 lower-case hex digits.
///
/// The four words hold the 32 bytes in big-endian order, so that comparing, hashing and copying a
/// digest never touches the heap.
package struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let a: UInt64
    private let b: UInt64
    private let c: UInt64
    private let d: UInt64

    package static let byteCount = 32

    /// Makes a digest from exactly 32 bytes; `nil` for any other count.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var position = 0
        for byte in bytes {
            switch position / 8 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
            position += 1
        }
        (a, b, c, d) = words
    }

    /// Makes a digest from its four big-endian words.
    package init(words a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) {
        self.a = a
        self.b = b
        self.c = c
        self.d = d
    }

    /// Reads exactly 64 lower-case hex digits; anything else, upper case included, is `nil`.
    package init?(hex: some Collection<UInt8>) {
        guard hex.count == 64 else { return nil }
        var words: [4 of UInt64] = [0, 0, 0, 0]
        var position = 0
        for character in hex {
            let nibble: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = character - UInt8(ascii: "a") + 10
            default: return nil
            }
            words[position / 16] = words[position / 16] << 4 | UInt64(nibble)
            position += 1
        }
        (a, b, c, d) = (words[0], words[1], words[2], words[3])
    }

    /// Reads exactly 64 lower-case hex digits; anything else, upper case included, is `nil`.
    package init?(hex: String) {
        self.init(hex: hex.utf8)
    }

    /// The four big-endian words, as `init(words:)` takes them.
    package var words: (UInt64, UInt64, UInt64, UInt64) { (a, b, c, d) }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Digest.byteCount)
        for word in [a, b, c, d] {
            for shift in stride(from: 56, through: 0, by: -8) {
                out.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return out
    }

    /// The 64 lower-case hex digits, as bytes.
    package var hexBytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(64)
        for word in [a, b, c, d] {
            for shift in stride(from: 60, through: 0, by: -4) {
                let nibble = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
                out.append(nibble < 10 ? nibble + 48 : nibble + 87)
            }
        }
        return out
    }

    /// The 64 lower-case hex digits.
    package var hex: String { String(decoding: hexBytes, as: UTF8.self) }

    package var description: String { hex }

    package static func < (left: Digest, right: Digest) -> Bool {
        (left.a, left.b, left.c, left.d) < (right.a, right.b, right.c, right.d)
    }
}
