import Canon
import Crypto
package import Host
package import Integrity
import Registry
import Trust

/// Holds what is installed against what it came from: archive, signature, manifest, files, owners.
///
/// The integrity check asks whether the root is what its registries say. This asks whether the registries
/// say what the archives and their signers said, as of now: a key that was revoked since is found.
package struct PackageAudit: Sendable {
    private let root: GovernedRoot
    private let clock: Clock

    /// The audit of one root, as of a clock.
    package init(_ root: GovernedRoot, clock: Clock) {
        self.root = root
        self.clock = clock
    }

    /// What is known of one package now.
    package struct Finding: Sendable {
        package let id: String
        package let version: String
        /// The digest of the archive that it came from; `nil` where it was authored here.
        package let archive: String?
        package let refusals: [PackageRefusal]
    }

    /// Audits these packages, or all of them.
    package func run(_ wanted: [String]) throws(PackageFault) -> [Finding] {
        do {
            let state = try RootState(root, threads: WorkerThreads.available)
            let shelf = try PackageShelf(root)
            var findings: [Finding] = []
            for id in wanted.isEmpty ? state.book.packages.keys.sorted() : wanted {
                guard let package = state.book.packages[id] else {
                    let refusal = PackageFactory.unknown(id)
                    findings.append(
                        Finding(id: id, version: "", archive: nil, refusals: [refusal])
                    )
                    continue
                }
                let installed = InstalledPackage(id, in: state)
                findings.append(
                    Finding(
                        id: id,
                        version: package.version.description,
                        archive: installed?.archive,
                        refusals: try refusals(id, installed, state, shelf)
                    )
                )
            }
            return findings
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private func refusals(
        _ id: String,
        _ installed: InstalledPackage?,
        _ state: RootState,
        _ shelf: PackageShelf
    ) throws -> [PackageRefusal] {
        guard let installed, let archive = Digest(hex: installed.archive) else {
            return try recordGone(id, state)
        }
        guard try shelf.shelf.has(archive) else { return [PackageSync.archiveGone(id, archive)] }
        let contents: PackageContents
        switch try shelf.contents(archive) {
        case .failure(let refused): return [refused.refusal]
        case .success(let found): contents = found
        }
        var found: [PackageRefusal] = []
        let path = try RelativePath(PackedManifest.attestationsPath(id))
        if case .success(let signed) = state.tree.document(path) {
            let verified = try PackageAttestations.verify(
                signed,
                of: contents,
                in: state,
                at: Timestamp(nanoseconds: clock.now)
            )
            if case .failure(let refused) = verified { found.append(refused.refusal) }
        }
        let manifestPath = try RelativePath(text: PackedManifest.installedPath(id))
        if state.tree.digest(of: manifestPath) != .sha256(of: contents.manifest.bytes) {
            found.append(differs(manifestPath, id, "is not the manifest of the archive"))
        }
        let files = contents.manifest.files
        for file in files + contents.manifest.documents {
            if !state.tree.contains(file.path) {
                found.append(differs(file.path, id, "is missing"))
            } else if state.tree.digest(of: file.path) != file.digest {
                found.append(differs(file.path, id, "has other bytes than in the archive"))
            } else if try root.differs(file) {
                found.append(
                    differs(
                        file.path,
                        id,
                        file.isExecutable ? "cannot be executed" : "can be executed"
                    )
                )
            }
        }
        let listed = Set(files.map(\.path))
        let owned = Set(state.files(ownedBy: id))
        for path in listed.subtracting(owned).sorted() {
            found.append(differs(path, id, "belongs to \(state.owner(of: path) ?? "nobody")"))
        }
        for path in owned.subtracting(listed).sorted() {
            found.append(differs(path, id, "belongs to it and is not in the archive"))
        }
        return found
    }

    /// A package that has a manifest from an archive, and no provenance that can be read.
    private func recordGone(_ id: String, _ state: RootState) throws -> [PackageRefusal] {
        let manifest = try RelativePath(text: PackedManifest.installedPath(id))
        let provenance = try RelativePath(PackedManifest.attestationsPath(id))
        guard
            state.registeredDigest(of: manifest) != nil
                || state.registeredDigest(of: provenance) != nil
        else { return [] }
        return [
            PackageRefusal(
                .unsigned,
                path: provenance.text,
                "\(Printable(id)) was installed from an archive, and its attestations cannot be read any more.",
                next:
                    "Install it again from its archive, or go back with 'charter version rollback'."
            )
        ]
    }

    private func differs(_ path: RelativePath, _ id: String, _ words: String) -> PackageRefusal {
        PackageRefusal(
            .installedDiffers,
            path: Printable(path.text).description,
            "\(Printable(path.text)) of \(Printable(id)) \(words).",
            next: "Bring it back with 'charter package sync \(Printable(id))'."
        )
    }
}
