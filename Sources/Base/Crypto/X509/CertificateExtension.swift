/// One extension of a certificate or of a request for one.
package struct CertificateExtension: Hashable, Sendable {
    /// What it is called.
    package let identifier: ObjectIdentifier

    /// Whether whoever does not know it must refuse the certificate.
    package let isCritical: Bool

    /// What it holds, in DER.
    package let value: [UInt8]

    /// Reads a list of extensions; `nil` where the bytes do not have their form, or one comes twice.
    static func list(_ reader: DERReader) -> [CertificateExtension]? {
        var reader = reader
        var found: [CertificateExtension] = []
        while !reader.isAtEnd {
            guard var inside = reader.sequence(), let identifier = inside.objectIdentifier() else {
                return nil
            }
            var isCritical = false
            if inside.nextTag == DERTag.boolean {
                guard let said = inside.boolean() else { return nil }
                isCritical = said
            }
            guard let value = inside.octets(), inside.isAtEnd,
                !found.contains(where: { $0.identifier == identifier })
            else { return nil }
            found.append(
                CertificateExtension(identifier: identifier, isCritical: isCritical, value: value)
            )
        }
        return found
    }
}
