import Canon

/// A signature over a message in a namespace, as `ssh-keygen -Y sign` makes it (PROTOCOL.sshsig 1).
///
/// Three families share the format: plain keys, FIDO security keys, and passkeys in a browser. Who
/// may sign what is not decided here.
package struct SSHSignature: Hashable, Sendable {
    /// The largest key that is accepted needs a tenth of it.
    package static let bytesMax = 65_536

    /// The bits of the flags byte that FIDO signs.
    private enum Flag {
        static let userPresent: UInt8 = 0x01
        static let userVerified: UInt8 = 0x04

        /// Attested credential data or extensions would stand between the flags and the hash.
        static let moreData: UInt8 = 0xC0
    }

    /// What follows the signature proper, by family.
    private enum Form: Hashable {
        case plain
        case device(flags: UInt8, counter: UInt32)
        case browser(flags: UInt8, counter: UInt32, origin: String, clientData: [UInt8])
    }

    private static let magic = Array("SSHSIG".utf8)
    private static let version: UInt32 = 1
    private static let clientDataLimits = JSONLimits(bytesMax: bytesMax, depthMax: 16)
    private static let browserType = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"

    /// The key that is claimed to have signed.
    package let publicKey: SSHPublicKey

    /// What the signature was made for, so that it serves for nothing else.
    package let namespace: String

    private let messageHash: ForeignHash
    private let hashName: String
    private let signatureHash: ForeignHash?
    /// The signature in the form that OpenSSL takes.
    private let signature: [UInt8]
    private let form: Form

    /// Reads the armored form: two marker lines and base64 between them.
    package init(armored text: [UInt8]) throws(CryptoFault) {
        guard text.count <= SSHSignature.bytesMax else {
            throw .signatureMalformed(reason: "it is longer than \(SSHSignature.bytesMax) bytes")
        }
        guard let blob = PEM.decode("SSH SIGNATURE", text) else {
            throw .signatureMalformed(reason: "it is not one armored SSH SIGNATURE")
        }
        try self.init(blob: blob)
    }

    /// Reads the binary form.
    package init(blob: [UInt8]) throws(CryptoFault) {
        var reader = SSHReader(blob)
        guard reader.bytes(SSHSignature.magic.count) == SSHSignature.magic else {
            throw .signatureMalformed(reason: "it does not begin with SSHSIG")
        }
        guard reader.uint32() == SSHSignature.version else {
            throw .signatureMalformed(reason: "its version is not \(SSHSignature.version)")
        }
        guard let key = reader.string(), let namespace = reader.text(),
            let reserved = reader.string(), let hashName = reader.text(),
            let signature = reader.string(), reader.isAtEnd
        else { throw .signatureMalformed(reason: "its fields do not fill it exactly") }
        guard !namespace.isEmpty, reserved.isEmpty else {
            throw .signatureMalformed(reason: "it has no namespace, or bytes in a reserved field")
        }
        switch hashName {
        case "sha256": messageHash = .sha256
        case "sha512": messageHash = .sha512
        default: throw .signatureMalformed(reason: "its hash is neither sha256 nor sha512")
        }
        self.hashName = hashName
        self.namespace = namespace
        publicKey = try SSHPublicKey(blob: key)
        (signatureHash, self.signature, form) = try SSHSignature.parts(of: signature, by: publicKey)
    }

    /// What the signature proves about this message, if it holds for it in this namespace.
    package func verify(
        message: [UInt8],
        namespace expected: String
    ) throws(CryptoFault) -> SSHVerification {
        guard namespace.utf8.elementsEqual(expected.utf8) else {
            throw .signatureNamespaceWrong(expected: expected, found: namespace)
        }
        let signed = signedBytes(of: message)
        let content: [UInt8]
        var device: SSHVerification.Device?
        switch form {
        case .plain:
            content = signed
        case .device(let flags, let counter):
            content = deviceContent(flags: flags, counter: counter, over: signed)
            device = SSHSignature.device(flags: flags, counter: counter, origin: nil)
        case .browser(let flags, let counter, let origin, let clientData):
            try SSHSignature.check(clientData, asks: signed, from: origin)
            content = deviceContent(flags: flags, counter: counter, over: clientData)
            device = SSHSignature.device(flags: flags, counter: counter, origin: origin)
        }
        guard let handle = PublicKeyHandle(spki: publicKey.spki),
            handle.verifies(signature, of: content, hash: signatureHash)
        else { throw .signatureWrong }
        return SSHVerification(key: publicKey, namespace: namespace, device: device)
    }

    /// What a plain key signs, and what a device or a browser is asked to sign: no version here.
    private func signedBytes(of message: [UInt8]) -> [UInt8] {
        var out = SSHSignature.magic
        out.appendSSHString(Array(namespace.utf8))
        out.appendSSHString([])
        out.appendSSHString(Array(hashName.utf8))
        out.appendSSHString(messageHash.of(message))
        return out
    }

    /// What a FIDO device signs: 69 bytes.
    private func deviceContent(flags: UInt8, counter: UInt32, over bytes: [UInt8]) -> [UInt8] {
        let application = Array((publicKey.application ?? "").utf8)
        return ForeignHash.sha256.of(application) + [flags] + counter.bigEndianBytes
            + ForeignHash.sha256.of(bytes)
    }

    private static func device(
        flags: UInt8,
        counter: UInt32,
        origin: String?
    ) -> SSHVerification.Device {
        SSHVerification.Device(
            userPresent: flags & Flag.userPresent != 0,
            userVerified: flags & Flag.userVerified != 0,
            counter: counter,
            origin: origin
        )
    }
}

