package import Canon
package import Crypto
package import Host
import Keys
package import Ledger

/// Where the ledgers of a root lie, under which law, and with which keys.
///
/// The law is two files of the root: the parameters of the chain and the map of events. A root whose
/// law has neither keeps no ledgers; to take them away from one that has is a change of owned files,
/// which the integrity check finds.
package struct RootLedger: Sendable {
    private let root: GovernedRoot
    private let clock: Clock
    private let randomness: Randomness

    /// Where ledgers lie in a root.
    package static let folder = "ledger"
    private static let lawBytesMax = 1 << 20

    /// The ledgers of one root.
    package init(_ root: GovernedRoot, clock: Clock, randomness: Randomness = .system) {
        self.root = root
        self.clock = clock
        self.randomness = randomness
    }

    /// Whether the law of the root has ledgers at all.
    package func isKept() throws(IntegrityFault) -> Bool {
        do {
            if try root.directory.facts(of: ChainParameters.path) != nil { return true }
        } catch {
            throw .host(error)
        }
        // A law that was taken away does not let acts go unrecorded where there is a log.
        let hasLog = try directory(of: .root) != nil
        let hasMemory = try LogMemory(root, .root, root.openState()).head() != nil
        guard !hasLog, !hasMemory else {
            throw .ledger(.parameters(reason: "it is gone, and the root has a log"))
        }
        return false
    }

    /// The parameters of the chain.
    package func parameters() throws(IntegrityFault) -> ChainParameters {
        let bytes = try law(ChainParameters.path)
        do { return try ChainParameters(parsing: bytes) } catch { throw .ledger(error) }
    }

    /// The events that can be recorded.
    package func events() throws(IntegrityFault) -> EventMap {
        let days = try parameters().bodyDays
        let bytes = try law(EventMap.path)
        do { return try EventMap(parsing: bytes, defaultDays: days) } catch { throw .ledger(error) }
    }

    /// The directory of a plane's log; `nil` where none was begun.
    package func directory(of plane: LogPlane) throws(IntegrityFault) -> Directory? {
        let path = RootLedger.folder + "/" + plane.rawValue
        do {
            guard try root.directory.facts(of: path) != nil else { return nil }
            return try root.directory.openDirectory(path)
        } catch {
            throw .host(error)
        }
    }

    /// The name of a plane's log, and of its key.
    package func origin(of plane: LogPlane) throws(IntegrityFault) -> String {
        try parameters().origin(root: root.id, plane: plane)
    }

    /// The key of a plane's log that this machine made, as people hand it on; `nil` where it made none.
    package func verifier(of plane: LogPlane) throws(IntegrityFault) -> NoteVerifier? {
        guard let reader = try reader(of: plane) else { return nil }
        let genesis: Digest
        do { genesis = try reader.genesis() } catch { throw .ledger(error) }
        return try verifier(of: plane, genesis: genesis)
    }

    /// The key that this machine made for a log that begins with this entry.
    package func verifier(
        of plane: LogPlane,
        genesis: Digest
    ) throws(IntegrityFault) -> NoteVerifier? {
        let state = try root.openState()
        do { return try key(of: plane, genesis, state).verifier() } catch { throw .keys(error) }
    }

    /// The head of a plane's log that this machine signed last; `nil` where it signed none.
    package func rememberedHead(of plane: LogPlane) throws(IntegrityFault) -> Checkpoint? {
        let head = try LogMemory(root, plane, root.openState()).head()
        guard let head else { return nil }
        return Checkpoint(origin: try origin(of: plane), size: head.size, root: head.root)
    }

    /// A log, open for reading; `nil` where none was begun.
    package func reader(of plane: LogPlane) throws(IntegrityFault) -> LedgerReader? {
        guard let directory = try directory(of: plane) else { return nil }
        do { return try LedgerReader(directory) } catch { throw .ledger(error) }
    }

    /// What opening a plane's log for writing takes.
    package func place(
        _ plane: LogPlane,
        signer: SigningKey?
    ) throws(IntegrityFault) -> LedgerLog.Place {
        var place = LedgerLog.Place(
            plane: plane,
            origin: try origin(of: plane),
            parameters: try parameters(),
            events: try events(),
            clock: clock,
            signer: signer
        )
        place.activeMax = try activeMax(of: plane)
        return place
    }

    /// How many memory ledgers the tier of a plane allows; none where there is no such plane.
    package func activeMax(of plane: LogPlane) throws(IntegrityFault) -> Int {
        let path = "planes/\(plane.rawValue)/tier.json"
        do {
            guard plane != .root, try root.directory.facts(of: path) != nil else { return 0 }
            let bytes = try root.directory.readWhole(path, limit: RootLedger.lawBytesMax)
            return try JSONValue(parsing: bytes)["ledgers"]?["max_active_memory_ledgers"]?.integer
                ?? 0
        } catch let fault as HostFault {
            throw .host(fault)
        } catch {
            throw .ledger(.parameters(reason: "\(path): \(error)"))
        }
    }

    /// Opens a plane's log for writing, with the key that this machine made for it.
    ///
    /// Under the log's lock it is compared with the head that was signed last, before anything of it is
    /// written; one that is gone or does not lead there is refused. A key that the log was handed over
    /// to, and that a crash kept from its place, is put there now.
    package func open(_ plane: LogPlane) throws(IntegrityFault) -> LedgerLog {
        let state = try root.openState()
        let memory = try LogMemory(root, plane, state)
        let directory: Directory
        let isThere: Bool
        do {
            directory = try root.directory.openMakingBeneath(
                RootLedger.folder + "/" + plane.rawValue,
                mode: 0o700
            )
            isThere = try LedgerReader.exists(in: directory)
        } catch {
            throw .host(error)
        }
        if !isThere, try memory.head() != nil {
            throw .logGone(path: directory.path, memory: memory.path)
        }
        let place = try place(plane, signer: nil)
        do {
            let log = try LedgerLog(holding: directory, place)
            let genesis = try log.genesis()
            // Read under the lock: another process may just have signed.
            if let head = try memory.head() {
                guard head.genesis == genesis, try log.root(of: head.size) == head.root else {
                    throw IntegrityFault.logRolledBack(
                        path: directory.path,
                        memory: memory.path,
                        size: head.size
                    )
                }
            }
            let key = key(of: plane, genesis, state)
            let isSigned = try log.signedHead() != nil
            if isSigned, let next = try key.successor(), try log.isLastHeadSigned(by: next) {
                try key.promote(origin: log.origin)
            }
            // No key is made for a log that somebody else signed.
            if isSigned, try key.verifier() == nil {
                throw LedgerFault.otherKey(path: directory.path)
            }
            try log.adopt(try signer(of: plane, genesis))
            try log.start()
            return log
        } catch {
            throw IntegrityFault(carrying: error)
        }
    }

    /// What a process needs that shall write a plane's log in our place.
    package struct Handover: Sendable {
        package let directory: Directory
        package let origin: String
        /// The key of the log, as PEM; whoever gets it must be the one that the log belongs to.
        package let key: [UInt8]
        /// The head that was signed last, which the log must lead to.
        package let head: (genesis: Digest, size: Int, root: Digest)?
    }

    /// Hands a plane's log over to the process of that plane; begins the log where there is none.
    ///
    /// Whoever takes it must compare it with the head under the log's lock, as `open` does.
    package func handover(of plane: LogPlane) throws(IntegrityFault) -> Handover {
        let memory = try LogMemory(root, plane, root.openState())
        let remembered = try memory.head()
        var reader = try reader(of: plane)
        if reader == nil {
            if remembered != nil {
                throw .logGone(path: RootLedger.folder + "/\(plane)", memory: memory.path)
            }
            try finish(open(plane))
            reader = try self.reader(of: plane)
        }
        guard let reader, let directory = try directory(of: plane) else {
            preconditionFailure("A log that was begun is there.")
        }
        do {
            let genesis = try reader.genesis()
            let isSigned = try reader.signedSize() != nil
            try reader.close()
            if isSigned, try verifier(of: plane, genesis: genesis) == nil {
                throw LedgerFault.otherKey(path: directory.path)
            }
            return Handover(
                directory: directory,
                origin: try origin(of: plane),
                key: try signer(of: plane, genesis).exportPEM(),
                head: remembered.map { ($0.genesis, $0.size, $0.root) }
            )
        } catch {
            throw IntegrityFault(carrying: error)
        }
    }

    /// Remembers a head that the process of a plane has signed; one that is not newer changes nothing.
    package func remember(
        _ plane: LogPlane,
        genesis: Digest,
        size: Int,
        root head: Digest
    ) throws(IntegrityFault) {
        let memory = try LogMemory(root, plane, root.openState())
        if let known = try memory.head(), known.size >= size { return }
        try memory.remember(LogMemory.Head(genesis: genesis, size: size, root: head))
    }

    private func signer(of plane: LogPlane, _ genesis: Digest) throws(IntegrityFault) -> SigningKey
    {
        let state = try root.openState()
        let origin = try origin(of: plane)
        do {
            return try key(of: plane, genesis, state)
                .signing(origin: origin, randomness: randomness)
        } catch {
            throw .keys(error)
        }
    }

    /// Signs the head of a log, remembers it, and closes the log, whose lock is held to the end.
    package func finish(_ log: LedgerLog) throws(IntegrityFault) {
        do {
            _ = try log.checkpoint()
            if let head = try log.signedHead() {
                try LogMemory(root, log.plane, root.openState()).remember(
                    LogMemory.Head(genesis: log.genesis(), size: head.size, root: head.root)
                )
            }
            try log.close()
        } catch {
            throw IntegrityFault(carrying: error)
        }
    }

    /// Cuts a torn end off a plane's log; what this machine remembers as signed is never cut.
    package func repair(
        _ plane: LogPlane,
        by actor: EntryActor
    ) throws(IntegrityFault) -> LedgerRepair.Outcome? {
        guard let directory = try directory(of: plane), let reader = try reader(of: plane) else {
            return nil
        }
        do {
            let genesis = try reader.genesis()
            let isSigned = try reader.signedSize() != nil
            try reader.close()
            if isSigned, try verifier(of: plane, genesis: genesis) == nil {
                throw LedgerFault.otherKey(path: directory.path)
            }
            let head = try LogMemory(root, plane, root.openState()).head()
            return try LedgerRepair.run(
                directory,
                place(plane, signer: nil),
                signedEntries: head?.size ?? 0,
                by: actor
            )
        } catch {
            throw IntegrityFault(carrying: error)
        }
    }

    /// Answers what a crash left open in the root's log, where there is anything.
    package func settle() throws(IntegrityFault) {
        guard try isKept(), let reader = try reader(of: .root) else { return }
        do throws(LedgerFault) {
            guard try !reader.openAttempts().isEmpty else { return }
            try reader.close()
        } catch {
            throw .ledger(error)
        }
        try finish(open(.root))
    }

    /// Hands a plane's log over to a new key.
    ///
    ///     the new key, beside the old one · the entry and the head that both sign · the new key in
    ///     the old one's place
    package func rotateKey(
        of plane: LogPlane,
        by actor: EntryActor
    ) throws(IntegrityFault) -> (note: [UInt8], verifier: NoteVerifier?) {
        let log = try open(plane)
        let state = try root.openState()
        do {
            let key = key(of: plane, try log.genesis(), state)
            let next = try key.prepareSuccessor(randomness: randomness)
            let note = try log.rotateKey(to: next, by: actor)
            try finish(log)
            try key.promote(origin: log.origin)
            return (note, try key.verifier())
        } catch {
            throw IntegrityFault(carrying: error)
        }
    }

    /// Records something that happened and was no act, where the root keeps ledgers.
    package func record(_ draft: EntryDraft) throws(IntegrityFault) {
        guard try isKept() else { return }
        let log = try open(.root)
        do { try log.record(draft) } catch { throw .ledger(error) }
        try finish(log)
    }

    /// Does one thing to the root: the attempt is on the disk before, the outcome after it.
    ///
    /// The body says how it ended. Without a record nothing is done.
    package func acting<Value>(
        _ draft: EntryDraft,
        _ body: () throws(IntegrityFault) -> (Value, AttemptOutcome, JSONValue?)
    ) throws(IntegrityFault) -> Value {
        try acting(draft) {
            (_: Digest?) throws(IntegrityFault) -> (Value, AttemptOutcome, JSONValue?) in try body()
        }
    }

    /// Does one thing to the root, told the digest of its attempt, where the root keeps ledgers.
    package func acting<Value>(
        _ draft: EntryDraft,
        _ body: (Digest?) throws(IntegrityFault) -> (Value, AttemptOutcome, JSONValue?)
    ) throws(IntegrityFault) -> Value {
        guard try isKept() else { return try body(nil).0 }
        let log = try open(.root)
        let attempt: Attempt
        do { attempt = try log.attempt(draft) } catch { throw .ledger(error) }
        let done: (value: Value, outcome: AttemptOutcome, body: JSONValue?)
        do {
            done = try body(attempt.receipt.digest)
        } catch {
            // The fault of the act is the better one; a log that fails now says so at the next act.
            let reason: JSONValue = ["fault": .string(error.code)]
            var outcome = AttemptOutcome.failed
            // What is partly in place will be completed; how it ends is not known yet.
            if case .cutShort = error { outcome = .unknown }
            _ = try? log.outcome(of: attempt, outcome, body: .json(reason))
            try? finish(log)
            throw error
        }
        do throws(LedgerFault) {
            try log.outcome(of: attempt, done.outcome, body: done.body.map { .json($0) })
        } catch {
            throw .outcomeUnrecorded(event: draft.event, cause: error)
        }
        try finish(log)
        return done.value
    }

    /// Files as the subjects of an entry.
    ///
    /// An entry has room for a few hundred paths, so those that matter most come first; beyond that it
    /// says how many they are.
    static func subjects(_ paths: [String]) -> [String] {
        var length = 0
        var subjects = paths.prefix(EntryDraft.subjectsMax - 1).map { "file:" + $0 }.filter {
            // As it stands in the entry, escapes and all.
            length += JSONValue.string($0).line.count + 1
            return length < 48_000 && $0.utf8.count <= EntryDraft.nameBytesMax
        }
        if paths.count > subjects.count { subjects.append("files:\(paths.count)") }
        return subjects
    }

    /// Who acts on this machine, as the kernel says it.
    package static var actor: EntryActor {
        EntryActor("uid:\(HostFacts.currentUser)", .builder)
    }

    private func key(of plane: LogPlane, _ genesis: Digest, _ state: Directory) -> MachineKey {
        MachineKey("ledger-\(plane.rawValue)-\(genesis.hex.prefix(16))", in: state)
    }

    private func law(_ path: String) throws(IntegrityFault) -> [UInt8] {
        do {
            return try root.directory.readWhole(path, limit: RootLedger.lawBytesMax)
        } catch {
            throw .host(error)
        }
    }
}
