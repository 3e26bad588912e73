/// Base64 as policies meet it: RFC 4648 with padding, line feeds ignored.
enum Base64Text {
    /// The two alphabets; that for addresses is also read without padding.
    enum Alphabet {
        case standard
        case address

        fileprivate var letters: [UInt8] {
            let common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
            return Array((common + (self == .standard ? "+/" : "-_")).utf8)
        }
    }

    /// The letters for the bytes of a text, with padding.
    static func encoded(_ text: Text, for alphabet: Alphabet) -> [UInt8] {
        let letters = alphabet.letters
        let bytes = text.bytes
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let isPadding = place > group.count
                let letter = letters[Int(bits >> UInt32(18 - 6 * place) & 0x3F)]
                out.append(isPadding ? UInt8(ascii: "=") : letter)
            }
        }
        return out
    }

    /// The bytes that letters stand for; `nil` when they are malformed.
    static func decoded(_ text: Text, from alphabet: Alphabet) -> [UInt8]? {
        var letters = text.bytes.filter { $0 != 0x0A && $0 != 0x0D }
        if alphabet == .address, letters.last != UInt8(ascii: "=") {
            if letters.count % 4 == 1 { return nil }
            while letters.count % 4 != 0 { letters.append(UInt8(ascii: "=")) }
        }
        guard letters.count % 4 == 0 else { return nil }
        let padding = letters.suffix(2).count { $0 == UInt8(ascii: "=") }
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, letter) in alphabet.letters.enumerated() { values[Int(letter)] = UInt8(value) }
        var out: [UInt8] = []
        out.reserveCapacity(letters.count / 4 * 3)
        var (bits, count): (UInt32, Int) = (0, 0)
        for letter in letters.dropLast(padding) {
            let value = values[Int(letter)]
            guard value < 64 else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return out
    }
}
