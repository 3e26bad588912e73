import Canon
import Host
import SQLite
import Support
import Testing

struct `A database` {
    private let fixture = Fixture()

    /// A database with a table `note`, on a thread that ends with the body.
    private func withNotes(
        _ body: (Database, ThreadExecutor) async throws -> Void
    ) async throws {
        let thread = ThreadExecutor(name: "disk")
        defer { thread.shutdown() }
        let database = try await Database.open(
            path: fixture.path,
            mode: .readWriteCreate,
            on: thread
        )
        try await database.write { (connection: Connection) throws(SQLiteFault) in
            _ = try connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)")
        }
        try await body(database, thread)
        try await database.close()
    }

    private func fault(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch let fault as any Fault {
            return fault.code
        } catch {
            return "not a fault: \(error)"
        }
    }

    @Test func `keeps what a write wrote and nothing of one that failed`() async throws {
        try await withNotes { database, _ in
            let count = try await database.write { (connection: Connection) throws(SQLiteFault) in
                try connection.write("a")
                return try connection.execute("UPDATE note SET body = body || '!'")
            }
            #expect(count == 1)
            let failed = await fault {
                try await database.write { (connection: Connection) throws(SQLiteFault) in
                    try connection.write("b")
                    _ = try connection.execute("INSERT INTO nowhere VALUES (1)")
                }
            }
            #expect(failed == "sqlite.statement-refused")
            let bodies = try await database.read(faults: { $0 }) { connection in
                try connection.bodies()
            }
            #expect(bodies == ["a!"])
            try await database.integrityCheck()
            try await database.checkpoint()
        }
    }

    @Test func `only reads in a read`() async throws {
        try await withNotes { database, _ in
            let refused = await fault {
                try await database.read { (connection: Connection) throws(SQLiteFault) in
                    try connection.write("a")
                }
            }
            #expect(refused == "sqlite.read-only")
            try await database.write { (connection: Connection) throws(SQLiteFault) in
                try connection.write("b")
            }
        }
    }

    @Test func `loses no update when many write at once`() async throws {
        try await withNotes { database, _ in
            try await database.write { (connection: Connection) throws(SQLiteFault) in
                _ = try connection.execute("CREATE TABLE counter (value INTEGER)")
                _ = try connection.execute("INSERT INTO counter VALUES (0)")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        // Read, then write what was read: nothing may come between.
                        try await database.write { (connection: Connection) throws(SQLiteFault) in
                            let row = try connection.row("SELECT value FROM counter")
                            let value = try row?.int("value") ?? -1
                            _ = try connection.execute(
                                "UPDATE counter SET value = ?1",
                                [.int(value + 1)]
                            )
                        }
                    }
                }
                try await group.waitForAll()
            }
            let value = try await database.read { (connection: Connection) throws(SQLiteFault) in
                try connection.row("SELECT value FROM counter")?.int("value")
            }
            #expect(value == 100)
        }
    }

    @Test func `does all its work on its thread, which others may share`() async throws {
        try await withNotes { database, thread in
            let other = try await Database.open(path: fixture.path, mode: .readOnly, on: thread)
            #expect(!thread.isCurrent)
            let first = try await database.write { (_: Connection) throws(SQLiteFault) in
                thread.isCurrent
            }
            let second = try await other.read { (_: Connection) throws(SQLiteFault) in
                thread.isCurrent
            }
            #expect(first && second)
            try await other.close()
        }
    }

    @Test func `lets a body throw faults of its own`() async throws {
        struct Stop: Error {}
        try await withNotes { database, _ in
            do {
                try await database.write(faults: { _ in Stop() }) {
                    (connection: Connection) throws(Stop) in
                    do { try connection.write("a") } catch { throw Stop() }
                    throw Stop()
                }
                Issue.record("the body's own fault must come out")
            } catch {
                #expect(error is Stop)
            }
            let bodies = try await database.read(faults: { $0 }) { try $0.bodies() }
            #expect(bodies.isEmpty)
        }
    }

    @Test func `migrates`() async throws {
        try await withNotes { database, _ in
            let plan = try MigrationPlan([
                Migration(version: 1, name: "one", up: "CREATE TABLE a (b)", down: "DROP TABLE a")
            ])
            #expect(try await database.migrate(plan).executed == [1])
            #expect(try await database.migrate(plan).executed == [])
            #expect(try await database.migrate(plan, to: 0).executed == [1])
        }
    }

    @Test func `says so when it was closed`() async throws {
        try await withNotes { database, _ in
            try await database.close()
            try await database.close()
            let closed = await fault {
                try await database.read { (_: Connection) throws(SQLiteFault) in }
            }
            #expect(closed == "sqlite.closed")
            let unchecked = await fault { try await database.integrityCheck() }
            #expect(unchecked == "sqlite.closed")
            #expect(try fixture.open(.readOnly).bodies() == [])
        }
    }

    @Test func `that cannot be opened is none`() async {
        let thread = ThreadExecutor(name: "disk")
        defer { thread.shutdown() }
        let refused = await fault {
            _ = try await Database.open(path: fixture.path, mode: .readOnly, on: thread)
        }
        #expect(refused == "sqlite.not-found")
    }
}
