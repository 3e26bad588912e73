/// The meaning of the escapes in a quoted string.
enum StringLiteral {
    /// What is wrong with an escape, and at which byte of the text it stands.
    struct Mistake: Error {
        let offset: Int
        let message: String
    }

    /// The text between the quotes of a string or, with `\{`, of a template string.
    static func unescape(
        _ bytes: ArraySlice<UInt8>,
        inTemplate: Bool = false
    ) throws(Mistake) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let byte = bytes[place]
            guard byte == UInt8(ascii: "\\") else {
                out.append(byte)
                place += 1
                continue
            }
            let escape = place
            place += 1
            guard place < bytes.endIndex else { throw unknown(escape, "") }
            let letter = bytes[place]
            place += 1
            switch letter {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "/"): out.append(letter)
            case UInt8(ascii: "{") where inTemplate: out.append(letter)
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0C)
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                let scalar = try scalar(bytes, at: &place, escape: escape)
                out.append(contentsOf: Array(String(scalar).utf8))
            default: throw unknown(escape, String(decoding: [letter], as: UTF8.self))
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The text of a raw template string, in which only `\{` is an escape.
    static func unescapeRawTemplate(_ bytes: ArraySlice<UInt8>) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let next = bytes.index(after: place)
            let isEscape =
                bytes[place] == UInt8(ascii: "\\") && next < bytes.endIndex
                && bytes[next] == UInt8(ascii: "{")
            if !isEscape { out.append(bytes[place]) }
            place = next
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func unknown(_ offset: Int, _ letter: String) -> Mistake {
        Mistake(
            offset: offset,
            message: "There is no escape \(SourceText.quoted("\\" + letter)) in a string; there are"
                + " \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits."
        )
    }

    private static func scalar(
        _ bytes: ArraySlice<UInt8>,
        at place: inout Int,
        escape: Int
    ) throws(Mistake) -> Unicode.Scalar {
        let first = try unit(bytes, at: &place, escape: escape)
        if let scalar = Unicode.Scalar(first) { return scalar }
        let isLow = first >= 0xDC00
        let isPair =
            !isLow && place + 1 < bytes.endIndex && bytes[place] == UInt8(ascii: "\\")
            && bytes[place + 1] == UInt8(ascii: "u")
        if isPair {
            place += 2
            let second = try unit(bytes, at: &place, escape: escape)
            let joined = 0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF)
            if (0xDC00...0xDFFF).contains(second), let scalar = Unicode.Scalar(joined) {
                return scalar
            }
        }
        throw Mistake(
            offset: escape,
            message: "This escape is half of a surrogate pair, which is no character."
        )
    }

    private static func unit(
        _ bytes: ArraySlice<UInt8>,
        at place: inout Int,
        escape: Int
    ) throws(Mistake) -> UInt32 {
        let digits = bytes[place...].prefix(4)
        let isHexadecimal = digits.allSatisfy {
            Lexer.isDigit($0) || (0x61...0x66).contains($0 | 0x20)
        }
        guard digits.count == 4, isHexadecimal,
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else {
            throw Mistake(offset: escape, message: "A \\u needs four hexadecimal digits.")
        }
        place += 4
        return value
    }
}
