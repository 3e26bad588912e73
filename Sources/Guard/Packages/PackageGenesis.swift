package import Canon
import Crypto
package import Host
package import Integrity
import Registry
package import Trust

/// A root out of packages and nothing else: archives in a directory, verified, united, and judged whole.
///
/// What is brought decides nothing about itself: whose signatures count is said by whoever asks.
package struct PackageGenesis: Sendable {
    /// An archive that the root comes from.
    package struct Source: Sendable {
        package let id: String
        package let version: String
        package let archive: Digest

        /// The archive as `--json` shows it, and as the ledger keeps it.
        package var json: JSONValue {
            [
                "id": .string(id), "version": .string(version), "archive": .string(archive.hex),
            ]
        }
    }

    /// The first files of a root, and where they come from.
    package struct Founding: Sendable {
        package let items: [RootGenesis.Item]
        package let sources: [Source]
        /// The root hash that a root of these files has.
        package let stateRoot: Digest
    }

    /// The files, or everything that stands against them.
    package enum Outcome: Sendable {
        case founding(Founding)
        case refused([PackageRefusal])
    }

    private let directory: Directory
    private let signers: PackageSigners
    private let time: Timestamp

    /// The archives in a directory, and whose signatures count.
    package init(_ directory: Directory, signers: PackageSigners, at time: Timestamp) {
        self.directory = directory
        self.signers = signers
        self.time = time
    }

    private static let archiveSuffix = ".tar.zst"

    /// Reads and judges every archive; nothing is written.
    ///
    /// `edit` gives a file other bytes than the archives have, such as the manifest of a root that gets
    /// an id of its own; `seal` is that of a root which is to be shown to come out the same.
    package func found(
        under seal: [UInt8]? = nil,
        editing edit: (RootGenesis.Item) -> [UInt8] = { $0.bytes }
    ) throws(PackageFault) -> Outcome {
        var brought: [(contents: PackageContents, attestations: [UInt8])] = []
        var refusals: [PackageRefusal] = []
        for name in try archives() {
            switch try read(name) {
            case .failure(let refused): refusals.append(refused.refusal)
            case .success(let found): brought.append(found)
            }
        }
        guard refusals.isEmpty else { return .refused(refusals) }
        let united: [RelativePath: RootGenesis.Item]
        switch unite(brought.map(\.contents)) {
        case .failure(let refused): return .refused(refused.refusals)
        case .success(let items): united = items
        }
        var items = united.values.sorted { $0.path.precedesInBytes($1.path) }
        let tree = RootPlan.tree(of: items)
        let book = LawBook(reading: tree)
        let schemas = Schemas(book)
        for (contents, attestations) in brought {
            refusals += try judge(contents, attestations, schemas)
            refusals += InstallRules.law(contents.manifest, book, tree)
        }
        guard refusals.isEmpty else { return .refused(refusals) }
        for index in items.indices { items[index].bytes = edit(items[index]) }
        let judged = RootPlan(founding: items, under: seal).judged()
        guard judged.violations.isEmpty else {
            return .refused(judged.violations.map { PackageRefusal($0) })
        }
        let sources = brought.map {
            Source(
                id: $0.contents.manifest.id.text,
                version: $0.contents.manifest.version.description,
                archive: $0.contents.archive
            )
        }
        return .founding(Founding(items: items, sources: sources, stateRoot: judged.stateRoot))
    }

    private func archives() throws(PackageFault) -> [String] {
        do {
            let listing = try TreeWalk(depthMax: 0).list(directory)
            return listing.indices
                .map { String(decoding: listing.path(of: $0), as: UTF8.self) }
                .filter { $0.hasSuffix(PackageGenesis.archiveSuffix) }
                .sorted { $0.precedesInBytes($1) }
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private func read(
        _ name: String
    ) throws(PackageFault) -> Result<(PackageContents, [UInt8]), PackageContents.Refused> {
        let brought: PackageBrought
        switch try PackageBrought.find(name, in: directory) {
        case .failure(let refused): return .failure(refused)
        case .success(let found): brought = found
        }
        switch try PackageShelf.contents(of: brought) {
        case .failure(let refused): return .failure(refused)
        case .success(let contents): return .success((contents, brought.attestations))
        }
    }

    private struct Disunited: Error {
        let refusals: [PackageRefusal]
    }

    /// Every file once, with its owner: the documents of packages belong to the keeper of the registries.
    private func unite(
        _ all: [PackageContents]
    ) -> Result<[RelativePath: RootGenesis.Item], Disunited> {
        guard let keeper = keeper(among: all) else {
            let refusal = PackageRefusal(
                .content,
                path: RootLayout.rootManifest,
                "No archive in \(Printable(directory.path)) brings \(RootLayout.rootManifest), which "
                    + "makes a directory a root.",
                next:
                    "Put the archives of all packages of a root there: 'charter package pack --all'."
            )
            return .failure(Disunited(refusals: [refusal]))
        }
        var items: [RelativePath: RootGenesis.Item] = [:]
        var refusals: [PackageRefusal] = []
        for contents in all {
            let manifest = contents.manifest
            for (file, owner) in manifest.files.map({ ($0, manifest.id.text) })
                + manifest.documents.map({ ($0, keeper) })
            {
                let bytes: [UInt8]
                switch contents.document(file.path) {
                case .success(let found): bytes = found
                case .failure(let fault):
                    refusals.append(
                        PackageRefusal(
                            .tooLarge,
                            path: file.path.text,
                            fault.description,
                            next:
                                "Begin the root without \(manifest.id), and install it afterwards."
                        )
                    )
                    continue
                }
                let item = RootGenesis.Item(
                    path: file.path.text,
                    owner: owner,
                    bytes: bytes,
                    isExecutable: file.isExecutable
                )
                guard let other = items.updateValue(item, forKey: file.path),
                    other.owner != owner || other.bytes != bytes
                        || other.isExecutable != item.isExecutable
                else { continue }
                refusals.append(
                    PackageRefusal(
                        .conflict,
                        path: file.path.text,
                        "\(manifest.archiveName) brings another \(Printable(file.path.text)) for "
                            + "\(Printable(owner)) than the archive that brings it for "
                            + "\(Printable(other.owner)).",
                        next: "Pack all of them again from one root, in one state."
                    )
                )
            }
        }
        return refusals.isEmpty ? .success(items) : .failure(Disunited(refusals: refusals))
    }

    private func keeper(among all: [PackageContents]) -> String? {
        guard let path = try? RelativePath(RootLayout.rootManifest) else { return nil }
        for contents in all where contents.members[path] != nil {
            guard case .success(let bytes) = contents.document(path) else { return nil }
            return (try? JSONValue(parsing: bytes))?["registry_owner"]?.string
        }
        return nil
    }

    private func judge(
        _ contents: PackageContents,
        _ attestations: [UInt8],
        _ schemas: Schemas
    ) throws(PackageFault) -> [PackageRefusal] {
        guard let signed = PackageAttestations(parsing: attestations) else {
            return [PackageAttestations.unreadable(contents.manifest.archiveName)]
        }
        switch try signed.verify(contents, signers: signers, schemas: schemas, at: time) {
        case .failure(let refused): return [refused.refusal]
        case .success: return InstallRules.refusals(ofItself: contents)
        }
    }
}
