/// What the extensions of a certificate say (RFC 5280 §4.2).
package struct CertificateProfile: Hashable, Sendable {
    /// Whether the certificate says if it is of an authority.
    package private(set) var hasBasicConstraints = false

    /// Whether it is of an authority, which may issue certificates.
    package private(set) var isAuthority = false

    /// How many authorities may stand below this one, or `nil` for any number.
    package private(set) var pathLengthMax: Int?

    /// One bit each for what the key may do, the first use lowest.
    package private(set) var keyUsage = 0

    /// What the certificate may be used for; nothing said is no bound.
    package private(set) var extendedKeyUsages: [ExtendedKeyUsage] = []

    /// Uses that have no name here.
    package private(set) var unknownExtendedKeyUsages: [ObjectIdentifier] = []

    /// What this certificate's key is called by the certificates that it signs.
    package private(set) var subjectKeyIdentifier: [UInt8]?

    /// What the key is called that has signed this certificate.
    package private(set) var authorityKeyIdentifier: [UInt8]?

    /// The names that the certificate is for.
    package private(set) var names = GeneralNames()

    /// The names that an authority is bound to, where there are any of a kind.
    package private(set) var permittedNames = GeneralNames()

    /// The names that an authority may not certify.
    package private(set) var excludedNames = GeneralNames()

    /// Whether whoever does not know such bounds must refuse the certificate.
    package private(set) var areNameConstraintsCritical = false

    /// Where to ask whether the certificate was revoked (OCSP).
    package private(set) var statusServers: [String] = []

    /// Where the certificate of the issuer lies.
    package private(set) var issuerLocations: [String] = []

    /// Where lists of revoked certificates lie.
    package private(set) var revocationLists: [String] = []

    /// The policies under which the certificate was issued.
    package private(set) var policies: [ObjectIdentifier] = []

    /// Policies of the issuer that count as those of the subject.
    package private(set) var policyMappings: [PolicyMapping] = []

    /// Behind how many certificates a policy must be named, or `nil`.
    package private(set) var requireExplicitPolicy: Int?

    /// Behind how many certificates policies may no longer be mapped, or `nil`.
    package private(set) var inhibitPolicyMapping: Int?

    /// Behind how many certificates any policy no longer counts as each, or `nil`.
    package private(set) var inhibitAnyPolicy: Int?

    /// Critical extensions that are not understood here.
    package private(set) var unhandled: [ObjectIdentifier] = []

    /// A policy of the issuer and the one of the subject that it counts as.
    package struct PolicyMapping: Hashable, Sendable {
        package let issuer: ObjectIdentifier
        package let subject: ObjectIdentifier
    }

    /// Reads extensions; `nil` where one that is known does not have its form.
    init?(_ extensions: [CertificateExtension]) {
        for found in extensions {
            guard let isHandled = take(found) else { return nil }
            if found.isCritical, !isHandled { unhandled.append(found.identifier) }
        }
    }

    /// Whether the extension is understood; `nil` where it does not have its form.
    private mutating func take(_ found: CertificateExtension) -> Bool? {
        var reader = DERReader(found.value)
        let isTaken: Bool? =
            switch found.identifier.description {
            case "2.5.29.14": takeSubjectKeyIdentifier(&reader)
            case "2.5.29.15": takeKeyUsage(&reader)
            case "2.5.29.17": takeNames(&reader)
            case "2.5.29.19": takeBasicConstraints(&reader)
            case "2.5.29.30": takeNameConstraints(&reader, isCritical: found.isCritical)
            case "2.5.29.31": takeRevocationLists(&reader)
            case "2.5.29.32": takePolicies(&reader)
            case "2.5.29.33": takePolicyMappings(&reader)
            case "2.5.29.35": takeAuthorityKeyIdentifier(&reader)
            case "2.5.29.36": takePolicyConstraints(&reader)
            case "2.5.29.37": takeExtendedKeyUsages(&reader)
            case "2.5.29.54": takeInhibitAnyPolicy(&reader)
            case "1.3.6.1.5.5.7.1.1": takeAuthorityAccess(&reader)
            default: false
            }
        guard let isTaken else { return nil }
        return isTaken && !reader.isAtEnd ? nil : isTaken
    }
}

// MARK: - One extension each. `nil` where it does not have its form.

extension CertificateProfile {
    private mutating func takeSubjectKeyIdentifier(_ reader: inout DERReader) -> Bool? {
        guard let identifier = reader.octets() else { return nil }
        subjectKeyIdentifier = identifier
        return true
    }

    private mutating func takeKeyUsage(_ reader: inout DERReader) -> Bool? {
        guard let content = reader.element(DERTag.bitString)?.content, content.count > 0,
            content[content.startIndex] < 8
        else { return nil }
        for (index, byte) in content.dropFirst().prefix(2).enumerated() {
            for bit in 0..<8 where byte & 0x80 >> UInt8(bit) != 0 && index * 8 + bit < 9 {
                keyUsage |= 1 << (index * 8 + bit)
            }
        }
        return true
    }

