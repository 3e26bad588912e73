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
    ///
    /// A registry of 100,000 files has as many of these, so this is no generic code.
    package init?(hex: Span<UInt8>) {
        guard hex.count == 64 else { return nil }
        var words: [4 of UInt64] = [0, 0, 0, 0]
        var wrong: UInt8 = 0
        for word in 0..<4 {
            var value: UInt64 = 0
            for position in word * 16..<(word + 1) * 16 {
                let digit = hex[position] &- 48
                let letter = hex[position] &- 97
                let nibble = digit < 10 ? digit : letter < 6 ? letter &+ 10 : 0xFF
                wrong |= nibble
                value = value << 4 | UInt64(nibble & 15)
            }
            words[word] = value
        }
        guard wrong < 16 else { return nil }
        (a, b, c, d) = (words[0], words[1], words[2], words[3])
    }

    /// Reads exactly 64 lower-case hex digits; anything else, upper case included, is `nil`.
    package init?(hex: ArraySlice<UInt8>) {
        self.init(hex: hex.span)
    }

    /// Reads exactly 64 lower-case hex digits; anything else, upper case included, is `nil`.
    package init?(hex: String) {
        self.init(hex: hex.utf8Span.span)
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

    /// Reads 32 bytes at a place; they must be there.
    package init(_ bytes: [UInt8], at place: Int) {
        var words: [4 of UInt64] = [0, 0, 0, 0]
        for word in 0..<4 {
            var value: UInt64 = 0
            for offset in 0..<8 { value = value << 8 | UInt64(bytes[place + word * 8 + offset]) }
            words[word] = value
        }
        (a, b, c, d) = (words[0], words[1], words[2], words[3])
    }

    /// Adds the 32 bytes to bytes.
    package func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: Digest.byteCount))
        for position in 0..<Digest.byteCount {
            let word = position < 16 ? (position < 8 ? a : b) : (position < 24 ? c : d)
            bytes[start + position] =
                UInt8(truncatingIfNeeded: word >> UInt64(56 - (position & 7) * 8))
        }
    }

    /// The 64 lower-case hex digits, as bytes.
    package var hexBytes: [UInt8] {
        var out: [UInt8] = []
        appendHex(to: &out)
        return out
    }

    /// Adds the 64 lower-case hex digits to bytes.
    package func appendHex(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: 64))
        for position in 0..<64 {
            let word = position < 32 ? (position < 16 ? a : b) : (position < 48 ? c : d)
            let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - (position & 15) * 4)) & 15
            bytes[start + position] = nibble < 10 ? nibble + 48 : nibble + 87
        }
    }

    /// The 64 lower-case hex digits.
    package var hex: String { String(decoding: hexBytes, as: UTF8.self) }

    package var description: String { hex }

    package static func < (left: Digest, right: Digest) -> Bool {
        (left.a, left.b, left.c, left.d) < (right.a, right.b, right.c, right.d)
    }
}
