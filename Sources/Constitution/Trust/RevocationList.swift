package import Crypto

/// Keys that count no more: an OpenSSH key revocation list (PROTOCOL.krl, format 1).
///
/// Keys may be listed whole or by fingerprint. A section of any other kind could be the one that
/// revokes the key in question, so it fails the list, and with it whatever it was to decide.
package struct RevocationList: Hashable, Sendable {
    private static let magic = Array("SSHKRL\n\0".utf8)
    private static let format: UInt32 = 1

    private enum Section {
        static let keys: UInt8 = 2
        static let sha1: UInt8 = 3
        static let sha256: UInt8 = 5
    }

    private var keys: Set<[UInt8]> = []
    private var sha1: Set<[UInt8]> = []
    private var sha256: Set<[UInt8]> = []

    /// The list that revokes no key.
    package static let empty = RevocationList()

    private init() {}

    /// Reads the binary form.
    package init(parsing bytes: [UInt8]) throws(TrustFault) {
        var reader = SSHReader(bytes)
        guard reader.bytes(RevocationList.magic.count) == RevocationList.magic else {
            throw .revocationsMalformed(reason: "it does not begin as a binary list of OpenSSH")
        }
        guard reader.uint32() == RevocationList.format else {
            throw .revocationsUnsupported(what: "another format than 1")
        }
        // The number of the list, when it was made, flags, a reserved field and a comment.
        guard reader.uint64() != nil, reader.uint64() != nil, let flags = reader.uint64(),
            let reserved = reader.string(), reader.string() != nil
        else { throw .revocationsMalformed(reason: "its head ends too early") }
        guard flags == 0, reserved.isEmpty else {
            throw .revocationsUnsupported(what: "flags that no version has defined")
        }
        while !reader.isAtEnd {
            guard let kind = reader.byte(), let content = reader.string() else {
                throw .revocationsMalformed(reason: "a section ends too early")
            }
            switch kind {
            case Section.keys: keys.formUnion(try RevocationList.strings(content))
            case Section.sha1: sha1.formUnion(try RevocationList.strings(content, of: 20))
            case Section.sha256: sha256.formUnion(try RevocationList.strings(content, of: 32))
            default: throw .revocationsUnsupported(what: "a section of the kind \(kind)")
            }
        }
    }

    /// Whether this key counts no more.
    package func contains(_ key: SSHPublicKey) -> Bool {
        keys.contains(key.blob)
            || !sha256.isEmpty && sha256.contains(ForeignHash.sha256.of(key.blob))
            || !sha1.isEmpty && sha1.contains(ForeignHash.sha1.of(key.blob))
    }

    private static func strings(
        _ content: [UInt8],
        of count: Int? = nil
    ) throws(TrustFault) -> [[UInt8]] {
        var reader = SSHReader(content)
        var strings: [[UInt8]] = []
        while !reader.isAtEnd {
            guard let string = reader.string(), !string.isEmpty,
                count == nil || string.count == count
            else { throw .revocationsMalformed(reason: "an entry does not have its length") }
            strings.append(string)
        }
        return strings
    }
}
