import CSQLite
import Glibc

/// One connection to one database file, used by one thread.
///
/// It is not `Sendable`: whoever made it keeps it, and `Database` is the way to share one. Writing
/// is durable when `transaction` returns (WAL with `synchronous=FULL`).
///
/// SQLite 3.7.0 to 3.51.2 can damage a file when two connections write and checkpoint at the same
/// time. So a program keeps one read-write connection per file, and a read-only one never
/// checkpoints.
@safe package final class Connection {
    /// What a connection may do with its file.
    package enum Mode: Sendable {
        /// Reads and writes; makes the file where there is none.
        case readWriteCreate
        /// Reads and writes a file that must be there.
        case readWrite
        /// Only reads a file that must be there.
        case readOnly
        /// Only reads a file that nobody changes meanwhile, such as one on a read-only file system; it
        /// is refused where a writer left a WAL beside it.
        case immutable
    }

    /// The absolute path of the file.
    package let path: String
    package let mode: Mode

    /// Statements kept prepared, the one used last at the end.
    private var cache: [Statement] = []
    private static let cachedStatementsMax = 64

    private var handle: OpaquePointer?
    /// Transactions and savepoints open now; changed only by `transaction`.
    var depth = 0
    /// Whether a savepoint could not be undone, so that the transaction around it must not commit.
    var undoFailed = false

    /// Opens a database file with the settings that Charter relies on, and proves that it is one.
    package init(
        path: String,
        mode: Mode,
        busyTimeoutMilliseconds: Int = 5000,
        pageBytes: Int? = nil
    ) throws(SQLiteFault) {
        // Anything else could be a URI, an in-memory database or a name cut at its first NUL.
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
            throw SQLiteFault.pathNotAbsolute(path: path)
        }
        precondition(sqlite3_threadsafe() != 0, "This SQLite was built without thread safety.")
        self.path = path
        self.mode = mode
        let access =
            switch mode {
            case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readOnly: SQLITE_OPEN_READONLY
            case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            }
        let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        // What lies beneath a descriptor that was handed over has no other name here.
        let vfs = unsafe path.hasPrefix("/proc/self/fd/") ? charter_verbatim_vfs() : nil
        let code = unsafe sqlite3_open_v2(try Connection.name(path, mode), &handle, flags, vfs)
        guard code == SQLITE_OK, let opened = unsafe handle else {
            throw faultOnOpening(code)
        }
        unsafe sqlite3_busy_timeout(opened, Int32(clamping: busyTimeoutMilliseconds))
        try configure(pageBytes: pageBytes)
    }

    /// What SQLite is to open: a path, or the URI that says that nobody changes the file.
    private static func name(_ path: String, _ mode: Mode) throws(SQLiteFault) -> String {
        guard mode == .immutable else { return path }
        // What is in the WAL would not be seen.
        guard unsafe access(path + "-wal", F_OK) != 0 else {
            throw .notFound(path: path + " without a WAL")
        }
        var uri = "file:"
        for byte in path.utf8 {
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [45, 46, 47, 95].contains(byte)
            let hex = String(byte, radix: 16)
            uri += isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + hex
        }
        return uri + "?immutable=1"
    }

    deinit {
        // Statements first: they point into the connection.
        cache = []
        unsafe sqlite3_close_v2(handle)
    }

    /// Closes the file; the last read-write connection also empties and removes the WAL.
    package func close() throws(SQLiteFault) {
        guard let open = unsafe handle else { return }
        precondition(depth == 0, "A connection cannot be closed inside its own transaction.")
        cache = []
        let code = unsafe sqlite3_close(open)
        guard code == SQLITE_OK else {
            throw unsafe SQLiteFault.after(code, open, doing: "close", path: path)
        }
        unsafe handle = nil
    }

    // MARK: - Statements

    /// Executes one statement and returns how many rows it changed itself.
    ///
    /// Rows that triggers and foreign keys changed after it do not count.
    @discardableResult
    package func execute(
        _ sql: String,
        _ values: [SQLValue] = []
    ) throws(SQLiteFault) -> Int {
        let connection = unsafe try open()
        let before = unsafe sqlite3_total_changes64(connection)
        try forEach(sql, values) { _ in }
        // A statement that changes nothing leaves the count of the one before it in place.
        guard unsafe sqlite3_total_changes64(connection) != before else { return 0 }
        return Int(unsafe sqlite3_changes64(connection))
    }

    /// All rows of an answer.
    package func rows(
        _ sql: String,
        _ values: [SQLValue] = []
    ) throws(SQLiteFault) -> [Row] {
        var rows: [Row] = []
        try forEach(sql, values) { rows.append($0) }
        return rows
    }

    /// The only row of an answer, or `nil`; more than one is a fault.
    package func row(
        _ sql: String,
        _ values: [SQLValue] = []
    ) throws(SQLiteFault) -> Row? {
        var found: Row?
        try forEach(sql, values) { (row: Row) throws(SQLiteFault) in
            guard found == nil else {
                throw SQLiteFault.moreThanOneRow(operation: Operation.text(sql))
            }
            found = row
        }
        return found
    }

    /// Hands over the rows one by one, so that a large answer never lies in memory whole.
    package func forEach(
        _ sql: String,
        _ values: [SQLValue] = [],
        _ body: (Row) throws(SQLiteFault) -> Void
    ) throws(SQLiteFault) {
        try forEach(sql, values, faults: { $0 }, body)
    }

    /// Hands over the rows one by one to a body with faults of its own; `faults` wraps ours.
    package func forEach<Failure: Error>(
        _ sql: String,
        _ values: [SQLValue] = [],
        faults: (SQLiteFault) -> Failure,
        _ body: (Row) throws(Failure) -> Void
    ) throws(Failure) {
        let statement: Statement
        do { statement = try borrow(sql) } catch { throw faults(error) }
        // Borrowed, not shared: a body that executes the same SQL gets a statement of its own.
        defer { giveBack(statement) }
        do { try statement.bind(values, path: path) } catch { throw faults(error) }
        while true {
            let row: Row?
            do { row = try statement.step(path: path) } catch { throw faults(error) }
            guard let row else { return }
            try body(row)
        }
    }

    /// The row id of the last inserted row.
    package var lastInsertedRow: Int64 {
        get throws(SQLiteFault) { unsafe sqlite3_last_insert_rowid(try open()) }
    }

    // MARK: - The file

    /// Reads the whole file and faults with what is damaged, dangling foreign keys included.
    package func integrityCheck() throws(SQLiteFault) {
        var findings: [String] = []
        try forEach("PRAGMA integrity_check(100)") { (row: Row) throws(SQLiteFault) in
            let finding = try row.text("integrity_check")
            if finding != "ok" { findings.append(finding) }
        }
        try forEach("PRAGMA foreign_key_check") { (row: Row) throws(SQLiteFault) in
            let row = (from: try row.text("table"), to: try row.text("parent"))
            if findings.count < 200 {
                findings.append("a row of \(row.from) refers to a missing row of \(row.to)")
            }
        }
        guard findings.isEmpty else {
            throw SQLiteFault.integrityBroken(path: path, findings: findings)
        }
    }

    /// Moves the WAL into the file and empties it, so that the file alone is the whole database.
    package func checkpoint() throws(SQLiteFault) {
        let row = try row("PRAGMA wal_checkpoint(TRUNCATE)")
        guard try row?.int("busy") == 0 else {
            throw SQLiteFault.busy(
                SQLiteAnswer(
                    operation: "PRAGMA wal_checkpoint(TRUNCATE)",
                    extendedCode: Int(SQLITE_BUSY),
                    message: "the checkpoint could not finish"
                )
            )
        }
    }

    /// Every table, index, view and trigger with its SQL, in a fixed order.
    ///
    /// Two databases with equal schema text have the same schema. SQLite's own objects and the
    /// record of migrations are left out.
    package func schema() throws(SQLiteFault) -> [String] {
        var lines: [String] = []
        let sql = """
            SELECT type, name, sql FROM sqlite_schema
            WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name <> 'charter_migration'
            ORDER BY type, name
            """
        try forEach(sql) { (row: Row) throws(SQLiteFault) in
            let definition = try row.optionalText("sql") ?? ""
            lines.append("\(try row.text("type")) \(try row.text("name")): \(definition)")
        }
        return lines
    }

    // MARK: - Inside the module

    /// The handle, while the connection is open.
    func open() throws(SQLiteFault) -> OpaquePointer {
        guard let handle = unsafe handle else { throw SQLiteFault.closed(path: path) }
        return unsafe handle
    }

    /// Whether SQLite itself is inside a transaction now.
    func isInTransaction() throws(SQLiteFault) -> Bool {
        unsafe sqlite3_get_autocommit(try open()) == 0
    }

    /// Prepares the first statement of a text; `tail` is what follows it.
    ///
    /// `nil` when there is nothing but blanks and comments.
    func prepare(
        _ sql: String,
        persistent: Bool
    ) throws(SQLiteFault) -> (statement: Statement?, tail: String) {
        let connection = unsafe try open()
        // SQLite would read only up to the first NUL and silently drop the rest.
        guard !sql.utf8.contains(0) else {
            throw SQLiteFault.notOneStatement(operation: Operation.text(sql))
        }
        var prepared: OpaquePointer?
        let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        var used = 0
        let code = unsafe sql.withCString { start in
            var tail: UnsafePointer<CChar>?
            let code = unsafe sqlite3_prepare_v3(connection, start, -1, flags, &prepared, &tail)
            if let tail = unsafe tail { used = unsafe tail - start }
            return code
        }
        guard code == SQLITE_OK else {
            throw unsafe SQLiteFault.after(
                code,
                connection,
                doing: Operation.text(sql),
                path: path
            )
        }
        let statement = unsafe prepared.map {
            unsafe Statement(
                taking: $0,
                of: connection,
                sql: String(decoding: sql.utf8.prefix(used), as: UTF8.self)
            )
        }
        return (statement, String(decoding: sql.utf8.dropFirst(used), as: UTF8.self))
    }

    func borrow(_ sql: String) throws(SQLiteFault) -> Statement {
        try checkTransaction()
        // Texts of SQL are literals of ours, and all ASCII: equal strings are equal bytes.
        if let position = cache.lastIndex(where: {
            $0.sql.utf8.count == sql.utf8.count && $0.sql == sql
        }) {
            return cache.remove(at: position)
        }
        let (statement, tail) = try prepare(sql, persistent: true)
        guard let statement, try prepare(tail, persistent: false).statement == nil else {
            throw SQLiteFault.notOneStatement(operation: Operation.text(sql))
        }
        return statement
    }

    func giveBack(_ statement: Statement) {
        statement.reset()
        if cache.count == Connection.cachedStatementsMax { cache.removeFirst() }
        cache.append(statement)
    }

    /// Refuses to go on when SQLite's transaction is not the one that we believe to be open.
    ///
    /// A full disk or an input/output error can make SQLite roll back by itself: a body that
    /// caught that fault and went on would write outside of any transaction. The other way round,
    /// a transaction that nobody would ever commit would swallow every write.
    func checkTransaction() throws(SQLiteFault) {
        guard try isInTransaction() == (depth > 0), !undoFailed else {
            throw SQLiteFault.transactionLost(path: path)
        }
    }
}
