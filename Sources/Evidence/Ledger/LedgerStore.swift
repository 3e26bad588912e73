import Canon
import Crypto
import Host
import SQLite

/// The tables of one log, in one database file.
///
/// `entry` is the log. All else is derived from it and only saves reading it again: complete tiles,
/// the terms of each block of 256 entries, the heads of ledgers and the open attempts as they stood
/// at the last complete block.
final class LedgerStore {
    let connection: Connection
    /// Segments that were closed, opened when they are first read.
    private var segments: [(Segment, Connection?)] = []

    static let fileName = "log.sqlite3"
    /// An entry with its body takes a kilobyte, and whoever verifies a log reads all of its pages.
    static let pageBytes = 8_192
    /// More than any log will hold, and far from where numbers end.
    static let entriesMax = 1 << 40

    /// A log is a file and nothing else: a link would lead a writer elsewhere.
    static func refuse(_ facts: FileFacts, in directory: Directory) throws(HostFault) {
        let path = directory.path + "/" + fileName
        switch facts.kind {
        case .file: return
        case .symbolicLink: throw .symbolicLink(path: path)
        default: throw .notARegularFile(path: path, kind: facts.kind)
        }
    }

    /// Entries that were moved into a file of their own.
    struct Segment: Sendable {
        let first: Int
        /// The index behind the last one.
        let past: Int
        let name: String
    }

    init(_ path: String, _ mode: Connection.Mode) throws(LedgerFault) {
        do throws(SQLiteFault) {
            connection = try LedgerStore.connection(path, mode)
            if mode == .readOnly || mode == .immutable {
                _ = try LedgerStore.plan().version(of: connection)
            } else {
                try LedgerStore.plan().migrate(connection)
            }
        } catch {
            throw .sqlite(error)
        }
        // A view in a table's place could be endless, and a trigger could write.
        let odd = try row(
            "SELECT count(*) AS odd FROM sqlite_schema WHERE type NOT IN ('table', 'index')"
        )
        let count: Int?
        do { count = try odd?.int("odd") } catch { throw .sqlite(error) }
        guard count == 0 else { throw damaged("it has views or triggers, and no log has") }
        try reloadSegments()
    }

    /// A reader on a file system that cannot be written reads the file as it is, where no writer left
    /// anything beside it.
    private static func connection(
        _ path: String,
        _ mode: Connection.Mode
    ) throws(SQLiteFault) -> Connection {
        do throws(SQLiteFault) {
            return try Connection(path: path, mode: mode, pageBytes: pageBytes)
        } catch {
            guard mode == .readOnly, let still = try? Connection(path: path, mode: .immutable)
            else {
                throw error
            }
            return still
        }
    }

    func close() throws(LedgerFault) {
        do throws(SQLiteFault) {
            for (_, open) in segments { try open?.close() }
            segments = []
            try connection.close()
        } catch {
            throw .sqlite(error)
        }
    }

    // MARK: - The log itself

    /// Whose log it is, since its first entry.
    struct Identity: Hashable, Sendable {
        let plane: LogPlane
        let origin: String
        let chain: Digest
    }

    func identity() throws(LedgerFault) -> Identity? {
        do throws(SQLiteFault) {
            guard let row = try connection.row("SELECT plane, origin, chain FROM log") else {
                return nil
            }
            guard let plane = LogPlane(rawValue: try row.text("plane")),
                let chain = Digest(bytes: try row.bytes("chain"))
            else { throw SQLiteFault.unknownColumn(column: "log.plane") }
            return Identity(plane: plane, origin: try row.text("origin"), chain: chain)
        } catch {
            throw .sqlite(error)
        }
    }

    func write(_ identity: Identity) throws(LedgerFault) {
        try execute(
            "INSERT INTO log (one, plane, origin, chain) VALUES (1, ?1, ?2, ?3)",
            [
                .text(identity.plane.rawValue), .text(identity.origin),
                .blob(identity.chain.bytes),
            ]
        )
    }

