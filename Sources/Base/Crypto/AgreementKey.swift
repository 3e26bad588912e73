import COpenSSL

/// The secret half of an X25519 key (RFC 7748), made for one connection.
///
/// Two of them agree on a secret that nobody who only listens can tell.
@safe package final class AgreementKey: Sendable {
    /// How many bytes a share has.
    package static let byteCount = 32

    private nonisolated(unsafe) let key: OpaquePointer  // Never changed: OpenSSL may share a key.

    /// The public half, which the other one is told.
    package let share: [UInt8]

    /// Makes the key that belongs to 32 random bytes.
    package init(seed: [UInt8]) throws(CryptoFault) {
        guard seed.count == AgreementKey.byteCount else {
            throw .keyMalformed(reason: "an X25519 seed has 32 bytes, this has \(seed.count)")
        }
        let made = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nil, seed, seed.count)
        guard let made = unsafe made else {
            preconditionFailure("OpenSSL could not make an X25519 key from 32 bytes.")
        }
        var bytes = [UInt8](repeating: 0, count: AgreementKey.byteCount)
        var count = bytes.count
        guard unsafe EVP_PKEY_get_raw_public_key(made, &bytes, &count) == 1 else {
            preconditionFailure("OpenSSL could not tell the public half of an X25519 key.")
        }
        unsafe key = made
        share = bytes
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// The secret that this key and a share agree on; a share that would fix it is refused.
    package func agree(with share: [UInt8]) throws(CryptoFault) -> [UInt8] {
        let malformed = CryptoFault.keyMalformed(reason: "it is no share of an X25519 agreement")
        guard share.count == AgreementKey.byteCount,
            let other = unsafe EVP_PKEY_new_raw_public_key(
                EVP_PKEY_X25519,
                nil,
                share,
                share.count
            )
        else { throw malformed }
        defer { unsafe EVP_PKEY_free(other) }
        guard let context = unsafe EVP_PKEY_CTX_new(key, nil) else {
            preconditionFailure("OpenSSL could not make a context: the memory is exhausted.")
        }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var secret = [UInt8](repeating: 0, count: AgreementKey.byteCount)
        var count = secret.count
        // OpenSSL refuses the shares of small order, whose secret would be known beforehand.
        guard unsafe EVP_PKEY_derive_init(context) == 1,
            unsafe EVP_PKEY_derive_set_peer(context, other) == 1,
            unsafe EVP_PKEY_derive(context, &secret, &count) == 1, count == secret.count
        else {
            ERR_clear_error()
            throw malformed
        }
        return secret
    }
}
