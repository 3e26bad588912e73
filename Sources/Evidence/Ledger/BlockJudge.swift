import Canon
import Crypto

/// What one block of 256 entries says for itself, before it is joined to the blocks around it.
struct BlockVerdict: Sendable {
    /// A ledger's part in the block: how it begins and how it ends.
    struct Chain: Sendable {
        let ledger: [UInt8]
        let firstIndex: Int
        let firstSequence: Int
        let firstPrevious: Digest
        var lastSequence: Int
        var lastDigest: Digest
    }

    /// A key that an entry announces.
    struct Rotation: Sendable {
        let index: Int
        let vkey: String
    }

    let number: Int
    fileprivate(set) var count = 0
    /// The hashes of its entries; empty where the block is complete and `root` says all.
    fileprivate(set) var leaves: [Digest] = []
    fileprivate(set) var root: Digest?
    /// The complete subtrees in front of each size that is asked for, by the offset in the block.
    fileprivate(set) var heads: [Int: [Digest]] = [:]
    fileprivate(set) var chains: [Chain] = []
    fileprivate(set) var firstTime: [UInt8] = []
    fileprivate(set) var lastTime: [UInt8] = []
    fileprivate(set) var opened: [Digest: Int] = [:]
    fileprivate(set) var answered: [(digest: Digest, index: Int)] = []
    fileprivate(set) var rotations: [Rotation] = []
    fileprivate(set) var droppedBodies = 0
    fileprivate(set) var finding: LedgerFinding?
}

/// Reads one block and finds the first thing that is wrong in it.
struct BlockJudge {
    let number: Int
    /// How many entries the log says it has in this block.
    let expected: Int
    /// What the log must be: the plane in its entries.
    let plane: [UInt8]?
    /// Which bodies may be gone; `nil` where the verifier does not know the law.
    let events: EventMap?

    private var first: Int { number * TileNodes.width }

    func judge(
        _ rows: [BlockRow],
        tile: [UInt8]?,
        offsets: [Int]
    ) -> BlockVerdict {
        var verdict = BlockVerdict(number: number)
        var leaves: [Digest] = []
        leaves.reserveCapacity(rows.count)
        var chains: [ArraySlice<UInt8>: Int] = [:]
        var place: (name: ArraySlice<UInt8>, chain: Int)?
        for (offset, row) in rows.enumerated() {
            let index = first + offset
            guard row.index == index else {
                verdict.finding = finding(.deleted, index, nil, "The entry \(index) is missing.")
                return verdict
            }
            guard let entry = EntryOutline(row.bytes) else {
                verdict.finding = malformed(row, index, tile, offset)
                return verdict
            }
            let digest = MerkleTree.leafHash(row.bytes)
            let ledger = row.bytes[entry.ledger]
            if let wrong = wrong(row, entry, digest, index, offset, tile, rows) {
                verdict.finding = wrong
                return verdict
            }
            if entry.bodyDigest != nil, row.body == nil { verdict.droppedBodies += 1 }
            if place?.name != ledger { place = chains[ledger].map { (ledger, $0) } }
            if let known = place?.chain {
                let before = verdict.chains[known]
                guard entry.sequence == before.lastSequence + 1,
                    entry.previous == before.lastDigest
                else {
                    verdict.finding = broken(index, ledger)
                    return verdict
                }
                verdict.chains[known].lastSequence = entry.sequence
                verdict.chains[known].lastDigest = digest
            } else {
                chains[ledger] = verdict.chains.count
                place = (ledger, verdict.chains.count)
                verdict.chains.append(
                    BlockVerdict.Chain(
                        ledger: Array(ledger),
                        firstIndex: index,
                        firstSequence: entry.sequence,
                        firstPrevious: entry.previous,
                        lastSequence: entry.sequence,
                        lastDigest: digest
                    )
                )
            }
            let time = row.bytes[entry.time]
            if offset == 0 {
                verdict.firstTime = Array(time)
                verdict.lastTime = verdict.firstTime
            } else if !time.elementsEqual(verdict.lastTime) {
                guard BlockJudge.isInOrder(verdict.lastTime[...], time) else {
                    verdict.finding = finding(
                        .time,
                        index,
                        ledger,
                        "The entry \(index) says that it was written before the one in front of it."
                    )
                    return verdict
                }
                verdict.lastTime = Array(time)
            }
            switch entry.phase {
            case .attempt: verdict.opened[digest] = index
            case .outcome:
                if let answers = entry.answers, verdict.opened.removeValue(forKey: answers) == nil {
                    verdict.answered.append((answers, index))
                }
            case .fact:
                if row.bytes[entry.event].elementsEqual(EventMap.Event.keyRotated.utf8),
                    let body = row.body,
                    let vkey = (try? JSONValue(parsing: body))?["new"]?.string
                {
                    verdict.rotations.append(BlockVerdict.Rotation(index: index, vkey: vkey))
                }
            }
            leaves.append(digest)
        }
        verdict.count = rows.count
        guard rows.count >= expected else {
            let index = first + rows.count
            verdict.finding = finding(.deleted, index, nil, "The entry \(index) is missing.")
            return verdict
        }
        close(&verdict, leaves, tile, offsets)
        return verdict
    }

