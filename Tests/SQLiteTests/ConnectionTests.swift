import Canon
import Foundation
import SQLite
import Support
import Testing

struct `A connection` {
    let fixture = Fixture()

    @Test func `has the settings that durability rests on`() throws {
        let connection = try fixture.open()
        func setting(_ name: String) throws -> SQLValue? {
            let row = try connection.row("PRAGMA \(name)")
            return try row.map { try $0.value($0.names[0]) }
        }
        #expect(try setting("journal_mode") == .text("wal"))
        #expect(try setting("synchronous") == .integer(2))
        #expect(try setting("foreign_keys") == .integer(1))
        #expect(try setting("trusted_schema") == .integer(0))
        #expect(try setting("cell_size_check") == .integer(1))
        #expect(try [.integer(0), nil].contains(setting("mmap_size")))
        let patient = try fixture.open(busyTimeoutMilliseconds: 1234)
        #expect(try patient.row("PRAGMA busy_timeout")?.int("timeout") == 1234)
    }

    @Test func `cannot be made to damage its file`() throws {
        let connection = try fixture.notes("a")
        try connection.execute("PRAGMA writable_schema=ON")
        let fault = code { try connection.execute("DELETE FROM sqlite_schema") }
        #expect(fault == "sqlite.statement-refused")
        try connection.execute("PRAGMA journal_mode=OFF")
        #expect(try connection.row("PRAGMA journal_mode")?.text("journal_mode") == "wal")
    }

    @Test func `takes double quotes for names only`() throws {
        let connection = try fixture.open()
        #expect(code { _ = try connection.rows("SELECT \"x\"") } == "sqlite.statement-refused")
    }

    @Test func `enforces foreign keys`() throws {
        let connection = try fixture.open()
        try connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        try connection.execute("CREATE TABLE b (a INTEGER REFERENCES a (id))")
        let insert = "INSERT INTO b VALUES (?1)"
        #expect(code { try connection.execute(insert, [.int(1)]) } == "sqlite.constraint-violated")
        try connection.execute("INSERT INTO a VALUES (1)")
        #expect(try connection.execute(insert, [.int(1)]) == 1)
    }

    @Test func `keeps the extended result code and names no value`() throws {
        let connection = try fixture.open()
        try connection.execute("CREATE TABLE t (a TEXT UNIQUE)")
        try connection.execute("INSERT INTO t VALUES (?1)", [.text("hunter2")])
        do {
            try connection.execute("INSERT INTO t  VALUES (?1 || 'swordfish')", [.text("x")])
            try connection.execute("INSERT INTO t\n VALUES (?1)", [.text("hunter2")])
            Issue.record("the second insert must be refused")
        } catch {
            // SQLITE_CONSTRAINT_UNIQUE
            #expect(error.answer?.extendedCode == 2067)
            #expect(error.answer?.primaryCode == 19)
            #expect(error.answer?.operation == "INSERT INTO t VALUES (?1)")
            #expect(error.description.contains("UNIQUE constraint failed: t.a"))
            #expect(!error.description.contains("hunter2"))
        }
        do {
            try connection.execute("INSERT INTO nowhere VALUES ('swordfish')")
            Issue.record("there is no such table")
        } catch {
            #expect(error.code == "sqlite.statement-refused")
            #expect(!error.description.contains("swordfish"))
        }
    }

    @Test func `closes cleanly and leaves one file`() throws {
        let connection = try fixture.notes("a")
        #expect(FileManager.default.fileExists(atPath: fixture.path + "-wal"))
        try connection.close()
        try connection.close()
        #expect(!FileManager.default.fileExists(atPath: fixture.path + "-wal"))
        #expect(code { _ = try connection.bodies() } == "sqlite.closed")
        #expect(try fixture.open(.readOnly).bodies() == ["a"])
    }

    @Test func `only reads when it is read-only`() throws {
        let writer = try fixture.notes("a")
        let reader = try fixture.open(.readOnly)
        #expect(try reader.bodies() == ["a"])
        #expect(code { try reader.write("b") } == "sqlite.read-only")
        try writer.write("c")
        #expect(try reader.bodies() == ["a", "c"])
        // Not even its end moves the WAL into the file.
        let before = try fixture.folder.read("test.db-wal").count
        try reader.close()
        #expect(before > 0)
        #expect(try fixture.folder.read("test.db-wal").count == before)
    }

    @Test func `moves the WAL into the file on request`() throws {
        let connection = try fixture.notes("a")
        try connection.checkpoint()
        #expect(try fixture.folder.read("test.db-wal").isEmpty)
        let other = try fixture.open()
        var fault: String?
        try connection.transaction { () throws(SQLiteFault) in
            try connection.write("b")
            fault = code { try other.checkpoint() }
        }
        #expect(fault == "sqlite.busy")
    }

    @Test func `is busy while another writes`() throws {
        let first = try fixture.notes()
        let second = try fixture.open()
        try first.transaction { () throws(SQLiteFault) in
            try first.write("first")
            let fault = code { try second.transaction { () throws(SQLiteFault) in } }
            #expect(fault == "sqlite.busy")
        }
        try second.transaction { () throws(SQLiteFault) in try second.write("second") }
        #expect(try first.bodies() == ["first", "second"])
    }

