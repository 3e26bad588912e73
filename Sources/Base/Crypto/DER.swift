/// As much of DER as writing keys and signatures for OpenSSL needs.
enum DER {
    /// An INTEGER whose content is already minimal two's complement, as an SSH mpint is.
    static func integer(_ content: [UInt8]) -> [UInt8] { tagged(0x02, content) }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { tagged(0x30, Array(parts.joined())) }

    static func bitString(_ content: [UInt8]) -> [UInt8] { tagged(0x03, [0] + content) }

    static func objectIdentifier(_ content: [UInt8]) -> [UInt8] { tagged(0x06, content) }

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
