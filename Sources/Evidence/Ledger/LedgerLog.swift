package import Canon
package import Crypto
package import Host
import SQLite

/// The log of one plane, open for writing: all its ledgers, one Merkle tree, one file, one writer.
///
/// Nothing that it returns a receipt for can be lost: the entries of one `write` are one transaction
/// with `synchronous=FULL`. It belongs to the thread that opened it; `LedgerWriter` is the way to
/// share one. A lock beside the file keeps every other process out.
package final class LedgerLog {
    package let plane: LogPlane
    /// The name of the log, and of its key.
    package let origin: String
    let parameters: ChainParameters
    let events: EventMap
    let store: LedgerStore
    let directory: Directory
    private var lock: FileLock?
    private let clock: Clock
    private let metrics: LedgerMetrics?
    /// How many memory ledgers may be open at a time: the plane's tier says it.
    let activeMax: Int

    /// The key that signs heads; a log without one is written, and not signed.
    var signer: SigningKey?

    /// What the file holds: changed by `stage`, and read anew when a transaction failed.
    private(set) var state = LogState()
    /// Whether a write failed and the state has not been read anew since.
    private var isStale = false

    /// How many transactions were made durable since the log was opened.
    package private(set) var commits = 0

    /// The time of the entries that are being written, as a number and as it stands in them.
    private var now: Int64 = 0
    private var nowText: [UInt8] = []

    /// What opening a log takes.
    package struct Place: Sendable {
        package var plane: LogPlane
        package var origin: String
        package var parameters: ChainParameters
        package var events: EventMap
        package var clock: Clock
        package var signer: SigningKey?
        package var metrics: LedgerMetrics?
        /// The tier's limit on open memory ledgers; the root keeps none.
        package var activeMax = 0

        /// A log of a plane, under parameters and a map of events.
        package init(
            plane: LogPlane,
            origin: String,
            parameters: ChainParameters,
            events: EventMap,
            clock: Clock,
            signer: SigningKey? = nil,
            metrics: LedgerMetrics? = nil
        ) {
            self.plane = plane
            self.origin = origin
            self.parameters = parameters
            self.events = events
            self.clock = clock
            self.signer = signer
            self.metrics = metrics
        }
    }

    /// Opens the log in a directory, or begins one there.
    ///
    /// Its head is compared with the last signed checkpoint before anything is written. Attempts
    /// that a crash left open are answered with `unknown`.
    package convenience init(_ directory: Directory, _ place: Place) throws(LedgerFault) {
        try self.init(holding: directory, place)
        if let signer { try adopt(signer) }
        try start()
    }

    /// Takes the lock and reads the log, or begins one; nothing of a log that is there is written.
    ///
    /// Whoever opens it so compares what it must, then adopts a key and starts it.
    package init(holding directory: Directory, _ place: Place) throws(LedgerFault) {
        plane = place.plane
        origin = place.origin
        parameters = place.parameters
        events = place.events
        clock = place.clock
        signer = place.signer
        metrics = place.metrics
        activeMax = place.activeMax
        self.directory = directory
        do {
            lock = try FileLock.acquire(LedgerLog.lockName, in: directory)
            if let facts = try directory.facts(of: LedgerStore.fileName) {
                try LedgerStore.refuse(facts, in: directory)
            }
        } catch {
            throw .host(error)
        }
        store = try LedgerStore(
            directory.path + "/" + LedgerStore.fileName,
            .readWriteCreate
        )
        let identity = LedgerStore.Identity(
            plane: plane,
            origin: origin,
            chain: parameters.digest
        )
        if let found = try store.identity() {
            guard found.plane == plane, found.origin.utf8.elementsEqual(origin.utf8) else {
                throw .otherLog(
                    path: store.connection.path,
                    found: found.origin,
                    expected: origin
                )
            }
            guard found.chain == parameters.digest else {
                throw .otherChain(path: store.connection.path)
            }
            state = try LogState(of: store)
            try compareHead()
        } else {
            try setTime()
            try store.transaction { () throws(LedgerFault) in
                try store.write(identity)
                _ = try stageGenesis(.governance, kind: .governance, parent: nil, by: LedgerLog.own)
            }
        }
        measure()
    }

    /// Signs from now on with a key, which must be the one that signed the last head.
    package func adopt(_ key: SigningKey) throws(LedgerFault) {
        guard try isLastHeadSigned(by: key) else { throw .otherKey(path: store.connection.path) }
        signer = key
    }

    /// Whether a key signed the last head; true where nothing was signed yet.
    package func isLastHeadSigned(by key: SigningKey) throws(LedgerFault) -> Bool {
        guard let last = state.lastCheckpoint, let note = try store.checkpoint(size: last.size)
        else {
            return true
        }
        do throws(CryptoFault) {
            let verifier = try NoteVerifier(
                name: origin,
                algorithm: .log,
                key: key.verifyingKey
            )
            return (try? Checkpoint.verified(note, log: verifier)) != nil
        } catch {
            throw .crypto(error)
        }
    }

    /// Answers what a crash left open; from now on the log is written.
    package func start() throws(LedgerFault) { try answerOpenAttempts() }

    /// The root over the first so many entries; `nil` where there are fewer.
    package func root(of size: Int) throws(LedgerFault) -> Digest? {
        (0...state.size).contains(size) ? try prover.root(of: size) : nil
    }

    /// The digest of the first entry: no two logs have the same.
    package func genesis() throws(LedgerFault) -> Digest {
        guard let stored = try store.entry(0) else { throw store.damaged("it has no genesis") }
        return MerkleTree.leafHash(stored.bytes)
    }

    /// How many entries the last signed head is over, and their root; `nil` where nothing was signed.
    package func signedHead() throws(LedgerFault) -> (size: Int, root: Digest)? {
        guard let last = state.lastCheckpoint else { return nil }
        return (last.size, try prover.root(of: last.size))
    }

    /// The name of the file whose lock is the right to write the log.
    package static let lockName = "log.lock"

    /// Who writes what the log records by itself.
    static let own = EntryActor("charter", .builder)

    /// How many entries there are.
    package var size: Int { state.size }

    /// Ends the writing: the file is closed and the lock given back.
    package func close() throws(LedgerFault) {
        try store.close()
        lock = nil
    }

    // MARK: - Writing

    /// Writes groups of entries in one transaction; each group is answered by itself, or all of them
    /// with what went wrong.
    ///
    /// A group is written whole or not at all. One that the law of ledgers refuses leaves the others
    /// alone.
    ///
    ///     BEGIN IMMEDIATE · INSERT … · COMMIT: one write and one fdatasync of the WAL
    func write(_ groups: [[PreparedEntry]]) -> [Result<[Receipt], LedgerFault>] {
        let began = clock.monotonic
        do throws(LedgerFault) {
            try refresh()
            try setTime()
            let results = try store.transaction {
                () throws(LedgerFault) -> [Result<[Receipt], LedgerFault>] in
                var results: [Result<[Receipt], LedgerFault>] = []
                results.reserveCapacity(groups.count)
                for group in groups {
                    do throws(LedgerFault) {
                        for entry in group { try admit(entry) }
                    } catch {
                        results.append(.failure(error))
                        continue
                    }
                    var receipts: [Receipt] = []
                    receipts.reserveCapacity(group.count)
                    for entry in group { receipts.append(try stage(entry)) }
                    results.append(.success(receipts))
                }
                if isCheckpointDue { try stageCheckpoint() }
                return results
            }
            commits += 1
            let count = groups.reduce(0) { $0 + $1.count }
            metrics?.wrote(count, nanoseconds: clock.monotonic - began)
            measure()
            return results
        } catch {
            // What of the state was changed ahead of the file is read anew before the next write.
            isStale = true
            metrics?.failed()
            return groups.map { _ in .failure(error) }
        }
    }

    /// Records a fact: something that is no act of ours.
    @discardableResult
    package func record(_ draft: EntryDraft) throws(LedgerFault) -> Receipt {
        try write(one: prepare(draft, .fact))
    }

    /// Records several facts with one flush: all of them, or none.
    @discardableResult
    package func record(all drafts: [EntryDraft]) throws(LedgerFault) -> [Receipt] {
        var entries: [PreparedEntry] = []
        for draft in drafts { entries.append(try prepare(draft, .fact)) }
        return try write([entries])[0].get()
    }

    /// Records that something is about to be done; the act may begin when this returns.
    package func attempt(_ draft: EntryDraft) throws(LedgerFault) -> Attempt {
        Attempt(draft, try write(one: prepare(draft, .attempt)), whenDropped: nil)
    }

    /// Records how an attempt ended.
    @discardableResult
    package func outcome(
        of attempt: consuming Attempt,
        _ outcome: AttemptOutcome,
        body: EntryBody? = nil
    ) throws(LedgerFault) -> Receipt {
        try write(one: prepareOutcome(of: attempt, outcome, body))
    }

    private func write(one entry: PreparedEntry) throws(LedgerFault) -> Receipt {
        try write([[entry]])[0].get()[0]
    }

    /// Runs a body whose entries are one transaction.
    func changing<Value>(_ body: () throws(LedgerFault) -> Value) throws(LedgerFault) -> Value {
        try refresh()
        try setTime()
        do {
            return try store.transaction(body)
        } catch {
            isStale = true
            throw error
        }
    }

    // MARK: - One entry

    func prepare(
        _ draft: EntryDraft,
        _ phase: EntryPhase
    ) throws(LedgerFault) -> PreparedEntry {
        try PreparedEntry(draft, phase: phase, plane: plane, parameters: parameters)
    }

    func prepareOutcome(
        of attempt: borrowing Attempt,
        _ outcome: AttemptOutcome,
        _ body: EntryBody?
    ) throws(LedgerFault) -> PreparedEntry {
        try attempt.prepare(outcome, body, plane: plane, parameters: parameters)
    }

    /// Whether an entry may be written now.
    private func admit(_ entry: PreparedEntry) throws(LedgerFault) {
        guard let kind = events[entry.event] else {
            throw .eventUnregistered(event: entry.event)
        }
        guard !EventMap.Event.facts.contains(entry.event) else {
            // What the log says of itself is staged by itself.
            throw .entryInvalid(event: entry.event, reason: "only the log itself writes this event")
        }
        guard kind.isAct == (entry.phase != .fact) else {
            throw .eventNotAnAct(event: entry.event)
        }
        guard let head = state.ledgers[entry.ledger] else {
            throw .noSuchLedger(ledger: entry.ledger.text)
        }
        if let answers = entry.answers {
            // An outcome goes where its attempt is, whatever became of the ledger meanwhile.
            guard state.attempts[answers]?.ledger == entry.ledger else {
                throw .attemptNotOpen(digest: answers)
            }
        } else if head.state != .open {
            throw .ledgerNotOpen(ledger: entry.ledger.text, state: head.state)
        }
    }

    /// Puts one entry at the end of the log, inside a transaction.
    @discardableResult
    func stage(_ entry: PreparedEntry) throws(LedgerFault) -> Receipt {
        guard let head = state.ledgers[entry.ledger] else {
            throw .noSuchLedger(ledger: entry.ledger.text)
        }
        let index = state.size
        let bytes = entry.bytes(
            index: index,
            sequence: head.count,
            previous: head.digest,
            time: nowText
        )
        let digest = MerkleTree.leafHash(bytes)
        try store.insert(index: index, bytes: bytes, body: entry.body)
        state.follow(
            Receipt(index: index, digest: digest),
            in: entry.ledger,
            event: entry.event,
            phase: entry.phase,
            answers: entry.answers,
            terms: entry.terms
        )
        state.lastTime = now
        try state.tree.append(digest) { (tile: PlacedTile) throws(LedgerFault) in
            try store.insert(tile)
        }
        if state.size & 0xFF == 0 { try state.completeBlock(in: store) }
        return Receipt(index: index, digest: digest)
    }

    /// Begins a ledger with its genesis entry, inside a transaction.
    func stageGenesis(
        _ name: LedgerName,
        kind: LedgerKind,
        parent: String?,
        by actor: EntryActor
    ) throws(LedgerFault) -> Receipt {
        state.begin(name, kind: kind, parent: parent)
        let body: JSONValue = [
            "plane": .string(plane.rawValue), "tier": .string(plane.rawValue),
            "ledger": .string(name.text), "kind": .string(kind.rawValue),
            "parent": parent.map { .string($0) } ?? .null,
            "chain": [
                "id": .string(parameters.id), "version": .string(parameters.version),
                "digest": .string(parameters.digest.hex),
            ],
            "origin": .string(origin),
        ]
        let draft = EntryDraft(
            EventMap.Event.genesis,
            by: actor,
            in: name,
            about: ["kind:\(kind.rawValue)"] + (parent.map { ["parent:\($0)"] } ?? []),
            body: .json(body)
        )
        return try stage(prepare(draft, .fact))
    }

    func move(_ name: LedgerName, to ledgerState: LedgerState) {
        state.move(name, to: ledgerState)
    }

    /// Now, as the log's clock says.
    var clockNow: Int64 { clock.now }

    /// Takes the time for the entries to come; it never goes back within a log.
    private func setTime() throws(LedgerFault) {
        let read = clock.now / 1_000_000 * 1_000_000
        if read < state.lastTime {
            let back = Int((state.lastTime - read) / 1_000_000)
            guard back <= parameters.backwardMillisecondsMax else {
                throw .clockWentBack(
                    milliseconds: back,
                    tolerated: parameters.backwardMillisecondsMax
                )
            }
        }
        now = max(read, state.lastTime)
        nowText = Array(Timestamp(nanoseconds: now).description.utf8)
    }

    // MARK: - Heads

    private var isCheckpointDue: Bool {
        guard signer != nil else { return false }
        guard let last = state.lastCheckpoint else {
            return state.size >= parameters.checkpointEveryEntries
        }
        if state.size - last.size >= parameters.checkpointEveryEntries { return true }
        return state.size > last.size + 1
            && now - last.time >= Int64(parameters.checkpointEverySeconds) * 1_000_000_000
    }

    /// Signs the head, unless nothing but the record of the last signature came since.
    package func checkpoint() throws(LedgerFault) -> [UInt8] {
        guard signer != nil else { throw .noSigner(origin: origin) }
        if let last = state.lastCheckpoint, state.size <= last.size + 1,
            let note = try store.checkpoint(size: last.size)
        {
            return note
        }
        return try changing { () throws(LedgerFault) in try stageCheckpoint() }
    }

    /// Signs the head inside a transaction, keeps the note, and records it in the log behind itself.
    @discardableResult
    func stageCheckpoint(
        by keys: [SigningKey] = []
    ) throws(LedgerFault) -> [UInt8] {
        guard let signer else { throw .noSigner(origin: origin) }
        let size = state.size
        let head = Checkpoint(
            origin: origin,
            size: size,
            root: try prover.root(of: size)
        )
        do {
            var note = try SignedNote(text: head.text)
            for key in keys + [signer] {
                note.append(try .log(origin, key: key, over: head.text))
            }
            try store.insert(checkpoint: note.bytes, size: size, time: now)
            state.lastCheckpoint = (size, now)
            let draft = EntryDraft(
                EventMap.Event.checkpoint,
                by: LedgerLog.own,
                about: ["size:\(size)"],
                body: EntryBody(note.bytes, mediaType: "text/plain")
            )
            try stage(prepare(draft, .fact))
            return note.bytes
        } catch let fault as LedgerFault {
            throw fault
        } catch let fault as CryptoFault {
            throw .crypto(fault)
        } catch {
            preconditionFailure("Every error above has a type: \(error)")
        }
    }

    /// Roots and proofs over what is written.
    var prover: LogProver {
        LogProver(state.tree) { [store] (level, number) throws(LedgerFault) in
            try store.tile(level: level, number: number)
        }
    }

    // MARK: - The state of the file

    func refresh() throws(LedgerFault) {
        guard isStale else { return }
        state = try LogState(of: store)
        isStale = false
    }

    /// Compares the head with what was signed last.
    private func compareHead() throws(LedgerFault) {
        guard let last = state.lastCheckpoint, let note = try store.checkpoint(size: last.size)
        else {
            return
        }
        let checkpoint: Checkpoint
        do throws(CryptoFault) {
            let signed = try SignedNote(parsing: note)
            checkpoint = try Checkpoint(parsing: signed.text)
        } catch {
            throw store.damaged("its last checkpoint cannot be read: \(error.description)")
        }
        guard checkpoint.size == last.size, checkpoint.size <= state.size else {
            throw store.damaged(
                "a checkpoint over \(checkpoint.size) entries was signed, and there are \(state.size)"
            )
        }
        guard try prover.root(of: checkpoint.size) == checkpoint.root else {
            throw store.damaged(
                "its first \(checkpoint.size) entries are not those that were signed"
            )
        }
    }

    /// Answers the attempts that were open when the last writer ended.
    private func answerOpenAttempts() throws(LedgerFault) {
        guard !state.attempts.isEmpty else { return }
        try changing { () throws(LedgerFault) in
            for attempt in state.attempts.values.sorted(by: { $0.index < $1.index }) {
                let draft = EntryDraft(
                    attempt.event,
                    by: LedgerLog.own,
                    in: attempt.ledger,
                    about: ["attempt:\(attempt.index)"],
                    body: .json([
                        "reason": "The writer ended before it recorded how this attempt ended."
                    ])
                )
                try stage(
                    PreparedEntry(
                        draft,
                        phase: .outcome,
                        outcome: .unknown,
                        answers: attempt.digest,
                        plane: plane,
                        parameters: parameters
                    )
                )
            }
        }
    }

    private func measure() {
        metrics?.stands(
            at: state.size,
            lag: state.size - (state.lastCheckpoint?.size ?? 0),
            open: state.attempts.count
        )
    }
}
