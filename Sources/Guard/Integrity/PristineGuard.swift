package import Canon
package import Host
package import Law
import Registry

/// The only door to a governed file: writes happen in INSTALL mode, under a lock, or not at all.
///
/// INSTALL mode is a value that exists only while `installing` runs its body, so it cannot be left on
/// and cannot be carried away. What an operation writes is staged outside the root, made durable,
/// committed by one file, and then put in place; a crash at any moment leaves the old state or one
/// that the next operation completes.
package struct PristineGuard: Sendable {
    private let root: GovernedRoot
    private let clock: Clock

    private static let lockName = "install.lock"
    private static let stageName = "install"
    private static let commitName = "commit.json"

    package init(_ root: GovernedRoot, clock: Clock) {
        self.root = root
        self.clock = clock
    }

    /// What came of an operation.
    package enum Outcome<Value: Sendable>: Sendable {
        case done(Value)
        case denied(Denial)
    }

    /// The permission to write, alive for one operation only.
    package struct InstallMode: ~Copyable {
        fileprivate var staged: [(path: RelativePath, bytes: [UInt8]?)] = []

        /// Puts a file into the operation.
        package mutating func write(_ path: RelativePath, _ bytes: [UInt8]) {
            staged.append((path, bytes))
        }

        /// Takes a file out of the root as part of the operation.
        package mutating func remove(_ path: RelativePath) { staged.append((path, nil)) }
    }

    /// Whether something may be written now, and what to say where not.
    ///
    /// A sealed root changes through packages only; `breaksSeal` is for the one operation whose
    /// purpose is the seal itself.
    package func decide(breaksSeal: Bool) throws(IntegrityFault) -> Decision {
        do {
            let isSealed = try root.directory.facts(of: RootLayout.seal) != nil
            guard isSealed && !breaksSeal else { return .allow(rule: PristineGuard.rule) }
        } catch {
            throw .host(error)
        }
        return .deny(
            Denial(
                rule: PristineGuard.rule,
                policyVersion: "1.0.0",
                reason: "The root is sealed; its files change through package operations only. "
                    + "To author it by hand, open the seal first with 'charter seal open'."
            )
        )
    }

    private static let rule = "FMWK-REG: pristine write guard"

    /// Runs one operation in INSTALL mode.
    ///
    /// Nothing is written when the body throws.
    package func installing<Value: Sendable>(
        _ purpose: String,
        breaksSeal: Bool = false,
        _ body: (inout InstallMode) throws(IntegrityFault) -> Value
    ) throws(IntegrityFault) -> Outcome<Value> {
        let state = try root.openState()
        let lock: FileLock
        do {
            lock = try FileLock.acquire(PristineGuard.lockName, in: state)
        } catch {
            throw .host(error)
        }
        defer { withExtendedLifetime(lock) {} }
        try recover(state)
        if case .deny(let denial) = try decide(breaksSeal: breaksSeal) { return .denied(denial) }
        var mode = InstallMode()
        let value = try body(&mode)
        let staged = mode.staged
        guard !staged.isEmpty else { return .done(value) }
        try commit(staged, purpose: purpose, in: state)
        return .done(value)
    }

    /// Completes an operation that a crash cut short after its commit, or forgets one that had none.
    package func recover(_ state: Directory) throws(IntegrityFault) {
        do {
            guard let facts = try state.facts(of: PristineGuard.stageName),
                facts.kind == .directory
            else { return }
            let stage = try state.openDirectory(PristineGuard.stageName)
            if try stage.facts(of: PristineGuard.commitName) != nil { try apply(stage) }
            try clear(stage)
        } catch {
            throw .host(error)
        }
    }

    // Each staged file · fsync of the stage · commit.json (the moment that decides) · each file put
    // in its place by rename · the stage cleared. Every step may run twice.
    private func commit(
        _ staged: [(path: RelativePath, bytes: [UInt8]?)],
        purpose: String,
        in state: Directory
    ) throws(IntegrityFault) {
        do {
            if try state.facts(of: PristineGuard.stageName) == nil {
                try DurableFile.makeDirectory(PristineGuard.stageName, in: state, mode: 0o700)
            }
            let stage = try state.openDirectory(PristineGuard.stageName)
            try clear(stage)
            var files: [JSONValue] = []
            for (index, item) in staged.enumerated() {
                if let bytes = item.bytes {
                    try DurableFile.replace("\(index).new", with: bytes, in: stage)
                }
                files.append([
                    "path": .string(item.path.text),
                    "staged": item.bytes == nil ? .null : .string("\(index).new"),
                ])
            }
            let commit: JSONValue = [
                "purpose": .string(purpose), "files": .array(files),
                "time": .string(Timestamp(nanoseconds: clock.now).description),
            ]
            try DurableFile.replace(PristineGuard.commitName, with: commit.pretty, in: stage)
            try apply(stage)
            try clear(stage)
        } catch {
            throw .host(error)
        }
    }

    private func apply(_ stage: Directory) throws(HostFault) {
        let bytes = try stage.readWhole(PristineGuard.commitName, limit: 64 << 20)
        guard let commit = try? JSONValue(parsing: bytes, limits: JSONLimits(bytesMax: 64 << 20))
        else {
            preconditionFailure("The commit file is written whole or not at all.")
        }
        for file in commit["files"]?.array ?? [] {
            guard let path = file["path"]?.string else { continue }
            if let name = file["staged"]?.string {
                let content = try stage.readWhole(name, limit: 256 << 20)
                try makeParents(of: path)
                let mode = try root.directory.facts(of: path)?.permissions
                try DurableFile.replace(
                    path,
                    with: content,
                    in: root.directory,
                    mode: mode ?? 0o644
                )
            } else if try root.directory.facts(of: path) != nil {
                try DurableFile.removeFile(path, in: root.directory)
            }
        }
    }

    private func makeParents(of path: String) throws(HostFault) {
        var at = ""
        for segment in path.split(separator: "/").dropLast() {
            at += at.isEmpty ? String(segment) : "/" + segment
            if try root.directory.facts(of: at) == nil {
                try DurableFile.makeDirectory(at, in: root.directory)
            }
        }
    }

    /// The commit goes first: without it, what is left of the stage means nothing.
    private func clear(_ stage: Directory) throws(HostFault) {
        if try stage.facts(of: PristineGuard.commitName) != nil {
            try DurableFile.removeFile(PristineGuard.commitName, in: stage)
        }
        let left = try TreeWalk(depthMax: 1).list(stage)
        for position in left.indices where left.kind(of: position) == .file {
            try DurableFile.removeFile(
                String(decoding: left.path(of: position), as: UTF8.self),
                in: stage
            )
        }
    }
}
