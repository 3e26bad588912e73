/// As much of DER as writing keys and signatures for OpenSSL needs.
enum DER {
    /// An INTEGER whose content is already minimal two's complement, as an SSH mpint is.
    static func integer(_ content: [UInt8]) -> [UInt8] { tagged(0x02, content) }

    /// The INTEGER of a number given without a sign, most significant byte first.
    static func unsigned(_ digits: some Collection<UInt8>) -> [UInt8] {
        let significant = Array(digits.drop { $0 == 0 })
        guard let first = significant.first else { return integer([0]) }
        return integer(first < 0x80 ? significant : [0] + significant)
    }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { tagged(0x30, Array(parts.joined())) }

    static func bitString(_ content: [UInt8]) -> [UInt8] { tagged(0x03, [0] + content) }

    static func octetString(_ content: [UInt8]) -> [UInt8] { tagged(0x04, content) }

    static func objectIdentifier(_ content: [UInt8]) -> [UInt8] { tagged(0x06, content) }

    /// A part that its place in a structure, not its type, has given the tag.
    static func explicit(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        tagged(0xA0 | number, content)
    }

    static let null: [UInt8] = [0x05, 0x00]

    private static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = content.count
        repeat {
            length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        } while rest > 0
        if content.count > 127 { length.insert(0x80 | UInt8(length.count), at: 0) }
        return [tag] + length + content
    }
}
