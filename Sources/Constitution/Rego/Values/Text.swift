/// A string of a policy: UTF-8 bytes, equal only to the same bytes.
///
/// Swift's own strings call composed and decomposed characters equal, which a policy must not, and
/// most strings of policies and inputs are short. So up to fifteen bytes stand in two words, where
/// comparing needs no memory; longer ones are an array beside the hash taken when they were made.
/// A text of up to fifteen bytes is always in words: two equal texts have one form.
package struct Text: Sendable {
    enum Storage: Sendable {
        /// The bytes from the highest down, zeros behind them, the count in the lowest byte.
        ///
        /// Of two such pairs the greater is the greater text, and a text precedes its extensions.
        case words(UInt64, UInt64)
        case bytes([UInt8], hash: UInt64)
    }

    let storage: Storage

    /// The most bytes that two words hold beside the count.
    static let wordBytesMax = 15

    /// The text without a byte.
    package static let empty = Text(high: 0, low: 0)

    private init(_ storage: Storage) { self.storage = storage }

    init(high: UInt64, low: UInt64) { self.init(.words(high, low)) }

    /// The text of these bytes, which the caller knows to be UTF-8.
    package init(_ bytes: [UInt8]) {
        if bytes.count <= Text.wordBytesMax {
            self.init(packing: bytes.span)
        } else {
            self.init(.bytes(bytes, hash: Text.hash(bytes.span)))
        }
    }

    /// The text of these bytes, which the caller knows to be UTF-8.
    package init(_ bytes: Span<UInt8>) {
        if bytes.count <= Text.wordBytesMax {
            self.init(packing: bytes)
        } else {
            let copy = [UInt8](capacity: bytes.count) { out in
                for index in bytes.indices { out.append(bytes[index]) }
            }
            self.init(.bytes(copy, hash: Text.hash(bytes)))
        }
    }

    /// The text of these bytes, which the caller knows to be UTF-8.
    package init(_ bytes: ArraySlice<UInt8>) {
        if bytes.count <= Text.wordBytesMax {
            self.init(packing: bytes.span)
        } else {
            self.init(Array(bytes))
        }
    }

    /// The UTF-8 of a string.
    package init(_ string: String) { self.init(string.utf8Span.span) }

    /// The text of bytes from outside; `nil` when they are not UTF-8.
    package init?(validating bytes: [UInt8]) {
        guard Text.isUTF8(bytes.span) else { return nil }
        self.init(bytes)
    }

    private init(packing bytes: Span<UInt8>) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in bytes.indices {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(bytes[index])
        }
        self.init(packed: high, low, count: bytes.count)
    }

    /// Takes up to fifteen bytes that were shifted in one by one, and moves them to the top.
    init(packed high: UInt64, _ low: UInt64, count: Int) {
        let bits = UInt64(8 * (16 - count))
        if bits >= 64 {
            self.init(high: low << (bits - 64), low: UInt64(count))
        } else {
            self.init(high: high << bits | low >> (64 - bits), low: low << bits | UInt64(count))
        }
    }

    /// How many bytes there are.
    package var count: Int {
        switch storage {
        case .words(_, let low): Int(low & 0xFF)
        case .bytes(let bytes, _): bytes.count
        }
    }

    /// Whether there is none.
    package var isEmpty: Bool { count == 0 }

    /// One byte.
    package subscript(index: Int) -> UInt8 {
        switch storage {
        case .words(let high, let low):
            precondition(index >= 0 && index < Int(low & 0xFF), "A byte beyond the text.")
            let word = index < 8 ? high : low
            return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index & 7)))
        case .bytes(let bytes, _): return bytes[index]
        }
    }

    /// Lends the bytes to a reader.
    package func withBytes<Result, Failure: Error>(
        _ read: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch storage {
        case .words(let high, let low):
            let unpacked = Text.unpacked(high, low)
            return try read(unpacked.span.extracting(first: Int(low & 0xFF)))
        case .bytes(let bytes, _):
            return try read(bytes.span)
        }
    }

    private static func unpacked(_ high: UInt64, _ low: UInt64) -> [16 of UInt8] {
        [16 of UInt8] { index in
            let word = index < 8 ? high : low
            return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index & 7)))
        }
    }

    /// The bytes as an array.
    package var bytes: [UInt8] {
        if case .bytes(let bytes, _) = storage { return bytes }
        var out: [UInt8] = []
        append(to: &out)
        return out
    }

    /// Appends the bytes.
    package func append(to out: inout [UInt8]) {
        switch storage {
        case .words:
            for index in 0..<count { out.append(self[index]) }
        case .bytes(let bytes, _): out.append(contentsOf: bytes)
        }
    }

    /// The text as a Swift string; slow, for messages and for code outside the engine.
    package var string: String { withBytes { String(decoding: $0) } }
}

