package import Canon
import Crypto
import Host
package import Registry

/// A root read once: its files with their digests, its law, and its local registries.
package struct RootState: Sendable {
    package let root: GovernedRoot
    package let scan: TreeScan
    package let tree: TreeSnapshot
    package let book: LawBook
    /// The compiled ownership registry, where it could be read beside the scan.
    let compiled: CompiledReading?
    /// The agreement of all names, when nothing stands against it.
    let agreement: Agreement?
    /// What is wrong with the exemptions; such a one exempts nothing.
    let exemptionViolations: [Violation]
    let exemptions: Exemptions
    /// What is wrong with the seal itself before its content is judged: that it is gone.
    let sealViolations: [Violation]
    private let registries: LocalRegistries
    /// Registries that were others when they were hashed than when they were read.
    private let changedRegistries: [Violation]

    /// Reads a root from its disk.
    package init(
        _ root: GovernedRoot,
        threads: Int,
        progress: (@Sendable (TreeScan.Progress) -> Void)? = nil
    ) throws(IntegrityFault) {
        self.root = root
        let declared = try RootState.exemptions(of: root)
        exemptions = Exemptions(declared.filter { $0.problem == nil })
        let shelf = DocumentShelf()
        let (first, reading) = try TreeScan.run(
            root,
            exemptions: exemptions,
            threads: threads,
            progress: progress,
            shelf: shelf
        ) { paths, directories in
            RegistryReading(paths, directories, in: root, shelf)
        }
        var scan = first
        scan.readLarge(beneath: root.directory, threads: threads) { path in
            let directory = path.parent?.bytes ?? []
            let local = reading.locals.rows.locals.first { $0.directory == directory }
            return RegistryCompiler.isKeptByCompiler(path)
                || local?.row(named: path.name.utf8) != nil
        }
        self.scan = scan
        let tree = RootState.snapshot(root, scan.paths, scan.digests, reading.shelf)
        self.tree = tree
        let book = LawBook(reading: tree)
        self.book = book
        exemptionViolations = RootState.judge(declared, against: book)
        let seal = try? RelativePath(RootLayout.seal)
        sealViolations = try [
            SealMemory(root).loss(
                // A link or a directory in its place is a finding of the walk.
                hasSeal: seal.map { tree.contains($0) || scan.isStray($0.bytes) } ?? false
            )
        ].compactMap(\.self)
        compiled = reading.compiled
        registries = reading.locals
        changedRegistries = reading.locals.changed(since: tree)
        // It rests on registries that were read beside the scan; it holds only if they were hashed
        // with the same bytes.
        if let compiled, let path = try? RelativePath(RootLayout.ownershipRegistry),
            tree.digest(of: path) == compiled.digest, scan.violations.isEmpty,
            exemptionViolations.isEmpty, changedRegistries.isEmpty, sealViolations.isEmpty
        {
            agreement = compiled.agreement
        } else {
            agreement = nil
        }
    }

    /// The registries of directories that have one, in the order of the directories.
    package var locals: [LocalRegistry] { registries.rows.locals }

    /// Every directory that governed files lie in, in order; the top is empty.
    package var directories: [[UInt8]] { scan.directories }

    /// The directories that have a registry, in order.
    var registryDirectories: [[UInt8]] {
        agreement == nil ? locals.map(\.directory) : registries.texts.map(\.directory)
    }

    /// What is wrong with local registries themselves.
    var localViolations: [Violation] {
        agreement == nil ? registries.rows.violations + changedRegistries : []
    }

    /// Directories whose registry could not be read whole.
    ///
    /// What it says may be wrong, and what it does not say means nothing.
    var brokenDirectories: Set<[UInt8]> { registries.rows.broken }

    /// The name of the exemption that a path falls under, if any.
    package func exemption(of path: RelativePath) -> PolicyDocument.Exemption? {
        exemptions.exemption(of: path.bytes)
    }

    /// The owner of a path, by its local registry; registries are owned by their keeper.
    package func owner(of path: RelativePath) -> String? {
        if RegistryCompiler.isKeptByCompiler(path) {
            return tree.contains(path) ? book.root?.registryOwner : nil
        }
        return local(of: path)?.row(named: path.name.utf8)?.owner
    }

    /// The digest that the compiled registry has of a path, whatever lies there; `nil` where it has none.
    package func registeredDigest(of path: RelativePath) -> Digest? {
        guard case .digest(let digest) = compiled?.table.row(of: path)?.content else { return nil }
        return digest
    }

    /// The registry of the directory that a path lies in.
    package func local(of path: RelativePath) -> LocalRegistry? {
        local(in: path.parent?.bytes ?? [])
    }

    /// The registry of a directory; the top is empty.
    func local(in directory: [UInt8]) -> LocalRegistry? {
        let rows = registries.rows
        return rows.index[directory].map { rows.locals[$0] }
    }

    /// What no policy may say, and policies that were others when the walk began.
    ///
    /// The walk rests on exemptions that are read before any file is hashed; whoever swaps a policy
    /// in between must not be able to hide anything.
    private static func judge(
        _ declared: [PolicyDocument.Exemption],
        against book: LawBook
    ) -> [Violation] {
        let now = book.exemptions
        let isSame = declared.elementsEqual(now) { before, after in
            before.pattern == after.pattern && before.kind == after.kind
                && before.policy.hasSameBytes(as: after.policy)
        }
        var violations: [Violation] = []
        if !isSame {
            violations.append(
                Violation(
                    .ownership,
                    .changing,
                    path: RootLayout.policies,
                    reason: "The policies that exempt files changed while the root was walked."
                )
            )
        }
        for exemption in declared {
            guard let problem = exemption.problem else { continue }
            violations.append(
                Violation(
                    .ownership,
                    .exemptionAbused,
                    path: RootLayout.policies + "/" + exemption.policy + ".json",
                    rule: exemption.policy,
                    reason: "\(exemption.policy) exempts too much: \(problem)"
                )
            )
        }
        return violations
    }

    /// Exemptions must be known before the walk: their policies are read from their own directory.
    private static func exemptions(
        of root: GovernedRoot
    ) throws(IntegrityFault) -> [PolicyDocument.Exemption] {
        do throws(HostFault) {
            guard let facts = try root.directory.facts(of: RootLayout.policies),
                facts.kind == .directory
            else { return [] }
            let directory = try root.directory.openDirectory(RootLayout.policies)
            let names = try TreeWalk(depthMax: 0).list(directory)
            var paths: [RelativePath] = []
            for position in names.indices where names.kind(of: position) == .file {
                let bytes = Array((RootLayout.policies + "/").utf8) + names.path(of: position)
                if let path = try? RelativePath(bytes: bytes) { paths.append(path) }
            }
            // Which planes there are stands in the manifest; it sorts behind the policies.
            if let manifest = try? RelativePath(RootLayout.rootManifest) { paths.append(manifest) }
            let tree = snapshot(root, paths, paths.map { _ in nil })
            return LawBook(reading: tree).exemptions
        } catch .leavesDirectory {
            // Something is mounted on the policies: the walk says so, and nothing is exempt.
            return []
        } catch {
            throw .host(error)
        }
    }

    private static func snapshot(
        _ root: GovernedRoot,
        _ paths: [RelativePath],
        _ digests: [Digest?],
        _ shelf: DocumentShelf = DocumentShelf()
    ) -> TreeSnapshot {
        let index = PathIndex(paths: paths, digests: digests)
        return TreeSnapshot(paths: paths, digests: digests) { path in
            let digest = index.digest(of: path)
            if let digest, let bytes = shelf.bytes(of: path, digest) { return .success(bytes) }
            do throws(HostFault) {
                let bytes = try root.directory.readWhole(
                    path.bytes,
                    limit: GovernedRoot.judgedBytesMax
                )
                // What the law reads must be what was hashed, or a verdict would be about neither.
                if let digest {
                    guard digest == .sha256(of: bytes) else {
                        return .failure(
                            DocumentFault(
                                code: ViolationCode.changing.rawValue,
                                description: "\(Printable(path.text)) changed while it was checked."
                            )
                        )
                    }
                    shelf.put(path.bytes, bytes, digest)
                }
                return .success(bytes)
            } catch {
                return .failure(DocumentFault(error))
            }
        }
    }
}

