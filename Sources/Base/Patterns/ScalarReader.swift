/// Reads UTF-8 one scalar at a time; a byte that is not UTF-8 reads as U+FFFD of length one.
enum ScalarReader {
    static let replacement: UInt32 = 0xFFFD

    /// The scalar at a position below `end` and the number of its bytes.
    @inline(__always)
    static func read(
        _ bytes: Span<UInt8>,
        _ position: Int,
        _ end: Int
    ) -> (scalar: UInt32, length: Int) {
        let first = bytes[position]
        if first < 0x80 { return (UInt32(first), 1) }
        return readLong(bytes, position, end, first)
    }

    /// RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF.
    private static func readLong(
        _ bytes: Span<UInt8>,
        _ position: Int,
        _ end: Int,
        _ first: UInt8
    ) -> (scalar: UInt32, length: Int) {
        let length: Int
        var scalar: UInt32
        let least: UInt32
        switch first {
        case 0xC2...0xDF: (length, scalar, least) = (2, UInt32(first & 0x1F), 0x80)
        case 0xE0...0xEF: (length, scalar, least) = (3, UInt32(first & 0x0F), 0x800)
        case 0xF0...0xF4: (length, scalar, least) = (4, UInt32(first & 0x07), 0x10000)
        default: return (replacement, 1)
        }
        guard position + length <= end else { return (replacement, 1) }
        for offset in 1..<length {
            let byte = bytes[position + offset]
            guard byte & 0xC0 == 0x80 else { return (replacement, 1) }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        guard scalar >= least, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else {
            return (replacement, 1)
        }
        return (scalar, length)
    }
}
