/// A public key in other people's formats: out of a certificate, a PEM block or a JSON Web Key.
package struct ForeignPublicKey: Hashable, Sendable {
    /// What kind of key it is, with its numbers, most significant byte first.
    package enum Numbers: Hashable, Sendable {
        case rsa(modulus: [UInt8], exponent: [UInt8])
        case ecdsa(EllipticCurve, x: [UInt8], y: [UInt8])
        case ed25519([UInt8])
        case other(ObjectIdentifier)
    }

    /// The sizes of an RSA modulus that may sign: RFC 7518 §3.3, and what OpenSSL takes.
    package static let rsaBits = SSHPublicKey.rsaBits

    /// The key as a SubjectPublicKeyInfo.
    package let spki: [UInt8]

    /// What kind of key it is, with its numbers.
    package let numbers: Numbers

    /// Takes a SubjectPublicKeyInfo, as a block `PUBLIC KEY` holds it.
    ///
    /// A kind that nobody here can verify with is taken too, because certificates are read for more
    /// than their keys; nothing ever verifies under it.
    package init(spki: [UInt8]) throws(CryptoFault) {
        guard let numbers = SubjectPublicKeyInfo.numbers(of: spki) else {
            throw .keyMalformed(reason: "it is not a SubjectPublicKeyInfo")
        }
        if case .other = numbers {
        } else if !PublicKeyHandle.isKey(spki: spki) {
            throw .keyMalformed(reason: "its numbers are no key of its kind")
        }
        self.spki = spki
        self.numbers = numbers
    }

    /// Makes an RSA key of its numbers.
    package init(modulus: [UInt8], exponent: [UInt8]) throws(CryptoFault) {
        try self.init(spki: SubjectPublicKeyInfo.rsa(modulus: modulus, exponent: exponent))
    }

    /// Makes a key of the coordinates of a point.
    package init(curve: EllipticCurve, x: [UInt8], y: [UInt8]) throws(CryptoFault) {
        let width = curve.coordinateByteCount
        guard x.count == width, y.count == width else {
            throw .keyMalformed(reason: "a coordinate on \(curve.name) has \(width) bytes")
        }
        try self.init(spki: SubjectPublicKeyInfo.ecdsa(curve, point: [4] + x + y))
    }

    /// Makes an Ed25519 key.
    package init(ed25519: [UInt8]) throws(CryptoFault) {
        guard ed25519.count == VerifyingKey.byteCount else {
            throw .keyMalformed(reason: "an Ed25519 key has \(VerifyingKey.byteCount) bytes")
        }
        try self.init(spki: SubjectPublicKeyInfo.ed25519(ed25519))
    }

    /// Whether this is the signature of the message by this key with this algorithm.
    ///
    /// A key of another kind, on another curve or too small to be trusted verifies nothing. A
    /// signature with ECDSA is its two numbers, one behind the other (RFC 7518 §3.4).
    package func verifies(
        _ signature: [UInt8],
        of message: [UInt8],
        algorithm: SigningAlgorithm
    ) -> Bool {
        switch (algorithm.family, numbers) {
        case (.rsa, .rsa), (.rsaProbabilistic, .rsa):
            guard isStrong, let handle = PublicKeyHandle(spki: spki) else { return false }
            let isProbabilistic = algorithm.family == .rsaProbabilistic
            return handle.verifies(
                signature,
                of: message,
                hash: algorithm.hash,
                padding: isProbabilistic ? .probabilistic : .standard
            )
        case (.ecdsa(let wanted), .ecdsa(let curve, _, _)):
            let width = curve.coordinateByteCount
            guard wanted == curve, signature.count == 2 * width,
                let handle = PublicKeyHandle(spki: spki)
            else { return false }
            let encoded = DER.sequence(
                DER.unsigned(signature[..<width]),
                DER.unsigned(signature[width...])
            )
            return handle.verifies(encoded, of: message, hash: algorithm.hash)
        case (.ed25519, .ed25519(let bytes)):
            guard signature.count == VerifyingKey.signatureByteCount,
                let handle = PublicKeyHandle(ed25519: bytes)
            else { return false }
            return handle.verifies(signature, of: message, hash: nil)
        default: return false
        }
    }

    /// About how long a verification takes, in steps of a few dozen nanoseconds.
    ///
    /// Whoever lets strangers choose keys charges for them by this: the largest RSA key takes a
    /// hundred times as long as a common one, and one with a long exponent a hundred times that.
    package var weight: Int {
        switch numbers {
        case .rsa(let modulus, let exponent):
            let words = ForeignPublicKey.bitCount(modulus) / 64 + 1
            return words * words * (ForeignPublicKey.bitCount(exponent) / 17 + 1)
        case .ecdsa(.p256, _, _), .ed25519: return 5_000
        case .ecdsa: return 40_000
        case .other: return 1_000
        }
    }

    /// Whether an RSA key is of a size that may sign.
    var isStrong: Bool {
        guard case .rsa(let modulus, _) = numbers else { return true }
        return ForeignPublicKey.rsaBits.contains(ForeignPublicKey.bitCount(modulus))
    }

    /// How many bits a number has.
    static func bitCount(_ digits: [UInt8]) -> Int {
        let significant = digits.drop { $0 == 0 }
        return significant.count * 8 - (significant.first?.leadingZeroBitCount ?? 0)
    }
}
