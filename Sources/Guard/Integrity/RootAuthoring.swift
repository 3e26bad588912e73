package import Canon
import Crypto
package import Host
import Law
package import Registry

/// What people and programs do to an authoring tree: own files, accept changes, compile, seal.
///
/// Every method is one operation in INSTALL mode; refusals are values.
package struct RootAuthoring: Sendable {
    private let root: GovernedRoot
    private let threads: Int
    private let clock: Clock
    private let door: PristineGuard

    package init(
        _ root: GovernedRoot,
        clock: Clock,
        threads: Int = WorkerThreads.available
    ) {
        self.root = root
        self.threads = threads
        self.clock = clock
        door = PristineGuard(root, clock: clock)
    }

    /// What compiling did.
    package struct Compilation: Sendable {
        /// Files whose new content was accepted.
        package var accepted: [String]
        /// Rows whose file is gone and that were dropped.
        package var dropped: [String]
        /// Registries that were written because their bytes changed.
        package var written: [String]
        /// Everything that stands against compiling; with any of these nothing was written.
        package var violations: [Violation]
        package var rowCount: Int
    }

    /// Compiles the registries.
    ///
    /// A file that is not what its row says, or that is gone, stands against it unless `accept` says
    /// that the change is meant: then rows get the digests of what is there.
    package func compile(
        accept: Bool,
        progress: (@Sendable (TreeScan.Progress) -> Void)? = nil
    ) throws(IntegrityFault) -> PristineGuard.Outcome<Compilation> {
        try door.installing("registry compile") { mode throws(IntegrityFault) in
            let state = try RootState(root, threads: threads, progress: progress)
            return RootAuthoring.compile(state, accept: accept, into: &mode)
        }
    }

    /// What compiling would do, without doing it.
    package func plan(
        accept: Bool,
        progress: (@Sendable (TreeScan.Progress) -> Void)? = nil
    ) throws(IntegrityFault) -> Compilation {
        var mode = PristineGuard.InstallMode()
        let state = try RootState(root, threads: threads, progress: progress)
        return RootAuthoring.compile(state, accept: accept, into: &mode)
    }

    private static func compile(
        _ state: RootState,
        accept: Bool,
        into mode: inout PristineGuard.InstallMode
    ) -> Compilation {
        var refresh = RowRefresh(state: state, accept: accept)
        refresh.run()
        var result = Compilation(
            accepted: refresh.accepted,
            dropped: refresh.dropped,
            written: [],
            violations: refresh.violations,
            rowCount: 0
        )
        // The compiler reads digests of local registries as they will be, not as they are.
        let tree = refresh.treeAfter()
        let compiled = RegistryCompiler(tree: tree, book: state.book, locals: refresh.locals)
            .compile()
        result.violations = (result.violations + compiled.violations + state.book.violations)
            .sorted()
        result.rowCount = compiled.ownership.rows.count
        guard result.violations.isEmpty else { return result }
        for local in refresh.changed { put(local.path, local.bytes, state, &result, &mode) }
        for (path, bytes) in compiled.files {
            put(Array(path.utf8), bytes, state, &result, &mode)
        }
        return result
    }

    /// Writes a file unless it already has these bytes.
    private static func put(
        _ path: [UInt8],
        _ bytes: [UInt8],
        _ state: RootState,
        _ result: inout Compilation,
        _ mode: inout PristineGuard.InstallMode
    ) {
        guard let path = try? RelativePath(bytes: path),
            state.tree.digest(of: path) != .sha256(of: bytes)
        else { return }
        result.written.append(path.text)
        mode.write(path, bytes)
    }

    /// Gives files to an owner, in the registries of their directories.
    ///
    /// Compiling comes after.
    ///
    /// Every file must exist and be governed; one that is owned already changes hands.
    package func assign(
        _ paths: [RelativePath],
        to owner: String,
        registry: OwnershipRow.OwnerRegistry
    ) throws(IntegrityFault) -> PristineGuard.Outcome<[Violation]> {
        try door.installing("owner assign") { mode throws(IntegrityFault) in
            let state = try RootState(root, threads: threads)
            var changed: [[UInt8]: LocalRegistry] = [:]
            var violations: [Violation] = []
            for path in paths {
                guard let digest = state.tree.digest(of: path) else {
                    violations.append(RootAuthoring.notThere(path, state))
                    continue
                }
                if RegistryCompiler.isKeptByCompiler(path) {
                    violations.append(
                        Violation(
                            .ownership,
                            .duplicate,
                            path: path.text,
                            reason: "The compiler registers \(path) itself."
                        )
                    )
                    continue
                }
                let directory = path.parent?.bytes ?? []
                var local =
                    changed[directory] ?? state.local(of: path)
                    ?? LocalRegistry(directory: directory)
                local.put(
                    LocalRegistry.Row(
                        name: Array(path.name.utf8),
                        owner: owner,
                        registry: registry,
                        digest: digest
                    )
                )
                changed[directory] = local
            }
            guard violations.isEmpty else { return violations }
            for local in changed.values.sorted(by: {
                $0.directory.lexicographicallyPrecedes($1.directory)
            }) {
                if let path = try? RelativePath(bytes: local.path) {
                    mode.write(path, local.bytes)
                }
            }
            return []
        }
    }

    private static func notThere(_ path: RelativePath, _ state: RootState) -> Violation {
        if let exemption = state.exemption(of: path) {
            return Violation(
                .ownership,
                .badPath,
                path: path.text,
                rule: exemption.policy,
                reason: "\(path) is exempt by \(exemption.policy) and needs no owner.",
                next: "Leave it as it is."
            )
        }
        return Violation(
            .ownership,
            .missing,
            path: path.text,
            reason: "There is no file \(path).",
            next: "Name a file of this root, relative to it."
        )
    }

    /// What taking in an ownership table did.
    package struct Adoption: Sendable {
        /// Local registries whose bytes changed.
        package var changed: [String] = []
        package var violations: [Violation] = []
    }

    /// Gives every file the owner that a table names.
    ///
    /// Rows that the compiler makes are left to it.
    package func adopt(
        _ table: OwnershipTable
    ) throws(IntegrityFault) -> PristineGuard.Outcome<Adoption> {
        try door.installing("registry import") { mode throws(IntegrityFault) in
            let state = try RootState(root, threads: threads)
            var result = Adoption()
            var locals: [[UInt8]: LocalRegistry] = [:]
            for local in state.locals { locals[local.directory] = local }
            for row in table.rows where !RegistryCompiler.isKeptByCompiler(row.path) {
                guard let digest = state.tree.digest(of: row.path) else {
                    result.violations.append(RootAuthoring.notThere(row.path, state))
                    continue
                }
                let directory = row.path.parent?.bytes ?? []
                let name = Array(row.path.name.utf8)
                var local = locals[directory] ?? LocalRegistry(directory: directory)
                let known = local.row(named: name)
                if known?.owner == row.owner && known?.registry == row.registry { continue }
                local.put(
                    LocalRegistry.Row(
                        name: name,
                        owner: row.owner,
                        registry: row.registry,
                        digest: digest
                    )
                )
                locals[directory] = local
            }
            guard result.violations.isEmpty else { return result }
            for local in locals.values.sorted(by: {
                $0.directory.lexicographicallyPrecedes($1.directory)
            }) {
                guard let path = try? RelativePath(bytes: local.path),
                    state.tree.digest(of: path) != .sha256(of: local.bytes)
                else { continue }
                result.changed.append(path.text)
                mode.write(path, local.bytes)
            }
            return result
        }
    }
}
