import Canon
import Crypto

extension BuiltinTable {
    /// JSON Web Tokens (RFC 7519): read, verified and made.
    ///
    /// Signing is deterministic, with the nonces of RFC 6979 and salts made like them, so a token
    /// depends on nothing but the arguments.
    static let tokens: [Builtin] =
        [
            Builtin("io.jwt.decode", [.string], .array(of: .any)) {
                arguments,
                context throws(BuiltinError) in
                try decode(try arguments.text(0), &context)
            },
            Builtin("io.jwt.decode_verify", [.string, .anyObject], .array(of: .any)) {
                arguments,
                context throws(BuiltinError) in
                let constraints = try arguments.object(1)
                return try decodeVerify(try arguments.text(0), constraints, &context)
            },
            Builtin("io.jwt.encode_sign", [.anyObject, .anyObject, .anyObject], .string) {
                arguments,
                context throws(BuiltinError) in
                let parts = [
                    try arguments.object(0), try arguments.object(1), try arguments.object(2),
                ].map { Value.object($0).json }
                return try encode(header: parts[0], payload: parts[1], key: parts[2], &context)
            },
            Builtin("io.jwt.encode_sign_raw", [.string, .string, .string], .string) {
                arguments,
                context throws(BuiltinError) in
                let parts = [try arguments.text(0), try arguments.text(1), try arguments.text(2)]
                    .map(\.bytes)
                return try encode(header: parts[0], payload: parts[1], key: parts[2], &context)
            },
        ] + SigningAlgorithm.allCases.map(verification)

    // MARK: - Reading

    /// Header, payload and signature, of which nothing is verified.
    private static func decode(
        _ text: Text,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        var text = text
        while true {
            try context.charge(bytes: 2 * text.count)
            let token = try TokenText(text)
            let header = try token.readHeader()
            let payload = try token.readPayload()
            guard try TokenHeader(header).isNested else {
                let claims = try TokenText.object(payload)
                let signature = Text(hexadecimal: try token.readSignature())
                return .array(
                    ArrayValue([.object(header), .object(claims), .string(signature)])
                )
            }
            // A token inside a token may stand in quotes.
            let quotes = Array("\"'".utf8)
            var inside = payload[...]
            while let first = inside.first, quotes.contains(first) { inside.removeFirst() }
            while let last = inside.last, quotes.contains(last) { inside.removeLast() }
            guard let inner = Text(validating: Array(inside)) else {
                throw .failed("JWT payload is not text")
            }
            text = inner
        }
    }

    /// A built-in that only says whether a token was signed with one algorithm.
    private static func verification(_ algorithm: SigningAlgorithm) -> Builtin {
        let name = "io.jwt.verify_" + algorithm.rawValue.lowercased()
        return Builtin(name, [.string, .string], .boolean) {
            arguments,
            context throws(BuiltinError) in
            let (text, key) = (try arguments.text(0), try arguments.text(1))
            try context.charge(bytes: 2 * text.count)
            try context.charge(readingKeys: key.count)
            let token = try TokenText(text)
            if algorithm.family == .secret {
                let signature = try token.readSignature()
                let message = token.signedPart
                try context.charge(hashing: message.count)
                return .bool(TokenKeys.isAuthentic(signature, of: message, algorithm, key.bytes))
            }
            let keys = try TokenKeys(key)
            let signature = try token.readSignature()
            let header = try TokenHeader(try token.readHeader())
            let isSigned = try keys.verify(
                signature,
                of: token.signedPart,
                algorithm: algorithm,
                header: header,
                &context
            )
            return .bool(isSigned)
        }
    }

    /// Header and payload of a token that is signed, for us and for now; two empty objects if not.
    private static func decodeVerify(
        _ text: Text,
        _ wanted: ObjectValue,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        let refused: Value = [false, [:], [:]]
        for member in wanted.members {
            if case .string(let text) = member.value { try context.charge(readingKeys: text.count) }
        }
        let constraints = try TokenConstraints(wanted, now: context.nowNanoseconds)
        var text = text
        while true {
            try context.charge(bytes: 2 * text.count)
            let token = try TokenText(text)
            let header = try token.readHeader()
            let fields = try TokenHeader(header)
            guard try constraints.trusts(token, fields, &context) else { return refused }
            let payload = try token.readPayload()
            if fields.isNested {
                guard let inner = Text(validating: payload) else {
                    throw .failed("JWT payload is not text")
                }
                text = inner
                continue
            }
            let claims = try TokenText.object(payload)
            guard try constraints.allow(claims) else { return refused }
            return .array(ArrayValue([true, .object(header), .object(claims)]))
        }
    }

    // MARK: - Making

    private static func encode(
        header: [UInt8],
        payload: [UInt8],
        key: [UInt8],
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        try context.charge(bytes: 2 * (header.count + payload.count))
        try context.charge(readingKeys: key.count)
        let keys: [JSONWebKey]
        do {
            keys = try JSONWebKey.keys(in: JSONValue(parsing: key))
        } catch {
            throw .failed("failed to parse a JWK key (set): \(error)")
        }
        guard let key = keys.first else { throw .failed("no keys found in JWK set") }
        let fields = try headerFields(header)
        guard case .string(let name)? = fields["alg" as Text] else {
            throw .failed("missing or invalid 'alg' header: jwsbb: header \"alg\" not found")
        }
        guard let algorithm = SigningAlgorithm(rawValue: name.string) else {
            throw .failed("unknown JWS algorithm: \(name.string)")
        }
        let kind = fields["typ" as Text] ?? "JWT"
        if kind == "JWT" || kind.typeName != "string", (try? Value(parsing: payload)) == nil {
            throw .failed("type is JWT but payload is not JSON")
        }
        var text = Base64.encodeURLSafe(header) + [UInt8(ascii: ".")]
        text += Base64.encodeURLSafe(payload)
        let signature = try sign(text, with: key, algorithm, &context)
        return .string(Text(text + [UInt8(ascii: ".")] + Base64.encodeURLSafe(signature)))
    }

    private static func headerFields(_ header: [UInt8]) throws(BuiltinError) -> ObjectValue {
        let refusal = "missing or invalid 'alg' header: cannot parse JSON"
        guard let first = header.first else {
            throw .failed("\(refusal): cannot parse empty string")
        }
        // What is no object has no fields.
        guard first == UInt8(ascii: "{") else { return .empty }
        do {
            return try TokenText.object(header)
        } catch .failed(let reason) {
            throw .failed("\(refusal): \(reason)")
        }
    }

    private static func sign(
        _ message: [UInt8],
        with key: JSONWebKey,
        _ algorithm: SigningAlgorithm,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> [UInt8] {
        try context.charge(hashing: message.count)
        switch key.material {
        case .secret(let secret):
            guard algorithm.family == .secret else {
                throw .failed("\(algorithm.rawValue) does not sign with a secret")
            }
            return algorithm.hash.authentication(of: message, key: secret)
        case .privateKey(let key):
            try context.charge(steps: key.weight)
            do {
                return try key.sign(message, algorithm: algorithm)
            } catch {
                throw .failed(error.description)
            }
        case .publicKey: throw .failed("the key is a public key, which does not sign")
        }
    }
}
