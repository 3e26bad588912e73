import COpenSSL

/// A public key inside OpenSSL, for as long as one verification takes.
///
/// It owns the `EVP_PKEY` and frees it. A key comes in as a SubjectPublicKeyInfo, so there is one
/// door for all kinds, and OpenSSL itself checks that a point lies on its curve.
@safe struct PublicKeyHandle: ~Copyable {
    /// How the hash is filled up to the size of an RSA key.
    enum Padding {
        /// The old way of PKCS #1, and the only one of keys that are not RSA.
        case standard

        /// PSS with a salt as long as the hash (RFC 7518 §3.5).
        case probabilistic
    }

    private let key: OpaquePointer

    init?(spki: [UInt8]) {
        let made = unsafe spki.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            let key = unsafe d2i_PUBKEY(nil, &cursor, buffer.count)
            // Bytes behind the key would be bytes that nobody looked at.
            let end = unsafe buffer.baseAddress.map { unsafe $0 + buffer.count }
            guard unsafe cursor == end else {
                unsafe EVP_PKEY_free(key)
                return nil
            }
            return unsafe key
        }
        guard let made = unsafe made else {
            ERR_clear_error()
            return nil
        }
        unsafe key = made
    }

    /// Takes the 32 bytes of an Ed25519 key.
    ///
    /// The door for all kinds costs 60 µs here, as much as the verification itself.
    init?(ed25519 bytes: [UInt8]) {
        let made = unsafe EVP_PKEY_new_raw_public_key(
            EVP_PKEY_ED25519,
            nil,
            bytes,
            bytes.count
        )
        guard let made = unsafe made else {
            ERR_clear_error()
            return nil
        }
        unsafe key = made
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// Whether OpenSSL takes these bytes for a key.
    static func isKey(spki: [UInt8]) -> Bool {
        PublicKeyHandle(spki: spki) != nil
    }

    /// Whether this is the signature of the message by this key.
    ///
    /// No hash is given for a kind of key that signs the message itself.
    func verifies(
        _ signature: [UInt8],
        of message: [UInt8],
        hash: ForeignHash?,
        padding: Padding = .standard
    ) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("OpenSSL could not make a context: the memory is exhausted.")
        }
        defer {
            unsafe EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        var options: OpaquePointer?
        let method = unsafe hash?.method
        guard unsafe EVP_DigestVerifyInit(context, &options, method, nil, key) == 1 else {
            return false
        }
        if padding == .probabilistic {
            guard unsafe EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1,
                unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1
            else { return false }
        }
        return unsafe EVP_DigestVerify(
            context,
            signature,
            signature.count,
            message,
            message.count
        ) == 1
    }
}
