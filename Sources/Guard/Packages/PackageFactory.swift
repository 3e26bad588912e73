import Archives
package import Canon
package import Crypto
package import Host
package import Integrity
import Keys
import Ledger
import Registry
import Trust

/// The compiler of packages: a spec and its framework go in, a signed archive comes out, or nothing.
///
/// What it packs is proved first: the root is what its registries say, every link holds, and the gates
/// of the spec pass. Every finding is given at once.
package struct PackageFactory: Sendable {
    private let root: GovernedRoot
    private let clock: Clock
    private let randomness: Randomness
    /// The version of this program, for the provenance.
    private let version: String

    /// The factory of one root.
    package init(
        _ root: GovernedRoot,
        clock: Clock,
        randomness: Randomness = .system,
        version: String
    ) {
        self.root = root
        self.clock = clock
        self.randomness = randomness
        self.version = version
    }

    /// What was packed.
    package struct Packed: Sendable {
        package let manifest: PackedManifest
        package let archive: Digest
        package let byteCount: Int
        package let signer: NoteVerifier
    }

    /// A package, or everything that stands against it.
    package enum Outcome: Sendable {
        case packed(Packed)
        case refused([PackageRefusal])
    }

    /// The key that signs what is packed here, made at first use.
    package static func builderKey(
        of root: GovernedRoot,
        randomness: Randomness
    ) throws(PackageFault) -> (key: SigningKey, verifier: NoteVerifier) {
        let origin = "charter/\(root.id)/builder"
        do {
            let key = try MachineKey("builder", in: root.openState())
                .signing(origin: origin, randomness: randomness)
            return (key, try MachineKey.verifier(of: key, origin))
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    /// Proves a package, and writes its archive and its attestations into a directory.
    ///
    /// The directory is made where there is none, and nothing is written before the proof has succeeded.
    package func pack(
        _ id: String,
        to path: String,
        by subject: PackageDecision.Subject
    ) throws(PackageFault) -> Outcome {
        var draft = EntryDraft("package_pack", by: RootLedger.actor, about: ["package:" + id])
        draft.body = .json(["package": .string(id)])
        let began = Timestamp(nanoseconds: clock.now)
        do {
            typealias Done = (Outcome, AttemptOutcome, JSONValue?)
            return try RootLedger(root, clock: clock).acting(draft) {
                (attempt: Digest?) throws(IntegrityFault) -> Done in
                let outcome: Outcome
                do throws(PackageFault) {
                    outcome = try pack(id, path, subject, attempt, began)
                } catch {
                    throw error.integrity
                }
                switch outcome {
                case .refused(let refusals):
                    return (outcome, .denied, ["refusals": .array(refusals.prefix(20).map(\.json))])
                case .packed(let packed):
                    let body: JSONValue = [
                        "package": .string(id),
                        "version": .string(packed.manifest.version.description),
                        "archive": .string(packed.archive.hex),
                        "signer": .string(packed.signer.description),
                    ]
                    return (outcome, .succeeded, body)
                }
            }
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private func pack(
        _ id: String,
        _ path: String,
        _ subject: PackageDecision.Subject,
        _ attempt: Digest?,
        _ began: Timestamp
    ) throws(PackageFault) -> Outcome {
        do {
            let state = try RootState(root, threads: WorkerThreads.available)
            guard let package = state.book.packages[id],
                let spec = state.book.specs[package.specID.text],
                let framework = state.book.framework(spec.frameworkID.text)
            else { return .refused([PackageFactory.unknown(id)]) }
            let decision = PackageDecision(JudgedLaw(state), subject, at: began)
            var refusals = try decision.refusals(.pack, PackageDecision.Target(package))
            let report = try IntegrityCheck(root).run(state, through: .packages)
            refusals += report.violations.map { PackageRefusal($0, as: .rootNotWhole) }
            refusals += tooWide(spec)
            let (key, verifier) = try PackageFactory.builderKey(of: root, randomness: randomness)
            let signing = try signerRefusals(state, package, key)
            let ownDocuments = try [package.path, spec.path].map { (path) throws(PackageFault) in
                try RelativePath(text: path)
            }
            // The keeper of the registries owns its own documents too; they stand in it once.
            let paths = state.files(ownedBy: id).filter { !ownDocuments.contains($0) }
            let held = try HeldFiles(
                (ownDocuments + paths).compactMap { path in
                    state.tree.digest(of: path).map { (path, $0) }
                },
                beneath: root.directory
            )
            guard report.isWhole, held.changed == nil else {
                refusals += signing
                refusals += held.changed.map { [PackageRefusal.changing($0.text)] } ?? []
                return .refused(refusals)
            }
            let bases = (
                try basis(spec.id.text, spec.version, spec.path, state),
                try basis(framework.id.text, framework.version, framework.path, state)
            )
            let manifest: PackedManifest
            do throws(PackedManifest.Malformed) {
                manifest = try PackedManifest(
                    package,
                    spec: bases.0,
                    framework: bases.1,
                    files: Array(held.files.dropFirst(ownDocuments.count)),
                    documents: Array(held.files.prefix(ownDocuments.count))
                )
            } catch {
                let refusal = PackageRefusal(
                    .manifest,
                    path: package.path,
                    "\(id) cannot be packed: \(error.reason).",
                    next: "Correct its document."
                )
                return .refused([refusal])
            }
            let (violations, early) = IntegrityCheck(root).judge(
                spec: spec.id.text,
                in: state,
                holding: { held[$0] },
                alongside: { inMemory(manifest, held) }
            )
            refusals += violations.map { PackageRefusal($0) } + signing
            guard refusals.isEmpty else { return .refused(refusals) }
            // Nothing is written before the proof has succeeded.
            let output = try Directory.openMaking(path, mode: 0o755)
            let draft = try FileDraft(manifest.archiveName, in: output)
            switch try write(manifest, held, early?.get(), to: draft) {
            case .refused(let refusals): return .refused(refusals)
            case .written(let archive, let byteCount):
                let gates = gates(of: spec, framework, state)
                let ended = Timestamp(nanoseconds: clock.now)
                let provenance = Provenance.statement(
                    of: manifest,
                    archive: archive,
                    builtIn: root.id,
                    law: report.stateRoot ?? .sha256(of: []),
                    gates: gates.map(\.name),
                    attempt: attempt ?? .sha256(of: []),
                    version: version,
                    from: began,
                    to: ended
                )
                let verdicts = GateVerdicts.statement(
                    of: manifest,
                    archive: archive,
                    builtIn: root.id,
                    gates: gates,
                    at: ended
                )
                let materials = MaterialList.statement(
                    of: manifest,
                    archive: archive,
                    dependencies: dependencies(of: package, state),
                    version: version
                )
                let attestations = PackageAttestations(
                    signing: [provenance, verdicts, materials],
                    with: key
                )
                // The archive without its attestations is nothing, so they come first.
                try DurableFile.replace(
                    manifest.archiveName + PackageAttestations.suffix,
                    with: attestations.bytes,
                    in: output
                )
                try draft.place(isDurable: true)
                return .packed(
                    Packed(
                        manifest: manifest,
                        archive: archive,
                        byteCount: byteCount,
                        signer: verifier
                    )
                )
            }
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    static func unknown(_ id: String) -> PackageRefusal {
        PackageRefusal(
            .noSuchPackage,
            "There is no package \(Printable(id)) with a spec and a framework in this root.",
            next: "'charter package list' lists those there are."
        )
    }

    /// A spec that requires everything requires nothing.
    private func tooWide(_ spec: Specification) -> [PackageRefusal] {
        spec.requiredAssets.filter { ["**", "**/*", "*"].contains($0) }.map { asset in
            PackageRefusal(
                .manifest,
                path: spec.path,
                "\(spec.id) requires \(asset), which is everything, so it says nothing about what the "
                    + "package delivers.",
                next: "Name the files, or the directories that they lie in."
            )
        }
    }

    private func signerRefusals(
        _ state: RootState,
        _ package: PackageManifest,
        _ key: SigningKey
    ) throws(PackageFault) -> [PackageRefusal] {
        let signers = try PackageSigners(in: state.tree)
        let refusal = signers.refusal(
            of: key.verifyingKey,
            under: package.id.text,
            class: package.classification,
            at: Timestamp(nanoseconds: clock.now)
        )
        guard let refusal else { return [] }
        return [
            PackageRefusal(
                .unknownSigner,
                path: PackageSigners.path,
                "This machine's builder key may not sign \(package.id) (\(refusal)).",
                next: "Let an operator add it with 'charter package signer add'; "
                    + "'charter package signer list' shows the key."
            )
        ]
    }

    private func gates(
        of spec: Specification,
        _ framework: Framework,
        _ state: RootState
    ) -> [GateVerdicts.Gate] {
        spec.effectiveGates(under: framework).compactMap { id in
            guard let gate = state.book.gates[id],
                let digest = (try? RelativePath(gate.path)).flatMap({ state.tree.digest(of: $0) })
            else { return nil }
            return GateVerdicts.Gate(id: id, version: gate.version, digest: digest)
        }
    }

    private func dependencies(
        of package: PackageManifest,
        _ state: RootState
    ) -> [MaterialList.Dependency] {
        package.dependencies.compactMap { reference in
            guard let other = state.book.packages[reference.id],
                let digest = (try? RelativePath(other.path)).flatMap({ state.tree.digest(of: $0) })
            else { return nil }
            return MaterialList.Dependency(
                name: other.name,
                version: other.version,
                digest: digest
            )
        }
    }

    private func basis(
        _ id: String,
        _ version: SemanticVersion,
        _ path: String,
        _ state: RootState
    ) throws(PackageFault) -> PackedManifest.Basis {
        let digest = state.tree.digest(of: try RelativePath(text: path)) ?? .sha256(of: [])
        return PackedManifest.Basis(id: id, version: version, digest: digest)
    }

    /// What became of writing an archive.
    private enum Written: Sendable {
        case written(Digest, Int)
        case refused([PackageRefusal])
    }

    /// An archive before it is a file.
    private struct Early: Sendable {
        var bytes: [UInt8] = []
        var written: Written
    }

    /// Makes the archive of files that are all held, while it is not decided yet whether it may be;
    /// `nil` where it would be too large for that.
    private func inMemory(
        _ manifest: PackedManifest,
        _ held: HeldFiles
    ) -> Result<Early, PackageFault>? {
        guard held.isWhole else { return nil }
        return Result { () throws(PackageFault) in
            var bytes: [UInt8] = []
            let written = try write(manifest, held) { (piece) throws(HostFault) in
                bytes.append(piece)
            }
            return Early(bytes: bytes, written: written)
        }
    }

    /// Puts the archive into a file; a file that changes meanwhile leaves none behind.
    private func write(
        _ manifest: PackedManifest,
        _ held: HeldFiles,
        _ early: Early?,
        to draft: FileDraft
    ) throws(PackageFault) -> Written {
        let written: Written
        do {
            if let early {
                try draft.write(early.bytes)
                written = early.written
            } else {
                written = try write(manifest, held) { (piece) throws(HostFault) in
                    try draft.write(piece)
                }
            }
            try draft.finish(isDurable: true)
        } catch {
            throw PackageFault(carrying: error)
        }
        return written
    }

    private func write(
        _ manifest: PackedManifest,
        _ held: HeldFiles,
        to take: @escaping (RawSpan) throws(HostFault) -> Void
    ) throws(PackageFault) -> Written {
        var stream = SHA256Stream()
        var byteCount = 0
        do {
            let writer = try ArchiveWriter(manifest.archiveName) { (bytes) throws(HostFault) in
                stream.update(bytes)
                byteCount += bytes.byteCount
                try take(bytes)
            }
            let head = try ArchiveMember(
                RelativePath(PackedManifest.memberName),
                byteCount: manifest.bytes.count
            )
            try writer.add(head, manifest.bytes)
            let folder = try RelativePath(PackedManifest.filesFolder)
            let reader = FileReader()
            for file in (manifest.files + manifest.documents).sorted(by: { $0.path < $1.path }) {
                let member = ArchiveMember(
                    try folder.appending(file.path),
                    byteCount: file.byteCount,
                    isExecutable: file.isExecutable
                )
                if let bytes = held[file.path] {
                    try writer.add(member, bytes)
                    continue
                }
                guard
                    try writer.add(
                        member,
                        file.digest,
                        file.path.bytes,
                        reader,
                        beneath: root.directory
                    )
                else { return .refused([PackageRefusal.changing(file.path.text)]) }
            }
            try writer.finish()
        } catch {
            throw PackageFault(carrying: error)
        }
        return .written(stream.finish(), byteCount)
    }
}

extension PackageSigners {
    /// The list of a tree; where there is none, nobody signs.
    init(in tree: TreeSnapshot) throws(PackageFault) {
        let path = try RelativePath(text: PackageSigners.path)
        guard tree.contains(path), case .success(let bytes) = tree.document(path) else {
            do throws(TrustFault) {
                try self.init(parsing: Array(#"{"type":"package_signers","signers":[]}"#.utf8))
            } catch {
                throw .trust(error)
            }
            return
        }
        do throws(TrustFault) { try self.init(parsing: bytes) } catch { throw .trust(error) }
    }
}

extension PackageDecision.Target {
    init(_ package: PackageManifest) {
        self.init(
            id: package.id.text,
            version: package.version.description,
            classification: package.classification,
            status: package.status.rawValue,
            framework: package.frameworkID.text,
            document: package.document
        )
    }

    init(_ manifest: PackedManifest) {
        self.init(
            id: manifest.id.text,
            version: manifest.version.description,
            classification: manifest.classification,
            status: manifest.document["status"]?.string ?? "draft",
            framework: manifest.framework.id,
            document: manifest.document
        )
    }
}

extension RelativePath {
    /// A path that this program or a law that was read has made: it is one.
    init(text: String) throws(PackageFault) {
        do throws(PathFault) {
            try self.init(text)
        } catch {
            throw .integrity(.host(.unsafePath(path: text, reason: error.problem.rawValue)))
        }
    }
}

extension PackageFault {
    /// The fault as the pristine guard and the ledger carry it.
    var integrity: IntegrityFault {
        switch self {
        case .integrity(let fault): fault
        case .host(let fault): .host(fault)
        case .archive(let fault): .archive(fault)
        case .crypto(let fault): .crypto(fault)
        case .keys(let fault): .keys(fault)
        case .trust, .noInstallPolicy, .noSuchVersion, .versionExists, .versionDamaged:
            .package(self)
        }
    }
}
