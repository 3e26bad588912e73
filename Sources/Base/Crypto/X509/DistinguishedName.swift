/// Whom a certificate names: attributes, each with its kind (RFC 5280 §4.1.2.4).
package struct DistinguishedName: Hashable, Sendable {
    /// One attribute.
    package struct Attribute: Hashable, Sendable {
        package let kind: ObjectIdentifier
        package let value: String
    }

    /// The kinds that have a name of their own, by the last number behind `2.5.4`.
    package enum Kind: UInt8, Sendable {
        case commonName = 3
        case serialNumber = 5
        case country = 6
        case locality = 7
        case province = 8
        case streetAddress = 9
        case organization = 10
        case organizationalUnit = 11
        case postalCode = 17
    }

    /// The whole name in DER; two names are the same when these bytes are.
    package let der: [UInt8]

    /// All attributes, in order.
    package let attributes: [Attribute]

    /// The values of one kind, in order.
    package func values(_ kind: Kind) -> [String] {
        attributes.filter { $0.kind.encoded == [0x55, 0x04, kind.rawValue] }.map(\.value)
    }

    /// Reads a name; `nil` where the bytes do not have their form.
    init?(_ element: DERReader.Element) {
        guard element.tag == DERTag.sequence else { return nil }
        var attributes: [Attribute] = []
        var reader = element.reader
        while !reader.isAtEnd {
            guard var set = reader.element(DERTag.set)?.reader, !set.isAtEnd else { return nil }
            while !set.isAtEnd {
                guard var pair = set.sequence(), let kind = pair.objectIdentifier(),
                    let value = pair.element(), pair.isAtEnd,
                    let text = DistinguishedName.text(value)
                else { return nil }
                attributes.append(Attribute(kind: kind, value: text))
            }
        }
        der = Array(element.whole)
        self.attributes = attributes
    }

    /// The text of a value, in any of the kinds of string that DER has seen.
    static func text(_ element: DERReader.Element) -> String? {
        let bytes = element.content
        switch element.tag {
        case DERTag.utf8String: return String(validating: bytes, as: UTF8.self)
        case DERTag.printableString, DERTag.numericString, DERTag.ia5String:
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        case DERTag.teletexString:
            // Nobody ever wrote T.61 here; what is found is Latin-1.
            return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        case DERTag.bmpString:
            guard bytes.count % 2 == 0 else { return nil }
            let start = bytes.startIndex
            let units = stride(from: start, to: bytes.endIndex, by: 2).map {
                UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
            }
            return String(validating: units, as: UTF16.self)
        default: return nil
        }
    }
}
