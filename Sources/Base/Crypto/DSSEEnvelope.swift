package import Canon

/// A signed attestation: a payload, its type, and signatures over both (DSSE 1.0.2).
///
/// What is signed is the bytes of the payload, so nothing has to be put into a canonical form. The
/// payload is reached only through `verified(by:payloadType:threshold:)`.
package struct DSSEEnvelope: Hashable, Sendable {
    /// One signature; the key id is a hint of who made it and is never believed.
    package struct Signature: Hashable, Sendable {
        package let keyID: String?
        package let bytes: [UInt8]

        /// States a signature, of a key that the id only hints at.
        package init(keyID: String?, bytes: [UInt8]) {
            self.keyID = keyID
            self.bytes = bytes
        }
    }

    /// A payload whose signatures hold, and the keys that made them.
    package struct Verified: Hashable, Sendable {
        /// The bytes that were signed: what is read from an attestation is read from these.
        package let payload: [UInt8]

        /// The known keys that signed, each once.
        package let signers: [VerifyingKey]
    }

    /// The type of an in-toto statement.
    package static let statementType = "application/vnd.in-toto+json"

    /// Every signature is tried with every key, so their number has a bound.
    package static let signaturesMax = 32

    package let payloadType: String
    /// What was signed by whom, verified or not.
    package private(set) var signatures: [Signature]
    private let payload: [UInt8]

    /// Makes an envelope without signatures.
    package init(payload: [UInt8], payloadType: String = DSSEEnvelope.statementType) {
        self.payload = payload
        self.payloadType = payloadType
        signatures = []
    }

    /// Reads the JSON form; members that DSSE does not know are passed over, as it demands.
    package init(
        parsing bytes: [UInt8],
        limits: JSONLimits = .standard
    ) throws(CryptoFault) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes, limits: limits)
        } catch {
            throw .envelopeMalformed(reason: "it is not JSON (\(error.code))")
        }
        guard let type = value["payloadType"]?.string, !type.isEmpty else {
            throw .envelopeMalformed(reason: "it has no payloadType")
        }
        guard let payload = DSSEEnvelope.base64(value["payload"]) else {
            throw .envelopeMalformed(reason: "it has no payload in base64")
        }
        guard let listed = value["signatures"]?.array, !listed.isEmpty else {
            throw .envelopeMalformed(reason: "it has no signatures")
        }
        guard listed.count <= DSSEEnvelope.signaturesMax else {
            let limit = DSSEEnvelope.signaturesMax
            throw .envelopeMalformed(reason: "it has more than \(limit) signatures")
        }
        self.init(payload: payload, payloadType: type)
        for signature in listed {
            guard let bytes = DSSEEnvelope.base64(signature["sig"]) else {
                throw .envelopeMalformed(reason: "a signature is not in base64")
            }
            let hint = signature["keyid"]
            guard hint == nil || hint == .null || hint?.string != nil else {
                throw .envelopeMalformed(reason: "a keyid is not text")
            }
            signatures.append(Signature(keyID: hint?.string, bytes: bytes))
        }
    }

    /// Adds the signature of this key, with the key id that third parties look for.
    package mutating func sign(with key: SigningKey) {
        let signature = Signature(
            keyID: key.verifyingKey.keyID.hex,
            bytes: key.sign(signedBytes)
        )
        signatures.append(signature)
    }

    /// The JSON form, on one line.
    package var bytes: [UInt8] {
        let listed = signatures.map { signature in
            var members = JSONObject([("sig", DSSEEnvelope.text(signature.bytes))])
            members["keyid"] = signature.keyID.map { .string($0) }
            return JSONValue.object(members)
        }
        let envelope: JSONValue = [
            "payload": DSSEEnvelope.text(payload),
            "payloadType": .string(payloadType),
            "signatures": .array(listed),
        ]
        return envelope.line
    }

    /// The payload, if it has the type that is expected and enough of these keys signed it.
    package func verified(
        by keys: [VerifyingKey],
        payloadType expected: String = DSSEEnvelope.statementType,
        threshold: Int = 1
    ) throws(CryptoFault) -> Verified {
        precondition(threshold > 0, "An attestation that nobody has to sign proves nothing.")
        guard payloadType.hasSameBytes(as: expected) else {
            throw .envelopeTypeWrong(expected: expected, found: payloadType)
        }
        let signed = signedBytes
        var signers: [VerifyingKey] = []
        for key in keys where !signers.contains(key) {
            if signatures.contains(where: { key.verifies($0.bytes, of: signed) }) {
                signers.append(key)
            }
        }
        guard signers.count >= threshold else { throw .envelopeUnverified }
        return Verified(payload: payload, signers: signers)
    }

    /// What is signed: type and payload, each behind its length (pre-authentication encoding).
    private var signedBytes: [UInt8] {
        let type = Array(payloadType.utf8)
        return Array("DSSEv1 \(type.count) ".utf8) + type + Array(" \(payload.count) ".utf8)
            + payload
    }

    private static func base64(_ value: JSONValue?) -> [UInt8]? {
        value?.string.flatMap { Base64.decodeEitherAlphabet($0.utf8) }
    }

    private static func text(_ bytes: [UInt8]) -> JSONValue {
        .string(String(decoding: Base64.encode(bytes), as: UTF8.self))
    }
}
