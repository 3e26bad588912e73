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

/// Takes the rows of one block in and finds the first thing that is wrong in it.
struct BlockJudge {
    private let first: Int
    /// How many entries the log says it has in this block.
    private let expected: Int
    /// What the log must be: the plane in its entries.
    private let plane: [UInt8]?
    /// Which bodies may be gone; `nil` where the verifier does not know the law.
    private let events: EventMap?
    /// What is stored of the block's tile, if it is complete.
    private let tile: [UInt8]?
    private let tileBytesMin: Int

    private var verdict: BlockVerdict
    private var leaves: [Digest] = []
    private var chains: [[UInt8]: Int] = [:]
    /// The chain of the entry before, which most often is that of the next one too.
    private var current: Int?
    private var offset = 0
    /// Where a row says that it belongs elsewhere, and what all rows say; then nothing else is judged.
    private var misplaced: Int?
    private var says: [Int] = []
    /// The events of the block that the law was seen to know.
    private var known: Set<[UInt8]> = []
    private var lastEvent: [UInt8] = []

    init(
        number: Int,
        expected: Int,
        plane: [UInt8]?,
        events: EventMap?,
        tile: [UInt8]?,
        tileBytesMin: Int
    ) {
        self.tileBytesMin = tileBytesMin
        first = number * TileNodes.width
        self.expected = expected
        self.plane = plane
        self.events = events
        self.tile = tile
        verdict = BlockVerdict(number: number)
        leaves.reserveCapacity(expected)
        says.reserveCapacity(expected)
    }

    /// Takes the next row in.
    mutating func take(
        _ rowIndex: Int,
        _ bytes: Span<UInt8>,
        _ body: Span<UInt8>,
        hasBody: Bool
    ) {
        guard verdict.finding == nil else { return }
        let index = first + offset
        guard offset < expected else {
            found(
                .inserted,
                index,
                nil,
                "An entry stands behind the last one that the head is over, in the place \(index)."
            )
            return
        }
        guard misplaced != nil || rowIndex == index else {
            found(.deleted, index, nil, "The entry \(index) is missing.")
            return
        }
        guard let entry = EntryOutline(bytes) else {
            if misplaced == nil { malformed(bytes, index) }
            return
        }
        says.append(entry.index)
        defer { offset += 1 }
        if misplaced != nil { return }
        guard entry.index == index else {
            misplaced = offset
            return
        }
        let digest = MerkleTree.leafHash(bytes)
        if isOther(digest) {
            edited(index, Array(bytes, entry.ledger))
            return
        }
        if let wrong = formFault(entry, bytes, index) {
            found(.malformed, index, Array(bytes, entry.ledger), wrong)
            return
        }
        judge(entry, bytes, body, hasBody, index)
        guard verdict.finding == nil else { return }
        follow(entry, bytes, digest, index)
        leaves.append(digest)
    }

    /// What is stored of the tile, compared with a leaf.
    private func isOther(_ digest: Digest) -> Bool {
        guard let tile, tile.count >= (offset + 1) * Digest.byteCount else { return false }
        return Digest(tile, at: offset * Digest.byteCount) != digest
    }

    /// The verdict, once all rows were taken in.
    mutating func finish(offsets: [Int]) -> BlockVerdict {
        if verdict.finding != nil { return verdict }
        if let misplaced {
            classify(misplaced)
            return verdict
        }
        verdict.count = leaves.count
        guard leaves.count >= expected else {
            let index = first + leaves.count
            found(.deleted, index, nil, "The entry \(index) is missing.")
            return verdict
        }
        close(offsets)
        return verdict
    }

    // MARK: - What follows from an entry

    private mutating func follow(
        _ entry: EntryOutline,
        _ bytes: Span<UInt8>,
        _ digest: Digest,
        _ index: Int
    ) {
        let place = chain(of: entry, bytes)
        if let place {
            let before = verdict.chains[place]
            guard entry.sequence == before.lastSequence + 1, entry.previous == before.lastDigest
            else {
                found(
                    .chain,
                    index,
                    before.ledger,
                    "The entry \(index) does not name the one before it in its ledger."
                )
                return
            }
            verdict.chains[place].lastSequence = entry.sequence
            verdict.chains[place].lastDigest = digest
            current = place
        } else {
            let ledger = Array(bytes, entry.ledger)
            current = verdict.chains.count
            chains[ledger] = current
            verdict.chains.append(
                BlockVerdict.Chain(
                    ledger: ledger,
                    firstIndex: index,
                    firstSequence: entry.sequence,
                    firstPrevious: entry.previous,
                    lastSequence: entry.sequence,
                    lastDigest: digest
                )
            )
        }
        if !bytes.holds(verdict.lastTime, in: entry.time) {
            let time = Array(bytes, entry.time)
            if offset == 0 { verdict.firstTime = time }
            guard offset == 0 || BlockJudge.isInOrder(verdict.lastTime[...], time[...]) else {
                found(
                    .time,
                    index,
                    Array(bytes, entry.ledger),
                    "The entry \(index) says that it was written before the one in front of it."
                )
                return
            }
            verdict.lastTime = time
        }
        switch entry.phase {
        case .attempt: verdict.opened[digest] = index
        case .outcome:
            if let answers = entry.answers, verdict.opened.removeValue(forKey: answers) == nil {
                verdict.answered.append((answers, index))
            }
        case .fact: break
        }
    }

    /// Where the chain of an entry's ledger is kept, if the block has met it.
    private func chain(of entry: EntryOutline, _ bytes: Span<UInt8>) -> Int? {
        if let current, bytes.holds(verdict.chains[current].ledger, in: entry.ledger) {
            return current
        }
        return chains[Array(bytes, entry.ledger)]
    }

