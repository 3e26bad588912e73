import Canon
import Crypto

/// Walks over the bytes of an entry; `take` goes on only where exactly these bytes stand.
///
/// The bytes are given to each step, since a value that keeps them could outlive them.
struct EntryReader {
    private var place = 0
    /// Whether a byte outside ASCII was met, so that the whole must be checked for UTF-8.
    private(set) var isForeign = false
    /// Whether an escape was met.
    private(set) var hasEscapes = false

    func isAtEnd(_ bytes: Span<UInt8>) -> Bool { place == bytes.count }

    mutating func take(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        guard bytes.holds(text, at: place) else { return false }
        place += text.utf8CodeUnitCount
        return true
    }

    /// The text up to the next quotation mark, which is passed.
    mutating func string(_ bytes: Span<UInt8>) -> Range<Int>? {
        let start = place
        while true {
            place = bytes.endOfPlainText(from: place)
            guard place < bytes.count else { return nil }
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                defer { place += 1 }
                return start..<place
            }
            guard byte >= 0x20 else { return nil }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                place += 1
            }
            if byte >= 0x80 { isForeign = true }
            place += 1
        }
    }

    /// The 64 hex digits of a digest and the quotation mark behind them.
    mutating func digest(_ bytes: Span<UInt8>) -> Digest? {
        guard bytes.count - place > 64, bytes[place + 64] == UInt8(ascii: "\""),
            let digest = Digest(hex: bytes.extracting(place..<(place + 64)))
        else { return nil }
        place += 65
        return digest
    }

    /// A whole number without leading zeros.
    mutating func number(_ bytes: Span<UInt8>) -> Int? {
        let start = place
        var value = 0
        while place < bytes.count, (48...57).contains(bytes[place]) {
            // Eighteen digits always fit; more entries than that are in no log.
            guard place - start < 18 else { return nil }
            value = value * 10 + Int(bytes[place] - 48)
            place += 1
        }
        guard place > start, bytes[start] != 48 || place - start == 1 else { return nil }
        return value
    }
}
