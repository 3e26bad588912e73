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
            let (proof, judged) = try prove(state, package, spec)
            refusals += proof
            let (key, verifier) = try PackageFactory.builderKey(of: root, randomness: randomness)
            refusals += try signerRefusals(state, package, key)
            guard refusals.isEmpty else { return .refused(refusals) }
            let documents = try [package.path, spec.path].map { (path) throws(PackageFault) in
                try file(RelativePath(text: path), state.tree)
            }
            // The keeper of the registries owns its own documents too; they stand in it once.
            let own = Set(documents.map(\.path))
            let files = try files(of: id, judged.ownership).filter { !own.contains($0.path) }
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
                    files: files,
                    documents: documents
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
            let output = try Directory.openMaking(path, mode: 0o755)
            let draft = try FileDraft(manifest.archiveName, in: output)
            switch try write(manifest, draft) {
            case .refused(let refusals): return .refused(refusals)
            case .written(let archive, let byteCount):
                let gates = gates(of: spec, framework, state)
                let ended = Timestamp(nanoseconds: clock.now)
                let provenance = Provenance.statement(
                    of: manifest,
                    archive: archive,
                    builtIn: root.id,
                    law: judged.stateRoot,
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

    /// Everything that stands against a package where it lies.
    private func prove(
        _ state: RootState,
        _ package: PackageManifest,
        _ spec: Specification
    ) throws(IntegrityFault) -> ([PackageRefusal], RootPlan.Judged) {
        let report = try IntegrityCheck(root).run(state, through: .hashes)
        var refusals = report.violations.map { PackageRefusal($0, as: .rootNotWhole) }
        let judged = RootPlan(state).judged(specs: [spec.id.text])
        for violation in judged.violations where !report.violations.contains(violation) {
            refusals.append(PackageRefusal(violation))
        }
        for asset in spec.requiredAssets where ["**", "**/*", "*"].contains(asset) {
            refusals.append(
                PackageRefusal(
                    .manifest,
                    path: spec.path,
                    "\(spec.id) requires \(asset), which is everything, so it says nothing about what the "
                        + "package delivers.",
                    next: "Name the files, or the directories that they lie in."
                )
            )
        }
        return (refusals, judged)
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

    private func files(
        of id: String,
        _ ownership: OwnershipTable
    ) throws(PackageFault) -> [PackedManifest.File] {
        var files: [PackedManifest.File] = []
        for row in ownership.rows
        where row.registry == .package && row.owner == id
            && !RegistryCompiler.isKeptByCompiler(row.path)
        {
            guard case .digest(let digest) = row.content else { continue }
            files.append(try file(row.path, digest))
        }
        return files
    }

    private func file(
        _ path: RelativePath,
        _ tree: TreeSnapshot
    ) throws(PackageFault) -> PackedManifest.File {
        try file(path, tree.digest(of: path) ?? .sha256(of: []))
    }

    private func file(
        _ path: RelativePath,
        _ digest: Digest
    ) throws(PackageFault) -> PackedManifest.File {
        do {
            guard let facts = try root.directory.facts(of: path.bytes) else {
                throw HostFault.missing(path: root.directory.path + "/" + path.text)
            }
            return PackedManifest.File(
                path: path,
                digest: digest,
                byteCount: Int(facts.size),
                isExecutable: facts.permissions & 0o111 != 0
            )
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private enum Written {
        case written(Digest, Int)
        case refused([PackageRefusal])
    }

    /// Writes the archive; a file that changes meanwhile leaves none behind.
    private func write(
        _ manifest: PackedManifest,
        _ draft: FileDraft
    ) throws -> Written {
        var stream = SHA256Stream()
        var byteCount = 0
        let writer = try ArchiveWriter(to: draft) { bytes in
            stream.update(bytes)
            byteCount += bytes.byteCount
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
            guard
                try writer.add(
                    member,
                    file.digest,
                    file.path.bytes,
                    reader,
                    beneath: root.directory
                )
            else {
                return .refused([PackageRefusal.changing(file.path.text)])
            }
        }
        try writer.finish()
        try draft.finish(isDurable: true)
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
