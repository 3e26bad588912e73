/// A public key as OpenSSH writes it; only kinds and sizes that may sign something here.
package struct SSHPublicKey: Hashable, Sendable, CustomStringConvertible {
    /// What kind of key it is, in the words of OpenSSH.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case ed25519 = "ssh-ed25519"
        case ecdsa256 = "ecdsa-sha2-nistp256"
        case ecdsa384 = "ecdsa-sha2-nistp384"
        case ecdsa521 = "ecdsa-sha2-nistp521"
        case rsa = "ssh-rsa"
        case securityKeyEd25519 = "sk-ssh-ed25519@openssh.com"
        case securityKeyECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"

        /// Whether the key lies in a FIDO device, which says if it was touched.
        package var isSecurityKey: Bool {
            self == .securityKeyEd25519 || self == .securityKeyECDSA
        }
    }

    /// The sizes of an RSA modulus that are accepted.
    ///
    /// Below, it can be broken; above, OpenSSL refuses to use it.
    package static let rsaBits = 2048...16384

    package let kind: Kind

    /// The whole key in wire form; two keys are the same when these bytes are.
    package let blob: [UInt8]

    /// What a security key was made for: `ssh:`, or the relying party of a passkey.
    package let application: String?

    /// The key as a SubjectPublicKeyInfo, which is how OpenSSL takes it.
    let spki: [UInt8]

    /// Reads the wire form.
    package init(blob: [UInt8]) throws(CryptoFault) {
        var reader = SSHReader(blob)
        guard let name = reader.text() else {
            throw .keyMalformed(reason: "it does not begin with its kind")
        }
        guard let kind = Kind(rawValue: name) else { throw .keyUnsupported(kind: name) }
        let spki: [UInt8]
        switch kind {
        case .ed25519, .securityKeyEd25519: spki = try SSHPublicKey.ed25519(&reader)
        case .ecdsa256, .securityKeyECDSA: spki = try SSHPublicKey.ecdsa(.p256, &reader)
        case .ecdsa384: spki = try SSHPublicKey.ecdsa(.p384, &reader)
        case .ecdsa521: spki = try SSHPublicKey.ecdsa(.p521, &reader)
        case .rsa: spki = try SSHPublicKey.rsa(&reader)
        }
        var application: String?
        if kind.isSecurityKey {
            guard let text = reader.text() else {
                throw .keyMalformed(reason: "it does not name the application it was made for")
            }
            application = text
        }
        guard reader.isAtEnd else { throw .keyMalformed(reason: "it has bytes behind its end") }
        guard PublicKeyHandle.isKey(spki: spki) else {
            throw .keyMalformed(reason: "its numbers are no key of the kind \(name)")
        }
        self.kind = kind
        self.blob = blob
        self.application = application
        self.spki = spki
    }

    /// Reads the two words of a `.pub` or `allowed_signers` file: the kind and the key in base64.
    package init(kind: some Collection<UInt8>, base64: some Collection<UInt8>) throws(CryptoFault) {
        guard let name = String(validating: kind, as: UTF8.self) else {
            throw .keyMalformed(reason: "its kind is not text")
        }
        guard Kind(rawValue: name) != nil else { throw .keyUnsupported(kind: name) }
        guard let blob = Base64.decode(base64) else {
            throw .keyMalformed(reason: "it is not base64")
        }
        try self.init(blob: blob)
        guard self.kind.rawValue == name else {
            throw .keyMalformed(reason: "it is called \(name) and is \(self.kind.rawValue)")
        }
    }

    /// Reads the line of a `.pub` file: kind, key in base64 and, perhaps, a comment.
    package init(line: [UInt8]) throws(CryptoFault) {
        let text = line.last == UInt8(ascii: "\n") ? line.dropLast() : line[...]
        guard !text.contains(UInt8(ascii: "\n")) else {
            throw .keyMalformed(reason: "it is more than one line")
        }
        let words = text.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count > 1 else {
            throw .keyMalformed(reason: "it is not a kind and a key in base64")
        }
        try self.init(kind: words[0], base64: words[1])
    }

    /// The two words of a `.pub` file.
    package var description: String {
        "\(kind.rawValue) \(String(decoding: Base64.encode(blob), as: UTF8.self))"
    }

    /// The fingerprint, as `ssh-keygen -l` shows it.
    package var fingerprint: String {
        let text = Base64.encode(ForeignHash.sha256.of(blob)).filter { $0 != UInt8(ascii: "=") }
        return "SHA256:" + String(decoding: text, as: UTF8.self)
    }

    package static func == (left: SSHPublicKey, right: SSHPublicKey) -> Bool {
        left.blob == right.blob
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(blob) }
}

/// The numbers of a key, from the form of SSH to the form of X.509 (RFC 3279, RFC 5480, RFC 8410).
extension SSHPublicKey {
    private static func ed25519(_ reader: inout SSHReader) throws(CryptoFault) -> [UInt8] {
        guard let bytes = reader.string(), bytes.count == VerifyingKey.byteCount else {
            throw .keyMalformed(reason: "an Ed25519 key has 32 bytes")
        }
        return SubjectPublicKeyInfo.ed25519(bytes)
    }

    private static func ecdsa(
        _ curve: EllipticCurve,
        _ reader: inout SSHReader
    ) throws(CryptoFault) -> [UInt8] {
        guard let name = reader.string(), name.elementsEqual(curve.nameInSSH.utf8) else {
            throw .keyMalformed(reason: "its curve is not \(curve.nameInSSH)")
        }
        guard let point = reader.string(), point.count == curve.pointByteCount, point[0] == 4
        else {
            throw .keyMalformed(reason: "it is not an uncompressed point on \(curve.nameInSSH)")
        }
        return SubjectPublicKeyInfo.ecdsa(curve, point: point)
    }

    private static func rsa(_ reader: inout SSHReader) throws(CryptoFault) -> [UInt8] {
        guard let exponent = reader.positiveNumber(), let modulus = reader.positiveNumber() else {
            throw .keyMalformed(reason: "an RSA key is two positive numbers")
        }
        let digits = modulus.drop { $0 == 0 }
        let bits = digits.count * 8 - (digits.first?.leadingZeroBitCount ?? 0)
        guard rsaBits.contains(bits) else {
            throw .keyWeak(reason: "an RSA key of \(bits) bits, not of \(rsaBits)")
        }
        // FIPS 186-5 §5.1: an odd exponent above 2^16. It also has to fit what OpenSSL accepts.
        let value = exponent.count <= 8 ? exponent.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } : 0
        guard value > 65_536, value & 1 == 1 else {
            throw .keyWeak(reason: "an RSA key whose exponent is not an odd number above 2^16")
        }
        return SubjectPublicKeyInfo.rsa(modulus: modulus, exponent: exponent)
    }
}
