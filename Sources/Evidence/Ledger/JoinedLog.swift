import Canon
import Crypto

/// The blocks of a log, joined one behind the other as they come from the threads that read them.
struct JoinedLog: Sendable {
    private typealias Waiting = (
        verdict: BlockVerdict, notes: [LedgerVerifier.BlockNote], tiles: [LedgerVerifier.UpperTile]
    )

    private let verifier: LedgerVerifier
    private let size: Int
    private var waiting: [Int: Waiting] = [:]
    private var next = 0
    private var report = LedgerVerifier.Report()

    // What the blocks so far add up to.
    private var tree = LogTree()
    private var frontier = MerkleFrontier()
    private var heads: [[UInt8]: (sequence: Int, digest: Digest)] = [:]
    private var attempts: [Digest: Int] = [:]
    private var lastTime: [UInt8] = []
    /// The keys that are trusted, each for heads up to a size: that at which it handed the log over.
    private var trusted: [(key: NoteVerifier, upTo: Int)] = []
    private var announced: [BlockVerdict.Rotation] = []
    private var lastNote: LedgerVerifier.BlockNote?
    /// The head of the last incomplete block, which the frontier of blocks does not hold.
    private var tail: [Digest] = []

    init(_ verifier: LedgerVerifier, size: Int) {
        self.verifier = verifier
        self.size = size
        if let key = verifier.key { trusted = [(key, Int.max)] }
    }

    /// Whether something is wrong already, so that nothing behind it needs to be read.
    var isOver: Bool { !report.findings.isEmpty }

    /// Takes a block in and joins what is in order; says how many entries are done.
    mutating func join(
        _ verdict: BlockVerdict,
        _ notes: [LedgerVerifier.BlockNote],
        _ tiles: [LedgerVerifier.UpperTile]
    ) -> Int {
        waiting[verdict.number] = (verdict, notes, tiles)
        while let block = waiting.removeValue(forKey: next), !isOver {
            next += 1
            add(block.verdict, block.notes, block.tiles)
        }
        return report.entries
    }

    private mutating func add(
        _ block: BlockVerdict,
        _ notes: [LedgerVerifier.BlockNote],
        _ tiles: [LedgerVerifier.UpperTile]
    ) {
        if let finding = block.finding { report.findings.append(finding) }
        for chain in block.chains {
            let before = heads[chain.ledger]
            let follows =
                before.map {
                    chain.firstSequence == $0.sequence + 1 && chain.firstPrevious == $0.digest
                } ?? (chain.firstSequence == 0 && chain.firstPrevious == EntryOutline.noDigest)
            guard follows else {
                found(
                    .chain,
                    chain.firstIndex,
                    "The entry \(chain.firstIndex) does not name the one before it in its ledger.",
                    Printable(bytes: chain.ledger).description
                )
                return
            }
            heads[chain.ledger] = (chain.lastSequence, chain.lastDigest)
        }
        guard !isOver else { return }
        let first = block.number * TileNodes.width
        if !lastTime.isEmpty, !BlockJudge.isInOrder(lastTime[...], block.firstTime[...]) {
            found(
                .time,
                first,
                "The entry \(first) says that it was written before the one in front of it."
            )
        }
        lastTime = block.lastTime
        for (digest, index) in block.answered where attempts.removeValue(forKey: digest) == nil {
            found(.answer, index, "The outcome \(index) answers no attempt that is open.")
        }
        attempts.merge(block.opened) { _, new in new }
        announced += block.rotations
        let before = frontier
        if let root = block.root {
            addTile(root, tiles)
        } else {
            tail = block.leaves
        }
        report.entries = first + block.count
        report.droppedBodies += block.droppedBodies
        judge(notes, of: block, before)
        for checkpoint in verifier.known
        where checkpoint.size > first && checkpoint.size <= first + block.count {
            guard root(of: checkpoint.size, block, before) != checkpoint.root else { continue }
            found(
                .replaced,
                nil,
                "The log does not lead to the head over \(checkpoint.size) entries that is known "
                    + "from before: it is another one, or its beginning was rewritten."
            )
        }
    }

    private mutating func addTile(_ root: Digest, _ tiles: [LedgerVerifier.UpperTile]) {
        frontier.append(root)
        // The roots of blocks are the leaves of the tiles above.
        var complete: [PlacedTile] = []
        try? tree.append(root) { complete.append($0) }
        for tile in tiles {
            let computed = complete.first { $0.level == tile.level - 1 }
            guard let computed, let stored = tile.bytes, !stored.isEmpty,
                computed.nodes.isBegun(by: stored)
            else {
                found(
                    .tile,
                    nil,
                    "The tile \(tile.number) of level \(tile.level) is missing, or not the one that "
                        + "follows from the entries."
                )
                return
            }
        }
    }

    // MARK: - Heads

