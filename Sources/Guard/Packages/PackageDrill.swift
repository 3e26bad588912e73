package import Canon
import Crypto
package import Host
package import Integrity
import Registry
import Trust

/// Rebuilds a root from the archives of its packages and from nothing else, and compares.
///
/// It shows that whoever keeps the archives keeps the root: what they make has its root hash.
package struct PackageDrill: Sendable {
    private let root: GovernedRoot
    private let clock: Clock

    /// A drill over one root.
    package init(_ root: GovernedRoot, clock: Clock) {
        self.root = root
        self.clock = clock
    }

    /// What the drill showed.
    package struct Result: Sendable {
        package var sources: [PackageGenesis.Source] = []
        package var original: Digest?
        package var rebuilt: Digest?
        /// Files that only one of the two has, or that are others.
        package var differing: [String] = []
        package var refusals: [PackageRefusal] = []
        /// Whether the archives make this root.
        package var isSame: Bool {
            refusals.isEmpty && differing.isEmpty && original != nil && original == rebuilt
        }
    }

    /// Rebuilds from the archives in a directory; nothing is written anywhere.
    package func run(from directory: Directory) throws(PackageFault) -> Result {
        do {
            var result = Result()
            let state = try RootState(root, threads: WorkerThreads.available)
            let report = try IntegrityCheck(root).run(state, through: .hashes)
            result.original = report.stateRoot
            guard report.violations.isEmpty else {
                result.refusals = report.violations.map { PackageRefusal($0, as: .rootNotWhole) }
                return result
            }
            let genesis = PackageGenesis(
                directory,
                signers: try PackageSigners(in: state.tree),
                at: Timestamp(nanoseconds: clock.now)
            )
            let seal = try RelativePath(RootLayout.seal)
            let note = state.tree.contains(seal) ? try state.tree.document(seal).get() : nil
            switch try genesis.found(under: note) {
            case .refused(let refusals): result.refusals = refusals
            case .founding(let founding):
                result.sources = founding.sources
                result.rebuilt = founding.stateRoot
                result.differing = PackageDrill.difference(founding.items, state.tree)
            }
            return result
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private static func difference(
        _ items: [RootGenesis.Item],
        _ tree: TreeSnapshot
    ) -> [String] {
        var differing: [String] = []
        var known: Set<RelativePath> = []
        for item in items {
            guard let path = try? RelativePath(item.path) else { continue }
            known.insert(path)
            if tree.digest(of: path) != .sha256(of: item.bytes) { differing.append(item.path) }
        }
        for path in tree.paths
        where !known.contains(path) && !RegistryCompiler.isKeptByCompiler(path) {
            differing.append(path.text)
        }
        return differing.sorted { $0.precedesInBytes($1) }
    }
}
