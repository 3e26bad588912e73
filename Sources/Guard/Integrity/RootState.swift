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
    /// What is wrong with local registries themselves.
    let localViolations: [Violation]
    let exemptions: Exemptions

    /// Reads a root from its disk.
    package init(
        _ root: GovernedRoot,
        threads: Int,
        progress: (@Sendable (TreeScan.Progress) -> Void)? = nil
    ) throws(IntegrityFault) {
        self.root = root
        exemptions = try RootState.exemptions(of: root)
        let (scan, registries) = try TreeScan.run(
            root,
            exemptions: exemptions,
            threads: threads,
            progress: progress
        ) { directories in
            LocalReading(directories, in: root)
        }
        self.scan = scan
        tree = RootState.snapshot(root, scan.paths, scan.digests)
        book = LawBook(reading: tree)
        locals = registries.locals
        localViolations = registries.violations + registries.changed(since: tree)
    }

    /// The name of the exemption that a path falls under, if any.
    package func exemption(of path: RelativePath) -> PolicyDocument.Exemption? {
        exemptions.exemption(of: path.bytes)
    }

    /// The registry of the directory that a path lies in.
    package func local(of path: RelativePath) -> LocalRegistry? {
        let directory = path.parent?.bytes ?? []
        return locals.first { $0.directory == directory }
    }

    /// Exemptions must be known before the walk: their policies are read from their own directory.
    private static func exemptions(of root: GovernedRoot) throws(IntegrityFault) -> Exemptions {
        do {
            guard let facts = try root.directory.facts(of: RootLayout.policies),
                facts.kind == .directory
            else { return Exemptions([]) }
            let directory = try root.directory.openDirectory(RootLayout.policies)
            let names = try TreeWalk(depthMax: 1).list(directory)
            var paths: [RelativePath] = []
            for position in names.indices where names.kind(of: position) == .file {
                let bytes = Array((RootLayout.policies + "/").utf8) + names.path(of: position)
                if let path = try? RelativePath(bytes: bytes) { paths.append(path) }
            }
            let tree = snapshot(root, paths, paths.map { _ in nil })
            return Exemptions(LawBook(reading: tree).exemptions)
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

/// The local registries of a tree, read while its files are hashed.
private struct LocalReading: Sendable {
    var locals: [LocalRegistry] = []
    var violations: [Violation] = []
    private var digests: [(path: [UInt8], digest: Digest)] = []

    init(_ directories: [[UInt8]], in root: GovernedRoot) {
        locals.reserveCapacity(directories.count)
        let reader = FileReader(bufferBytes: 64 * 1024)
        for directory in directories {
            let path = LocalRegistry.path(in: directory)
            do throws(HostFault) {
                let bytes = try reader.readWhole(
                    path,
                    beneath: root.directory,
                    limit: GovernedRoot.registryBytesMax
                )
                digests.append((path, .sha256(of: bytes)))
                locals.append(
                    LocalRegistry(parsing: bytes, directory: directory, violations: &violations)
                )
            } catch .missing {
                continue
            } catch {
                violations.append(
                    Violation(
                        .ownership,
                        .badRegistry,
                        path: Printable(bytes: path).description,
                        reason: error.description
                    )
                )
            }
        }
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
