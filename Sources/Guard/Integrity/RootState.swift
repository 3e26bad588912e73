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
    /// The registries of directories that have one, in the order of the directories.
    package let locals: [LocalRegistry]
    /// The compiled ownership registry, where it could be read beside the scan.
    let compiled: CompiledReading?
    /// What is wrong with local registries themselves.
    let localViolations: [Violation]
    /// Directories whose registry could not be read whole.
    ///
    /// What it says may be wrong, and what it does not say means nothing.
    let brokenDirectories: Set<[UInt8]>
    /// What is wrong with the exemptions; such a one exempts nothing.
    let exemptionViolations: [Violation]
    let exemptions: Exemptions
    /// What is wrong with the seal itself before its content is judged: that it is gone.
    let sealViolations: [Violation]
    /// Where the registry of a directory stands in `locals`.
    private let localIndex: [[UInt8]: Int]

    /// Reads a root from its disk.
    package init(
        _ root: GovernedRoot,
        threads: Int,
        progress: (@Sendable (TreeScan.Progress) -> Void)? = nil
    ) throws(IntegrityFault) {
        self.root = root
        let declared = try RootState.exemptions(of: root)
        exemptions = Exemptions(declared.filter { $0.problem == nil })
        let (scan, registries) = try TreeScan.run(
            root,
            exemptions: exemptions,
            threads: threads,
            progress: progress
        ) { paths, directories in
            RegistryReading(paths, directories, in: root)
        }
        self.scan = scan
        let tree = RootState.snapshot(root, scan.paths, scan.digests)
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
        locals = registries.locals
        compiled = registries.compiled
        localViolations = registries.violations + registries.changed(since: tree)
        brokenDirectories = registries.broken
        var index: [[UInt8]: Int] = [:]
        index.reserveCapacity(locals.count)
        for (position, local) in locals.enumerated() { index[local.directory] = position }
        localIndex = index
    }

    /// The agreement of all names, when nothing stands against it.
    ///
    /// It rests on registries that were read beside the scan; it holds only if they were hashed with
    /// the same bytes.
    var agreement: Agreement? {
        guard let compiled, let agreement = compiled.agreement, scan.violations.isEmpty,
            localViolations.isEmpty, exemptionViolations.isEmpty, sealViolations.isEmpty,
            let path = try? RelativePath(RootLayout.ownershipRegistry),
            tree.digest(of: path) == compiled.digest
        else { return nil }
        return agreement
    }

    /// The name of the exemption that a path falls under, if any.
    package func exemption(of path: RelativePath) -> PolicyDocument.Exemption? {
        exemptions.exemption(of: path.bytes)
    }

    /// The registry of the directory that a path lies in.
    package func local(of path: RelativePath) -> LocalRegistry? {
        localIndex[path.parent?.bytes ?? []].map { locals[$0] }
    }

    /// The registry of a directory; the top is empty.
    func local(in directory: [UInt8]) -> LocalRegistry? {
        localIndex[directory].map { locals[$0] }
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
        _ digests: [Digest?]
    ) -> TreeSnapshot {
        let index = PathIndex(paths: paths, digests: digests)
        return TreeSnapshot(paths: paths, digests: digests) { path in
            do throws(HostFault) {
                let bytes = try root.directory.readWhole(
                    path.bytes,
                    limit: GovernedRoot.registryBytesMax
                )
                // What the law reads must be what was hashed, or a verdict would be about neither.
                if let digest = index.digest(of: path), digest != .sha256(of: bytes) {
                    return .failure(
                        DocumentFault(
                            code: ViolationCode.changing.rawValue,
                            description: "\(Printable(path.text)) changed while it was checked."
                        )
                    )
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
    private(set) var locals: [LocalRegistry] = []
    private(set) var violations: [Violation] = []
    private(set) var broken: Set<[UInt8]> = []
    private var digests: [(path: [UInt8], digest: Digest)] = []

    init(_ paths: [RelativePath], _ directories: [[UInt8]], in root: GovernedRoot) {
        locals.reserveCapacity(directories.count)
        digests.reserveCapacity(directories.count)
        let reader = FileReader(bufferBytes: 64 * 1024)
        for directory in directories { read(directory, in: root, reader) }
        guard
            let bytes = try? reader.readWhole(
                RootLayout.ownershipRegistry.utf8,
                beneath: root.directory,
                limit: GovernedRoot.registryBytesMax
            )
        else { return }
        var violations: [Violation] = []
        let table = OwnershipTable(parsing: bytes, reusing: paths, violations: &violations)
        let isClean = violations.isEmpty && self.violations.isEmpty
        compiled = CompiledReading(
            table: table,
            violations: violations,
            digest: .sha256(of: bytes),
            agreement: !isClean
                ? nil : Agreement(paths: paths, locals: locals, compiled: table, bytes: bytes)
        )
    }

    private mutating func read(
        _ directory: [UInt8],
        in root: GovernedRoot,
        _ reader: FileReader
    ) {
        let path = LocalRegistry.path(in: directory)
        var found: [Violation] = []
        do throws(HostFault) {
            let bytes = try reader.readWhole(
                path,
                beneath: root.directory,
                limit: GovernedRoot.registryBytesMax
            )
            digests.append((path, .sha256(of: bytes)))
            let local = LocalRegistry(parsing: bytes, directory: directory, violations: &found)
            // Of a registry that is no table nothing is known; of one with bad rows, the others.
            if found.isEmpty || !local.rows.isEmpty { locals.append(local) }
        } catch .missing {
            return
        } catch .symbolicLink {
            // The walk names it as what it is.
            return
        } catch .notARegularFile {
            return
        } catch {
            var code = ViolationCode.unreadable
            if case .tooLarge = error { code = .badRegistry }
            found.append(
                Violation(
                    .ownership,
                    code,
                    path: Printable(bytes: path).description,
                    reason: error.description
                )
            )
        }
        if !found.isEmpty { broken.insert(directory) }
        violations += found
    }

    /// Registries whose bytes were others when they were hashed than when they were read.
    func changed(since tree: TreeSnapshot) -> [Violation] {
        digests.compactMap { path, digest in
            guard let relative = try? RelativePath(bytes: path),
                tree.digest(of: relative) != digest
            else { return nil }
            let shown = Printable(bytes: path).description
            return Violation(
                .ownership,
                .changing,
                path: shown,
                reason: "\(shown) changed while it was checked."
            )
        }
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
