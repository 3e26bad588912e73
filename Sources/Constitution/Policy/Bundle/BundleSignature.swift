import Canon
package import Crypto

/// Signs bundles, and says of a signed one who answers for it.
///
/// The signature is a DSSE envelope over a `BundleStatement` and lies in the bundle. It is the list of
/// files that is signed, so a file that was added, changed or taken away is named.
package enum BundleSignature {
    /// The type of what is signed.
    package static let payloadType = "application/vnd.charter.policy-bundle.v1+json"

    /// Where the signature lies in a bundle.
    package static let fileName = ".signature.dsse.json"

    /// Signs a bundle; the result lies in it afterwards.
    ///
    /// Whoever signs has reviewed it: that is not asked again here.
    package static func sign(
        _ bundle: PolicyBundle,
        builtBy: String,
        with key: SigningKey
    ) throws(BundleRefusal) -> PolicyBundle {
        guard BundleManifest.isName(bundle.name) else {
            throw .badManifest(reason: "A bundle that is signed has a name.")
        }
        guard !bundle.manifest.revision.isEmpty else {
            throw .badManifest(reason: "A bundle that is signed has a revision.")
        }
        let statement = BundleStatement(bundle, builtBy: builtBy)
        var envelope = DSSEEnvelope(payload: statement.bytes, payloadType: payloadType)
        envelope.sign(with: key)
        return try bundle.signed(with: envelope.bytes)
    }

    /// A bundle whose signature holds.
    package struct Verified: Sendable {
        package let bundle: PolicyBundle
        package let statement: BundleStatement
        /// The trusted keys that signed it.
        package let signers: [VerifyingKey]
    }

    /// The bundle, if one of these keys signed exactly this.
    package static func verify(
        _ bundle: PolicyBundle,
        trusting keys: [VerifyingKey]
    ) throws(BundleRefusal) -> Verified {
        guard let bytes = bundle.signature else { throw .unsigned(bundle: bundle.name) }
        let verified: DSSEEnvelope.Verified
        do {
            verified = try DSSEEnvelope(parsing: bytes)
                .verified(by: keys, payloadType: payloadType)
        } catch {
            switch error {
            case .envelopeTypeWrong(_, let found):
                throw .wrongEnvelopeType(bundle: bundle.name, found: found)
            case .envelopeUnverified: throw .unknownSigner(bundle: bundle.name)
            default: throw .badEnvelope(bundle: bundle.name, fault: error)
            }
        }
        let statement = try BundleStatement(parsing: verified.payload, of: bundle.name)
        try compare(statement, bundle)
        return Verified(bundle: bundle, statement: statement, signers: verified.signers)
    }

    private static func compare(
        _ statement: BundleStatement,
        _ bundle: PolicyBundle
    ) throws(BundleRefusal) {
        guard statement.name.hasSameBytes(as: bundle.name) else {
            throw .wrongName(signed: statement.name, found: bundle.name)
        }
        guard statement.revision.hasSameBytes(as: bundle.revision) else {
            throw .wrongRevision(signed: statement.revision, found: bundle.revision)
        }
        guard statement.roots.elementsEqual(bundle.manifest.roots, by: { $0.hasSameBytes(as: $1) })
        else { throw .wrongRoots(bundle: bundle.name) }
        guard statement.engine.hasSameBytes(as: PolicyBundle.engine) else {
            throw .wrongEngine(signed: statement.engine)
        }
        var unsigned = bundle.files[...]
        for signed in statement.files {
            guard let file = unsigned.first, !signed.path.precedesInBytes(file.path) else {
                throw .fileMissing(path: signed.path)
            }
            guard file.path.hasSameBytes(as: signed.path) else {
                throw .fileAdded(path: file.path)
            }
            guard file.digest == signed.digest else { throw .fileChanged(path: file.path) }
            unsigned.removeFirst()
        }
        if let extra = unsigned.first { throw .fileAdded(path: extra.path) }
    }
}
