import Crypto

/// Keys and certificates as policies know them: in the field names of Go's `crypto/x509`, because
/// that is what Rego's own documents promise.
enum ForeignRendering {
    /// An object whose keys are written in the code.
    static func object(_ members: [(Text, Value)]) -> Value {
        .object(ObjectValue(members.map { ObjectValue.Member(key: .string($0), value: $1) }))
    }

    /// A list, or null when there is nothing in it, as Go writes a slice that was never made.
    static func list(_ values: [Value]) -> Value {
        values.isEmpty ? .null : .array(ArrayValue(values))
    }

    static func texts(_ values: [String]) -> Value { list(values.map { .text($0) }) }

    /// Bytes in base64, or null for none.
    static func bytes(_ bytes: [UInt8]?) -> Value {
        bytes.map { .string(Text(Base64.encode($0))) } ?? .null
    }

    /// A number without a sign, most significant byte first.
    static func number(_ digits: [UInt8], isNegative: Bool = false) -> Value {
        var limbs: [UInt64] = []
        for start in stride(from: digits.count, to: 0, by: -8) {
            let part = digits[max(0, start - 8)..<start]
            limbs.append(part.reduce(0) { $0 << 8 | UInt64($1) })
        }
        return .number(RegoNumber(BigInteger(magnitude: limbs, isNegative: isNegative)))
    }

    /// A number in two's complement, most significant byte first.
    static func signedNumber(_ digits: [UInt8]) -> Value {
        guard let first = digits.first, first >= 0x80 else { return number(digits) }
        var magnitude = digits.map { ~$0 }
        for index in magnitude.indices.reversed() {
            magnitude[index] &+= 1
            if magnitude[index] != 0 { break }
        }
        return number(magnitude, isNegative: true)
    }

    /// The path of numbers that names something.
    static func path(_ identifier: ObjectIdentifier) -> Value {
        .array(ArrayValue(identifier.arcs.map { number(bigEndian($0)) }))
    }

    private static func bigEndian(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }

    /// Go's number for a kind of key.
    static func kind(_ key: ForeignPublicKey) -> Value {
        switch key.numbers {
        case .rsa: 1
        case .ecdsa: 3
        case .ed25519: 4
        case .other: 0
        }
    }

    /// Go's number for a kind of signature.
    static func kind(_ signature: CertificateSignature) -> Value {
        switch signature {
        case .rsa(.md5): 2
        case .rsa(.sha1): 3
        case .rsa(.sha256): 4
        case .rsa(.sha384): 5
        case .rsa(.sha512): 6
        case .ecdsa(.sha1): 9
        case .ecdsa(.sha256): 10
        case .ecdsa(.sha384): 11
        case .ecdsa(.sha512): 12
        case .rsaProbabilistic(.sha256): 13
        case .rsaProbabilistic(.sha384): 14
        case .rsaProbabilistic(.sha512): 15
        case .ed25519: 16
        case .ecdsa(.md5), .rsaProbabilistic(.md5), .rsaProbabilistic(.sha1), .other: 0
        }
    }

    /// A public key.
    static func key(_ key: ForeignPublicKey) -> Value {
        switch key.numbers {
        case .rsa(let modulus, let exponent):
            object([("N", number(modulus)), ("E", number(exponent))])
        case .ecdsa(_, let x, let y):
            object([("Curve", object([])), ("X", number(x)), ("Y", number(y))])
        case .ed25519(let bytes): self.bytes(bytes)
        case .other: .null
        }
    }

    /// A private key.
    static func key(_ key: ForeignPrivateKey) -> Value {
        switch (key.numbers, key.publicKey.numbers) {
        case (.rsa(let rsa), _):
            object([
                ("N", number(rsa.modulus)), ("E", number(rsa.exponent)), ("D", number(rsa.secret)),
                ("Primes", .array(ArrayValue(rsa.primes.map { number($0) }))),
                (
                    "Precomputed",
                    object([
                        ("Dp", number(rsa.remainders[0])), ("Dq", number(rsa.remainders[1])),
                        ("Qinv", number(rsa.coefficient)), ("CRTValues", .array(ArrayValue([]))),
                    ])
                ),
            ])
        case (.ecdsa(_, let secret), .ecdsa(_, let x, let y)):
            object([
                ("Curve", object([])), ("X", number(x)), ("Y", number(y)), ("D", number(secret)),
            ])
        case (.ed25519(let seed), .ed25519(let half)): bytes(seed + half)
        default: .null
        }
    }

    /// A private key as a JSON Web Key.
    static func webKey(_ key: ForeignPrivateKey) -> Value {
        func text(_ digits: [UInt8]) -> Value {
            .string(Text(Base64.encodeURLSafe(digits)))
        }
        func short(_ digits: [UInt8]) -> Value { text(Array(digits.drop { $0 == 0 })) }
        switch (key.numbers, key.publicKey.numbers) {
        case (.rsa(let rsa), _):
            return object([
                ("kty", "RSA"), ("n", short(rsa.modulus)), ("e", short(rsa.exponent)),
                ("d", short(rsa.secret)), ("p", short(rsa.primes[0])), ("q", short(rsa.primes[1])),
                ("dp", short(rsa.remainders[0])), ("dq", short(rsa.remainders[1])),
                ("qi", short(rsa.coefficient)),
            ])
        case (.ecdsa(let curve, let secret), .ecdsa(_, let x, let y)):
            return object([
                ("kty", "EC"), ("crv", .text(curve.name)), ("x", text(x)), ("y", text(y)),
                ("d", text(secret)),
            ])
        case (.ed25519(let seed), .ed25519(let half)):
            return object([
                ("kty", "OKP"), ("crv", "Ed25519"), ("x", text(half)), ("d", text(seed)),
            ])
        default: return .null
        }
    }
}
