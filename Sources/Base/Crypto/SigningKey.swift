import COpenSSL

/// The secret half of an Ed25519 key (RFC 8032).
///
/// The seed lives inside OpenSSL only, which overwrites it when the last reference goes away. The
/// copies that enter and leave here are overwritten by whoever holds them: `erase(_:)`.
@safe package final class SigningKey: Sendable {
    /// How many bytes a seed has.
    package static let seedByteCount = 32

    /// Everything of a PKCS#8 key that stands before the seed (RFC 8410 §7).
    private static let prefix: [UInt8] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ]
    private static let label = "PRIVATE KEY"

    private nonisolated(unsafe) let key: OpaquePointer  // Never changed: OpenSSL may share a key.

    /// The public half.
    package let verifyingKey: VerifyingKey

    /// Makes the key that belongs to 32 random bytes.
    package init(seed: [UInt8]) throws(CryptoFault) {
        guard seed.count == SigningKey.seedByteCount else {
            throw .keyMalformed(reason: "an Ed25519 seed has 32 bytes, this has \(seed.count)")
        }
        let made = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
        guard let made = unsafe made else {
            preconditionFailure("OpenSSL could not make an Ed25519 key from 32 bytes.")
        }
        var bytes = [UInt8](repeating: 0, count: VerifyingKey.byteCount)
        var count = bytes.count
        guard unsafe EVP_PKEY_get_raw_public_key(made, &bytes, &count) == 1 else {
            preconditionFailure("OpenSSL could not tell the public half of an Ed25519 key.")
        }
        unsafe key = made
        verifyingKey = try VerifyingKey(bytes: bytes)
    }

    /// Reads a PEM block with an unencrypted PKCS#8 key, as `openssl genpkey` writes it.
    package convenience init(pem: [UInt8]) throws(CryptoFault) {
        guard var der = PEM.decode(SigningKey.label, pem) else {
            throw .keyMalformed(reason: "it is not one PEM block named PRIVATE KEY")
        }
        defer { SigningKey.erase(&der) }
        guard der.starts(with: SigningKey.prefix) else {
            throw .keyUnsupported(kind: "other than Ed25519 in PKCS#8")
        }
        var seed = Array(der.dropFirst(SigningKey.prefix.count))
        defer { SigningKey.erase(&seed) }
        try self.init(seed: seed)
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// The 64 bytes of the signature over the message itself, not over a hash of it.
    package func sign(_ message: [UInt8]) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("OpenSSL could not make a context: the memory is exhausted.")
        }
        defer { unsafe EVP_MD_CTX_free(context) }
        var out = [UInt8](repeating: 0, count: VerifyingKey.signatureByteCount)
        var count = out.count
        guard unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            unsafe EVP_DigestSign(context, &out, &count, message, message.count) == 1,
            count == out.count
        else { preconditionFailure("OpenSSL could not sign with an Ed25519 key.") }
        return out
    }

    /// The secret key as a PEM block that `openssl pkey` reads; the caller erases it after use.
    package func exportPEM() -> [UInt8] {
        var seed = [UInt8](repeating: 0, count: SigningKey.seedByteCount)
        var count = seed.count
        guard unsafe EVP_PKEY_get_raw_private_key(key, &seed, &count) == 1 else {
            preconditionFailure("OpenSSL could not tell the seed of an Ed25519 key.")
        }
        defer { SigningKey.erase(&seed) }
        var der = SigningKey.prefix + seed
        defer { SigningKey.erase(&der) }
        return PEM.encode(SigningKey.label, der)
    }

    /// Overwrites a secret in a way that the compiler cannot leave out.
    package static func erase(_ secret: inout [UInt8]) {
        unsafe secret.withUnsafeMutableBytes { buffer in
            unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        }
    }
}
