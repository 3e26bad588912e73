import Canon
package import Crypto
import Host
import Integrity
import Law
import Registry
import Trust

/// The attestations of one archive: envelopes, one a line, beside it in `NAME.tar.zst.intoto.jsonl`.
package struct PackageAttestations: Sendable {
    /// What their files are called after the archive's name.
    package static let suffix = ".intoto.jsonl"
    static let bytesMax = 16 << 20
    private static let envelopesMax = 64

    /// The exact bytes.
    package let bytes: [UInt8]
    private let envelopes: [DSSEEnvelope]

    /// Signs statements.
    init(signing statements: [JSONValue], with key: SigningKey) {
        envelopes = statements.map { statement in
            var envelope = DSSEEnvelope(payload: statement.line)
            envelope.sign(with: key)
            return envelope
        }
        bytes = envelopes.flatMap { $0.bytes + [0x0A] }
    }

    /// Reads the file; `nil` where a line of it is no envelope.
    init?(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var envelopes: [DSSEEnvelope] = []
        for line in bytes.split(separator: 0x0A) {
            guard envelopes.count < PackageAttestations.envelopesMax,
                let envelope = try? DSSEEnvelope(
                    parsing: Array(line),
                    limits: JSONLimits(bytesMax: PackageAttestations.bytesMax)
                )
            else { return nil }
            envelopes.append(envelope)
        }
        self.envelopes = envelopes
    }

    /// The provenance among attestations that were verified before, without asking again who signed.
    static func provenance(in bytes: [UInt8]) -> JSONValue? {
        bytes.split(separator: 0x0A).lazy.compactMap { statement(in: Array($0)) }
            .first { $0["predicateType"]?.string == Provenance.predicateType }
    }

    /// What an envelope holds, without asking who signed it: good for a label, and for nothing else.
    static func statement(in envelope: [UInt8]) -> JSONValue? {
        (try? JSONValue(parsing: envelope))?["payload"]?.string
            .flatMap { Base64.decode($0.utf8) }
            .flatMap { try? JSONValue(parsing: $0) }
    }

    /// Who signed, once everything was verified.
    package struct Verified: Sendable {
        package let signer: NoteVerifier
        /// The types of the statements, in their order.
        package let predicates: [String]
        /// The bytes that were verified.
        package let bytes: [UInt8]
    }

    /// Holds attestations against what they are about: whoever brings an archive is not believed before
    /// it is shown whose it is.
    static func verify(
        _ signed: [UInt8],
        of contents: PackageContents,
        in state: RootState,
        at time: Timestamp
    ) throws(PackageFault) -> Result<Verified, PackageContents.Refused> {
        guard let attestations = PackageAttestations(parsing: signed) else {
            let refusal = unreadable(contents.manifest.archiveName)
            return .failure(PackageContents.Refused(refusal: refusal))
        }
        return try attestations.verify(
            contents,
            signers: PackageSigners(in: state.tree),
            schemas: Schemas(state.book),
            at: time
        )
    }

    /// Attestations that are none.
    static func unreadable(_ archive: String) -> PackageRefusal {
        PackageRefusal(
            .attestation,
            path: archive,
            "The attestations of \(archive) cannot be read.",
            next: "Get them again from whoever packed it."
        )
    }

    /// Holds the attestations against the archive, its manifest and the law's list of signers.
    ///
    /// Each envelope must be signed by a key that may sign this package now, and be about this archive;
    /// one of them must be its provenance.
    func verify(
        _ contents: PackageContents,
        signers: PackageSigners,
        schemas: Schemas,
        at time: Timestamp
    ) throws(PackageFault) -> Result<Verified, PackageContents.Refused> {
        let manifest = contents.manifest
        func refused(
            _ code: PackageRefusal.Code,
            _ reason: String,
            next: String = "Pack the package again with 'charter package pack'."
        ) -> Result<Verified, PackageContents.Refused> {
            let refusal = PackageRefusal(code, path: manifest.archiveName, reason, next: next)
            return .failure(PackageContents.Refused(refusal: refusal))
        }
        guard !envelopes.isEmpty else {
            return refused(.unsigned, "\(manifest.archiveName) has no attestation.")
        }
        var signer: NoteVerifier?
        var predicates: [String] = []
        for envelope in envelopes {
            let verified: DSSEEnvelope.Verified
            do throws(CryptoFault) {
                verified = try envelope.verified(by: signers.signers.map(\.verifier.key))
            } catch {
                return refused(
                    .unknownSigner,
                    "No key that \(PackageSigners.path) names signed \(manifest.archiveName) as it is "
                        + "(\(error.code)).",
                    next:
                        "If you trust who signed it, add the key with 'charter package signer add'."
                )
            }
            if let refusal = refusal(verified.signers, manifest, signers, time) {
                return .failure(PackageContents.Refused(refusal: refusal))
            }
            signer = signers.signers.first { verified.signers.contains($0.verifier.key) }?.verifier
            guard let statement = try? JSONValue(parsing: verified.payload),
                statement["_type"]?.string == Provenance.statementType,
                let predicate = statement["predicateType"]?.string,
                let subject = statement["subject"]?.array, subject.count == 1
            else {
                return refused(
                    .attestation,
                    "An attestation is no in-toto statement about one thing."
                )
            }
            guard subject[0]["digest"]?["sha256"]?.string == contents.archive.hex else {
                return refused(
                    .subject,
                    "An attestation (\(Printable(predicate))) is about another archive than "
                        + "\(manifest.archiveName)."
                )
            }
            predicates.append(predicate)
            guard predicate.hasSameBytes(as: Provenance.predicateType) else { continue }
            if let reason = try problem(of: statement, manifest, schemas) {
                return refused(.attestation, reason)
            }
        }
        guard let signer, predicates.contains(Provenance.predicateType) else {
            return refused(.unsigned, "\(manifest.archiveName) has no provenance.")
        }
        return .success(Verified(signer: signer, predicates: predicates, bytes: bytes))
    }

    /// What of a provenance does not hold; `nil` where all does.
    private func problem(
        of statement: JSONValue,
        _ manifest: PackedManifest,
        _ schemas: Schemas
    ) throws(PackageFault) -> String? {
        do {
            guard let schema = try schemas.schema("urn:charter:schema:attestation:1") else {
                return "The law has no schema of attestations."
            }
            if let finding = schema.validate(statement).first {
                return "The provenance breaks its schema at \(finding.path): \(finding.reason)"
            }
        } catch {
            return "The schema of attestations cannot be used: \(error.description)"
        }
        let parameters = statement["predicate"]?["buildDefinition"]?["externalParameters"]
        let said = [
            ("package", manifest.id.text), ("package_version", manifest.version.description),
            ("spec", manifest.spec.id), ("framework", manifest.framework.id),
            ("class", manifest.classification),
        ]
        for (name, wanted) in said where parameters?[name]?.string != wanted {
            return "The provenance says another \(name) than the manifest, which says \(wanted)."
        }
        return nil
    }

    private func refusal(
        _ keys: [VerifyingKey],
        _ manifest: PackedManifest,
        _ signers: PackageSigners,
        _ time: Timestamp
    ) -> PackageRefusal? {
        var worst: PackageRefusal?
        for key in keys {
            let found = signers.refusal(
                of: key,
                under: manifest.id.text,
                class: manifest.classification,
                at: time
            )
            guard let found else { return nil }
            let (code, words): (PackageRefusal.Code, String) =
                switch found {
                case .unknown: (.unknownSigner, "is not in the list of signers")
                case .revoked(let reason): (.revokedSigner, "was revoked: \(Printable(reason))")
                case .notYetValid(let from): (.expiredSigner, "counts from \(from) on")
                case .expired(let since): (.expiredSigner, "counted until \(since)")
                case .classRefused(let name):
                    (.signerScope, "may not sign the class \(Printable(name))")
                case .packageRefused(let id): (.signerScope, "may not sign \(Printable(id))")
                }
            worst = PackageRefusal(
                code,
                path: manifest.archiveName,
                "The key \(key.keyID.hex.prefix(16)) that signed \(manifest.archiveName) \(words).",
                next: "Have it signed by a key that \(PackageSigners.path) names for it."
            )
        }
        return worst
    }
}