    /// The number of entries, those in closed segments included.
    func size() throws(LedgerFault) -> Int {
        try reloadSegments()
        // Each by itself: SQLite finds one end at once, and reads the whole table for both together.
        let row = try row(
            """
            SELECT (SELECT min(idx) FROM entry) AS first, (SELECT max(idx) FROM entry) AS last
            """
        )
        let (first, last): (Int, Int)
        do throws(SQLiteFault) {
            first = try row?.optionalInt("first") ?? 0
            last = try row?.optionalInt("last") ?? -1
        } catch {
            throw .sqlite(error)
        }
        guard first >= 0, last < LedgerStore.entriesMax else {
            throw damaged(
                "a row of it has the index \(first < 0 ? first : last), which none can have"
            )
        }
        return max(last + 1, segments.last?.0.past ?? 0)
    }

    func insert(index: Int, bytes: [UInt8], body: [UInt8]?) throws(LedgerFault) {
        do {
            try connection.executeBorrowing(
                "INSERT INTO entry (idx, bytes, body) VALUES (?1, ?2, ?3)",
                index,
                bytes,
                body
            )
        } catch {
            throw .sqlite(error)
        }
    }

    /// One entry as it is stored.
    struct StoredEntry: Sendable {
        let index: Int
        let bytes: [UInt8]
        let body: [UInt8]?
    }

    func entry(_ index: Int) throws(LedgerFault) -> StoredEntry? {
        var found: StoredEntry?
        try forEachEntry(from: index, to: index + 1) { found = $0 }
        return found
    }

    /// Hands over the entries of a range in their order, one at a time; `withBodies` reads them too.
    func forEachEntry(
        from low: Int,
        to high: Int,
        withBodies: Bool = true,
        _ body: (StoredEntry) throws(LedgerFault) -> Void
    ) throws(LedgerFault) {
        let sql =
            withBodies
            ? "SELECT idx, bytes, body FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx"
            : "SELECT idx, bytes FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx"
        func read(_ connection: Connection, _ low: Int, _ high: Int) throws(LedgerFault) {
            try connection.forEach(sql, [.int(low), .int(high)], faults: LedgerFault.sqlite) {
                (row: Row) throws(LedgerFault) in
                let entry: StoredEntry
                do throws(SQLiteFault) {
                    entry = StoredEntry(
                        index: try row.int("idx"),
                        bytes: try row.bytes("bytes"),
                        body: withBodies ? try row.optionalBytes("body") : nil
                    )
                } catch {
                    throw .sqlite(error)
                }
                try body(entry)
            }
        }
        for place in segments.indices {
            let segment = segments[place].0
            guard segment.past > low, segment.first < high else { continue }
            try read(try open(place), max(low, segment.first), min(high, segment.past))
        }
        let past = segments.last?.0.past ?? 0
        if high > past { try read(connection, max(low, past), high) }
    }

    /// Lends the entries of a range in their order, uncopied: index, bytes, body and whether it is there.
    func forEachBorrowed(
        from low: Int,
        to high: Int,
        _ body: (_ index: Int, _ bytes: Span<UInt8>, _ body: Span<UInt8>, _ hasBody: Bool)
            throws(LedgerFault) -> Void
    ) throws(LedgerFault) {
        func read(_ connection: Connection, _ low: Int, _ high: Int) throws(LedgerFault) {
            try connection.forEachBorrowed(
                "SELECT idx, bytes, body FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx",
                [.int(low), .int(high)],
                faults: LedgerFault.sqlite
            ) { (row: borrowing BorrowedRow) throws(LedgerFault) in
                let (index, hasBody) = (row.int(0), !row.isNull(2))
                try row.withBytes(1) { (bytes: Span<UInt8>) throws(LedgerFault) in
                    try row.withBytes(2) { (content: Span<UInt8>) throws(LedgerFault) in
                        try body(index, bytes, content, hasBody)
                    }
                }
            }
        }
        for place in segments.indices {
            let segment = segments[place].0
            guard segment.past > low, segment.first < high else { continue }
            try read(try open(place), max(low, segment.first), min(high, segment.past))
        }
        let past = segments.last?.0.past ?? 0
        if high > past { try read(connection, max(low, past), high) }
    }

    // MARK: - Tiles and blocks

