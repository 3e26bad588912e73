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

    /// The authoring of one root.
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
        for path in refresh.accepted + refresh.dropped { mode.concerns(path) }
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
            var giving = Giving(state)
            for path in paths {
                giving.give(path, to: owner, registry)
                mode.concerns(path.text)
            }
            for local in giving.finish() {
                if let path = try? RelativePath(bytes: local.path) {
                    mode.write(path, local.bytes)
                }
            }
            return giving.violations
        }
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
            var giving = Giving(state)
            for row in table.rows where !RegistryCompiler.isKeptByCompiler(row.path) {
                giving.give(row.path, to: row.owner, row.registry)
            }
            for local in giving.finish() {
                guard let path = try? RelativePath(bytes: local.path),
                    state.tree.digest(of: path) != .sha256(of: local.bytes)
                else { continue }
                result.changed.append(path.text)
                mode.write(path, local.bytes)
            }
            result.violations = giving.violations
            return result
        }
    }
}

/// Rows for files that get an owner, and everything that stands against giving them one.
private struct Giving {
    private let state: RootState
    private var rows: [[UInt8]: [LocalRegistry.Row]] = [:]
    private(set) var violations: [Violation] = []

    init(_ state: RootState) { self.state = state }

    /// The file must exist and be governed; one that is owned already changes hands.
    mutating func give(
        _ path: RelativePath,
        to owner: String,
        _ registry: OwnershipRow.OwnerRegistry
    ) {
        let directory = path.parent?.bytes ?? []
        if registry == .framework {
            refuse(
                .frameworkOwner,
                path,
                "The framework \(Printable(owner)) may not own a file."
            )
        } else if RegistryCompiler.isKeptByCompiler(path) {
            refuse(.duplicate, path, "The compiler registers \(Printable(path.text)) itself.")
        } else if let place = state.tree.index(of: path) {
            let name = Array(path.name.utf8)
            let known = state.local(in: directory)?.row(named: name)
            // Ownership changes hands; whether the content may change is for compiling to ask.
            rows[directory, default: []].append(
                LocalRegistry.Row(
                    name: name,
                    owner: owner,
                    registry: registry,
                    // A large file is read when it has an owner: compiling fills its hash in.
                    digest: known.map(\.digest) ?? state.tree.digests[place]
                )
            )
        } else {
            violations.append(notThere(path))
        }
    }

    /// The changed registries in the order of their directories; none when anything stands against it.
    mutating func finish() -> [LocalRegistry] {
        // Written back, a registry that could not be read whole would lose what it still says.
        for directory in rows.keys where state.brokenDirectories.contains(directory) {
            let path = Printable(bytes: LocalRegistry.path(in: directory)).description
            violations += state.localViolations.filter { $0.path.hasSameBytes(as: path) }
        }
        violations.sort()
        guard violations.isEmpty else { return [] }
        return rows.map { directory, rows in
            var local = state.local(in: directory) ?? LocalRegistry(directory: directory)
            local.put(rows)
            return local
        }.sorted { $0.directory.lexicographicallyPrecedes($1.directory) }
    }

    private mutating func refuse(_ code: ViolationCode, _ path: RelativePath, _ reason: String) {
        violations.append(
            Violation(.ownership, code, path: Printable(path.text).description, reason: reason)
        )
    }

    private func notThere(_ path: RelativePath) -> Violation {
        let shown = Printable(path.text).description
        if let exemption = state.exemption(of: path) {
            return Violation(
                .ownership,
                .badPath,
                path: shown,
                rule: exemption.policy,
                reason: "\(shown) is exempt by \(exemption.policy) and needs no owner.",
                next: "Leave it as it is."
            )
        }
        return Violation(
            .ownership,
            .missing,
            path: shown,
            reason: "There is no file \(shown).",
            next: "Name a file of this root, relative to it."
        )
    }
}
