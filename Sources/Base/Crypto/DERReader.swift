/// Reads DER (X.690) from the front, strictly; `nil` where the bytes do not have it.
///
/// One text for one value: lengths and integers in their shortest form, no indefinite lengths, no
/// tag beyond 30. A length is compared with what is left before anything is taken, so no length in
/// hostile bytes can make it read beyond them.
struct DERReader {
    /// One value: its tag, what it holds, and all of it with tag and length.
    struct Element {
        let tag: UInt8
        let content: ArraySlice<UInt8>
        let whole: ArraySlice<UInt8>

        /// A reader of what this constructed value holds.
        var reader: DERReader { DERReader(content) }
    }

    private var rest: ArraySlice<UInt8>

    /// Reads these bytes from their first one on.
    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// Reads these bytes from their first one on.
    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// Whether everything has been read.
    var isAtEnd: Bool { rest.isEmpty }

    /// The tag of the next value, which is not taken.
    var nextTag: UInt8? { rest.first }

    /// The next value, whatever it is.
    mutating func element() -> Element? {
        let start = rest
        guard let tag = rest.popFirst(), tag & 0x1F != 0x1F, let first = rest.popFirst() else {
            return nil
        }
        var count = Int(first)
        if first >= 0x80 {
            let width = Int(first & 0x7F)
            guard (1...4).contains(width), width <= rest.count, rest.first != 0 else { return nil }
            count = rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(width)
            guard count > 127 else { return nil }
        }
        guard count <= rest.count else { return nil }
        let content = rest.prefix(count)
        rest = rest.dropFirst(count)
        return Element(tag: tag, content: content, whole: start[start.startIndex..<rest.startIndex])
    }

    /// The next value, if it has this tag.
    mutating func element(_ tag: UInt8) -> Element? {
        guard nextTag == tag else { return nil }
        return element()
    }

    /// The next value if it has this tag; nothing is taken, and nothing wrong, if it has another.
    ///
    /// The outer optional says whether the bytes had their form.
    mutating func optional(_ tag: UInt8) -> Element?? {
        guard nextTag == tag else { return .some(nil) }
        guard let found = element() else { return nil }
        return .some(found)
    }

    /// A reader of the next value, a SEQUENCE.
    mutating func sequence() -> DERReader? { element(DERTag.sequence)?.reader }

    /// An INTEGER: minimal two's complement.
    mutating func integer() -> [UInt8]? {
        guard let content = element(DERTag.integer)?.content, let first = content.first else {
            return nil
        }
        if content.count > 1 {
            let second = content[content.startIndex + 1]
            guard !(first == 0 && second < 0x80), !(first == 0xFF && second >= 0x80) else {
                return nil
            }
        }
        return Array(content)
    }

    /// An INTEGER that is not negative, without the byte that only holds its sign.
    mutating func unsigned() -> [UInt8]? {
        guard let content = integer(), content[0] < 0x80 else { return nil }
        return content[0] == 0 && content.count > 1 ? Array(content.dropFirst()) : content
    }

    /// An INTEGER that is small and not negative.
    mutating func smallInteger() -> Int? {
        guard let digits = unsigned(), digits.count <= 4 else { return nil }
        return digits.reduce(0) { $0 << 8 | Int($1) }
    }

    /// A BOOLEAN.
    mutating func boolean() -> Bool? {
        guard let content = element(DERTag.boolean)?.content, content.count == 1 else { return nil }
        switch content.first {
        case 0: return false
        case 0xFF: return true
        default: return nil
        }
    }

    /// A BIT STRING whose bits fill whole bytes.
    mutating func bytesOfBits() -> [UInt8]? {
        guard let content = element(DERTag.bitString)?.content, content.first == 0 else {
            return nil
        }
        return Array(content.dropFirst())
    }

    /// An OCTET STRING.
    mutating func octets() -> [UInt8]? { element(DERTag.octetString).map { Array($0.content) } }

    /// An OBJECT IDENTIFIER.
    mutating func objectIdentifier() -> ObjectIdentifier? {
        element(DERTag.objectIdentifier).flatMap { ObjectIdentifier(encoded: Array($0.content)) }
    }
}

/// The tags of X.690 that keys and certificates are made of.
enum DERTag {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let null: UInt8 = 0x05
    static let objectIdentifier: UInt8 = 0x06
    static let utf8String: UInt8 = 0x0C
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
    static let numericString: UInt8 = 0x12
    static let printableString: UInt8 = 0x13
    static let teletexString: UInt8 = 0x14
    static let ia5String: UInt8 = 0x16
    static let utcTime: UInt8 = 0x17
    static let generalizedTime: UInt8 = 0x18
    static let bmpString: UInt8 = 0x1E

    /// The tag of the nth part of a structure, holding a value of its own.
    static func explicit(_ number: UInt8) -> UInt8 { 0xA0 | number }

    /// The tag of the nth part of a structure, in place of the tag of its type.
    static func implicit(_ number: UInt8) -> UInt8 { 0x80 | number }
}
