import COpenSSL

/// A private key in other people's formats, with which a policy may sign a token.
///
/// Charter's own keys are `SigningKey`. The numbers of this one are a value that the policy holds
/// anyway; it owns the `EVP_PKEY` made of them, which OpenSSL overwrites when it is freed.
@safe package final class ForeignPrivateKey: Sendable {
    private nonisolated(unsafe) let key: OpaquePointer  // Never changed: OpenSSL may share a key.

    /// The numbers of the key.
    package let numbers: PrivateNumbers

    /// The public half, computed from the private one.
    package let publicKey: ForeignPublicKey

    /// Takes the numbers of a key.
    package init(numbers: PrivateNumbers) throws(CryptoFault) {
        guard let made = unsafe ForeignPrivateKey.make(numbers) else {
            ERR_clear_error()
            throw .keyMalformed(reason: "its numbers are no key of its kind")
        }
        unsafe key = made
        self.numbers = numbers
        publicKey = unsafe try ForeignPrivateKey.publicKey(of: made)
    }

    /// Reads an unencrypted key out of the bytes of a PEM block.
    package convenience init(der: [UInt8], form: PrivateNumbers.Form) throws(CryptoFault) {
        try self.init(numbers: PrivateNumbers(der: der, form: form))
    }

    /// Reads an unencrypted key, whatever its form.
    package convenience init(der: [UInt8]) throws(CryptoFault) {
        for form in [PrivateNumbers.Form.pkcs1, .sec1] {
            if let numbers = try? PrivateNumbers(der: der, form: form) {
                try self.init(numbers: numbers)
                return
            }
        }
        try self.init(der: der, form: .pkcs8)
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// About how long a signature takes, in steps of a few dozen nanoseconds.
    package var weight: Int {
        guard case .rsa(let rsa) = numbers else { return 2 * publicKey.weight }
        let words = ForeignPublicKey.bitCount(rsa.modulus) / 64 + 1
        return 2 * words * words * words + publicKey.weight
    }

    /// Signs a message; the same key, message and algorithm always make the same signature.
    package func sign(
        _ message: [UInt8],
        algorithm: SigningAlgorithm
    ) throws(CryptoFault) -> [UInt8] {
        let signature: [UInt8]?
        switch (algorithm.family, numbers) {
        case (.rsa, .rsa), (.rsaProbabilistic, .rsa):
            guard publicKey.isStrong else {
                throw .keyWeak(reason: "an RSA key not of \(ForeignPublicKey.rsaBits) bits")
            }
            signature =
                algorithm.family == .rsa
                ? plain(message, hash: algorithm.hash) : padded(message, hash: algorithm.hash)
        case (.ecdsa(let wanted), .ecdsa(let curve, let secret)) where wanted == curve:
            signature = ecdsa(message, curve: curve, secret: secret, hash: algorithm.hash)
        case (.ed25519, .ed25519): signature = plain(message, hash: nil)
        default: throw .keyUnsupported(kind: "that does not sign with \(algorithm.rawValue)")
        }
        // A key whose numbers do not belong together makes signatures that hold for nobody.
        guard let signature,
            publicKey.verifies(signature, of: message, algorithm: algorithm)
        else { throw .keyMalformed(reason: "its numbers do not belong together") }
        return signature
    }
}

// MARK: - What each kind of key needs of OpenSSL

extension ForeignPrivateKey {
    private static func make(_ numbers: PrivateNumbers) -> OpaquePointer? {
        switch numbers {
        case .rsa(let rsa): return unsafe read(rsa.der, kind: EVP_PKEY_RSA)
        case .ecdsa(let curve, let secret):
            // Without its public half, which OpenSSL then computes.
            let der = DER.sequence(
                DER.unsigned([1]),
                DER.octetString(secret),
                DER.explicit(0, DER.objectIdentifier(curve.objectIdentifier))
            )
            return unsafe read(der, kind: EVP_PKEY_EC)
        case .ed25519(let seed):
            return unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
        }
    }

    private static func read(_ der: [UInt8], kind: Int32) -> OpaquePointer? {
        unsafe der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return unsafe d2i_PrivateKey(kind, nil, &cursor, buffer.count)
        }
    }

    private static func publicKey(
        of key: OpaquePointer
    ) throws(CryptoFault) -> ForeignPublicKey {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = unsafe i2d_PUBKEY(key, &bytes)
        guard count > 0, let start = unsafe bytes else {
            ERR_clear_error()
            throw .keyMalformed(reason: "it has no public half")
        }
        defer { unsafe CRYPTO_free(start, nil, 0) }
        let spki = unsafe [UInt8](UnsafeBufferPointer(start: start, count: Int(count)))
        return try ForeignPublicKey(spki: spki)
    }

    /// PKCS #1 version 1.5, or Ed25519 where there is no hash.
    private func plain(_ message: [UInt8], hash: ForeignHash?) -> [UInt8]? {
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("OpenSSL could not make a context: the memory is exhausted.")
        }
        defer {
            unsafe EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        var out = [UInt8](repeating: 0, count: Int(unsafe EVP_PKEY_get_size(key)))
        var count = out.count
        let method = unsafe hash?.method
        guard unsafe EVP_DigestSignInit(context, nil, method, nil, key) == 1,
            unsafe EVP_DigestSign(context, &out, &count, message, message.count) == 1
        else { return nil }
        return Array(out.prefix(count))
    }

    /// PSS: the padding is made here, OpenSSL only raises to the secret power.
    private func padded(_ message: [UInt8], hash: ForeignHash) -> [UInt8]? {
        guard case .rsa(let rsa) = numbers else { return nil }
        let digest = hash.of(message)
        let encoded = ProbabilisticPadding(hash: hash).encode(
            digest: digest,
            salt: hash.authentication(of: digest, key: rsa.secret),
            modulusBits: ForeignPublicKey.bitCount(rsa.modulus)
        )
        guard let context = unsafe EVP_PKEY_CTX_new(key, nil) else {
            preconditionFailure("OpenSSL could not make a context: the memory is exhausted.")
        }
        defer {
            unsafe EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        var out = [UInt8](repeating: 0, count: encoded.count)
        var count = out.count
        guard unsafe EVP_PKEY_sign_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1,
            unsafe EVP_PKEY_sign(context, &out, &count, encoded, encoded.count) == 1,
            count == out.count
        else { return nil }
        return out
    }

    /// ECDSA with the nonce of RFC 6979.
    ///
    /// What depends on the nonce runs in constant time: the multiplication of the base point, and
    /// the inverse, because the number is marked as secret.
    private func ecdsa(
        _ message: [UInt8],
        curve: EllipticCurve,
        secret: [UInt8],
        hash: ForeignHash
    ) -> [UInt8]? {
        defer { ERR_clear_error() }
        let digest = hash.of(message)
        let nonce = DeterministicNonce(curve: curve, hash: hash).make(key: secret, digest: digest)
        let k = BigNumber(secret: nonce)
        let order = BigNumber(secret: curve.order)
        let x = BigNumber(secret: [0])
        let r = BigNumber(secret: [0])
        let inverse = BigNumber(secret: [0])
        guard let pair = unsafe EVP_PKEY_get1_EC_KEY(key) else { return nil }
        defer { unsafe EC_KEY_free(pair) }
        guard let group = unsafe EC_KEY_get0_group(pair),
            let point = unsafe EC_POINT_new(group)
        else { return nil }
        defer { unsafe EC_POINT_clear_free(point) }
        guard let scratch = unsafe BN_CTX_secure_new() else { return nil }
        defer { unsafe BN_CTX_free(scratch) }
        guard unsafe EC_POINT_mul(group, point, k.pointer, nil, nil, scratch) == 1,
            unsafe EC_POINT_get_affine_coordinates(group, point, x.pointer, nil, scratch) == 1,
            unsafe BN_nnmod(r.pointer, x.pointer, order.pointer, scratch) == 1,
            unsafe BN_mod_inverse(inverse.pointer, k.pointer, order.pointer, scratch) != nil,
            let made = unsafe ECDSA_do_sign_ex(
                digest,
                Int32(digest.count),
                inverse.pointer,
                r.pointer,
                pair
            )
        else { return nil }
        defer { unsafe ECDSA_SIG_free(made) }
        let width = curve.coordinateByteCount
        var out = [UInt8](repeating: 0, count: 2 * width)
        let isWritten = unsafe out.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            let count = Int32(width)
            return unsafe BN_bn2binpad(ECDSA_SIG_get0_r(made), start, count) == count
                && BN_bn2binpad(ECDSA_SIG_get0_s(made), start + width, count) == count
        }
        return isWritten ? out : nil
    }
}