    private mutating func takeNames(_ reader: inout DERReader) -> Bool? {
        guard let inside = reader.sequence(), let names = GeneralNames(inside) else { return nil }
        self.names = names
        return !names.isEmpty
    }

    private mutating func takeBasicConstraints(_ reader: inout DERReader) -> Bool? {
        guard var inside = reader.sequence() else { return nil }
        if inside.nextTag == DERTag.boolean {
            guard let said = inside.boolean() else { return nil }
            isAuthority = said
        }
        if inside.nextTag == DERTag.integer {
            guard let length = inside.smallInteger() else { return nil }
            pathLengthMax = length
        }
        hasBasicConstraints = true
        return inside.isAtEnd ? true : nil
    }

    private mutating func takeNameConstraints(
        _ reader: inout DERReader,
        isCritical: Bool
    ) -> Bool? {
        guard var inside = reader.sequence(),
            let permitted = inside.optional(DERTag.explicit(0)),
            let excluded = inside.optional(DERTag.explicit(1)), inside.isAtEnd,
            permitted != nil || excluded != nil
        else { return nil }
        if let permitted {
            guard let names = GeneralNames(subtrees: permitted.reader) else { return nil }
            permittedNames = names
        }
        if let excluded {
            guard let names = GeneralNames(subtrees: excluded.reader) else { return nil }
            excludedNames = names
        }
        areNameConstraintsCritical = isCritical
        return true
    }

    private mutating func takeRevocationLists(_ reader: inout DERReader) -> Bool? {
        guard var list = reader.sequence() else { return nil }
        while !list.isAtEnd {
            guard var point = list.sequence(), let name = point.optional(DERTag.explicit(0)) else {
                return nil
            }
            guard var inside = name?.reader, let full = inside.optional(DERTag.explicit(0)) else {
                continue
            }
            guard let full else { continue }
            guard let names = GeneralNames(full.reader) else { return nil }
            revocationLists += names.identifiers
        }
        return true
    }

    private mutating func takePolicies(_ reader: inout DERReader) -> Bool? {
        guard var list = reader.sequence() else { return nil }
        while !list.isAtEnd {
            guard var policy = list.sequence(), let name = policy.objectIdentifier(),
                !policies.contains(name)
            else { return nil }
            policies.append(name)
        }
        return true
    }

    private mutating func takePolicyMappings(_ reader: inout DERReader) -> Bool? {
        guard var list = reader.sequence() else { return nil }
        while !list.isAtEnd {
            guard var pair = list.sequence(), let issuer = pair.objectIdentifier(),
                let subject = pair.objectIdentifier(), pair.isAtEnd
            else { return nil }
            policyMappings.append(PolicyMapping(issuer: issuer, subject: subject))
        }
        return true
    }

    private mutating func takeAuthorityKeyIdentifier(_ reader: inout DERReader) -> Bool? {
        guard var inside = reader.sequence(), let key = inside.optional(DERTag.implicit(0)) else {
            return nil
        }
        authorityKeyIdentifier = key.map { Array($0.content) }
        return true
    }

    private mutating func takePolicyConstraints(_ reader: inout DERReader) -> Bool? {
        guard var inside = reader.sequence(),
            let explicit = inside.optional(DERTag.implicit(0)),
            let mapping = inside.optional(DERTag.implicit(1)), inside.isAtEnd
        else { return nil }
        for (element, place) in [
            (explicit, \CertificateProfile.requireExplicitPolicy),
            (mapping, \CertificateProfile.inhibitPolicyMapping),
        ] {
            guard let element else { continue }
            guard element.content.count == 1, let count = element.content.first, count < 0x80
            else { return nil }
            self[keyPath: place] = Int(count)
        }
        return true
    }

    private mutating func takeExtendedKeyUsages(_ reader: inout DERReader) -> Bool? {
        guard var list = reader.sequence() else { return nil }
        while !list.isAtEnd {
            guard let name = list.objectIdentifier() else { return nil }
            if let known = ExtendedKeyUsage(name) {
                extendedKeyUsages.append(known)
            } else {
                unknownExtendedKeyUsages.append(name)
            }
        }
        return true
    }

    private mutating func takeInhibitAnyPolicy(_ reader: inout DERReader) -> Bool? {
        guard let count = reader.smallInteger() else { return nil }
        inhibitAnyPolicy = count
        return true
    }

    private mutating func takeAuthorityAccess(_ reader: inout DERReader) -> Bool? {
        guard var list = reader.sequence() else { return nil }
        while !list.isAtEnd {
            guard var access = list.sequence(), let method = access.objectIdentifier(),
                let names = GeneralNames(access)
            else { return nil }
            switch method.description {
            case "1.3.6.1.5.5.7.48.1": statusServers += names.identifiers
            case "1.3.6.1.5.5.7.48.2": issuerLocations += names.identifiers
            default: continue
            }
        }
        return true
    }
}
