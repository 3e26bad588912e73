package import Canon
package import Crypto
import Host
import Synchronization

/// Verifies a log from its bytes and a public key, and from nothing else.
///
/// Every entry is read and hashed, on all processors; the blocks are joined in their order, so the
/// first thing that is wrong is the one that is named.
package struct LedgerVerifier: Sendable {
    /// The key of the log that is trusted; without one nothing that was signed is believed.
    package var key: NoteVerifier?
    /// Heads that are known from before, from another place.
    package var known: [Checkpoint] = []
    package var policy: WitnessPolicy?
    package var plane: LogPlane?
    package var events: EventMap?
    package var threads = WorkerThreads.available
    /// Told how many entries are verified.
    package var progress: (@Sendable (_ done: Int, _ of: Int) -> Void)?

    /// A verifier that trusts nothing yet.
    package init() {}

    /// What a verification says.
    package struct Report: Sendable {
        package internal(set) var entries = 0
        package internal(set) var ledgers = 0
        package internal(set) var checkpoints = 0
        /// How many entries the last head is over that a trusted key signed.
        package internal(set) var coveredEntries = 0
        package internal(set) var root: Digest?
        package internal(set) var openAttempts = 0
        package internal(set) var droppedBodies = 0
        /// The keys that were followed from the trusted one, the last in force last.
        package internal(set) var keys: [NoteVerifier] = []
        package internal(set) var witnesses: [String] = []
        package internal(set) var findings: [LedgerFinding] = []

        /// Nothing: what a verifier says.
        package init() {}

        /// The log is gone, and a head of it is known from before.
        package mutating func miss(_ head: Checkpoint) {
            findings.append(
                LedgerFinding(
                    code: .truncated,
                    index: 0,
                    ledger: nil,
                    reason: "A head over \(head.size) entries was signed here, and the log is gone."
                )
            )
        }

        /// Whether nothing was found.
        package var isWhole: Bool { findings.isEmpty }
    }

    /// Reads the whole log.
    package func verify(_ source: some LogSource) throws(LedgerFault) -> Report {
        let opened = try source.open()
        // The heads first: a log only grows, so what was signed before is among what is counted now.
        let signed = try opened.signedSize()
        let size = try opened.size()
        let blocks = (size + TileNodes.width - 1) / TileNodes.width
        let joint = Mutex(JoinedLog(self, size: size))
        let next = Atomic(0)
        let failure = Mutex<LedgerFault?>(nil)
        WorkerThreads.run(min(threads, max(1, blocks))) { thread in
            do throws(LedgerFault) {
                let reading = try source.open()
                while true {
                    let number = next.add(1, ordering: .relaxed).oldValue
                    guard number < blocks, joint.withLock({ !$0.isOver }),
                        failure.withLock({ $0 == nil })
                    else { return }
                    let (verdict, notes, tiles) = try judge(number, size, reading)
                    let done = joint.withLock { $0.join(verdict, notes, tiles) }
                    if number & 0xFF == 0xFF { progress?(done, size) }
                }
            } catch {
                failure.withLock { if $0 == nil { $0 = error } }
            }
        }
        if let fault = failure.withLock({ $0 }) { throw fault }
        return joint.withLock { $0.report(signed: signed) }
    }

    /// A note within a block, and whether the trusted key was already seen to have signed it.
    struct BlockNote: Sendable {
        let size: Int
        let note: [UInt8]
        let checkpoint: Checkpoint?
        let isSignedByTrusted: Bool
    }

    /// A stored tile above the entries that is complete with this block.
    struct UpperTile: Sendable {
        let level: Int
        let number: Int
        let bytes: [UInt8]?
    }

    private func judge(
        _ number: Int,
        _ size: Int,
        _ reading: any LogBlocks
    ) throws(LedgerFault) -> (BlockVerdict, [BlockNote], [UpperTile]) {
        let first = number * TileNodes.width
        let expected = min(TileNodes.width, size - first)
        let isComplete = expected == TileNodes.width
        var notes: [BlockNote] = []
        for (size, note) in try reading.notes(above: first, upTo: first + expected) {
            notes.append(read(size, note))
        }
        var offsets = notes.map { $0.size - first }
        for checkpoint in known where checkpoint.size > first && checkpoint.size <= first + expected
        {
            offsets.append(checkpoint.size - first)
        }
        var judge = BlockJudge(
            number: number,
            expected: expected,
            plane: plane.map { Array($0.rawValue.utf8) },
            events: events,
            tile: isComplete ? try reading.tile(level: 0, number: number) : nil,
            tileBytesMin: reading.keepsNodes ? TileNodes.byteCount : TileNodes.publishedByteCount
        )
        try reading.forEachRow(ofBlock: number, upTo: size) { (index, bytes, body, hasBody) in
            judge.take(index, bytes, body, hasBody: hasBody)
        }
        let verdict = judge.finish(offsets: offsets)
        var tiles: [UpperTile] = []
        var (level, place) = (1, number + 1)
        while isComplete, place & 0xFF == 0 {
            place >>= 8
            let bytes = try reading.tile(level: level, number: place - 1)
            tiles.append(UpperTile(level: level, number: place - 1, bytes: bytes))
            level += 1
        }
        return (verdict, notes, tiles)
    }

    private func read(_ size: Int, _ note: [UInt8]) -> BlockNote {
        let checkpoint = (try? SignedNote(parsing: note)).flatMap {
            try? Checkpoint(parsing: $0.text)
        }
        var isSigned = false
        if let key { isSigned = (try? Checkpoint.verified(note, log: key)) != nil }
        return BlockNote(
            size: size,
            note: note,
            checkpoint: checkpoint,
            isSignedByTrusted: isSigned
        )
    }
}