    func insert(_ tile: PlacedTile) throws(LedgerFault) {
        try execute(
            "INSERT INTO tile (key, root, nodes) VALUES (?1, ?2, ?3)",
            [
                .int(LedgerStore.key(tile.level, tile.number)), .blob(tile.nodes.root.bytes),
                .blob(tile.nodes.bytes),
            ]
        )
    }

    func tile(level: Int, number: Int) throws(LedgerFault) -> TileNodes {
        if let bytes = try tileBytes(level: level, number: number),
            let nodes = TileNodes(stored: bytes)
        {
            return nodes
        }
        throw damaged("the tile \(number) of level \(level) is missing")
    }

    func tileBytes(level: Int, number: Int) throws(LedgerFault) -> [UInt8]? {
        let row = try row(
            "SELECT nodes FROM tile WHERE key = ?1",
            [.int(LedgerStore.key(level, number))]
        )
        do { return try row?.bytes("nodes") } catch { throw .sqlite(error) }
    }

    /// The edge of the tree over all entries.
    func tree() throws(LedgerFault) -> LogTree {
        let size = try size()
        var edges: [[Digest]] = [[]]
        var expected = size & ~0xFF
        try forEachEntry(from: expected, to: size, withBodies: false) {
            (entry: StoredEntry) throws(LedgerFault) in
            guard entry.index == expected else { throw damaged("the entry \(expected) is missing") }
            edges[0].append(MerkleTree.leafHash(entry.bytes))
            expected += 1
        }
        guard expected == size else { throw damaged("the entry \(expected) is missing") }
        var count = size >> 8
        var level = 0
        while count > 0 {
            var edge: [Digest] = []
            for number in (count & ~0xFF)..<count {
                // From the nodes themselves: a root that is stored beside them could be another.
                let row = try row(
                    "SELECT substr(nodes, 16321) AS root FROM tile WHERE key = ?1",
                    [.int(LedgerStore.key(level, number))]
                )
                let root: Digest?
                do throws(SQLiteFault) {
                    root = try row.flatMap { (row: Row) throws(SQLiteFault) in
                        Digest(bytes: try row.bytes("root"))
                    }
                } catch {
                    throw .sqlite(error)
                }
                guard let root else {
                    throw damaged("the tile \(number) of level \(level) is missing")
                }
                edge.append(root)
            }
            edges.append(edge)
            count >>= 8
            level += 1
        }
        return LogTree(size: size, edges: edges)
    }

