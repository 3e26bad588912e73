/// The form in which X.509 and OpenSSL carry a public key (RFC 5280 §4.1.2.7), written and read.
enum SubjectPublicKeyInfo {
    static let rsaEncryption: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]
    static let ecPublicKey: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
    static let ed25519: [UInt8] = [0x2b, 0x65, 0x70]

    /// An RSA key of two numbers without a sign (RFC 3279 §2.3.1).
    static func rsa(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
        DER.sequence(
            DER.sequence(DER.objectIdentifier(rsaEncryption), DER.null),
            DER.bitString(DER.sequence(DER.unsigned(modulus), DER.unsigned(exponent)))
        )
    }

    /// An uncompressed point (RFC 5480 §2).
    static func ecdsa(_ curve: EllipticCurve, point: [UInt8]) -> [UInt8] {
        DER.sequence(
            DER.sequence(
                DER.objectIdentifier(ecPublicKey),
                DER.objectIdentifier(curve.objectIdentifier)
            ),
            DER.bitString(point)
        )
    }

    /// The 32 bytes of RFC 8032 (RFC 8410 §4).
    static func ed25519(_ bytes: [UInt8]) -> [UInt8] {
        DER.sequence(DER.sequence(DER.objectIdentifier(ed25519)), DER.bitString(bytes))
    }

    /// Reads the numbers; `nil` where the bytes do not have their form.
    ///
    /// That they are a key, and a point lies on its curve, is for OpenSSL to say.
    static func numbers(of bytes: [UInt8]) -> ForeignPublicKey.Numbers? {
        var reader = DERReader(bytes)
        guard var whole = reader.sequence(), reader.isAtEnd, var algorithm = whole.sequence(),
            let kind = algorithm.objectIdentifier(), let key = whole.bytesOfBits(), whole.isAtEnd
        else { return nil }
        switch kind.encoded {
        case rsaEncryption:
            var outer = DERReader(key)
            guard var pair = outer.sequence(), outer.isAtEnd, let modulus = pair.unsigned(),
                let exponent = pair.unsigned(), pair.isAtEnd
            else { return nil }
            return .rsa(modulus: modulus, exponent: exponent)
        case ecPublicKey:
            guard let name = algorithm.objectIdentifier(), algorithm.isAtEnd else { return nil }
            let known = EllipticCurve.allCases.first { $0.objectIdentifier == name.encoded }
            guard let curve = known else { return .other(name) }
            guard key.count == curve.pointByteCount, key[0] == 4 else { return nil }
            let width = curve.coordinateByteCount
            return .ecdsa(curve, x: Array(key[1...width]), y: Array(key[(width + 1)...]))
        case ed25519:
            guard key.count == VerifyingKey.byteCount, algorithm.isAtEnd else { return nil }
            return .ed25519(key)
        default:
            return .other(kind)
        }
    }
}