    @Test func `says when the disk is full and undoes the change`() throws {
        let connection = try fixture.notes("a")
        let pages = try #require(try connection.row("PRAGMA page_count")).int("page_count")
        _ = try connection.rows("PRAGMA max_page_count=\(pages + 3)")
        let large = String(repeating: "x", count: 100_000)
        let fault = code {
            try connection.transaction { () throws(SQLiteFault) in
                try connection.write("b")
                try connection.write(large)
            }
        }
        #expect(fault == "sqlite.disk-full")
        #expect(try connection.bodies() == ["a"])
        try connection.write("c")
        #expect(try connection.bodies() == ["a", "c"])
    }
}

struct `Opening a database` {
    let fixture = Fixture()

    @Test func `makes a file only when asked to`() throws {
        #expect(code { _ = try fixture.open(.readWrite) } == "sqlite.not-found")
        #expect(code { _ = try fixture.open(.readOnly) } == "sqlite.not-found")
        #expect(!FileManager.default.fileExists(atPath: fixture.path))
        _ = try fixture.open(.readWriteCreate)
        #expect(FileManager.default.fileExists(atPath: fixture.path))
        _ = try fixture.open(.readWrite)
    }

    @Test(arguments: ["", ":memory:", "test.db", "file:/tmp/x?mode=memory", "/tmp/a\0b"])
    func `refuses what is no absolute path`(path: String) {
        let fault = code { _ = try Connection(path: path, mode: .readWriteCreate) }
        #expect(fault == "sqlite.path-not-absolute")
    }

    @Test func `refuses a directory`() {
        let fault = code { _ = try Connection(path: fixture.folder.path, mode: .readWriteCreate) }
        #expect(fault == "sqlite.cannot-open")
    }

    @Test func `refuses a file that is no database`() {
        let text = String(repeating: "no database at all\n", count: 100)
        fixture.folder.write("test.db", text)
        for mode in [Connection.Mode.readWriteCreate, .readWrite, .readOnly] {
            #expect(code { _ = try fixture.open(mode) } == "sqlite.not-a-database")
        }
    }

    @Test func `refuses a database whose schema is damaged`() throws {
        try fixture.notes("a").close()
        var bytes = try fixture.folder.read("test.db")
        // The b-tree header of the first page, which holds the schema.
        for offset in 100..<112 { bytes[offset] = 0xEE }
        fixture.folder.write("test.db", bytes: bytes)
        #expect(code { _ = try fixture.open() } == "sqlite.corrupt")
        #expect(code { _ = try fixture.open(.readOnly) } == "sqlite.corrupt")
    }

    @Test func `finds a damaged page with the integrity check`() throws {
        let connection = try fixture.notes()
        for number in 0..<500 { try connection.write("note \(number) with some length to it") }
        try connection.integrityCheck()
        try connection.close()
        let whole = try fixture.folder.read("test.db")
        // The third page's count of stray bytes, and its cell pointers into free space.
        let damages = [(7..<8, "sqlite.integrity-broken"), (8..<40, "sqlite.corrupt")]
        for (offsets, expected) in damages {
            var bytes = whole
            for offset in offsets { bytes[2 * 4096 + offset] ^= 0x5A }
            fixture.folder.write("test.db", bytes: bytes)
            let damaged = try fixture.open()
            #expect(code { try damaged.integrityCheck() } == expected)
            try damaged.close()
        }
    }

    @Test func `finds a dangling foreign key with the integrity check`() throws {
        let connection = try fixture.open()
        try connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        try connection.execute("CREATE TABLE b (a INTEGER REFERENCES a (id))")
        try connection.execute("PRAGMA foreign_keys=OFF")
        try connection.execute("INSERT INTO b VALUES (7)")
        #expect(code { try connection.integrityCheck() } == "sqlite.integrity-broken")
        try connection.execute("INSERT INTO a VALUES (7)")
        try connection.integrityCheck()
    }

    @Test func `says when it lacks the permission`() throws {
        try fixture.notes("a").close()
        // Read-only to us: SQLite alone would silently open it for reading.
        try permit(0o444)
        #expect(asNobody { code { _ = try fixture.open() } } == "sqlite.permission-denied")
        try permit(0)
        #expect(asNobody { code { _ = try fixture.open(.readOnly) } } == "sqlite.permission-denied")
        try permit(0o600)
        #expect(try fixture.open().bodies() == ["a"])
    }

    private func permit(_ mode: Int) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode],
            ofItemAtPath: fixture.path
        )
    }

    /// What the body says on a thread that may do nothing to files that root may do.
    ///
    /// Linux keeps the file system user per thread, so only this thread is touched. Swift's Glibc
    /// module leaves `setfsuid` out.
    private func asNobody(_ body: @escaping @Sendable () -> String?) -> String? {
        let answer = Answer()
        let thread = Thread {
            typealias SetUser = @convention(c) (UInt32) -> Int32
            _ = unsafe unsafeBitCast(dlsym(nil, "setfsuid"), to: SetUser.self)(65534)
            answer.give(body())
        }
        thread.start()
        return answer.wait()
    }
}

/// One text, handed from one thread to another.
private final class Answer: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    private var text: String?

    func give(_ text: String?) {
        self.text = text
        done.signal()
    }

    func wait() -> String? {
        done.wait()
        return text
    }
}
