import Canon
import Crypto

/// Where a log stands: its tree, its ledgers, the attempts that are open.
///
/// All of it follows from the entries. The stored tables give it as it stood at the last complete
/// block, and the up to 255 entries behind that are replayed.
struct LogState {
    var tree = LogTree()
    private(set) var ledgers: [LedgerName: LedgerHead] = [:]
    private(set) var attempts: [Digest: OpenAttempt] = [:]
    /// The terms of the block that is not complete.
    var blockTerms: [UInt32] = []
    var lastTime: Int64 = 0
    var lastCheckpoint: (size: Int, time: Int64)?

    var size: Int { tree.size }

    init() {}

    init(of store: LedgerStore) throws(LedgerFault) {
        tree = try store.tree()
        ledgers = try store.ledgers()
        attempts = try store.attempts()
        lastCheckpoint = try store.lastCheckpoint()
        let behind = size & ~0xFF
        // One entry more: it holds the time of the last, where nothing stands behind the block.
        try store.forEachEntry(from: max(0, behind - 1), to: size, withBodies: false) {
            (stored: LedgerStore.StoredEntry) throws(LedgerFault) in
            let entry = try LedgerEntry(parsing: stored.bytes, at: stored.index)
            lastTime = Timestamp(entry.time)?.nanoseconds ?? 0
            if stored.index < behind { return }
            if let wrong = replay(entry) { throw store.damaged(wrong) }
            // A key is handed over in the transaction that signs the head over it.
            if entry.event == EventMap.Event.keyRotated,
                stored.index >= lastCheckpoint?.size ?? 0
            {
                throw store.damaged(
                    "the entry \(entry.index) announces a key, and no head covers it"
                )
            }
        }
        try compareStored(store, behind)
    }

    /// Compares the stored heads and attempts with the entries that they stand for.
    private func compareStored(_ store: LedgerStore, _ behind: Int) throws(LedgerFault) {
        func outline(_ index: Int) throws(LedgerFault) -> (EntryOutline, Digest, [UInt8])? {
            guard let stored = try store.entry(index), let entry = EntryOutline(stored.bytes.span)
            else { return nil }
            return (entry, MerkleTree.leafHash(stored.bytes), stored.bytes)
        }
        for head in ledgers.values where head.last < behind {
            guard let (entry, digest, bytes) = try outline(head.last), digest == head.digest,
                entry.sequence + 1 == head.count,
                bytes[entry.ledger].elementsEqual(head.name.text.utf8)
            else { throw store.damaged("what is stored of the ledger \(head.name) is not its end") }
        }
        for attempt in attempts.values where attempt.index < behind {
            guard let (entry, digest, _) = try outline(attempt.index), digest == attempt.digest,
                entry.phase == .attempt
            else { throw store.damaged("the entry \(attempt.index) is no attempt that is open") }
        }
    }

    /// Takes an entry in that stands in the log; says what is wrong where it does not follow.
    mutating func replay(_ entry: LedgerEntry) -> String? {
        if entry.event == EventMap.Event.genesis {
            guard let kind = entry.subject("kind").flatMap(LedgerKind.init(rawValue:)) else {
                return "the genesis \(entry.index) names no kind of ledger"
            }
            begin(entry.ledger, kind: kind, parent: entry.subject("parent"), at: entry.index)
        }
        guard let head = ledgers[entry.ledger], head.count == entry.sequence,
            head.digest == entry.previous
        else { return "the entry \(entry.index) does not follow the one before it in its ledger" }
        switch entry.event {
        case EventMap.Event.parked: move(entry.ledger, to: .parked)
        case EventMap.Event.resumed: move(entry.ledger, to: .open)
        case EventMap.Event.closed: move(entry.ledger, to: .closed)
        default: break
        }
        follow(
            Receipt(index: entry.index, digest: entry.digest),
            in: entry.ledger,
            event: entry.event,
            phase: entry.phase,
            answers: entry.answers,
            terms: entry.terms
        )
        return nil
    }

    /// A new ledger, whose genesis is the next entry.
    mutating func begin(
        _ name: LedgerName,
        kind: LedgerKind,
        parent: String?,
        at index: Int? = nil
    ) {
        ledgers[name] = LedgerHead(
            name: name,
            kind: kind,
            parent: parent,
            state: .open,
            first: index ?? size,
            last: index ?? size,
            count: 0,
            digest: EntryOutline.noDigest
        )
    }

    mutating func move(_ name: LedgerName, to state: LedgerState) {
        ledgers[name]?.state = state
        ledgers[name]?.isDirty = true
    }

    /// An entry at the end of a ledger.
    mutating func follow(
        _ receipt: Receipt,
        in name: LedgerName,
        event: String,
        phase: EntryPhase,
        answers: Digest?,
        terms: [UInt32]
    ) {
        if let place = ledgers.index(forKey: name) {
            // In its place: heads are large, and this is done for every entry.
            ledgers.values[place].last = receipt.index
            ledgers.values[place].count += 1
            ledgers.values[place].digest = receipt.digest
            ledgers.values[place].isDirty = true
        }
        switch phase {
        case .attempt:
            attempts[receipt.digest] = OpenAttempt(
                index: receipt.index,
                digest: receipt.digest,
                ledger: name,
                event: event
            )
        case .outcome: if let answers { attempts[answers] = nil }
        case .fact: break
        }
        blockTerms += terms
    }

    /// Brings the stored tables up to a block that is complete, in the transaction that completes it.
    mutating func completeBlock(in store: LedgerStore) throws(LedgerFault) {
        try store.insert(block: size / TileNodes.width - 1, terms: Set(blockTerms).sorted())
        blockTerms = []
        for (name, head) in ledgers where head.isDirty {
            try store.write(head)
            ledgers[name]?.isDirty = false
        }
        try store.write(attempts: attempts.values.sorted { $0.index < $1.index })
    }
}
