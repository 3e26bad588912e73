/// A certificate (RFC 5280): who has a key, and who says so.
///
/// Reading it proves nothing; only `CertificateChain` says whether it is to be believed. It is read
/// here field by field, strictly and within bounds, and handed to OpenSSL when it is verified.
package struct Certificate: Hashable, Sendable {
    /// How many bytes a certificate may have.
    package static let bytesMax = 256 << 10

    /// The whole certificate, and the part of it that is signed.
    package let der: [UInt8]
    package let signedPart: [UInt8]

    /// 1 to 3.
    package let version: Int

    /// Two's complement, most significant byte first.
    package let serialNumber: [UInt8]
    package let signatureKind: CertificateSignature
    package let signature: [UInt8]

    package let issuer: DistinguishedName
    package let subject: DistinguishedName
    package let notBefore: CertificateTime
    package let notAfter: CertificateTime
    package let publicKey: ForeignPublicKey

    /// All extensions as they stand, and what those that are known say.
    package let extensions: [CertificateExtension]
    package let profile: CertificateProfile

    /// Reads one certificate in DER, with nothing behind it.
    package init(der: [UInt8]) throws(CryptoFault) {
        var reader = DERReader(der)
        try self.init(&reader)
        guard reader.isAtEnd else {
            throw .certificateMalformed(reason: "it has bytes behind its end")
        }
    }

    /// Reads certificates in DER, one behind the other.
    package static func list(der: [UInt8]) throws(CryptoFault) -> [Certificate] {
        var reader = DERReader(der)
        var found: [Certificate] = []
        while !reader.isAtEnd { found.append(try Certificate(&reader)) }
        return found
    }

    private init(_ outer: inout DERReader) throws(CryptoFault) {
        guard let element = outer.element(DERTag.sequence) else {
            throw .certificateMalformed(reason: "it is not a SEQUENCE")
        }
        guard element.whole.count <= Certificate.bytesMax else {
            throw .certificateMalformed(reason: "it is longer than \(Certificate.bytesMax) bytes")
        }
        var reader = element.reader
        guard let signed = reader.element(DERTag.sequence), let algorithm = reader.element(),
            let kind = CertificateSignature(algorithm), let signature = reader.bytesOfBits(),
            reader.isAtEnd
        else { throw .certificateMalformed(reason: "it is not signed") }
        der = Array(element.whole)
        signedPart = Array(signed.whole)
        signatureKind = kind
        self.signature = signature

        var fields = signed.reader
        version = try Certificate.version(&fields)
        guard let serial = fields.integer(), let inner = fields.element(),
            inner.whole.elementsEqual(algorithm.whole)
        else { throw .certificateMalformed(reason: "its serial number or algorithm is wrong") }
        serialNumber = serial
        guard let issuer = fields.element().flatMap(DistinguishedName.init),
            var validity = fields.sequence(),
            let start = validity.element().flatMap(CertificateTime.init),
            let end = validity.element().flatMap(CertificateTime.init), validity.isAtEnd,
            let subject = fields.element().flatMap(DistinguishedName.init)
        else { throw .certificateMalformed(reason: "its names or its times are wrong") }
        (self.issuer, self.subject, notBefore, notAfter) = (issuer, subject, start, end)
        guard let key = fields.element(DERTag.sequence) else {
            throw .certificateMalformed(reason: "it has no key")
        }
        publicKey = try ForeignPublicKey(spki: Array(key.whole))
        extensions = try Certificate.extensions(&fields, version: version)
        guard let profile = CertificateProfile(extensions) else {
            throw .certificateMalformed(reason: "one of its extensions does not have its form")
        }
        self.profile = profile
    }

    private static func version(_ fields: inout DERReader) throws(CryptoFault) -> Int {
        guard let field = fields.optional(DERTag.explicit(0)) else {
            throw .certificateMalformed(reason: "it has no version")
        }
        guard var inside = field?.reader else { return 1 }
        guard let number = inside.smallInteger(), inside.isAtEnd, number <= 2 else {
            throw .certificateMalformed(reason: "its version is wrong")
        }
        return number + 1
    }

    /// Two unique identifiers that nobody uses may stand in front of the extensions.
    private static func extensions(
        _ fields: inout DERReader,
        version: Int
    ) throws(CryptoFault) -> [CertificateExtension] {
        guard fields.optional(DERTag.implicit(1)) != nil,
            fields.optional(DERTag.implicit(2)) != nil,
            let field = fields.optional(DERTag.explicit(3)), fields.isAtEnd
        else { throw .certificateMalformed(reason: "it has fields that it may not have") }
        guard var inside = field?.reader else { return [] }
        guard version == 3, let list = inside.sequence(), inside.isAtEnd,
            let found = CertificateExtension.list(list)
        else { throw .certificateMalformed(reason: "its extensions are wrong") }
        return found
    }
}
