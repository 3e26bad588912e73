package import Canon

/// A key as JSON (RFC 7517, RFC 7518 §6, RFC 8037).
package struct JSONWebKey: Sendable {
    /// What the key is made of.
    package enum Material: Sendable {
        case secret([UInt8])
        case publicKey(ForeignPublicKey)
        case privateKey(ForeignPrivateKey)
    }

    /// What the key is called, or `nil`.
    package let identifier: String?

    /// The one algorithm that the key is for, by its name, or `nil` for any that its kind allows.
    package let algorithm: String?

    /// What the key is for, `sig` or `enc`, or `nil`.
    package let use: String?

    /// What the key is made of.
    package let material: Material

    /// Takes a public key that says nothing else.
    package init(publicKey: ForeignPublicKey) {
        (identifier, algorithm, use) = (nil, nil, nil)
        material = .publicKey(publicKey)
    }

    /// Reads one key, or the keys of a set, in order.
    package static func keys(in json: JSONValue) throws(CryptoFault) -> [JSONWebKey] {
        guard json.object != nil else {
            throw .keyMalformed(reason: "a JSON Web Key is an object")
        }
        guard let members = json["keys"] else { return [try JSONWebKey(json)] }
        guard let list = members.array else {
            throw .keyMalformed(reason: "the keys of a set are an array")
        }
        var keys: [JSONWebKey] = []
        for member in list { keys.append(try JSONWebKey(member)) }
        return keys
    }

    /// Reads one key.
    package init(_ json: JSONValue) throws(CryptoFault) {
        let fields = Fields(json: json)
        identifier = try fields.text("kid")
        algorithm = try fields.text("alg")
        use = try fields.text("use")
        switch try fields.text("kty") {
        case "oct": material = .secret(try fields.bytes("k"))
        case "RSA": material = try JSONWebKey.rsa(fields)
        case "EC": material = try JSONWebKey.ecdsa(fields)
        case "OKP": material = try JSONWebKey.ed25519(fields)
        case nil: throw .keyMalformed(reason: "a JSON Web Key has a field kty")
        case let kind?: throw .keyUnsupported(kind: kind)
        }
    }

    private static func rsa(_ fields: Fields) throws(CryptoFault) -> Material {
        let modulus = try fields.bytes("n")
        let exponent = try fields.bytes("e")
        guard fields.has("d") else {
            return .publicKey(try ForeignPublicKey(modulus: modulus, exponent: exponent))
        }
        guard !fields.has("oth") else {
            throw .keyUnsupported(kind: "RSA with more than two primes")
        }
        let numbers = PrivateNumbers.RSA(
            modulus: modulus,
            exponent: exponent,
            secret: try fields.bytes("d"),
            primes: [try fields.bytes("p"), try fields.bytes("q")],
            remainders: [try fields.bytes("dp"), try fields.bytes("dq")],
            coefficient: try fields.bytes("qi")
        )
        return .privateKey(try ForeignPrivateKey(numbers: .rsa(numbers)))
    }

    private static func ecdsa(_ fields: Fields) throws(CryptoFault) -> Material {
        let name = try fields.text("crv")
        guard let curve = EllipticCurve.allCases.first(where: { $0.name == name }) else {
            throw .keyUnsupported(kind: "EC on the curve \(name ?? "without a name")")
        }
        let said = try ForeignPublicKey(
            curve: curve,
            x: fields.bytes("x"),
            y: fields.bytes("y")
        )
        guard fields.has("d") else { return .publicKey(said) }
        let secret = try fields.bytes("d")
        guard secret.count == curve.coordinateByteCount else {
            throw .keyMalformed(
                reason: "d on \(curve.name) has \(curve.coordinateByteCount) bytes"
            )
        }
        let key = try ForeignPrivateKey(numbers: .ecdsa(curve, secret: secret))
        return try matched(key, said)
    }

    private static func ed25519(_ fields: Fields) throws(CryptoFault) -> Material {
        let name = try fields.text("crv")
        guard name == "Ed25519" else {
            throw .keyUnsupported(kind: "OKP on the curve \(name ?? "without a name")")
        }
        let said = try ForeignPublicKey(ed25519: fields.bytes("x"))
        guard fields.has("d") else { return .publicKey(said) }
        let seed = try fields.bytes("d")
        guard seed.count == SigningKey.seedByteCount else {
            throw .keyMalformed(reason: "d on Ed25519 has \(SigningKey.seedByteCount) bytes")
        }
        return try matched(ForeignPrivateKey(numbers: .ed25519(seed: seed)), said)
    }

    private static func matched(
        _ key: ForeignPrivateKey,
        _ said: ForeignPublicKey
    ) throws(CryptoFault) -> Material {
        guard key.publicKey == said else {
            throw .keyMalformed(reason: "its public half belongs to another key")
        }
        return .privateKey(key)
    }
}

/// The fields of a JSON Web Key, each of the type it must have.
private struct Fields {
    let json: JSONValue

    func has(_ name: String) -> Bool { json[name] != nil }

    func text(_ name: String) throws(CryptoFault) -> String? {
        guard let value = json[name] else { return nil }
        guard let text = value.string else {
            throw .keyMalformed(reason: "its field \(name) is not a string")
        }
        return text
    }

    /// Bytes in the URL-safe alphabet, which also numbers are written in.
    func bytes(_ name: String) throws(CryptoFault) -> [UInt8] {
        guard let text = try text(name) else {
            throw .keyMalformed(reason: "it has no field \(name)")
        }
        guard let bytes = Base64.decodeEitherAlphabet(Array(text.utf8)), !bytes.isEmpty else {
            throw .keyMalformed(reason: "its field \(name) is not base64url")
        }
        return bytes
    }
}
