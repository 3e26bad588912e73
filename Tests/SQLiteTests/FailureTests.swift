import CSQLite
import Canon
import Foundation
import SQLite
import Support
import Testing

struct `A failing disk` {
    let fixture = Fixture()

    @Test func `that loses a part of the log says so`() throws {
        let writer = try fixture.notes("a")
        let reader = try fixture.open(.readOnly)
        let log = try #require(FileHandle(forWritingAtPath: fixture.path + "-wal"))
        try log.truncate(atOffset: 0)
        do throws(SQLiteFault) {
            _ = try reader.row("SELECT body FROM note")
            Issue.record("the table is only in the log, and the log is gone")
        } catch {
            #expect(error.code == "sqlite.io-failed")
            // SQLITE_IOERR_SHORT_READ
            #expect(error.answer?.extendedCode == 522)
        }
        withExtendedLifetime(writer) {}
    }
}

struct `A setting` {
    @Test func `that SQLite does not take is a fault and not a wish`() async {
        // In a process of its own: the default file layer becomes one without shared memory, as on
        // some network file systems. SQLite then keeps the old journal and does not say so.
        await #expect(processExitsWith: .success) {
            let fixture = Fixture()
            let first = code { _ = try fixture.open() }
            #expect(first == nil)
            let layer = unsafe sqlite3_vfs_find("unix-none")
            try #require(unsafe sqlite3_vfs_register(layer, 1) == SQLITE_OK)
            let other = Fixture()
            let fault = #expect(throws: SQLiteFault.self) { _ = try other.open() }
            #expect(fault?.code == "sqlite.setting-refused")
            #expect(fault?.description.contains("journal_mode") == true)
        }
    }
}

struct `A failing statement` {
    let fixture = Fixture()

    @Test func `says when a value is too large`() throws {
        let connection = try fixture.open()
        let fault = code { _ = try connection.row("SELECT zeroblob(2000000000) AS b") }
        #expect(fault == "sqlite.too-large")
    }

    @Test func `says when its transaction was rolled back under it`() throws {
        let connection = try fixture.notes("a", "b")
        let fault = code {
            try connection.transaction { () throws(SQLiteFault) in
                try connection.execute("CREATE TABLE other (a)")
                try connection.forEach("SELECT body FROM note") { (_: Row) throws(SQLiteFault) in
                    _ = code {
                        try connection.execute("INSERT OR ROLLBACK INTO note (id) VALUES (1)")
                    }
                }
            }
        }
        // SQLITE_ABORT_ROLLBACK: the schema that the reading rests on is gone.
        #expect(fault == "sqlite.failed")
        #expect(try connection.bodies() == ["a", "b"])
    }

    @Test func `says what SQLite answered in one sentence`() throws {
        let connection = try fixture.open()
        do throws(SQLiteFault) {
            try connection.execute("INSERT INTO nowhere VALUES (?1, 'a b')", [.text("secret")])
            Issue.record("there is no such table")
        } catch {
            #expect(
                error.description
                    == "SQLite does not accept the statement. SQLite answered 1, "
                    + "\"no such table: nowhere\", to: INSERT INTO nowhere VALUES (?1, '')"
            )
        }
    }
}