    /// The terms that occur in a complete block of 256 entries, ascending.
    func insert(block number: Int, terms: [UInt32]) throws(LedgerFault) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(terms.count * 4)
        for term in terms {
            for shift in stride(from: 24, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: term >> UInt32(shift)))
            }
        }
        try execute(
            "INSERT INTO block (number, terms) VALUES (?1, ?2)",
            [.int(number), .blob(bytes)]
        )
    }

    /// The blocks of a range in which all of these terms may occur.
    func blocks(from low: Int, to high: Int, having terms: [UInt32]) throws(LedgerFault) -> [Int] {
        // Who asks for nothing in particular gets every block.
        if terms.isEmpty { return Array(low..<high) }
        var found: [Int] = []
        try connection.forEach(
            "SELECT number, terms FROM block WHERE number >= ?1 AND number < ?2 ORDER BY number",
            [.int(low), .int(high)],
            faults: LedgerFault.sqlite
        ) { (row: Row) throws(LedgerFault) in
            do throws(SQLiteFault) {
                let bytes = try row.bytes("terms")
                if terms.allSatisfy({ LedgerStore.contains($0, in: bytes) }) {
                    found.append(try row.int("number"))
                }
            } catch {
                throw .sqlite(error)
            }
        }
        return found
    }

    private static func contains(_ term: UInt32, in bytes: [UInt8]) -> Bool {
        var (low, high) = (0, bytes.count / 4)
        while low < high {
            let middle = (low + high) / 2
            var value: UInt32 = 0
            for offset in 0..<4 { value = value << 8 | UInt32(bytes[middle * 4 + offset]) }
            if value == term { return true }
            if value < term { low = middle + 1 } else { high = middle }
        }
        return false
    }

    // MARK: - Statements

    func execute(_ sql: String, _ values: [SQLValue] = []) throws(LedgerFault) {
        do {
            try connection.execute(sql, values)
        } catch {
            throw .sqlite(error)
        }
    }

    func row(_ sql: String, _ values: [SQLValue] = []) throws(LedgerFault) -> Row? {
        do {
            return try connection.row(sql, values)
        } catch {
            throw .sqlite(error)
        }
    }

    func transaction<Value>(_ body: () throws(LedgerFault) -> Value) throws(LedgerFault) -> Value {
        try connection.transaction(.immediate, faults: LedgerFault.sqlite, body)
    }

    func damaged(_ reason: String) -> LedgerFault {
        .damaged(path: connection.path, reason: reason)
    }

    // MARK: - Segments

    var closedSegments: [Segment] { segments.map(\.0) }

    func reloadSegments() throws(LedgerFault) {
        var found: [(Segment, Connection?)] = []
        try connection.forEach(
            "SELECT first, past, name FROM segment ORDER BY first",
            faults: LedgerFault.sqlite
        ) { (row: Row) throws(LedgerFault) in
            do throws(SQLiteFault) {
                let segment = Segment(
                    first: try row.int("first"),
                    past: try row.int("past"),
                    name: try row.text("name")
                )
                found.append((segment, nil))
            } catch {
                throw .sqlite(error)
            }
        }
        for (segment, _) in found {
            guard (0...segment.past).contains(segment.first),
                segment.past <= LedgerStore.entriesMax,
                !segment.name.contains("/")
            else { throw damaged("what is stored of a segment cannot be") }
        }
        // A segment never changes once it is closed, so one that is open stays open.
        for place in found.indices where place < segments.count {
            found[place].1 = segments[place].1
        }
        segments = found
    }

    /// The path of a file beside the database.
    func beside(_ name: String) -> String {
        String(connection.path.dropLast(LedgerStore.fileName.count)) + name
    }

    private func open(_ place: Int) throws(LedgerFault) -> Connection {
        if let open = segments[place].1 { return open }
        do throws(SQLiteFault) {
            let opened = try Connection(path: beside(segments[place].0.name), mode: .readOnly)
            segments[place].1 = opened
            return opened
        } catch {
            throw .sqlite(error)
        }
    }

    private static func key(_ level: Int, _ number: Int) -> Int { level << 48 | number }

    static func plan() throws(SQLiteFault) -> MigrationPlan {
        try MigrationPlan([
            Migration(
                version: 1,
                name: "the log and what is derived from it",
                up: """
                    CREATE TABLE log (
                        one INTEGER PRIMARY KEY CHECK (one = 1),
                        plane TEXT NOT NULL, origin TEXT NOT NULL, chain BLOB NOT NULL
                    ) STRICT;
                    CREATE TABLE entry (
                        idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL, body BLOB
                    ) STRICT;
                    CREATE TABLE tile (
                        key INTEGER PRIMARY KEY, root BLOB NOT NULL, nodes BLOB NOT NULL
                    ) STRICT;
                    CREATE TABLE block (number INTEGER PRIMARY KEY, terms BLOB NOT NULL) STRICT;
                    CREATE TABLE ledger (
                        name TEXT PRIMARY KEY, kind TEXT NOT NULL, parent TEXT, state TEXT NOT NULL,
                        first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
                        head BLOB NOT NULL
                    ) STRICT;
                    CREATE TABLE attempt (
                        idx INTEGER PRIMARY KEY, digest BLOB NOT NULL, ledger TEXT NOT NULL,
                        event TEXT NOT NULL
                    ) STRICT;
                    CREATE TABLE checkpoint (
                        size INTEGER PRIMARY KEY, time INTEGER NOT NULL, note BLOB NOT NULL
                    ) STRICT;
                    CREATE TABLE segment (
                        first INTEGER PRIMARY KEY, past INTEGER NOT NULL, name TEXT NOT NULL
                    ) STRICT;
                    """,
                down: """
                    DROP TABLE segment; DROP TABLE checkpoint; DROP TABLE attempt;
                    DROP TABLE ledger; DROP TABLE block; DROP TABLE tile; DROP TABLE entry;
                    DROP TABLE log;
                    """
            )
        ])
    }
}
