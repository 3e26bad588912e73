import Crypto

/// A certificate field by field.
struct CertificateRendering {
    private typealias Rendering = ForeignRendering

    let certificate: Certificate

    /// Whether the identifiers of the certificate are also written as strings.
    let hasIdentifierTexts: Bool

    init(_ certificate: Certificate, hasIdentifierTexts: Bool = true) {
        self.certificate = certificate
        self.hasIdentifierTexts = hasIdentifierTexts
    }

    /// About how many values the rendering has.
    static let valueCount = 160

    /// The certificate as an object.
    var value: Value {
        var members = identity + use + constraints + policies
        if hasIdentifierTexts {
            let identifiers = certificate.profile.names.identifiers
            members.append(("URIStrings", Rendering.texts(identifiers)))
        }
        return Rendering.object(members)
    }

    private var identity: [(Text, Value)] {
        let issuer = certificate.issuer
        let subject = certificate.subject
        return [
            ("Raw", Rendering.bytes(certificate.der)),
            ("RawTBSCertificate", Rendering.bytes(certificate.signedPart)),
            ("RawSubjectPublicKeyInfo", Rendering.bytes(certificate.publicKey.spki)),
            ("RawSubject", Rendering.bytes(subject.der)),
            ("RawIssuer", Rendering.bytes(issuer.der)),
            ("Signature", Rendering.bytes(certificate.signature)),
            ("SignatureAlgorithm", Rendering.kind(certificate.signatureKind)),
            ("PublicKeyAlgorithm", Rendering.kind(certificate.publicKey)),
            ("PublicKey", Rendering.key(certificate.publicKey)),
            ("Version", .integer(certificate.version)),
            ("SerialNumber", Rendering.signedNumber(certificate.serialNumber)),
            ("Issuer", CertificateRendering.name(issuer)),
            ("Subject", CertificateRendering.name(subject)),
            ("NotBefore", .text(certificate.notBefore.description)),
            ("NotAfter", .text(certificate.notAfter.description)),
            ("Extensions", CertificateRendering.extensions(certificate.extensions)),
            ("ExtraExtensions", .null),
        ]
    }

    private var use: [(Text, Value)] {
        let profile = certificate.profile
        // Go writes 0 for a certificate that does not speak of it, and -1 for one without a bound.
        let pathLength = profile.pathLengthMax ?? (profile.hasBasicConstraints ? -1 : 0)
        return [
            ("KeyUsage", .integer(profile.keyUsage)),
            ("UnhandledCriticalExtensions", Rendering.list(profile.unhandled.map(Rendering.path))),
            (
                "ExtKeyUsage",
                Rendering.list(profile.extendedKeyUsages.map { .integer($0.rawValue) })
            ),
            (
                "UnknownExtKeyUsage",
                Rendering.list(profile.unknownExtendedKeyUsages.map(Rendering.path))
            ),
            ("BasicConstraintsValid", .bool(profile.hasBasicConstraints)),
            ("IsCA", .bool(profile.isAuthority)),
            ("MaxPathLen", .integer(pathLength)),
            ("MaxPathLenZero", .bool(profile.pathLengthMax == 0)),
            ("SubjectKeyId", Rendering.bytes(profile.subjectKeyIdentifier)),
            ("AuthorityKeyId", Rendering.bytes(profile.authorityKeyIdentifier)),
            ("OCSPServer", Rendering.texts(profile.statusServers)),
            ("IssuingCertificateURL", Rendering.texts(profile.issuerLocations)),
            ("CRLDistributionPoints", Rendering.texts(profile.revocationLists)),
        ] + CertificateRendering.names(profile.names)
    }

    private var constraints: [(Text, Value)] {
        let profile = certificate.profile
        let (permitted, excluded) = (profile.permittedNames, profile.excludedNames)
        return [
            ("PermittedDNSDomainsCritical", .bool(profile.areNameConstraintsCritical)),
            ("PermittedDNSDomains", Rendering.texts(permitted.hosts)),
            ("ExcludedDNSDomains", Rendering.texts(excluded.hosts)),
            ("PermittedIPRanges", CertificateRendering.ranges(permitted.addresses)),
            ("ExcludedIPRanges", CertificateRendering.ranges(excluded.addresses)),
            ("PermittedEmailAddresses", Rendering.texts(permitted.mailboxes)),
            ("ExcludedEmailAddresses", Rendering.texts(excluded.mailboxes)),
            ("PermittedURIDomains", Rendering.texts(permitted.identifiers)),
            ("ExcludedURIDomains", Rendering.texts(excluded.identifiers)),
        ]
    }

    private var policies: [(Text, Value)] {
        let profile = certificate.profile
        // Go writes 0 for what is not spoken of, and -1 for the part of an extension that is not.
        let isSpokenOf =
            profile.requireExplicitPolicy != nil || profile.inhibitPolicyMapping != nil
        func count(_ name: String, _ value: Int?, _ otherwise: Int) -> [(Text, Value)] {
            [(Text(name), .integer(value ?? otherwise)), (Text(name + "Zero"), .bool(value == 0))]
        }
        let absent = isSpokenOf ? -1 : 0
        let mappings = profile.policyMappings.map { mapping in
            Rendering.object([
                ("IssuerDomainPolicy", .text(mapping.issuer.description)),
                ("SubjectDomainPolicy", .text(mapping.subject.description)),
            ])
        }
        return [
            ("PolicyIdentifiers", Rendering.list(profile.policies.map(Rendering.path))),
            ("Policies", Rendering.texts(profile.policies.map(\.description))),
            ("PolicyMappings", Rendering.list(mappings)),
        ] + count("InhibitAnyPolicy", profile.inhibitAnyPolicy, 0)
            + count("InhibitPolicyMapping", profile.inhibitPolicyMapping, absent)
            + count("RequireExplicitPolicy", profile.requireExplicitPolicy, absent)
    }
}

