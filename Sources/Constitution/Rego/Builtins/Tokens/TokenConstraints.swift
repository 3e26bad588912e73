import Crypto

/// What `io.jwt.decode_verify` asks of a token.
struct TokenConstraints {
    private enum Trust {
        case keys(TokenKeys)
        case secret([UInt8])
    }

    private let trust: Trust
    private let algorithm: Text?
    private let issuer: Text?
    private let audience: Text?

    /// The moment at which the token must be valid, in nanoseconds; a policy may write a fraction.
    private let moment: RegoNumber

    init(_ object: ObjectValue, now: Int64) throws(BuiltinError) {
        var (keys, secret) = (TokenKeys?.none, Text?.none)
        var (algorithm, issuer, audience) = (Text?.none, Text?.none, Text?.none)
        var moment = RegoNumber.integer(now)
        for member in object.members {
            guard case .string(let name) = member.key else {
                throw .failed("unknown token validation constraint")
            }
            switch name {
            case "cert": keys = try TokenKeys(try TokenConstraints.text(name, member.value))
            case "secret": secret = try TokenConstraints.text(name, member.value)
            case "alg": algorithm = try TokenConstraints.text(name, member.value)
            case "iss": issuer = try TokenConstraints.text(name, member.value)
            case "aud": audience = try TokenConstraints.text(name, member.value)
            case "time": moment = try TokenConstraints.time(member.value)
            default: throw .failed("unknown token validation constraint: \(name.string)")
            }
        }
        switch (keys, secret) {
        case (let keys?, nil): trust = .keys(keys)
        case (nil, let secret?) where !secret.isEmpty: trust = .secret(secret.bytes)
        case (.some, .some): throw .failed("duplicate key constraints")
        default: throw .failed("no key constraint")
        }
        (self.algorithm, self.issuer, self.audience) = (algorithm, issuer, audience)
        self.moment = moment
    }

    private static func text(_ name: Text, _ value: Value) throws(BuiltinError) -> Text {
        guard case .string(let text) = value else {
            throw .failed("\(name.string) constraint: must be a string")
        }
        return text
    }

    private static func time(_ value: Value) throws(BuiltinError) -> RegoNumber {
        guard case .number(let number) = value else {
            throw .failed("token time constraint: must be a number")
        }
        guard number.sign >= 0 else {
            throw .failed("token time constraint: must not be negative")
        }
        return number
    }

    /// Whether the token was signed as the constraints and its own header say.
    func trusts(
        _ token: TokenText,
        _ header: TokenHeader,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Bool {
        guard let name = header.algorithm, !header.hasUnknownDemands,
            algorithm == nil || algorithm == name
        else { return false }
        let signature = try token.readSignature()
        guard let algorithm = SigningAlgorithm(rawValue: name.string) else { return false }
        let message = token.signedPart
        switch trust {
        case .keys(let keys):
            return try keys.verify(
                signature,
                of: message,
                algorithm: algorithm,
                header: header,
                &context
            )
        case .secret(let secret):
            try context.charge(hashing: message.count)
            return TokenKeys.isAuthentic(signature, of: message, algorithm, secret)
        }
    }

    /// Whether the claims are for us, and for now (RFC 7519 §4.1).
    func allow(_ claims: ObjectValue) throws(BuiltinError) -> Bool {
        if let issuer {
            guard claims["iss" as Text] == .string(issuer) else { return false }
        }
        switch (claims["aud" as Text], audience) {
        case (nil, nil): break
        // A token that is meant for somebody is refused by whoever does not say that it is them.
        case (nil, _), (_, nil): return false
        case (.string(let one)?, let audience?): guard one == audience else { return false }
        case (.array(let many)?, let audience?):
            guard many.elements.contains(.string(audience)) else { return false }
        default: return false
        }
        if let end = try seconds("exp", claims), !(moment < end) { return false }
        if let start = try seconds("nbf", claims), moment < start { return false }
        return true
    }

    /// A claim in seconds, as nanoseconds, exactly.
    private func seconds(_ name: Text, _ claims: ObjectValue) throws(BuiltinError) -> RegoNumber? {
        guard let claim = claims[name] else { return nil }
        guard case .number(let number) = claim else {
            throw .failed("\(name.string) value must be a number")
        }
        let (mantissa, exponent) = number.parts
        return RegoNumber(mantissa, exponent: exponent + 9)
    }
}