extension SSHSignature {
    /// Takes the signature field apart, by the kind of key and the kind of signature it names.
    private static func parts(
        of field: [UInt8],
        by key: SSHPublicKey
    ) throws(CryptoFault) -> (ForeignHash?, [UInt8], Form) {
        var reader = SSHReader(field)
        guard let type = reader.text(), let bytes = reader.string() else {
            throw .signatureMalformed(reason: "its signature has no kind and no bytes")
        }
        let hash: ForeignHash?
        let signature: [UInt8]
        switch (key.kind, type) {
        case (.ed25519, key.kind.rawValue), (.securityKeyEd25519, key.kind.rawValue):
            guard bytes.count == VerifyingKey.signatureByteCount else {
                throw .signatureMalformed(reason: "an Ed25519 signature has 64 bytes")
            }
            (hash, signature) = (.none, bytes)
        case (.ecdsa256, key.kind.rawValue), (.securityKeyECDSA, key.kind.rawValue),
            (.securityKeyECDSA, browserType):
            (hash, signature) = (.sha256, try ecdsa(bytes))
        case (.ecdsa384, key.kind.rawValue):
            (hash, signature) = (.sha384, try ecdsa(bytes))
        case (.ecdsa521, key.kind.rawValue):
            (hash, signature) = (.sha512, try ecdsa(bytes))
        case (.rsa, "rsa-sha2-256"):
            (hash, signature) = (.sha256, bytes)
        case (.rsa, "rsa-sha2-512"):
            (hash, signature) = (.sha512, bytes)
        case (.rsa, "ssh-rsa"):
            throw .keyWeak(reason: "an RSA signature with SHA-1")
        default:
            throw .signatureMalformed(reason: "a \(key.kind.rawValue) key makes no such signature")
        }
        let form = try form(key: key, isBrowser: type == browserType, &reader)
        guard reader.isAtEnd else {
            throw .signatureMalformed(reason: "its signature has bytes behind its end")
        }
        return (hash, signature, form)
    }

    private static func ecdsa(_ bytes: [UInt8]) throws(CryptoFault) -> [UInt8] {
        var reader = SSHReader(bytes)
        guard let r = reader.positiveNumber(), let s = reader.positiveNumber(), reader.isAtEnd
        else { throw .signatureMalformed(reason: "an ECDSA signature is two positive numbers") }
        return DER.sequence(DER.integer(r), DER.integer(s))
    }

    private static func form(
        key: SSHPublicKey,
        isBrowser: Bool,
        _ reader: inout SSHReader
    ) throws(CryptoFault) -> Form {
        guard key.kind.isSecurityKey else { return .plain }
        guard let flags = reader.byte(), let counter = reader.uint32() else {
            throw .signatureMalformed(reason: "a security key's signature has flags and a counter")
        }
        guard isBrowser else { return .device(flags: flags, counter: counter) }
        guard let origin = reader.text(), let clientData = reader.string(),
            let extensions = reader.string()
        else { throw .signatureMalformed(reason: "a passkey's signature has a page and its data") }
        guard extensions.isEmpty, flags & Flag.moreData == 0 else {
            throw .signatureMalformed(reason: "a passkey's signature may carry no further data")
        }
        return .browser(flags: flags, counter: counter, origin: origin, clientData: clientData)
    }

    /// Checks that the browser was asked to sign exactly these bytes, by exactly this page.
    ///
    /// WebAuthn §5.8.1.1 fixes the order of the first members and how they are written, so that
    /// this can be seen without parsing. Behind them a browser may put members of its own.
    private static func check(
        _ clientData: [UInt8],
        asks signed: [UInt8],
        from origin: String
    ) throws(CryptoFault) {
        let quote = UInt8(ascii: "\"")
        let page = Array(origin.utf8)
        guard !page.contains(where: { $0 == quote || $0 == UInt8(ascii: "\\") || $0 < 0x20 }) else {
            throw .clientDataWrong(reason: "the page's name holds a character that would end it")
        }
        let head = Array("{\"type\":\"webauthn.get\",\"challenge\":\"".utf8)
        guard clientData.starts(with: head) else {
            throw .clientDataWrong(reason: "it does not begin as an answer to a request to sign")
        }
        let challenge = head + Base64.encodeURLSafe(signed) + [quote]
        guard clientData.starts(with: challenge) else {
            throw .signatureWrong
        }
        let asked = challenge + Array(",\"origin\":\"".utf8) + page + [quote]
        guard clientData.starts(with: asked) else {
            throw .clientDataWrong(reason: "it does not name the page that the signature names")
        }
        // Parsing refuses a member that stands twice, so nothing behind can unsay what stands above.
        guard let members = try? JSONValue(parsing: clientData, limits: clientDataLimits) else {
            throw .clientDataWrong(reason: "it is not JSON with each member once")
        }
        guard members["crossOrigin"].map({ $0 == false }) ?? true else {
            throw .clientDataWrong(reason: "the page was shown inside a page of somebody else")
        }
    }
}
