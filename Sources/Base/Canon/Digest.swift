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
    /// A registry of 100,000 files has as many of these and a log several an entry, so eight digits
    /// are read at a time.
    package init?(hex: Span<UInt8>) {
        guard hex.count == 64 else { return nil }
        var words: [4 of UInt64] = [0, 0, 0, 0]
        var wrong: UInt64 = 0
        for word in 0..<4 {
            let high = HexDigits(hex, at: word * 16)
            let low = HexDigits(hex, at: word * 16 + 8)
            wrong |= high.wrong | low.wrong
            words[word] = high.value << 32 | low.value
        }
        guard wrong == 0 else { return nil }
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
        let span = bytes.span
        a = span.bigEndianWord(at: place)
        b = span.bigEndianWord(at: place + 8)
        c = span.bigEndianWord(at: place + 16)
        d = span.bigEndianWord(at: place + 24)
    }

    /// Adds the 32 bytes to bytes.
    package func append(to bytes: inout [UInt8]) {
        for word in [a, b, c, d] { bytes.append(bigEndian: word) }
    }

    /// The 64 lower-case hex digits, as bytes.
    package var hexBytes: [UInt8] {
        var out: [UInt8] = []
        appendHex(to: &out)
        return out
    }

    /// Adds the 64 lower-case hex digits to bytes.
    package func appendHex(to bytes: inout [UInt8]) {
        for word in [a, b, c, d] {
            bytes.append(bigEndian: HexDigits.text(of: word >> 32))
            bytes.append(bigEndian: HexDigits.text(of: word & 0xFFFF_FFFF))
        }
    }

    /// The 64 lower-case hex digits.
    package var hex: String { String(decoding: hexBytes, as: UTF8.self) }

    package var description: String { hex }

    package static func < (left: Digest, right: Digest) -> Bool {
        (left.a, left.b, left.c, left.d) < (right.a, right.b, right.c, right.d)
    }
}
