/// How a certificate or a request for one is signed.
package enum CertificateSignature: Hashable, Sendable {
    case rsa(ForeignHash)
    case rsaProbabilistic(ForeignHash)
    case ecdsa(ForeignHash)
    case ed25519
    case other(ObjectIdentifier)

    /// Reads an AlgorithmIdentifier; `nil` where the bytes do not have their form.
    init?(_ element: DERReader.Element) {
        guard element.tag == DERTag.sequence else { return nil }
        var reader = element.reader
        guard let name = reader.objectIdentifier() else { return nil }
        switch name.description {
        case "1.2.840.113549.1.1.4": self = .rsa(.md5)
        case "1.2.840.113549.1.1.5", "1.3.14.3.2.29": self = .rsa(.sha1)
        case "1.2.840.113549.1.1.11": self = .rsa(.sha256)
        case "1.2.840.113549.1.1.12": self = .rsa(.sha384)
        case "1.2.840.113549.1.1.13": self = .rsa(.sha512)
        case "1.2.840.113549.1.1.10":
            let hash = CertificateSignature.hashOfPadding(&reader)
            self = hash.map { .rsaProbabilistic($0) } ?? .other(name)
        case "1.2.840.10045.4.1": self = .ecdsa(.sha1)
        case "1.2.840.10045.4.3.2": self = .ecdsa(.sha256)
        case "1.2.840.10045.4.3.3": self = .ecdsa(.sha384)
        case "1.2.840.10045.4.3.4": self = .ecdsa(.sha512)
        case "1.3.101.112": self = .ed25519
        default: self = .other(name)
        }
    }

    /// The hash that the parameters of PSS name (RFC 4055 §3.1); there is no good default.
    private static func hashOfPadding(_ reader: inout DERReader) -> ForeignHash? {
        guard var parameters = reader.sequence(),
            let field = parameters.optional(DERTag.explicit(0)), var inside = field?.reader,
            var algorithm = inside.sequence(), let name = algorithm.objectIdentifier()
        else { return nil }
        switch name.description {
        case "2.16.840.1.101.3.4.2.1": return .sha256
        case "2.16.840.1.101.3.4.2.2": return .sha384
        case "2.16.840.1.101.3.4.2.3": return .sha512
        default: return nil
        }
    }
}