    private mutating func judge(
        _ notes: [LedgerVerifier.BlockNote],
        of block: BlockVerdict,
        _ before: MerkleFrontier
    ) {
        for note in notes where !isOver {
            guard let checkpoint = note.checkpoint, checkpoint.size == note.size else {
                found(.forked, nil, "The head over \(note.size) entries is no checkpoint.")
                return
            }
            guard root(of: note.size, block, before) == checkpoint.root else {
                let since = report.checkpoints == 0 ? "" : " since the head before it"
                found(
                    .forked,
                    nil,
                    "The first \(note.size) entries are not those that the head over them was signed "
                        + "for\(since): the log was rewritten, or there are two of it."
                )
                return
            }
            if let key = verifier.key, !checkpoint.origin.utf8.elementsEqual(key.name.utf8) {
                found(
                    .otherLog,
                    nil,
                    "The head over \(note.size) entries is of the log \(Printable(checkpoint.origin))."
                )
                return
            }
            lastNote = note
            takeHandover(note)
            guard !isOver, !trusted.isEmpty else {
                if trusted.isEmpty { report.checkpoints += 1 }
                continue
            }
            guard isSigned(note) else { continue }
            report.checkpoints += 1
            report.coveredEntries = note.size
            report.root = checkpoint.root
        }
        // What was announced in this block and not handed over by a head of it never will be.
        if let lost = announced.first, !isOver, lost.index < report.entries {
            found(
                .handover,
                lost.index,
                "The entry \(lost.index) announces a key, and no head that both keys signed hands the "
                    + "log over to it."
            )
        }
    }

    /// Follows a key that is handed over: the head right behind the entry that announces it is signed
    /// by both, and from then on only the new one counts.
    private mutating func takeHandover(_ note: LedgerVerifier.BlockNote) {
        guard let place = announced.firstIndex(where: { $0.index + 1 == note.size }),
            let key = try? NoteVerifier(vkey: announced[place].vkey), key.algorithm == .log,
            (try? Checkpoint.verified(note.note, log: key)) != nil
        else { return }
        announced.remove(at: place)
        if trusted.contains(where: { $0.key == key }) { return }
        guard isSigned(note) else { return }
        for place in trusted.indices { trusted[place].upTo = min(trusted[place].upTo, note.size) }
        trusted.append((key, Int.max))
    }

    private mutating func isSigned(_ note: LedgerVerifier.BlockNote) -> Bool {
        for (key, upTo) in trusted where note.size <= upTo {
            // That was found out beside the other threads already.
            if note.isSignedByTrusted, key == verifier.key { return true }
            do throws(CryptoFault) {
                _ = try Checkpoint.verified(note.note, log: key)
                return true
            } catch .noteSignatureWrong {
                found(
                    .wrongKey,
                    nil,
                    "The head over \(note.size) entries has a signature of \(key.name) that does not "
                        + "hold."
                )
                return false
            } catch {
                continue
            }
        }
        return false
    }

    /// The root over so many entries, whose last block this is.
    private func root(
        of size: Int,
        _ block: BlockVerdict,
        _ before: MerkleFrontier
    ) -> Digest? {
        let offset = size - block.number * TileNodes.width
        if offset == TileNodes.width { return frontier.root }
        guard let head = block.heads[offset] else { return nil }
        let subtrees = before.subtrees + head
        guard var root = subtrees.last else { return nil }
        for subtree in subtrees.dropLast().reversed() {
            root = MerkleTree.nodeHash(subtree, root)
        }
        return root
    }

    // MARK: - The end

    mutating func report(signed: Int) -> LedgerVerifier.Report {
        report.ledgers = heads.count
        report.openAttempts = attempts.count
        report.keys = trusted.map(\.key)
        guard !isOver else { return report }
        let longest = max(signed, verifier.known.map(\.size).max() ?? 0)
        if longest > size {
            found(
                .truncated,
                size,
                "A head over \(longest) entries was signed, and the log has \(size): its end is "
                    + "missing."
            )
            return report
        }
        guard verifier.key != nil else { return report }
        guard let lastNote else {
            found(.unsigned, nil, "No head of this log was ever signed.")
            return report
        }
        guard report.coveredEntries == lastNote.size else {
            let names = (try? SignedNote(parsing: lastNote.note))?.signatures.map(\.name) ?? []
            found(
                .wrongKey,
                nil,
                "The last head, over \(lastNote.size) entries, was not signed by the key that is "
                    + "trusted, nor by one that it handed over to; it names "
                    + "\(Printable(names.joined(separator: ", "))), and a signature that does not "
                    + "hold counts for nothing."
            )
            return report
        }
        judgeWitnesses(lastNote.note)
        return report
    }

    private mutating func judgeWitnesses(_ note: [UInt8]) {
        guard let policy = verifier.policy else { return }
        do throws(CryptoFault) {
            let signers = try SignedNote(parsing: note).verified(
                by: trusted.map(\.key) + policy.verifiers
            )
            report.witnesses = policy.names(of: signers.map(\.verifier)).sorted()
        } catch {
            found(.wrongKey, nil, error.description)
            return
        }
        guard policy.isSatisfied(by: Set(report.witnesses)) else {
            let names = report.witnesses.joined(separator: ", ")
            found(
                .witnessMissing,
                nil,
                "The last head is signed by "
                    + (names.isEmpty ? "no witness" : "the witnesses \(names)")
                    + ", and the policy asks for \(policy.quorumText)."
            )
            return
        }
    }

    private mutating func found(
        _ code: LedgerFinding.Code,
        _ index: Int?,
        _ reason: String,
        _ ledger: String? = nil
    ) {
        report.findings.append(
            LedgerFinding(code: code, index: index, ledger: ledger, reason: reason)
        )
    }
}
