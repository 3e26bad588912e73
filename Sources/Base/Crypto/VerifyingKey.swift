package import Canon

/// The public half of an Ed25519 key (RFC 8032): it tells who signed.
package struct VerifyingKey: Hashable, Sendable {
    /// How many bytes a key has.
    package static let byteCount = 32

    /// How many bytes a signature has.
    package static let signatureByteCount = 64

    /// Everything of a SubjectPublicKeyInfo that stands before the 32 bytes (RFC 8410 §4).
    private static let prefix: [UInt8] = [
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]
    private static let label = "PUBLIC KEY"

    /// The 32 bytes of RFC 8032.
    package let bytes: [UInt8]

    /// Takes the 32 bytes of RFC 8032.
    package init(bytes: [UInt8]) throws(CryptoFault) {
        guard bytes.count == VerifyingKey.byteCount else {
            throw .keyMalformed(reason: "an Ed25519 key has 32 bytes, this has \(bytes.count)")
        }
        self.bytes = bytes
    }

    /// Reads a PEM block with a SubjectPublicKeyInfo, as `openssl pkey -pubout` writes it.
    package init(pem: [UInt8]) throws(CryptoFault) {
        guard let der = PEM.decode(VerifyingKey.label, pem) else {
            throw .keyMalformed(reason: "it is not one PEM block named PUBLIC KEY")
        }
        guard der.starts(with: VerifyingKey.prefix) else {
            throw .keyUnsupported(kind: "other than Ed25519")
        }
        try self.init(bytes: Array(der.dropFirst(VerifyingKey.prefix.count)))
    }

    /// The key as a PEM block that `openssl pkey -pubin` reads.
    package var pem: [UInt8] { PEM.encode(VerifyingKey.label, VerifyingKey.prefix + bytes) }

    /// The key id that securesystemslib and TUF compute, so that third parties find the key.
    package var keyID: Digest {
        var text = Array("{\"keytype\":\"ed25519\",\"keyval\":{\"public\":\"".utf8)
        for byte in bytes {
            for nibble in [byte >> 4, byte & 15] { text.append(nibble + (nibble < 10 ? 48 : 87)) }
        }
        text += Array("\"},\"scheme\":\"ed25519\"}".utf8)
        return Digest.sha256(of: text)
    }

    /// Whether this is the signature of the message by this key.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == VerifyingKey.signatureByteCount,
            let handle = PublicKeyHandle(ed25519: bytes)
        else { return false }
        return handle.verifies(signature, of: message, hash: .none)
    }
}