/// A compiled ownership registry as it was read, with the digest of the bytes that were read.
struct CompiledReading: Sendable {
    let table: OwnershipTable
    let violations: [Violation]
    let digest: Digest
    /// Whether all names agree, as far as bytes that were read beside the scan can say.
    let agreement: Agreement?
}

/// The registries of a tree, read while its files are hashed.
private struct RegistryReading: Sendable {
    /// The compiled ownership registry; `nil` where it could not be read here.
    private(set) var compiled: CompiledReading?
    let locals: LocalRegistries
    /// The bytes that were read, for whoever reads them as documents.
    let shelf: DocumentShelf

    init(
        _ paths: [RelativePath],
        _ directories: [[UInt8]],
        in root: GovernedRoot,
        _ shelf: DocumentShelf
    ) {
        self.shelf = shelf
        let reader = FileReader(bufferBytes: 64 * 1024)
        locals = LocalRegistries(of: directories, in: root, reader)
        for text in locals.texts {
            shelf.put(LocalRegistry.path(in: text.directory), text.bytes, text.digest)
        }
        guard
            let bytes = try? reader.readWhole(
                RootLayout.ownershipRegistry.utf8,
                beneath: root.directory,
                limit: GovernedRoot.registryBytesMax
            )
        else { return }
        var violations: [Violation] = []
        let table = OwnershipTable(parsing: bytes, reusing: paths, violations: &violations)
        let isClean = violations.isEmpty && locals.unreadable.isEmpty
        let digest = Digest.sha256(of: bytes)
        shelf.put(Array(RootLayout.ownershipRegistry.utf8), bytes, digest)
        compiled = CompiledReading(
            table: table,
            violations: violations,
            digest: digest,
            agreement: !isClean
                ? nil
                : Agreement(paths: paths, locals: locals.texts, compiled: table, bytes: bytes)
        )
    }
}

/// Finds digests by path, for the closure that reads documents.
private struct PathIndex: Sendable {
    let paths: [RelativePath]
    let digests: [Digest?]

    func digest(of path: RelativePath) -> Digest? {
        var low = 0
        var high = paths.count
        while low < high {
            let middle = (low + high) / 2
            if paths[middle] < path { low = middle + 1 } else { high = middle }
        }
        return low < paths.count && paths[low] == path ? digests[low] : nil
    }
}