    /// Hashes the block up to its root, and compares with what is stored of it.
    private func close(
        _ verdict: inout BlockVerdict,
        _ leaves: [Digest],
        _ tile: [UInt8]?,
        _ offsets: [Int]
    ) {
        if leaves.count == TileNodes.width {
            let nodes = TileNodes(completing: leaves)
            verdict.root = nodes.root
            for offset in offsets where offset < TileNodes.width {
                verdict.heads[offset] = BlockJudge.head(of: nodes, offset)
            }
            guard let tile, !tile.isEmpty, nodes.bytes.starts(with: tile) else {
                verdict.finding = finding(
                    .tile,
                    first,
                    nil,
                    "The tile \(number) over the entries from \(first) on is "
                        + (tile == nil ? "missing." : "not the one that follows from them.")
                )
                return
            }
        } else {
            verdict.leaves = leaves
            for offset in offsets where offset <= leaves.count {
                var frontier = MerkleFrontier()
                for leaf in leaves[..<offset] { frontier.append(leaf) }
                verdict.heads[offset] = frontier.subtrees
            }
        }
    }

    /// The roots of the complete subtrees over the first so many entries of a complete block.
    private static func head(of nodes: TileNodes, _ count: Int) -> [Digest] {
        var roots: [Digest] = []
        var start = 0
        for height in stride(from: TileNodes.heightMax - 1, through: 0, by: -1)
        where count & (1 << height) != 0 {
            roots.append(nodes.node(height: height, position: start >> height))
            start += 1 << height
        }
        return roots
    }

    // MARK: - What can be wrong

    private func wrong(
        _ row: BlockRow,
        _ entry: EntryOutline,
        _ digest: Digest,
        _ index: Int,
        _ offset: Int,
        _ tile: [UInt8]?,
        _ rows: [BlockRow]
    ) -> LedgerFinding? {
        let ledger = row.bytes[entry.ledger]
        guard entry.index == index else { return misplaced(entry.index, index, ledger, rows) }
        if let tile, tile.count >= (offset + 1) * Digest.byteCount,
            Digest(tile, at: offset * Digest.byteCount) != digest
        {
            return finding(
                .edited,
                index,
                ledger,
                "The entry \(index) has other bytes than those that were hashed into the tree."
            )
        }
        if let plane, !row.bytes[entry.plane].elementsEqual(plane) {
            return finding(.otherLog, index, ledger, "The entry \(index) is of another plane.")
        }
        guard let wanted = entry.bodyDigest else {
            guard row.body != nil else { return nil }
            return finding(
                .bodyEdited,
                index,
                ledger,
                "A body stands beside the entry \(index), which has none."
            )
        }
        guard let body = row.body else {
            guard let events else { return nil }
            let name = String(decoding: row.bytes[entry.event], as: UTF8.self)
            guard let kind = events[name], kind.bodyDays == nil else { return nil }
            return finding(
                .bodyMissing,
                index,
                ledger,
                "The body of the entry \(index) is gone, and \(EventMap.path) says that bodies of "
                    + "the event \(name) are kept."
            )
        }
        guard body.count == entry.bodyCount, Digest.sha256(of: body) == wanted else {
            return finding(
                .bodyEdited,
                index,
                ledger,
                "The body of the entry \(index) is not the one whose digest the entry names."
            )
        }
        return nil
    }

    private func misplaced(
        _ says: Int,
        _ index: Int,
        _ ledger: ArraySlice<UInt8>,
        _ rows: [BlockRow]
    ) -> LedgerFinding {
        let isElsewhere = rows.contains { EntryOutline($0.bytes)?.index == index }
        if isElsewhere, says != index, rows.indices.contains(says - first),
            EntryOutline(rows[says - first].bytes)?.index != says
        {
            return finding(
                .reordered,
                index,
                ledger,
                "The entry \(says) stands in the place of the entry \(index), and the other way "
                    + "round, or further."
            )
        }
        if says > index {
            return finding(
                .deleted,
                index,
                ledger,
                "The entry \(index) is missing: \(says) stands in its place."
            )
        }
        return finding(
            .inserted,
            index,
            ledger,
            "In the place of the entry \(index) stands one that says it is \(says)."
        )
    }

    private func malformed(
        _ row: BlockRow,
        _ index: Int,
        _ tile: [UInt8]?,
        _ offset: Int
    ) -> LedgerFinding {
        if let tile, tile.count >= (offset + 1) * Digest.byteCount,
            Digest(tile, at: offset * Digest.byteCount) != MerkleTree.leafHash(row.bytes)
        {
            return finding(
                .edited,
                index,
                nil,
                "The entry \(index) has other bytes than those that were hashed into the tree."
            )
        }
        return finding(
            .malformed,
            index,
            nil,
            "What stands in the place of the entry \(index) is not in the form of an entry."
        )
    }

    private func broken(_ index: Int, _ ledger: ArraySlice<UInt8>) -> LedgerFinding {
        finding(
            .chain,
            index,
            ledger,
            "The entry \(index) does not name the one before it in its ledger."
        )
    }

    private func finding(
        _ code: LedgerFinding.Code,
        _ index: Int,
        _ ledger: ArraySlice<UInt8>?,
        _ reason: String
    ) -> LedgerFinding {
        LedgerFinding(
            code: code,
            index: index,
            ledger: ledger.map { Printable(bytes: $0).description },
            reason: reason
        )
    }

    /// Whether one time of an entry is not after another, as their bytes say it.
    static func isInOrder(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        // Seconds stand in 19 bytes; a fraction has no zeros at its end.
        let (a, b) = (left.prefix(19), right.prefix(19))
        if !a.elementsEqual(b) { return a.lexicographicallyPrecedes(b) }
        let (x, y) = (left.dropFirst(19).dropLast(), right.dropFirst(19).dropLast())
        return x.elementsEqual(y) || x.lexicographicallyPrecedes(y)
    }
}