extension Text: Hashable, Comparable {
    // Written as one question within another: a switch over a pair would copy both texts.
    package static func == (left: Text, right: Text) -> Bool {
        if case .words(let a, let b) = left.storage {
            if case .words(let c, let d) = right.storage { return a == c && b == d }
            return false
        }
        if case .bytes(let a, let hash) = left.storage,
            case .bytes(let b, let other) = right.storage
        {
            return hash == other && a.span.isEqual(to: b.span)
        }
        return false
    }

    /// The order of the bytes.
    package static func < (left: Text, right: Text) -> Bool {
        if case .words(let a, let b) = left.storage, case .words(let c, let d) = right.storage {
            return a == c ? b < d : a < c
        }
        return left.withBytes { one in right.withBytes { other in one.precedes(other) } }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    /// The hash of the bytes: seeded for each process, so that no input can be made to collide.
    package var hash: UInt64 {
        switch storage {
        case .words(let high, let low): Text.mix(Text.mix(Text.seed, high), low)
        case .bytes(_, let hash): hash
        }
    }

    /// What makes the hashes of this process its own; no result depends on it.
    static let seed = UInt64(bitPattern: Int64(Hasher().finalize())) | 1

    /// One round: the two halves of a product, folded.
    static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(
            by: seed ^ 0xD6E8_FEB8_6659_FD93
        )
        return product.high ^ product.low
    }

    private static func hash(_ bytes: Span<UInt8>) -> UInt64 {
        var state = mix(seed, UInt64(bytes.count))
        var word: UInt64 = 0
        for index in bytes.indices {
            word = word << 8 | UInt64(bytes[index])
            if index & 7 == 7 {
                state = mix(state, word)
                word = 0
            }
        }
        return mix(state, word)
    }
}

extension Text: ExpressibleByStringLiteral, CustomStringConvertible {
    package init(stringLiteral value: String) { self.init(value) }

    package var description: String { string }
}

extension Span where Element == UInt8 {
    /// Whether these bytes stand before the others.
    func precedes(_ other: Span<UInt8>) -> Bool {
        for index in 0..<Swift.min(count, other.count) where self[index] != other[index] {
            return self[index] < other[index]
        }
        return count < other.count
    }
}

extension String {
    /// The string of these bytes; what is not UTF-8 becomes U+FFFD.
    init(decoding bytes: Span<UInt8>) {
        let copy = [UInt8](capacity: bytes.count) { out in
            for index in bytes.indices { out.append(bytes[index]) }
        }
        self.init(decoding: copy, as: UTF8.self)
    }
}

extension Text {
    /// Whether bytes are UTF-8 as Unicode has it: shortest forms, no surrogates.
    static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
        var at = 0
        while at < bytes.count {
            let length = scalarLength(bytes, at)
            if length == 0 { return false }
            at += length
        }
        return true
    }

    /// How many bytes the well-formed character at an offset has; zero when there is none.
    static func scalarLength(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        let first = bytes[at]
        let second = at + 1 < bytes.count ? bytes[at + 1] : 0
        func continues(_ offset: Int) -> Bool {
            at + offset < bytes.count && bytes[at + offset] & 0xC0 == 0x80
        }
        switch first {
        case 0..<0x80: return 1
        case 0xC2...0xDF: return continues(1) ? 2 : 0
        case 0xE0...0xEF:
            if first == 0xE0 && second < 0xA0 || first == 0xED && second > 0x9F { return 0 }
            return continues(1) && continues(2) ? 3 : 0
        case 0xF0...0xF4:
            if first == 0xF0 && second < 0x90 || first == 0xF4 && second > 0x8F { return 0 }
            return continues(1) && continues(2) && continues(3) ? 4 : 0
        default: return 0
        }
    }
}
