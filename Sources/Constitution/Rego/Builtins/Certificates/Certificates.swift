import Canon
import Crypto

extension BuiltinTable {
    /// What is asked of certificates and private keys.
    static let certificates: [Builtin] = [
        Builtin("crypto.x509.parse_certificates", [.string], .array(of: .anyObject)) {
            arguments,
            context throws(BuiltinError) in
            let found = try certificates(in: try arguments.text(0), &context)
            return try rendered(found, &context)
        },
        Builtin(
            "crypto.x509.parse_and_verify_certificates",
            [.string],
            .array(of: .oneOf([.boolean, .anyArray]))
        ) { arguments, context throws(BuiltinError) in
            let moment = Timestamp(nanoseconds: context.nowNanoseconds)
            let question = CertificateChain.Question(moment: moment)
            return try verify(try arguments.text(0), question, hasTexts: true, &context)
        },
        Builtin(
            "crypto.x509.parse_and_verify_certificates_with_options",
            [.string, .anyObject],
            .array(of: .oneOf([.boolean, .anyArray]))
        ) { arguments, context throws(BuiltinError) in
            let options = try arguments.object(1)
            let question = try question(options, now: context.nowNanoseconds)
            return try verify(try arguments.text(0), question, hasTexts: false, &context)
        },
        Builtin("crypto.x509.parse_certificate_request", [.string], .anyObject) {
            arguments,
            context throws(BuiltinError) in
            try request(try arguments.text(0), &context)
        },
        Builtin("crypto.x509.parse_keypair", [.string, .string], .anyObject) {
            arguments,
            context throws(BuiltinError) in
            try pair(try arguments.text(0), try arguments.text(1), &context)
        },
        Builtin("crypto.x509.parse_rsa_private_key", [.string], .anyObject) {
            arguments,
            context throws(BuiltinError) in
            try webKey(try arguments.text(0), &context)
        },
        Builtin("crypto.parse_private_keys", [.string], .oneOf([.null, .array(of: .any)])) {
            arguments,
            context throws(BuiltinError) in
            let text = try arguments.text(0)
            guard !text.isEmpty else { return .null }
            let bytes = Base64.decode(text.bytes) ?? text.bytes
            let keys = try privateKeys(in: bytes, &context)
            return .array(ArrayValue(keys.map { ForeignRendering.key($0) }))
        },
    ]

    // MARK: - Certificates

