package import Canon
package import Crypto
package import Host
import SQLite

/// A log, open for reading: nothing that it does can change a file or hold up the writer.
///
/// It belongs to one thread. Each call sees the log as it stands at one moment.
package final class LedgerReader {
    let store: LedgerStore
    package let plane: LogPlane
    package let origin: String

    /// Whether a log was begun in a directory.
    package static func exists(in directory: Directory) throws(HostFault) -> Bool {
        try directory.facts(of: LedgerStore.fileName).map { $0.size > 0 || $0.kind != .file }
            ?? false
    }

    /// Opens the log in a directory; `nil` where none was begun.
    package init?(_ directory: Directory) throws(LedgerFault) {
        do {
            guard let facts = try directory.facts(of: LedgerStore.fileName) else { return nil }
            try LedgerStore.refuse(facts, in: directory)
        } catch {
            throw .host(error)
        }
        store = try LedgerStore(directory.path + "/" + LedgerStore.fileName, .readOnly)
        guard let identity = try store.identity() else {
            throw store.damaged("it does not say whose log it is")
        }
        plane = identity.plane
        origin = identity.origin
    }

    /// The digest of the first entry: no two logs have the same.
    package func genesis() throws(LedgerFault) -> Digest { try entry(0).entry.digest }

    /// How many entries the last signed head is over; `nil` where nothing was signed.
    package func signedSize() throws(LedgerFault) -> Int? { try store.lastCheckpoint()?.size }

    /// How many entries there are.
    package func size() throws(LedgerFault) -> Int { try store.size() }

    /// The number that changes whenever somebody has written to the file.
    package func version() throws(LedgerFault) -> Int {
        guard let row = try store.row("PRAGMA data_version") else { return 0 }
        do { return try row.int("data_version") } catch { throw .sqlite(error) }
    }

    /// Every ledger, by name.
    package func ledgers() throws(LedgerFault) -> [LedgerHead] {
        try state().ledgers.values.sorted { $0.name < $1.name }
    }

    /// The attempts that wait for an outcome, in order.
    package func openAttempts() throws(LedgerFault) -> [OpenAttempt] {
        try state().attempts.values.sorted { $0.index < $1.index }
    }

    /// What somebody who looks at a log from outside wants to know of it.
    package struct Statistics: Sendable {
        package let entries: Int
        package let ledgers: Int
        package let activeLedgers: Int
        package let openAttempts: Int
        package let checkpointSize: Int?
        package let checkpointTime: String?
        package let lastTime: String?
        package let segments: Int
        package let fileBytes: Int
    }

    /// Counts what is there.
    package func statistics() throws(LedgerFault) -> Statistics {
        let state = try state()
        let pages = try store.row("PRAGMA page_count")
        let page = try store.row("PRAGMA page_size")
        let bytes: Int
        do throws(SQLiteFault) {
            bytes = try (pages?.int("page_count") ?? 0) * (page?.int("page_size") ?? 0)
        } catch {
            throw .sqlite(error)
        }
        let checkpoint = state.lastCheckpoint
        return Statistics(
            entries: state.size,
            ledgers: state.ledgers.count,
            activeLedgers: state.ledgers.values.count {
                $0.kind != .governance && $0.state == .open
            },
            openAttempts: state.attempts.count,
            checkpointSize: checkpoint?.size,
            checkpointTime: checkpoint.map { Timestamp(nanoseconds: $0.time).description },
            lastTime: state.size == 0 ? nil : Timestamp(nanoseconds: state.lastTime).description,
            segments: store.closedSegments.count,
            fileBytes: bytes
        )
    }

    // MARK: - Entries

    /// One entry and its body, if it has one that was not dropped.
    package func entry(_ index: Int) throws(LedgerFault) -> (entry: LedgerEntry, body: [UInt8]?) {
        guard let stored = try store.entry(index) else {
            throw .noSuchEntry(index: index, size: try size())
        }
        return (try LedgerEntry(parsing: stored.bytes, at: index), stored.body)
    }

    /// The place of an entry by the beginning of its digest, in hex; `nil` where none or several fit.
    package func find(digest prefix: String) throws(LedgerFault) -> Int? {
        let wanted = Array(prefix.utf8)
        let state = try state()
        var found: [Int] = []
        func look(_ digest: Digest, _ index: Int) {
            if digest.hexBytes.starts(with: wanted) { found.append(index) }
        }
        for number in 0..<state.tree.completeTiles(level: 0) {
            let tile = try store.tile(level: 0, number: number)
            for offset in 0..<TileNodes.width {
                look(tile.node(height: 0, position: offset), number * TileNodes.width + offset)
            }
        }
        for (offset, digest) in state.tree.edges[0].enumerated() {
            look(digest, state.size - state.tree.edges[0].count + offset)
        }
        return found.count == 1 ? found[0] : nil
    }

    /// A page of the entries that are asked for, at most so many.
    package func page(
        _ query: LedgerQuery,
        from cursor: LedgerCursor? = nil,
        limit: Int
    ) throws(LedgerFault) -> LedgerPage {
        precondition(limit > 0, "A page holds at least one entry.")
        return try store.connection.reading(faults: LedgerFault.sqlite) {
            () throws(LedgerFault) in try pageInside(query, cursor, limit)
        }
    }

    private func pageInside(
        _ query: LedgerQuery,
        _ cursor: LedgerCursor?,
        _ limit: Int
    ) throws(LedgerFault) -> LedgerPage {
        let size = try store.size()
        if let cursor, cursor.index > size {
            // A place that the log has not reached: it is of another log, or of one that lost its end.
            throw .noSuchEntry(index: cursor.index, size: size)
        }
        var search = PageSearch(query: query, limit: limit)
        if query.isOpen { search.only = Set(try LogState(of: store).attempts.values.map(\.index)) }
        var low = 0
        if let since = query.since { low = try place(of: since, size) }
        if query.isReversed {
            var high = min(cursor?.index ?? size, size)
            while high > low, !search.isFull {
                let block = (high - 1) / TileNodes.width
                let start = max(low, block * TileNodes.width)
                if try mayHold(block, query, size) {
                    var entries: [LedgerEntry] = []
                    try store.forEachEntry(from: start, to: high, withBodies: false) {
                        (stored: LedgerStore.StoredEntry) throws(LedgerFault) in
                        entries.append(try LedgerEntry(parsing: stored.bytes, at: stored.index))
                    }
                    for entry in entries.reversed() where !search.isFull { search.look(entry) }
                }
                high = search.isFull ? search.entries.last?.index ?? start : start
            }
            return search.page(LedgerCursor(index: high), hasMore: high > low)
        }
        var place = max(cursor?.index ?? 0, low)
        while place < size, !search.isFull {
            let block = place / TileNodes.width
            // Blocks in which nothing can match are passed over many at a time.
            let last = min(
                block + (query.terms.isEmpty ? 16 : 4096),
                (size + TileNodes.width - 1) / TileNodes.width
            )
            let complete = size / TileNodes.width
            var blocks =
                block < complete
                ? try store.blocks(from: block, to: min(last, complete), having: query.terms) : []
            if last > complete { blocks.append(complete) }
            for number in blocks where !search.isFull {
                let start = max(place, number * TileNodes.width)
                let end = min(size, (number + 1) * TileNodes.width)
                try store.forEachEntry(from: start, to: end, withBodies: false) {
                    (stored: LedgerStore.StoredEntry) throws(LedgerFault) in
                    if search.isFull { return }
                    search.look(try LedgerEntry(parsing: stored.bytes, at: stored.index))
                }
            }
            place =
                search.isFull
                ? (search.entries.last?.index ?? place) + 1 : min(size, last * TileNodes.width)
        }
        return search.page(LedgerCursor(index: place), hasMore: place < size)
    }

    private func mayHold(
        _ block: Int,
        _ query: LedgerQuery,
        _ size: Int
    ) throws(LedgerFault) -> Bool {
        guard block < size / TileNodes.width else { return true }
        return try !store.blocks(from: block, to: block + 1, having: query.terms).isEmpty
    }

    /// The first entry that is not before a moment: times never go back within a log.
    private func place(of moment: Timestamp, _ size: Int) throws(LedgerFault) -> Int {
        var (low, high) = (0, size)
        while low < high {
            let middle = (low + high) / 2
            guard let stored = try store.entry(middle),
                let time = Timestamp(try LedgerEntry(parsing: stored.bytes, at: middle).time)
            else { throw .noSuchEntry(index: middle, size: size) }
            if time < moment { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: - Proofs

    /// The last signed checkpoint, or that over exactly so many entries.
    package func checkpoint(size: Int? = nil) throws(LedgerFault) -> [UInt8] {
        var wanted = size
        if wanted == nil { wanted = try store.lastCheckpoint()?.size }
        guard let wanted, let note = try store.checkpoint(size: wanted) else {
            throw .noCheckpoint(origin: origin)
        }
        return note
    }

    /// All there is to show offline that the log holds an entry: a C2SP `.tlog-proof`.
    package func proof(of index: Int) throws(LedgerFault) -> LogProof {
        let note = try checkpoint()
        let size = try LedgerReader.checkpoint(in: note).size
        guard (0..<size).contains(index) else {
            throw .noSuchEntry(index: index, size: size)
        }
        let proof = try prover().inclusion(of: index, in: size)
        return LogProof(index: index, path: proof.path, note: note)
    }

    /// The proof that the log of one size is the beginning of the log of another.
    package func consistency(from old: Int, to size: Int) throws(LedgerFault) -> ConsistencyProof {
        let prover = try prover()
        guard (0...size).contains(old), size <= prover.tree.size else {
            throw .noSuchEntry(index: size, size: prover.tree.size)
        }
        return try prover.consistency(from: old, to: size)
    }

    /// The root over the first so many entries.
    package func root(of size: Int) throws(LedgerFault) -> Digest {
        let prover = try prover()
        guard (0...prover.tree.size).contains(size) else {
            throw .noSuchEntry(index: size, size: prover.tree.size)
        }
        return try prover.root(of: size)
    }

    /// Many proofs over the log as it stands now.
    package struct Proofs {
        fileprivate let prover: LogProver

        /// The root over the first so many entries.
        package func root(of size: Int) throws(LedgerFault) -> Digest { try prover.root(of: size) }

        /// The proof that an entry is among the first so many.
        package func inclusion(
            of index: Int,
            in size: Int
        ) throws(LedgerFault) -> InclusionProof {
            try prover.inclusion(of: index, in: size)
        }
    }

    /// Reads the edge of the tree once, for many proofs.
    package func proofs() throws(LedgerFault) -> Proofs { Proofs(prover: try prover()) }

    /// Makes proofs; the tiles that it read last are kept.
    func prover() throws(LedgerFault) -> LogProver {
        let state = try state()
        let shelf = TileShelf(store)
        return LogProver(state.tree) { (level, number) throws(LedgerFault) in
            try shelf.tile(level: level, number: number)
        }
    }

    static func checkpoint(in note: [UInt8]) throws(LedgerFault) -> Checkpoint {
        do throws(CryptoFault) {
            return try Checkpoint(parsing: try SignedNote(parsing: note).text)
        } catch {
            throw .crypto(error)
        }
    }

    private func state() throws(LedgerFault) -> LogState {
        try store.connection.reading(faults: LedgerFault.sqlite) {
            () throws(LedgerFault) in try LogState(of: store)
        }
    }

    /// Ends the reading.
    package func close() throws(LedgerFault) { try store.close() }
}

/// The tiles that were read last: complete tiles never change.
private final class TileShelf {
    private let store: LedgerStore
    private var tiles: [Int: TileNodes] = [:]
    /// 16 MiB: the tiles of a quarter of a million entries.
    private static let tilesMax = 1024

    init(_ store: LedgerStore) { self.store = store }

    func tile(level: Int, number: Int) throws(LedgerFault) -> TileNodes {
        let key = level << 48 | number
        if let tile = tiles[key] { return tile }
        let tile = try store.tile(level: level, number: number)
        if tiles.count == TileShelf.tilesMax { tiles.removeAll(keepingCapacity: true) }
        tiles[key] = tile
        return tile
    }
}

/// What a page has gathered so far.
private struct PageSearch {
    let query: LedgerQuery
    let limit: Int
    var only: Set<Int>?
    private(set) var entries: [LedgerEntry] = []

    init(query: LedgerQuery, limit: Int) {
        self.query = query
        self.limit = limit
    }

    var isFull: Bool { entries.count == limit }

    mutating func look(_ entry: LedgerEntry) {
        if let only, !only.contains(entry.index) { return }
        if query.matches(entry) { entries.append(entry) }
    }

    func page(_ cursor: LedgerCursor, hasMore: Bool) -> LedgerPage {
        LedgerPage(entries: entries, cursor: cursor, hasMore: hasMore)
    }
}
