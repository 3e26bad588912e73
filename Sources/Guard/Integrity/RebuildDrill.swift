package import Canon
import Crypto
package import Host
package import Registry

/// Builds a root anew from nothing but its registries and the files they name, and compares.
///
/// It shows that the registries are the whole truth: if the copy has another state, something counted
/// that nobody registered (requirements D35, D39).
package struct RebuildDrill: Sendable {
    private let root: GovernedRoot
    private let threads: Int

    /// A drill over one root.
    package init(_ root: GovernedRoot, threads: Int = WorkerThreads.available) {
        self.root = root
        self.threads = threads
    }

    /// What the drill showed.
    package struct Result: Sendable {
        package var fileCount: Int
        package var original: Digest?
        package var rebuilt: Digest?
        /// Registries whose bytes came out differently.
        package var differing: [String]
        package var violations: [Violation]
        /// Whether the copy is the root, byte for byte.
        package var isSame: Bool {
            violations.isEmpty && differing.isEmpty && original != nil && original == rebuilt
        }
    }

    /// Rebuilds into an empty directory, which the caller made and removes.
    package func run(into target: Directory) throws(IntegrityFault) -> Result {
        let state = try RootState(root, threads: threads)
        let report = try IntegrityCheck(root, threads: threads).run(state, through: .hashes)
        var result = Result(
            fileCount: 0,
            original: report.stateRoot,
            rebuilt: nil,
            differing: [],
            violations: report.violations
        )
        guard result.violations.isEmpty else { return result }
        for path in state.tree.paths where !RootLayout.compiled.contains(path.text) {
            do {
                try copy(path, to: target)
                result.fileCount += 1
            } catch {
                throw .host(error)
            }
        }
        let copy = try GovernedRoot(target, stateHome: root.stateHome)
        let rebuilt = try RootState(copy, threads: threads)
        let compiled = RegistryCompiler(
            tree: rebuilt.tree,
            book: rebuilt.book,
            locals: rebuilt.locals
        ).compile()
        result.violations = compiled.violations
        var digests: [RelativePath: Digest?] = [:]
        for (name, bytes) in compiled.files {
            guard let path = try? RelativePath(name) else { continue }
            digests[path] = .some(.sha256(of: bytes))
            if state.tree.digest(of: path) != .sha256(of: bytes) { result.differing.append(name) }
        }
        result.rebuilt =
            StateTree(
                ownership: compiled.ownership,
                tree: rebuilt.tree.changed(by: digests),
                leavingOut: RootLayout.seal
            ).root
        return result
    }

    private func copy(_ path: RelativePath, to target: Directory) throws(HostFault) {
        let bytes = try root.directory.readWhole(path.bytes, limit: GovernedRoot.registryBytesMax)
        if let parent = path.parent {
            _ = try target.openMakingBeneath(parent.text, mode: 0o755)
        }
        try DurableFile.replace(path.text, with: bytes, in: target)
    }
}
