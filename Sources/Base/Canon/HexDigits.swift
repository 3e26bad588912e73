/// Eight hex digits in one machine word, read and written without a branch.
///
/// Each byte of a word is worked on by itself; no step carries from one into the next.
struct HexDigits {
    /// The 32 bits that the digits say; nonsense where `wrong` is not 0.
    let value: UInt64
    /// 0 exactly where all eight are digits or lower-case letters up to f.
    let wrong: UInt64

    /// Reads the eight bytes at a place; they must be there.
    init(_ bytes: Span<UInt8>, at place: Int) {
        let text = bytes.bigEndianWord(at: place)
        let high = text >> 4 & HexDigits.each(0x0F)
        let low = text & HexDigits.each(0x0F)
        // 1 in each byte from 0x40 on, where letters are.
        let letter = text >> 6 & HexDigits.each(0x01)
        // 0x30 … 0x39 are digits, 0x61 … 0x66 letters.
        let isHighWrong = high ^ (HexDigits.each(0x03) &+ letter &* 3)
        let isLowTooLarge = (low &+ HexDigits.each(0x06) &+ letter &* 3) & HexDigits.each(0x10)
        let isLowZero = letter & ~((low &+ HexDigits.each(0x0F)) >> 4)
        wrong = isHighWrong | isLowTooLarge | isLowZero

        var packed = low &+ letter &* 9
        packed = (packed | packed >> 4) & 0x00FF_00FF_00FF_00FF
        packed = (packed | packed >> 8) & 0x0000_FFFF_0000_FFFF
        value = (packed | packed >> 16) & 0xFFFF_FFFF
    }

    /// The eight digits of 32 bits, the first one the highest byte.
    static func text(of value: UInt64) -> UInt64 {
        var spread = (value | value << 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
        spread = (spread | spread << 4) & each(0x0F)
        let letter = (spread &+ each(0x06)) >> 4 & each(0x01)
        return spread &+ each(0x30) &+ letter &* 39
    }

    private static func each(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
}

extension Span<UInt8> {
    /// The eight bytes at a place as a number, the first one the highest; they must be there.
    func bigEndianWord(at place: Int) -> UInt64 {
        precondition(place >= 0 && place <= count - 8, "Eight bytes are read, and must be there.")
        // The compiler makes one load of it.
        return UInt64(self[place]) << 56 | UInt64(self[place &+ 1]) << 48
            | UInt64(self[place &+ 2]) << 40 | UInt64(self[place &+ 3]) << 32
            | UInt64(self[place &+ 4]) << 24 | UInt64(self[place &+ 5]) << 16
            | UInt64(self[place &+ 6]) << 8 | UInt64(self[place &+ 7])
    }
}

extension [UInt8] {
    /// Adds the eight bytes of a number, the highest one first.
    package mutating func append(bigEndian word: UInt64) {
        for place in 0..<8 {
            append(UInt8(truncatingIfNeeded: word >> UInt64(56 - place * 8)))
        }
    }
}
