/// A request for a certificate (PKCS #10, RFC 2986).
package struct CertificateRequest: Hashable, Sendable {
    /// The whole request, and the part of it that is signed.
    package let der: [UInt8]
    package let signedPart: [UInt8]

    package let version: Int
    package let signatureKind: CertificateSignature
    package let signature: [UInt8]
    package let subject: DistinguishedName
    package let publicKey: ForeignPublicKey

    /// The extensions that are asked for, and the names among them.
    package let extensions: [CertificateExtension]
    package let names: GeneralNames

    /// Reads one request in DER, with nothing behind it.
    package init(der: [UInt8]) throws(CryptoFault) {
        guard der.count <= Certificate.bytesMax else {
            throw .certificateMalformed(reason: "it is longer than \(Certificate.bytesMax) bytes")
        }
        var outer = DERReader(der)
        guard var reader = outer.sequence(), outer.isAtEnd,
            let signed = reader.element(DERTag.sequence), let algorithm = reader.element(),
            let kind = CertificateSignature(algorithm), let signature = reader.bytesOfBits(),
            reader.isAtEnd
        else { throw .certificateMalformed(reason: "it is not a signed request") }
        self.der = der
        signedPart = Array(signed.whole)
        signatureKind = kind
        self.signature = signature

        var fields = signed.reader
        guard let version = fields.smallInteger(),
            let subject = fields.element().flatMap(DistinguishedName.init),
            let key = fields.element(DERTag.sequence),
            let attributes = fields.optional(DERTag.explicit(0)), fields.isAtEnd
        else { throw .certificateMalformed(reason: "its fields are wrong") }
        self.version = version
        self.subject = subject
        publicKey = try ForeignPublicKey(spki: Array(key.whole))
        guard let found = CertificateRequest.extensions(attributes?.reader) else {
            throw .certificateMalformed(reason: "its attributes are wrong")
        }
        extensions = found
        let asked = found.filter { $0.identifier.description == "2.5.29.17" }
        guard let profile = CertificateProfile(asked) else {
            throw .certificateMalformed(reason: "the names it asks for do not have their form")
        }
        names = profile.names
    }

    /// The extensions in the attribute that asks for them (RFC 2985 §5.4.2).
    private static func extensions(_ attributes: DERReader?) -> [CertificateExtension]? {
        guard var attributes else { return [] }
        while !attributes.isAtEnd {
            guard var attribute = attributes.sequence(), let kind = attribute.objectIdentifier(),
                var values = attribute.element(DERTag.set)?.reader
            else { return nil }
            guard kind.description == "1.2.840.113549.1.9.14" else { continue }
            return values.sequence().flatMap(CertificateExtension.list)
        }
        return []
    }
}