// MARK: - The parts that requests for certificates have as well

extension CertificateRendering {
    /// A request for a certificate.
    static func value(_ request: CertificateRequest) -> Value {
        let asked = extensions(request.extensions)
        return Rendering.object(
            [
                ("Raw", Rendering.bytes(request.der)),
                ("RawTBSCertificateRequest", Rendering.bytes(request.signedPart)),
                ("RawSubjectPublicKeyInfo", Rendering.bytes(request.publicKey.spki)),
                ("RawSubject", Rendering.bytes(request.subject.der)),
                ("Version", .integer(request.version)),
                ("Signature", Rendering.bytes(request.signature)),
                ("SignatureAlgorithm", Rendering.kind(request.signatureKind)),
                ("PublicKeyAlgorithm", Rendering.kind(request.publicKey)),
                ("PublicKey", Rendering.key(request.publicKey)),
                ("Subject", name(request.subject)),
                ("Attributes", .null),
                ("Extensions", asked),
                ("ExtraExtensions", .null),
            ] + names(request.names)
        )
    }

    /// A distinguished name.
    static func name(_ name: DistinguishedName) -> Value {
        let attributes = name.attributes.map { attribute in
            Rendering.object([
                ("Type", Rendering.path(attribute.kind)), ("Value", .text(attribute.value)),
            ])
        }
        func texts(_ kind: DistinguishedName.Kind) -> Value { Rendering.texts(name.values(kind)) }
        func last(_ kind: DistinguishedName.Kind) -> Value { .text(name.values(kind).last ?? "") }
        return Rendering.object([
            ("Country", texts(.country)), ("Organization", texts(.organization)),
            ("OrganizationalUnit", texts(.organizationalUnit)), ("Locality", texts(.locality)),
            ("Province", texts(.province)), ("StreetAddress", texts(.streetAddress)),
            ("PostalCode", texts(.postalCode)), ("SerialNumber", last(.serialNumber)),
            ("CommonName", last(.commonName)), ("Names", Rendering.list(attributes)),
            ("ExtraNames", .null),
        ])
    }

    private static func names(_ names: GeneralNames) -> [(Text, Value)] {
        [
            ("DNSNames", Rendering.texts(names.hosts)),
            ("EmailAddresses", Rendering.texts(names.mailboxes)),
            (
                "IPAddresses",
                Rendering.texts(names.addresses.map { InternetAddress(bytes: $0).description })
            ),
            ("URIs", Rendering.list(names.identifiers.map(identifier))),
        ]
    }

    private static func extensions(_ extensions: [CertificateExtension]) -> Value {
        Rendering.list(
            extensions.map { found in
                Rendering.object([
                    ("Id", Rendering.path(found.identifier)),
                    ("Critical", .bool(found.isCritical)), ("Value", Rendering.bytes(found.value)),
                ])
            }
        )
    }

    /// Networks, each an address and as many bytes of mask.
    private static func ranges(_ ranges: [[UInt8]]) -> Value {
        Rendering.list(
            ranges.map { bytes in
                let address = InternetAddress(bytes: Array(bytes.prefix(bytes.count / 2)))
                return Rendering.object([
                    ("IP", .text(address.description)),
                    ("Mask", Rendering.bytes(Array(bytes.suffix(bytes.count / 2)))),
                ])
            }
        )
    }

    /// The parts of a URI (RFC 3986 §3), unchanged, in the names of Go's `net/url`.
    private static func identifier(_ text: String) -> Value {
        var rest = text[...]
        func cut(_ mark: Character) -> Substring {
            guard let place = rest.firstIndex(of: mark) else { return "" }
            defer { rest = rest[..<place] }
            return rest[rest.index(after: place)...]
        }
        let fragment = cut("#")
        let query = cut("?")
        var scheme: Substring = ""
        if let colon = rest.firstIndex(of: ":") {
            scheme = rest[..<colon]
            rest = rest[rest.index(after: colon)...]
        }
        var host: Substring = ""
        let hasAuthority = rest.hasPrefix("//")
        if hasAuthority {
            rest = rest.dropFirst(2)
            host = rest.prefix { $0 != "/" }
            rest = rest[host.endIndex...]
        }
        let isOpaque = !hasAuthority && !rest.hasPrefix("/") && !scheme.isEmpty
        func value(_ part: Substring) -> Value { .text(String(part)) }
        return Rendering.object([
            ("Scheme", value(scheme)), ("Opaque", isOpaque ? value(rest) : ""), ("User", .null),
            ("Host", value(host)), ("Path", isOpaque ? "" : value(rest)), ("RawPath", ""),
            ("OmitHost", false), ("ForceQuery", false), ("RawQuery", value(query)),
            ("Fragment", value(fragment)), ("RawFragment", ""),
        ])
    }
}
