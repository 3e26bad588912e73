package import Canon
import Crypto
import Host
package import Integrity
import Registry

/// What one operation does to a root: files and rows from one state to another, judged as a whole.
package struct PackageTransition: Sendable {
    /// How a file changes.
    package struct Change: Sendable {
        package enum Kind: String, Sendable {
            case add
            case change
            case remove
        }

        package let path: RelativePath
        package let kind: Kind
    }

    package let operation: PackageDecision.Operation
    package let packageID: String
    /// The version before; `nil` where there was none.
    package let from: String?
    /// The version afterwards; `nil` where there is none.
    package let to: String?
    /// The files of the package that change.
    package let changes: [Change]
    /// The root hash before and afterwards.
    package let before: Digest?
    package let after: Digest
    let judged: RootPlan.Judged
    /// Files out of the archive.
    fileprivate let placed: [PackedManifest.File]
    fileprivate let written: [(path: RelativePath, bytes: [UInt8])]
    fileprivate let removed: [RelativePath]
    fileprivate let contents: PackageContents?
    /// The root as it was judged.
    private let tree: TreeSnapshot

    /// Whether the root is as it would be already.
    package var isNothing: Bool { changes.isEmpty && written.isEmpty && removed.isEmpty }

    /// Installs what an archive holds over whatever version of it there is.
    init(
        installing contents: PackageContents,
        attestations: [UInt8],
        over state: RootState,
        stateRoot: Digest?,
        keeper: String,
        in root: GovernedRoot
    ) throws(PackageFault) {
        let manifest = contents.manifest
        let id = manifest.id.text
        var plan = RootPlan(state)
        var changes: [Change] = []
        var placed: [PackedManifest.File] = []
        let wanted = Set(manifest.files.map(\.path))
        for (file, owner) in manifest.files.map({ ($0, id) })
            + manifest.documents.map({ ($0, keeper) })
        {
            plan.put(
                file.path,
                owner: owner,
                digest: file.digest,
                byteCount: file.byteCount
            ) { contents.document(file.path) }
            let isSame = state.tree.digest(of: file.path) == file.digest
            if isSame, try !root.differs(file) { continue }
            placed.append(file)
            let kind: Change.Kind = state.tree.contains(file.path) ? .change : .add
            changes.append(Change(path: file.path, kind: kind))
        }
        let removed = state.files(ownedBy: id).filter { !wanted.contains($0) }
        for path in removed {
            plan.remove(path)
            changes.append(Change(path: path, kind: .remove))
        }
        var written: [(path: RelativePath, bytes: [UInt8])] = []
        for (path, bytes) in [
            (PackedManifest.installedPath(id), manifest.bytes),
            (PackedManifest.attestationsPath(id), attestations),
        ] {
            let path = try RelativePath(text: path)
            plan.put(path, owner: keeper, bytes)
            if state.tree.digest(of: path) != .sha256(of: bytes) { written.append((path, bytes)) }
        }
        let known = state.book.packages[id]?.version.description
        operation = known == nil ? .install : .upgrade
        packageID = id
        from = known
        to = manifest.version.description
        before = stateRoot
        judged = plan.judged()
        after = judged.stateRoot
        self.changes = changes.sorted { $0.path < $1.path }
        self.placed = placed
        self.written = written
        self.removed = removed
        self.contents = contents
        tree = state.tree
    }

    /// Takes a package away, with its rows, its documents and the record of its installation.
    init(
        uninstalling package: PackageManifest,
        from state: RootState,
        stateRoot: Digest?
    ) throws(PackageFault) {
        let id = package.id.text
        var plan = RootPlan(state)
        var removed = state.files(ownedBy: id)
        removed.append(try RelativePath(text: package.path))
        let others = state.book.packages.values.filter {
            $0.specID == package.specID && $0.id != package.id
        }
        if others.isEmpty, let spec = state.book.specs[package.specID.text] {
            removed.append(try RelativePath(text: spec.path))
        }
        for path in [PackedManifest.installedPath(id), PackedManifest.attestationsPath(id)] {
            let path = try RelativePath(text: path)
            if state.tree.contains(path) { removed.append(path) }
        }
        for path in removed { plan.remove(path) }
        operation = .uninstall
        packageID = id
        from = package.version.description
        to = nil
        before = stateRoot
        judged = plan.judged()
        after = judged.stateRoot
        changes = removed.sorted().map { Change(path: $0, kind: .remove) }
        placed = []
        written = []
        self.removed = removed
        contents = nil
        tree = state.tree
    }

    /// What stands against the root as it would be.
    var refusals: [PackageRefusal] { judged.violations.map { PackageRefusal($0) } }

    /// Puts everything into an operation.
    func stage(
        into mode: inout PristineGuard.InstallMode,
        of root: GovernedRoot,
        randomness: Randomness
    ) throws(IntegrityFault) {
        if let contents {
            for file in placed {
                guard let member = contents.members[file.path] else { continue }
                mode.place(
                    file.path,
                    member,
                    of: contents.archive,
                    content: file.digest,
                    bytes: try? contents.document(file.path).get(),
                    known: tree.digest(of: file.path)
                )
            }
        }
        for (path, bytes) in written { mode.write(path, bytes) }
        for path in removed { mode.remove(path, known: tree.digest(of: path)) }
        try mode.follow(judged, of: root, randomness: randomness)
        mode.names("package:\(packageID)")
        if let version = to ?? from { mode.names("package:\(packageID)@\(version)") }
        if let contents { mode.names("archive:\(contents.archive.hex)") }
    }

    /// The transition as a plan that somebody can look at, keep, and have carried out as it is.
    ///
    /// It names the root hash before and afterwards, so it fits one state of one root and no other.
    package func plan(of root: GovernedRoot) -> [UInt8] {
        var members = json.object ?? JSONObject()
        members["schema_version"] = "1.0"
        members["type"] = "package_plan"
        members["root"] = .string(root.id)
        return JSONValue.object(members).pretty
    }

    /// The transition as `--json` shows it.
    package var json: JSONValue {
        [
            "operation": .string(operation.rawValue), "package": .string(packageID),
            "from": from.map { .string($0) } ?? .null, "to": to.map { .string($0) } ?? .null,
            "archive": contents.map { .string($0.archive.hex) } ?? .null,
            "state_before": before.map { .string($0.hex) } ?? .null,
            "state_after": .string(after.hex),
            "changes": .array(
                changes.map { ["path": .string($0.path.text), "kind": .string($0.kind.rawValue)] }
            ),
        ]
    }
}

extension GovernedRoot {
    /// Whether a file that is there may be executed and should not, or the other way round.
    func differs(_ file: PackedManifest.File) throws(PackageFault) -> Bool {
        do throws(HostFault) {
            guard let facts = try directory.facts(of: file.path.bytes) else { return false }
            return (facts.permissions & 0o111 != 0) != file.isExecutable
        } catch {
            throw .host(error)
        }
    }
}

extension RootState {
    /// The files that a package owns by the registries of their directories, in order.
    package func files(ownedBy id: String) -> [RelativePath] {
        locals.flatMap { local in
            local.rows.filter { $0.registry == .package && $0.owner.hasSameBytes(as: id) }
                .compactMap {
                    try? RelativePath(bytes: LocalRegistry.join(local.directory, $0.name))
                }
        }.sorted()
    }
}
