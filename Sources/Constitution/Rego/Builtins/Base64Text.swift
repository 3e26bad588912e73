import Crypto

/// Base64 as policies meet it: RFC 4648 with padding, line feeds ignored.
///
/// Reading is laxer than Crypto's `Base64`, as OPA's is; nothing that is signed is read by it.
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
        let standard = Base64.encode(text.bytes)
        guard alphabet == .address else { return standard }
        return standard.map { letter in
            switch letter {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: letter
            }
        }
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
