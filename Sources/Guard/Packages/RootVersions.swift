import Archives
import Canon
import Crypto
package import Host
package import Integrity
import Law
import Ledger
import Registry
import Trust

/// States of a whole root that are kept, compared and gone back to.
///
/// A state is an archive of every governed file, outside the root, and a record of it. Going back is one
/// operation like any other: judged before, recorded, and wholly done or not at all.
package struct RootVersions: Sendable {
    private let root: GovernedRoot
    private let clock: Clock
    private let randomness: Randomness
    private let subject: PackageDecision.Subject

    private static let folder = "versions"

    /// The states of one root, for somebody.
    package init(
        _ root: GovernedRoot,
        clock: Clock,
        randomness: Randomness = .system,
        for subject: PackageDecision.Subject
    ) {
        self.root = root
        self.clock = clock
        self.randomness = randomness
        self.subject = subject
    }

    /// How a file differs between two states.
    package struct Difference: Sendable {
        package let path: String
        package let kind: PackageTransition.Change.Kind
    }

    /// What came of it.
    package enum Outcome: Sendable {
        case kept(VersionRecord)
        /// Gone back, or what that would change.
        case back(VersionRecord, [Difference])
        case unchanged(VersionRecord)
        case refused([PackageRefusal])
    }

    // MARK: - What is kept

    /// The states that are kept and can be read, oldest first.
    package func list() throws(PackageFault) -> [VersionRecord] {
        let directory = try directory()
        var records: [VersionRecord] = []
        do {
            for entry in try TreeWalk(depthMax: 0).list(directory) where entry.kind == .file {
                let name = String(decoding: entry.path, as: UTF8.self)
                guard name.hasSuffix(".json"), !DurableFile.isTemporary(entry.path) else {
                    continue
                }
                let id = String(name.dropLast(5))
                // Whatever else lies here is no state; one that is damaged is found when it is asked for.
                guard VersionRecord.isID(id), let record = try? record(id) else { continue }
                records.append(record)
            }
        } catch {
            throw PackageFault(carrying: error)
        }
        return records.sorted { $0.id < $1.id }
    }

    /// One state by its id.
    package func record(_ id: String) throws(PackageFault) -> VersionRecord {
        guard VersionRecord.isID(id) else { throw .noSuchVersion(id: id) }
        let directory = try directory()
        do {
            guard try directory.facts(of: id + ".json") != nil else {
                throw PackageFault.noSuchVersion(id: id)
            }
            let bytes = try directory.readWhole(id + ".json", limit: VersionRecord.bytesMax)
            guard let record = VersionRecord(parsing: bytes), record.id == id else {
                throw PackageFault.versionDamaged(path: "\(directory.path)/\(id).json")
            }
            return record
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private func directory() throws(PackageFault) -> Directory {
        do {
            return try root.openState().openMakingBeneath(RootVersions.folder, mode: 0o700)
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    /// Keeps the root as it is; only a whole root is kept.
    package func checkpoint(note: String) throws(PackageFault) -> Outcome {
        let time = Timestamp(nanoseconds: clock.now)
        let id = VersionRecord.id(at: time)
        let draft = EntryDraft(
            "version_checkpoint",
            by: RootLedger.actor,
            about: ["version:" + id]
        )
        do {
            let lock = try FileLock.acquire(PristineGuard.lockName, in: root.openState())
            defer { withExtendedLifetime(lock) {} }
            typealias Done = (Outcome, AttemptOutcome, JSONValue?)
            return try RootLedger(root, clock: clock).acting(draft) {
                () throws(IntegrityFault) -> Done in
                let outcome: Outcome
                do throws(PackageFault) { outcome = try keep(id, time, note) } catch {
                    throw error.integrity
                }
                guard case .kept(let record) = outcome else { return (outcome, .denied, nil) }
                let body: JSONValue = [
                    "state_root": .string(record.stateRoot.hex),
                    "archive": .string(record.archive.hex),
                ]
                return (outcome, .succeeded, body)
            }
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private func keep(
        _ id: String,
        _ time: Timestamp,
        _ note: String
    ) throws(PackageFault) -> Outcome {
        do {
            let versions = try directory()
            if try versions.facts(of: id + ".json") != nil {
                throw PackageFault.versionExists(id: id)
            }
            let state = try RootState(root, threads: WorkerThreads.available)
            let report = try IntegrityCheck(root).run(state)
            guard report.isWhole, let stateRoot = report.stateRoot else {
                return .refused(report.violations.map { PackageRefusal($0, as: .rootNotWhole) })
            }
            let shelf = try ArchiveShelf(state: root.openState())
            let draft = try FileDraft(id, in: shelf.directory, mode: 0o600)
            guard let (archive, files) = try write(state, draft) else {
                return .refused([PackageRefusal.changing(root.directory.path)])
            }
            try draft.place(as: ArchiveShelf.name(of: archive), isDurable: true)
            let record = VersionRecord(
                id: id,
                time: time,
                note: note,
                stateRoot: stateRoot,
                isSealed: try RootVersions.isSealed(state),
                archive: archive,
                files: files,
                packages: state.book.packages.values.map { ($0.id.text, $0.version.description) }
                    .sorted { $0.0 < $1.0 }
            )
            try DurableFile.replace(id + ".json", with: record.bytes, in: versions, mode: 0o600)
            return .kept(record)
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private static func isSealed(_ state: RootState) throws(PackageFault) -> Bool {
        state.tree.contains(try RelativePath(text: RootLayout.seal))
    }

    /// Writes every governed file; nothing where one is not what was just checked.
    private func write(
        _ state: RootState,
        _ draft: FileDraft
    ) throws -> (Digest, [PackedManifest.File])? {
        var stream = SHA256Stream()
        let writer = try ArchiveWriter(to: draft) { stream.update($0) }
        let reader = FileReader()
        var files: [PackedManifest.File] = []
        for (path, digest) in zip(state.tree.paths, state.tree.digests) {
            let name = root.directory.path + "/" + path.text
            guard let digest, let facts = try root.directory.facts(of: path.bytes) else {
                throw HostFault.missing(path: name)
            }
            let file = PackedManifest.File(
                path: path,
                digest: digest,
                byteCount: Int(facts.size),
                isExecutable: facts.permissions & 0o111 != 0
            )
            let member = ArchiveMember(
                path,
                byteCount: file.byteCount,
                isExecutable: file.isExecutable
            )
            guard try writer.add(member, digest, path.bytes, reader, beneath: root.directory) else {
                return nil
            }
            files.append(file)
        }
        try writer.finish()
        try draft.finish(isDurable: true)
        return (stream.finish(), files)
    }

    // MARK: - Comparing, and going back

    /// How the root differs from a kept state: what going back would change.
    package func differences(
        to record: VersionRecord
    ) throws(PackageFault) -> [Difference] {
        do {
            return differences(
                to: record,
                try RootState(root, threads: WorkerThreads.available)
            )
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    /// How one kept state differs from another: what the second has changed.
    package static func differences(
        from one: VersionRecord,
        to other: VersionRecord
    ) -> [Difference] {
        let before = Dictionary(one.files.map { ($0.path, $0.digest) }) { $1 }
        let after = Dictionary(other.files.map { ($0.path, $0.digest) }) { $1 }
        return compare(before, after)
    }

    private func differences(to record: VersionRecord, _ state: RootState) -> [Difference] {
        var now: [RelativePath: Digest] = [:]
        for (path, digest) in zip(state.tree.paths, state.tree.digests) { now[path] = digest }
        let kept = Dictionary(record.files.map { ($0.path, $0.digest) }) { $1 }
        return RootVersions.compare(now, kept)
    }

    /// Files that are what they were but for whether they may be executed.
    private func modes(
        of record: VersionRecord,
        _ state: RootState
    ) throws(PackageFault) -> [Difference] {
        var found: [Difference] = []
        for file in record.files
        where state.tree.digest(of: file.path) == file.digest
            && !RegistryCompiler.isKeptByCompiler(file.path)
        {
            if try root.differs(file) {
                found.append(Difference(path: file.path.text, kind: .change))
            }
        }
        return found
    }

    private static func compare(
        _ before: [RelativePath: Digest],
        _ after: [RelativePath: Digest]
    ) -> [Difference] {
        var found: [Difference] = []
        for path in Set(before.keys).union(after.keys).sorted() {
            switch (before[path], after[path]) {
            case (nil, _): found.append(Difference(path: path.text, kind: .add))
            case (_, nil): found.append(Difference(path: path.text, kind: .remove))
            case (let old, let new) where old != new:
                found.append(Difference(path: path.text, kind: .change))
            default: continue
            }
        }
        return found
    }

    /// Brings the root back to a kept state, byte for byte.
    ///
    /// With `isDryRun` everything is judged and nothing is done.
    package func rollback(
        to id: String,
        isDryRun: Bool = false
    ) throws(PackageFault) -> Outcome {
        let record = try record(id)
        if isDryRun { return try judge(record).outcome }
        let door = PristineGuard(root, clock: clock)
        var result: Outcome?
        do {
            let isSealed = try root.directory.facts(of: RootLayout.seal) != nil
            let passed = try door.installing("version rollback", seal: isSealed ? .makes : .keeps) {
                mode throws(IntegrityFault) in
                do throws(PackageFault) {
                    let judged = try judge(record)
                    result = judged.outcome
                    for path in judged.removed { mode.remove(path) }
                    for file in judged.placed {
                        mode.place(
                            file.path,
                            ArchiveMember(
                                file.path,
                                byteCount: file.byteCount,
                                isExecutable: file.isExecutable
                            ),
                            of: record.archive,
                            content: file.digest
                        )
                    }
                    mode.names("version:" + id)
                } catch {
                    throw error.integrity
                }
            }
            if case .denied(let denial) = passed {
                return .refused([PackageRefusal(denial, about: id)])
            }
        } catch {
            throw PackageFault(carrying: error)
        }
        guard let result else { preconditionFailure("The door runs its body, or says why not.") }
        return result
    }

    /// What going back comes to, judged as the root that it would make.
    private struct Judged {
        let outcome: Outcome
        var placed: [PackedManifest.File] = []
        var removed: [RelativePath] = []
    }

    private func judge(_ record: VersionRecord) throws(PackageFault) -> Judged {
        guard subject.role == "admin" else {
            let refusal = PackageRefusal(
                .notAuthorised,
                path: record.id,
                "Only an operator of the root brings it back to an earlier state.",
                next: "Ask whoever owns the root's directory."
            )
            return Judged(outcome: .refused([refusal]))
        }
        do {
            // The root may be anything but in the middle of something: going back is how it is mended.
            let state = try RootState(root, threads: WorkerThreads.available)
            guard try RootVersions.isSealed(state) == record.isSealed else {
                let refusal = PackageRefusal(
                    .law,
                    path: RootLayout.seal,
                    record.isSealed
                        ? "\(record.id) was sealed, and the root is open."
                        : "\(record.id) was open, and the root is sealed.",
                    next: record.isSealed
                        ? "Seal it first ('charter seal')."
                        : "Open the seal first ('charter seal open')."
                )
                return Judged(outcome: .refused([refusal]))
            }
            let differences = differences(to: record, state) + (try modes(of: record, state))
            if differences.isEmpty { return Judged(outcome: .unchanged(record)) }
            let contents = try KeptFiles(record, ArchiveShelf(state: root.openState()))
            let kept = RootReplacement(
                record.files.map {
                    RootReplacement.File($0.path, digest: $0.digest, byteCount: $0.byteCount)
                },
                document: { contents.document($0) }
            ).judged()
            var refusals = kept.violations.map { PackageRefusal($0) }
            if kept.stateRoot != record.stateRoot {
                refusals.append(
                    PackageRefusal(
                        .content,
                        path: record.id,
                        "The files that were kept for \(record.id) give another root hash than it had.",
                        next: "Choose another state; 'charter version list' shows them."
                    )
                )
            }
            refusals += try unrecorded(record)
            refusals += try revivals(state, contents)
            if refusals.isEmpty {
                refusals = try undecided(differences, state, kept)
            }
            guard refusals.isEmpty else { return Judged(outcome: .refused(refusals)) }
            let changed = Set(differences.filter { $0.kind != .remove }.map(\.path))
            return Judged(
                outcome: .back(record, differences),
                placed: record.files.filter { changed.contains($0.path.text) },
                removed: try differences.filter { $0.kind == .remove }
                    .map { (difference) throws(PackageFault) in
                        try RelativePath(text: difference.path)
                    }
            )
        } catch {
            throw PackageFault(carrying: error)
        }
    }
}

extension RootVersions {
    /// A state that this root's own ledger did not see being kept is none of this root.
    private func unrecorded(_ record: VersionRecord) throws(PackageFault) -> [PackageRefusal] {
        do {
            let ledger = RootLedger(root, clock: clock)
            guard try ledger.isKept() else { return [] }
            if let reader = try ledger.reader(of: .root) {
                var query = LedgerQuery()
                query.subject = "version:" + record.id
                query.event = "version_checkpoint"
                query.outcome = .succeeded
                for entry in try reader.page(query, limit: 100).entries {
                    guard let body = try reader.entry(entry.index).body,
                        let said = try? JSONValue(parsing: body)
                    else { continue }
                    if said["state_root"]?.string == record.stateRoot.hex,
                        said["archive"]?.string == record.archive.hex
                    {
                        return []
                    }
                }
            }
        } catch {
            throw PackageFault(carrying: error)
        }
        return [
            PackageRefusal(
                .law,
                path: record.id,
                "The ledger of this root does not say that it kept \(record.id) with that root hash and "
                    + "archive.",
                next: "Choose a state that this root kept; 'charter ledger query --event "
                    + "version_checkpoint' shows them."
            )
        ]
    }

    /// Going back does not give trust back that was taken from a key since.
    private func revivals(
        _ state: RootState,
        _ contents: KeptFiles
    ) throws(PackageFault) -> [PackageRefusal] {
        let path = try RelativePath(text: PackageSigners.path)
        guard case .success(let bytes) = contents.document(path) else { return [] }
        let kept: PackageSigners
        do throws(TrustFault) { kept = try PackageSigners(parsing: bytes) } catch {
            throw .trust(error)
        }
        let now = try PackageSigners(in: state.tree)
        let revived = now.signers.first { signer in
            signer.revocation != nil && kept.revocation(of: signer.verifier.key) == nil
                && kept.signers.contains { $0.verifier.key == signer.verifier.key }
        }
        guard let revived else { return [] }
        return [
            PackageRefusal(
                .revokedSigner,
                path: PackageSigners.path,
                "The state trusts \(revived.verifier), and that key was revoked since.",
                next:
                    "Choose a state in which the key is not trusted, or install what is wanted again."
            )
        ]
    }

    /// Whether somebody may bring each package that would change back to what it was.
    ///
    /// What only becomes what is registered now is restored and not changed. The keeper's own files that
    /// follow from those of others are not asked about.
    private func undecided(
        _ differences: [Difference],
        _ state: RootState,
        _ kept: RootReplacement.Judged
    ) throws(PackageFault) -> [PackageRefusal] {
        let keeper = state.book.root?.registryOwner ?? ""
        var changed: Set<String> = []
        for difference in differences {
            let path = try RelativePath(text: difference.path)
            guard !RegistryCompiler.isKeptByCompiler(path) else { continue }
            let after = kept.ownership.row(of: path)
            if case .digest(let digest) = after?.content,
                state.registeredDigest(of: path) == digest
            {
                continue
            }
            for owner in [state.owner(of: path), after?.owner].compactMap(\.self)
            where owner != keeper || !RootVersions.followsOthers(path) {
                changed.insert(owner)
            }
        }
        let decision = PackageDecision(
            JudgedLaw(state),
            subject,
            at: Timestamp(nanoseconds: clock.now)
        )
        var refusals: [PackageRefusal] = []
        for id in changed.sorted() {
            guard let package = state.book.packages[id] ?? kept.book.packages[id] else { continue }
            refusals += try decision.refusals(.rollback, PackageDecision.Target(package))
        }
        return refusals
    }

    /// Documents that come and go with the packages they speak of.
    private static func followsOthers(_ path: RelativePath) -> Bool {
        [RootLayout.specs, RootLayout.packages, PackedManifest.installedFolder].contains {
            path.bytes.starts(with: ($0 + "/").utf8)
        }
    }
}

/// The files of a kept state, read out of its archive and held against its record.
private struct KeptFiles: Sendable {
    private let bytes: [RelativePath: [UInt8]]

    private static let keptMax = 16 << 20

    init(_ record: VersionRecord, _ shelf: ArchiveShelf) throws {
        let source = try shelf.source(record.archive)
        let total = record.files.reduce(0) { $0 + $1.byteCount }
        let limits = ArchiveReader.Limits(members: record.files.count, bytes: total)
        let reader = try ArchiveReader(source, limits: limits)
        var bytes: [RelativePath: [UInt8]] = [:]
        for file in record.files {
            guard let member = try reader.next(), member.path == file.path,
                member.byteCount == file.byteCount
            else { throw PackageFault.versionDamaged(path: source.path) }
            var stream = SHA256Stream()
            if file.byteCount <= KeptFiles.keptMax {
                let whole = try reader.readWhole(limit: file.byteCount)
                stream.update(whole)
                bytes[file.path] = whole
            } else {
                try reader.read(faults: { $0 }) { (piece: RawSpan) throws(ArchiveFault) in
                    stream.update(piece)
                }
            }
            guard stream.finish() == file.digest else {
                throw PackageFault.versionDamaged(path: source.path)
            }
        }
        self.bytes = bytes
    }

    func document(_ path: RelativePath) -> Result<[UInt8], DocumentFault> {
        if let known = bytes[path] { return .success(known) }
        return .failure(
            DocumentFault(
                code: "packages.too-large",
                description: "\(Printable(path.text)) is too large to be judged."
            )
        )
    }
}
