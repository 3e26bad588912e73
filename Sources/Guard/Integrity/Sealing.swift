package import Canon
import Crypto
package import Host
import Law
package import Registry

/// Puts a root under seal, and takes the seal away.
package struct Sealing: Sendable {
    private let root: GovernedRoot
    private let door: PristineGuard
    private let threads: Int

    /// The sealing of one root.
    package init(
        _ root: GovernedRoot,
        clock: Clock,
        threads: Int = WorkerThreads.available
    ) {
        self.root = root
        self.threads = threads
        door = PristineGuard(root, clock: clock)
    }

    /// What sealing did.
    package struct Result: Sendable {
        /// Why the root cannot be sealed; empty when it was.
        package var violations: [Violation] = []
        package var fileCount = 0
        package var stateRoot: Digest?
        /// The key that verifies the seal, in the form that note tools read.
        package var verifier = ""
    }

    /// Seals the root as it is.
    ///
    /// Only a root without violations can be sealed.
    ///
    /// The seal's own row changes the registries, and the seal covers them: both are worked out first
    /// and written as one operation.
    package func seal(
        randomness: Randomness
    ) throws(IntegrityFault) -> PristineGuard.Outcome<Result> {
        try door.installing("seal", seal: .makes) { mode throws(IntegrityFault) in
            let state = try RootState(root, threads: threads)
            var result = Result()
            result.violations = try Sealing.obstacles(state, root, threads)
            guard result.violations.isEmpty, let path = Sealing.path else { return result }
            let key = try SealKey(state: try root.openState()).signing(
                origin: Seal.origin(of: root),
                randomness: randomness
            )
            let standIn = Digest.sha256(of: [])
            let (tree, ownership) = Sealing.recompile(
                state,
                changing: [path: .some(standIn)],
                &mode
            )
            let stateTree = StateTree(
                ownership: ownership,
                tree: tree,
                leavingOut: RootLayout.seal
            )
            do throws(CryptoFault) {
                let seal = try Seal(stateTree, of: root, with: key)
                mode.write(path, seal.note.bytes)
                result.verifier =
                    try NoteVerifier(
                        name: Seal.origin(of: root),
                        algorithm: .log,
                        key: key.verifyingKey
                    ).description
            } catch {
                throw IntegrityFault.crypto(error)
            }
            result.fileCount = stateTree.leaves.count
            result.stateRoot = stateTree.root
            return result
        }
    }

    /// What opening found.
    package enum Opening: Sendable {
        case opened
        /// The seal was gone already, and this machine remembered it; now it does not any more.
        case forgotten
        case wasOpen
    }

    /// Takes the seal away so that the root can be authored by hand.
    ///
    /// The one way to say that a seal which is gone is gone for good.
    package func open() throws(IntegrityFault) -> PristineGuard.Outcome<Opening> {
        try door.installing("seal open", seal: .opens) { mode throws(IntegrityFault) in
            guard let path = Sealing.path else { return .wasOpen }
            let state = try RootState(root, threads: threads)
            guard state.tree.contains(path) else {
                return try SealMemory(root).forget() ? .forgotten : .wasOpen
            }
            _ = Sealing.recompile(state, changing: [path: nil], &mode)
            mode.remove(path)
            return .opened
        }
    }

    /// Forgets the seal of a root that is not there any more; whether there was one to forget.
    package static func forget(
        _ directory: Directory,
        stateHome: String
    ) throws(IntegrityFault) -> Bool {
        try SealMemory(of: directory, stateHome: stateHome).forget()
    }

    private static var path: RelativePath? { try? RelativePath(RootLayout.seal) }

    /// A seal promises more than an authoring tree: everything whole, and everything in a package.
    private static func obstacles(
        _ state: RootState,
        _ root: GovernedRoot,
        _ threads: Int
    ) throws(IntegrityFault) -> [Violation] {
        // The old seal is what the new one replaces: it is not judged, but every stage is.
        let report = try IntegrityCheck(root, threads: threads)
            .run(state, through: .gates, judgesSeal: false)
        guard report.isWhole else { return report.violations }
        let ownership = RegistryCompiler(tree: state.tree, book: state.book, locals: state.locals)
            .compile().ownership
        return PackagePass(state.book, ownership: ownership, schemas: Schemas(state.book))
            .judge(isSealed: true)
    }

    /// The registries of the tree as it will be, staged, and that tree.
    private static func recompile(
        _ state: RootState,
        changing changes: [RelativePath: Digest?],
        _ mode: inout PristineGuard.InstallMode
    ) -> (tree: TreeSnapshot, ownership: OwnershipTable) {
        let tree = state.tree.changed(by: changes)
        let compiled = RegistryCompiler(tree: tree, book: state.book, locals: state.locals)
            .compile()
        var after: [RelativePath: Digest?] = [:]
        for (name, bytes) in compiled.files {
            guard let path = try? RelativePath(name) else { continue }
            after[path] = .some(.sha256(of: bytes))
            mode.write(path, bytes)
        }
        return (tree.changed(by: after), compiled.ownership)
    }
}