    /// Hashes the block up to its root, and compares with what is stored of it.
    private mutating func close(_ offsets: [Int]) {
        guard leaves.count == TileNodes.width else {
            verdict.leaves = leaves
            for offset in offsets where offset <= leaves.count {
                var frontier = MerkleFrontier()
                for leaf in leaves[..<offset] { frontier.append(leaf) }
                verdict.heads[offset] = frontier.subtrees
            }
            return
        }
        let nodes = TileNodes(completing: leaves)
        verdict.root = nodes.root
        for offset in offsets where offset < TileNodes.width {
            verdict.heads[offset] = BlockJudge.head(of: nodes, offset)
        }
        guard let tile, tile.count >= tileBytesMin, nodes.isBegun(by: tile) else {
            found(
                .tile,
                first,
                nil,
                "The tile over the entries from \(first) on is "
                    + (tile == nil ? "missing." : "not the one that follows from them.")
            )
            return
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

    /// What of an entry's form its outline does not show; `nil` where nothing is wrong.
    private mutating func formFault(
        _ entry: EntryOutline,
        _ bytes: Span<UInt8>,
        _ index: Int
    ) -> String? {
        let isGenesis = bytes.holds(BlockJudge.genesis, in: entry.event)
        guard isGenesis == (entry.sequence == 0) else {
            return "The entry \(index) is a genesis and no first one, or the other way round."
        }
        if entry.hasEscapes || isGenesis,
            (try? LedgerEntry(parsing: Array(bytes, 0..<bytes.count), at: index)) == nil
        {
            return "The entry \(index) holds a text that is not canonical, or names no ledger."
        }
        if !bytes.holds(verdict.lastTime, in: entry.time) || offset == 0,
            Timestamp(String(decoding: Array(bytes, entry.time), as: UTF8.self))?.description.utf8
                .elementsEqual(Array(bytes, entry.time)) != true
        {
            return "The entry \(index) holds no time in the form of one."
        }
        guard let events else { return nil }
        // Most often it is that of the entry before.
        if bytes.holds(lastEvent, in: entry.event) { return nil }
        let event = Array(bytes, entry.event)
        guard known.contains(event) || events[String(decoding: event, as: UTF8.self)] != nil else {
            return "The entry \(index) is of an event that \(EventMap.path) does not know."
        }
        known.insert(event)
        lastEvent = event
        return nil
    }

    private static let genesis = Array(EventMap.Event.genesis.utf8)

    private mutating func judge(
        _ entry: EntryOutline,
        _ bytes: Span<UInt8>,
        _ body: Span<UInt8>,
        _ hasBody: Bool,
        _ index: Int
    ) {
        if let plane, !bytes.holds(plane, in: entry.plane) {
            found(.otherLog, index, nil, "The entry \(index) is of another plane.")
            return
        }
        guard let wanted = entry.bodyDigest else {
            if hasBody {
                found(
                    .bodyEdited,
                    index,
                    Array(bytes, entry.ledger),
                    "A body stands beside the entry \(index), which has none."
                )
            }
            return
        }
        guard hasBody else {
            verdict.droppedBodies += 1
            let name = String(decoding: Array(bytes, entry.event), as: UTF8.self)
            if let kind = events?[name], kind.bodyDays == nil {
                found(
                    .bodyMissing,
                    index,
                    Array(bytes, entry.ledger),
                    "The body of the entry \(index) is gone, and \(EventMap.path) says that bodies "
                        + "of the event \(name) are kept."
                )
            }
            return
        }
        guard body.count == entry.bodyCount, Digest.sha256(of: body) == wanted else {
            found(
                .bodyEdited,
                index,
                Array(bytes, entry.ledger),
                "The body of the entry \(index) is not the one whose digest the entry names."
            )
            return
        }
        if bytes.holds(BlockJudge.rotated, in: entry.event),
            let vkey = (try? JSONValue(parsing: Array(body, 0..<body.count)))?["new"]?.string
        {
            verdict.rotations.append(BlockVerdict.Rotation(index: index, vkey: vkey))
        }
    }

    private static let rotated = Array(EventMap.Event.keyRotated.utf8)

    /// Tells what a row in a wrong place means, from what all rows of the block say.
    private mutating func classify(_ offset: Int) {
        let index = first + offset
        let said = says[offset]
        let there = said - first
        let isElsewhere = says.contains(index)
        if isElsewhere, says.indices.contains(there), says[there] != said {
            found(
                .reordered,
                index,
                nil,
                "The entry \(said) stands in the place of the entry \(index), and the other way "
                    + "round, or further."
            )
        } else if said > index {
            found(
                .deleted,
                index,
                nil,
                "The entry \(index) is missing: \(said) stands in its place."
            )
        } else {
            found(
                .inserted,
                index,
                nil,
                "In the place of the entry \(index) stands one that says it is \(said)."
            )
        }
    }

    private mutating func malformed(_ bytes: Span<UInt8>, _ index: Int) {
        if isOther(MerkleTree.leafHash(bytes)) {
            edited(index, nil)
        } else {
            found(
                .malformed,
                index,
                nil,
                "What stands in the place of the entry \(index) is not in the form of an entry."
            )
        }
    }

    private mutating func edited(_ index: Int, _ ledger: [UInt8]?) {
        found(
            .edited,
            index,
            ledger,
            "The entry \(index) has other bytes than those that were hashed into the tree."
        )
    }

    private mutating func found(
        _ code: LedgerFinding.Code,
        _ index: Int,
        _ ledger: [UInt8]?,
        _ reason: String
    ) {
        verdict.finding = LedgerFinding(
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

extension [UInt8] {
    /// A copy of a range of bytes that are lent.
    fileprivate init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        self = []
        reserveCapacity(range.count)
        for place in range { append(bytes[place]) }
    }
}
