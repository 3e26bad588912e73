package import Canon
import Crypto
import Host
package import Registry

/// A root as a kept state would make it, judged whole before anything is written.
///
/// Unlike a plan it takes every file as it was, registries too, and only asks whether they still hold
/// together.
package struct RootReplacement: Sendable {
    /// One file of the kept state.
    package struct File: Sendable {
        package let path: RelativePath
        package let digest: Digest
        package let byteCount: Int

        /// States a file.
        package init(_ path: RelativePath, digest: Digest, byteCount: Int) {
            self.path = path
            self.digest = digest
            self.byteCount = byteCount
        }
    }

    private let tree: TreeSnapshot
    private let byteCount: UInt64

    /// The kept files, in the order of their paths; `document` gives their bytes.
    package init(
        _ files: [File],
        document: @escaping @Sendable (RelativePath) -> Result<[UInt8], DocumentFault>
    ) {
        tree = TreeSnapshot(
            paths: files.map(\.path),
            digests: files.map(\.digest),
            document: document
        )
        byteCount = files.reduce(0) { $0 + UInt64($1.byteCount) }
    }

    /// What the kept state comes to.
    package struct Judged: Sendable {
        /// Everything that stands against it.
        package let violations: [Violation]
        /// The root hash that it gives.
        package let stateRoot: Digest
        package let book: LawBook
        package let ownership: OwnershipTable
    }

    /// Judges the kept state as any root.
    package func judged(threads: Int = WorkerThreads.available) -> Judged {
        var violations: [Violation] = []
        let book = LawBook(reading: tree)
        var locals: [LocalRegistry] = []
        for path in tree.paths where path.name == RootLayout.localRegistryName {
            guard case .success(let bytes) = tree.document(path) else { continue }
            locals.append(
                LocalRegistry(
                    parsing: bytes,
                    directory: path.parent?.bytes ?? [],
                    violations: &violations
                )
            )
        }
        locals.sort { $0.directory.lexicographicallyPrecedes($1.directory) }
        let compiled = RegistryCompiler(tree: tree, book: book, locals: locals).compile()
        for (name, bytes) in compiled.files {
            guard let path = try? RelativePath(name), tree.digest(of: path) != .sha256(of: bytes)
            else { continue }
            violations.append(
                Violation(
                    .ownership,
                    .staleRegistry,
                    path: name,
                    reason: "\(name) is not what follows from the files that were kept with it."
                )
            )
        }
        let judged = JudgedTree(tree: tree, book: book, byteCount: byteCount)
        violations += RootPlan.later(judged, compiled, specs: nil, threads)
        let stateTree = StateTree(
            ownership: compiled.ownership,
            tree: tree,
            leavingOut: RootLayout.seal
        )
        return Judged(
            violations: violations.sorted(),
            stateRoot: stateTree.root,
            book: book,
            ownership: compiled.ownership
        )
    }
}