    /// The certificates in PEM, in base64 of PEM, or in base64 of DER.
    private static func certificates(
        in text: Text,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> [Certificate] {
        try context.charge(readingKeys: text.count)
        var bytes = text.bytes
        if !bytes.starts(with: pemStart) { bytes = try decoded(bytes) }
        if bytes.starts(with: pemStart) {
            var joined: [UInt8] = []
            for block in PEMBlock.all(in: bytes) {
                guard block.label == "CERTIFICATE" else {
                    throw .failed("PEM block type is '\(block.label)', expected CERTIFICATE")
                }
                joined += block.bytes
            }
            bytes = joined
        }
        do {
            return try Certificate.list(der: bytes)
        } catch {
            throw .failed("x509: malformed certificate: \(error.description)")
        }
    }

    private static func rendered(
        _ certificates: [Certificate],
        hasTexts: Bool = true,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        try context.charge(values: certificates.count * CertificateRendering.valueCount)
        return .array(
            ArrayValue(
                certificates.map {
                    CertificateRendering($0, hasIdentifierTexts: hasTexts).value
                }
            )
        )
    }

    /// Whether the last certificate is to be believed because the first one is, and the way between.
    private static func verify(
        _ text: Text,
        _ question: CertificateChain.Question,
        hasTexts: Bool,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        let refused: Value = [false, []]
        let found: [Certificate]
        do {
            found = try certificates(in: text, &context)
        } catch .failed {
            return refused
        }
        guard found.count >= 2, let root = found.first, let leaf = found.last else {
            return refused
        }
        for certificate in found { try context.charge(steps: certificate.publicKey.weight) }
        let chain = try? CertificateChain(
            of: leaf,
            through: Array(found.dropFirst().dropLast()),
            to: root,
            asking: question
        )
        guard let chain else { return refused }
        let shown = try rendered(chain.certificates, hasTexts: hasTexts, &context)
        return .array(ArrayValue([true, shown]))
    }

    private static func question(
        _ options: ObjectValue,
        now: Int64
    ) throws(BuiltinError) -> CertificateChain.Question {
        var question = CertificateChain.Question(moment: Timestamp(nanoseconds: now))
        for member in options.members {
            guard case .string(let name) = member.key else { throw .failed("invalid key option") }
            switch (name, member.value) {
            case ("DNSName", .string(let host)): question.host = host.string
            case ("DNSName", _): throw .failed("'DNSName' should be a string")
            case ("CurrentTime", .number(let number)):
                guard let nanoseconds = number.int64Value else {
                    throw .failed("'CurrentTime' should be a valid int64 number")
                }
                question.moment = Timestamp(nanoseconds: nanoseconds)
            case ("CurrentTime", _): throw .failed("'CurrentTime' should be a number")
            // The bound here is the length of a chain, which always holds.
            case ("MaxConstraintComparisons", .number(let number)):
                guard number.int64Value != nil else {
                    throw .failed("'MaxConstraintComparisons' should be a valid number")
                }
            case ("MaxConstraintComparisons", _):
                throw .failed("'MaxConstraintComparisons' should be a number")
            case ("KeyUsages", .array(let array)): question.usages = try usages(array.elements)
            case ("KeyUsages", .set(let set)): question.usages = try usages(set.elements)
            case ("KeyUsages", _): throw .failed("'KeyUsages' should be an Array or Set")
            default: throw .failed("invalid key option")
            }
        }
        return question
    }

    private static func usages(_ values: [Value]) throws(BuiltinError) -> [ExtendedKeyUsage] {
        var found: [ExtendedKeyUsage] = []
        for value in values {
            guard case .string(let text) = value, let usage = usageNames[text] else {
                let shown = String(decoding: value.json, as: UTF8.self)
                throw .failed("invalid entries for 'KeyUsages' found: [\(shown)]")
            }
            found.append(usage)
        }
        return found.isEmpty ? [.serverAuth] : found
    }

    private static let usageNames: [Text: ExtendedKeyUsage] = [
        "KeyUsageAny": .any,
        "KeyUsageServerAuth": .serverAuth,
        "KeyUsageClientAuth": .clientAuth,
        "KeyUsageCodeSigning": .codeSigning,
        "KeyUsageEmailProtection": .emailProtection,
        "KeyUsageIPSECEndSystem": .ipsecEndSystem,
        "KeyUsageIPSECTunnel": .ipsecTunnel,
        "KeyUsageIPSECUser": .ipsecUser,
        "KeyUsageTimeStamping": .timeStamping,
        "KeyUsageOCSPSigning": .ocspSigning,
        "KeyUsageMicrosoftServerGatedCrypto": .microsoftServerGatedCrypto,
        "KeyUsageNetscapeServerGatedCrypto": .netscapeServerGatedCrypto,
        "KeyUsageMicrosoftCommercialCodeSigning": .microsoftCommercialCodeSigning,
        "KeyUsageMicrosoftKernelCodeSigning": .microsoftKernelCodeSigning,
    ]

    private static func request(
        _ text: Text,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        try context.charge(readingKeys: text.count)
        try context.charge(values: CertificateRendering.valueCount)
        var bytes = text.bytes
        if !bytes.starts(with: pemStart) { bytes = try decoded(bytes) }
        if let (block, _) = PEMBlock.first(in: bytes[...]) {
            guard block.label == "CERTIFICATE REQUEST" else {
                throw .failed("invalid PEM-encoded certificate signing request")
            }
            bytes = block.bytes
        }
        do {
            return CertificateRendering.value(try CertificateRequest(der: bytes))
        } catch {
            throw .failed("asn1: structure error: \(error.description)")
        }
    }

    // MARK: - Keys

    /// A certificate, those that lead to it, and the private key of the first.
    private static func pair(
        _ certificate: Text,
        _ key: Text,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        try context.charge(readingKeys: certificate.count + key.count)
        try context.charge(values: CertificateRendering.valueCount)
        var shown = certificate.bytes
        if !shown.starts(with: pemStart) { shown = try decoded(shown) }
        let blocks =
            shown.starts(with: pemStart)
            ? PEMBlock.all(in: shown).filter { $0.label == "CERTIFICATE" }.map(\.bytes) : [shown]
        guard let first = blocks.first else {
            throw .failed("tls: failed to find any PEM data in certificate input")
        }
        var secret = key.bytes
        if !secret.starts(with: pemStart) { secret = try decoded(secret) }
        do {
            let leaf = try Certificate(der: first)
            let owner = try privateKey(secret)
            guard owner.publicKey == leaf.publicKey else {
                throw BuiltinError.failed("tls: private key does not match public key")
            }
            return ForeignRendering.object([
                (
                    "Certificate",
                    .array(ArrayValue(blocks.map { ForeignRendering.bytes($0) }))
                ),
                ("PrivateKey", ForeignRendering.key(owner)),
                ("SupportedSignatureAlgorithms", .null), ("OCSPStaple", .null),
                ("SignedCertificateTimestamps", .null),
                ("Leaf", CertificateRendering(leaf, hasIdentifierTexts: false).value),
            ])
        } catch let error as BuiltinError {
            throw error
        } catch {
            throw .failed("tls: \(error)")
        }
    }

    private static func privateKey(_ bytes: [UInt8]) throws -> ForeignPrivateKey {
        guard bytes.starts(with: pemStart) else { return try ForeignPrivateKey(der: bytes) }
        let blocks = PEMBlock.all(in: bytes).filter { $0.label.hasSuffix("PRIVATE KEY") }
        guard let block = blocks.first else {
            throw BuiltinError.failed("tls: failed to find any PEM data in key input")
        }
        return try ForeignPrivateKey(der: block.bytes)
    }

    private static func webKey(
        _ text: Text,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        guard !text.isEmpty else { throw .failed("input PEM data was empty") }
        var bytes = text.bytes
        if !bytes.starts(with: pemStart) { bytes = try decoded(bytes) }
        return try privateKeys(in: bytes, &context).first.map { ForeignRendering.webKey($0) }
            ?? .null
    }

    /// All private keys among the blocks of PEM.
    private static func privateKeys(
        in bytes: [UInt8],
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> [ForeignPrivateKey] {
        try context.charge(readingKeys: bytes.count)
        var keys: [ForeignPrivateKey] = []
        for block in PEMBlock.all(in: bytes) {
            guard let form = PrivateNumbers.Form(rawValue: block.label) else { continue }
            do {
                keys.append(try ForeignPrivateKey(der: block.bytes, form: form))
            } catch {
                throw .failed("x509: failed to parse private key: \(error.description)")
            }
        }
        return keys
    }

    private static let pemStart = Array("-----BEGIN".utf8)

    private static func decoded(_ text: [UInt8]) throws(BuiltinError) -> [UInt8] {
        let breaks = [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
        guard let bytes = Base64.decode(text.filter { !breaks.contains($0) }) else {
            throw .failed("illegal base64 data in what is neither PEM nor base64")
        }
        return bytes
    }
}
