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

    /// The lock that everybody who changes the root holds.
    static let lockName = "install.lock"

    /// The door of one root.
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
        fileprivate var staged: [InstallStage.Change] = []

        /// Puts a file into the operation.
        package mutating func write(_ path: RelativePath, _ bytes: [UInt8]) {
            staged.append(InstallStage.Change(path: path, bytes: bytes))
        }

        /// Takes a file out of the root as part of the operation.
        package mutating func remove(_ path: RelativePath) {
            staged.append(InstallStage.Change(path: path, bytes: nil))
        }
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
        let stage = try InstallStage(root, state: state)
        try stage.recover()
        if case .deny(let denial) = try decide(breaksSeal: breaksSeal) { return .denied(denial) }
        var mode = InstallMode()
        let value = try body(&mode)
        let staged = mode.staged
        guard !staged.isEmpty else { return .done(value) }
        try stage.commit(
            staged,
            purpose: purpose,
            time: Timestamp(nanoseconds: clock.now)
        )
        return .done(value)
    }
}
