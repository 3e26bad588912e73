/// The numbers of a private key, most significant byte first.
package enum PrivateNumbers: Hashable, Sendable {
    case rsa(RSA)
    case ecdsa(EllipticCurve, secret: [UInt8])
    case ed25519(seed: [UInt8])

    /// The numbers of an RSA key with two primes (RFC 8017 §3.2).
    package struct RSA: Hashable, Sendable {
        package let modulus: [UInt8]
        package let exponent: [UInt8]
        package let secret: [UInt8]
        package let primes: [[UInt8]]

        /// The secret exponent modulo each prime, less one.
        package let remainders: [[UInt8]]

        /// The inverse of the second prime modulo the first.
        package let coefficient: [UInt8]

        /// The key as a block `RSA PRIVATE KEY` holds it.
        var der: [UInt8] {
            DER.sequence(
                DER.unsigned([0]),
                DER.unsigned(modulus),
                DER.unsigned(exponent),
                DER.unsigned(secret),
                DER.unsigned(primes[0]),
                DER.unsigned(primes[1]),
                DER.unsigned(remainders[0]),
                DER.unsigned(remainders[1]),
                DER.unsigned(coefficient)
            )
        }

        /// Takes nine numbers: modulus, exponents, primes, remainders and coefficient.
        package init(
            modulus: [UInt8],
            exponent: [UInt8],
            secret: [UInt8],
            primes: [[UInt8]],
            remainders: [[UInt8]],
            coefficient: [UInt8]
        ) {
            self.modulus = modulus
            self.exponent = exponent
            self.secret = secret
            self.primes = primes
            self.remainders = remainders
            self.coefficient = coefficient
        }
    }

    /// The form in which a private key is written.
    package enum Form: String, CaseIterable, Sendable {
        case pkcs1 = "RSA PRIVATE KEY"
        case sec1 = "EC PRIVATE KEY"
        case pkcs8 = "PRIVATE KEY"
    }

    /// Reads an unencrypted key.
    init(der: [UInt8], form: Form) throws(CryptoFault) {
        let numbers: PrivateNumbers? =
            switch form {
            case .pkcs1: PrivateNumbers.rsa(der)
            case .sec1: try PrivateNumbers.ecdsa(der, curve: nil)
            case .pkcs8: try PrivateNumbers.pkcs8(der)
            }
        guard let numbers else { throw .keyMalformed(reason: "it is not a key of its form") }
        self = numbers
    }

    private static func rsa(_ der: [UInt8]) -> PrivateNumbers? {
        var outer = DERReader(der)
        guard var reader = outer.sequence(), outer.isAtEnd, reader.smallInteger() == 0 else {
            return nil
        }
        var numbers: [[UInt8]] = []
        while !reader.isAtEnd {
            guard let number = reader.unsigned() else { return nil }
            numbers.append(number)
        }
        guard numbers.count == 8 else { return nil }
        return .rsa(
            RSA(
                modulus: numbers[0],
                exponent: numbers[1],
                secret: numbers[2],
                primes: [numbers[3], numbers[4]],
                remainders: [numbers[5], numbers[6]],
                coefficient: numbers[7]
            )
        )
    }

    /// SEC 1 §C.4, RFC 5915; the curve may be said outside.
    private static func ecdsa(
        _ der: [UInt8],
        curve outside: EllipticCurve?
    ) throws(CryptoFault) -> PrivateNumbers? {
        var outer = DERReader(der)
        guard var reader = outer.sequence(), outer.isAtEnd, reader.smallInteger() == 1,
            let secret = reader.octets(), let parameters = reader.optional(DERTag.explicit(0))
        else { return nil }
        var curve = outside
        if var inside = parameters?.reader {
            guard let name = inside.objectIdentifier(), inside.isAtEnd else { return nil }
            let named = try known(name)
            guard curve == nil || curve == named else { return nil }
            curve = named
        }
        guard let curve, reader.optional(DERTag.explicit(1)) != nil, reader.isAtEnd else {
            return nil
        }
        // Some writers leave out leading zeros.
        let missing = curve.coordinateByteCount - secret.count
        guard missing >= 0 else { return nil }
        return .ecdsa(curve, secret: [UInt8](repeating: 0, count: missing) + secret)
    }

    /// RFC 5208, RFC 5958, and RFC 8410 §7 for Ed25519.
    private static func pkcs8(_ der: [UInt8]) throws(CryptoFault) -> PrivateNumbers? {
        var outer = DERReader(der)
        guard var reader = outer.sequence(), outer.isAtEnd,
            let version = reader.smallInteger(), version <= 1,
            var algorithm = reader.sequence(), let kind = algorithm.objectIdentifier(),
            let key = reader.octets()
        else { return nil }
        switch kind.encoded {
        case SubjectPublicKeyInfo.rsaEncryption: return rsa(key)
        case SubjectPublicKeyInfo.ecPublicKey:
            guard let name = algorithm.objectIdentifier(), algorithm.isAtEnd else { return nil }
            return try ecdsa(key, curve: known(name))
        case SubjectPublicKeyInfo.ed25519:
            var inside = DERReader(key)
            guard let seed = inside.octets(), inside.isAtEnd,
                seed.count == SigningKey.seedByteCount
            else { return nil }
            return .ed25519(seed: seed)
        default: throw .keyUnsupported(kind: kind.description)
        }
    }

    private static func known(_ name: ObjectIdentifier) throws(CryptoFault) -> EllipticCurve {
        let curve = EllipticCurve.allCases.first { $0.objectIdentifier == name.encoded }
        guard let curve else { throw .keyUnsupported(kind: "on the curve \(name)") }
        return curve
    }
}
