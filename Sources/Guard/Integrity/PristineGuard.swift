package import Archives
package import Canon
import Crypto
package import Host
import Ledger
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
    package static let lockName = "install.lock"

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
        fileprivate var staged: [InstallChange] = []
        fileprivate var subjects: [String] = []
        fileprivate var names: [String] = []

        /// Says that the operation is about a file, beside those that it writes: the ledger names it.
        package mutating func concerns(_ path: String) { subjects.append(path) }

        /// Says what the operation is about beside files, as the ledger shall name it: `package:PKG-A`.
        package mutating func names(_ subject: String) { names.append(subject) }

        /// Puts a file into the operation.
        package mutating func write(_ path: RelativePath, _ bytes: [UInt8]) {
            staged.append(InstallChange(path: path, content: .bytes(bytes)))
        }

        /// Takes a file out of the root as part of the operation.
        package mutating func remove(_ path: RelativePath) {
            staged.append(InstallChange(path: path, content: .gone))
        }

        /// Takes a file out of the root that was judged as this one.
        package mutating func remove(_ path: RelativePath, known before: Digest?) {
            staged.append(InstallChange(path: path, content: .gone, before: .known(before)))
        }

        /// Puts a file of an archive on the shelf into the operation; it has the bytes of this digest.
        package mutating func place(
            _ path: RelativePath,
            _ member: ArchiveMember,
            of archive: Digest,
            content: Digest
        ) {
            staged.append(
                InstallChange(
                    path: path,
                    content: .archived(archive, member: member, content: content, bytes: nil)
                )
            )
        }

        /// Puts a file of an archive on the shelf into the place of one that was judged as `before`.
        ///
        /// With its bytes at hand nothing is unpacked again; what a crash interrupts is.
        package mutating func place(
            _ path: RelativePath,
            _ member: ArchiveMember,
            of archive: Digest,
            content: Digest,
            bytes: [UInt8]?,
            known before: Digest?
        ) {
            staged.append(
                InstallChange(
                    path: path,
                    content: .archived(archive, member: member, content: content, bytes: bytes),
                    before: .known(before)
                )
            )
        }
    }

    /// What an operation has to do with the seal.
    package enum SealUse: Sendable {
        /// Nothing: a sealed root refuses it.
        case keeps
        /// It makes a new one in place of whatever is there.
        case makes
        /// It takes the seal away.
        case opens
    }

    /// Whether something may be written now, and what to say where not.
    ///
    /// A sealed root changes through packages only. A root whose seal is gone without having been
    /// opened takes nothing at all but the opening: whatever it holds, nobody vouches for it.
    package func decide(_ use: SealUse) throws(IntegrityFault) -> Decision {
        let isSealed: Bool
        do {
            isSealed = try root.directory.facts(of: RootLayout.seal) != nil
        } catch {
            throw .host(error)
        }
        if use == .opens { return .allow(rule: PristineGuard.rule) }
        if let loss = try SealMemory(root).loss(hasSeal: isSealed) {
            return .deny(
                Denial(
                    rule: loss.code.rawValue,
                    policyVersion: "1.0.0",
                    reason: loss.reason + " " + loss.next
                )
            )
        }
        guard isSealed && use == .keeps else { return .allow(rule: PristineGuard.rule) }
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
        seal use: SealUse = .keeps,
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
        let memory = SealMemory(root)
        let stage = try InstallStage(root, state: state)
        let ledger = RootLedger(root, clock: clock)
        if let waiting = try stage.waiting() {
            let draft = PristineGuard.draft(waiting)
            guard
                let completed = try ledger.acting(
                    draft,
                    {
                        () throws(IntegrityFault) -> (
                            InstallStage.Completed?, AttemptOutcome, JSONValue?
                        )
                        in
                        let completed = try stage.recover()
                        return (
                            completed, .succeeded,
                            completed.map { ["completes": .string($0.time)] }
                        )
                    }
                )
            else { preconditionFailure("What waits is completed, or a fault says why not.") }
            // Nobody who asked for something else should find another change in the root unsaid.
            root.notice?(
                "'\(completed.purpose)' of \(completed.time) was cut short; it was completed."
            )
        } else {
            _ = try stage.recover()
        }
        try memory.settle()
        if case .deny(let denial) = try decide(use) {
            return try ledger.acting(PristineGuard.draft(purpose)) {
                () throws(IntegrityFault) -> (Outcome<Value>, AttemptOutcome, JSONValue?) in
                let reason: JSONValue = [
                    "rule": .string(denial.rule), "reason": .string(denial.reason),
                ]
                return (.denied(denial), .denied, reason)
            }
        }
        var mode = InstallMode()
        let value = try body(&mode)
        let staged = mode.staged
        let subjects = mode.subjects
        let names = mode.names
        guard !staged.isEmpty else {
            // Nothing is done, but what a crash left without an outcome gets one.
            try ledger.settle()
            return .done(value)
        }
        let seal = staged.last { $0.path.text.hasSameBytes(as: RootLayout.seal) }
        if let seal {
            try memory.expect(
                seal.after,
                verifier: SealKey(state: state).verifier()?.description ?? ""
            )
        }
        try ledger.acting(PristineGuard.draft(purpose, staged, about: subjects, names)) {
            () throws(IntegrityFault) -> (Void, AttemptOutcome, JSONValue?) in
            try stage.commit(
                staged,
                purpose: purpose,
                time: Timestamp(nanoseconds: clock.now)
            )
            return ((), .succeeded, nil)
        }
        if seal != nil { try memory.settle() }
        return .done(value)
    }

    /// What is recorded of an operation: its event has the name of the operation, and its body every
    /// file with the digest that it will have.
    private static func draft(
        _ purpose: String,
        _ staged: [InstallChange] = [],
        about concerned: [String] = [],
        _ names: [String] = []
    ) -> EntryDraft {
        let files = RootLedger.subjects(concerned + staged.map(\.path.text))
        let named = names.prefix(EntryDraft.subjectsMax / 2)
        let subjects = Array(named + files.prefix(EntryDraft.subjectsMax - named.count))
        let changes = staged.map { change -> JSONValue in
            [
                "path": .string(change.path.text),
                "after": change.after.map { .string($0.hex) } ?? .null,
            ]
        }
        return EntryDraft(
            purpose.split(separator: " ").joined(separator: "_"),
            by: RootLedger.actor,
            about: subjects,
            body: changes.isEmpty ? nil : .json(["files": .array(changes)])
        )
    }
}
