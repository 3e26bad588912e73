import Canon
import SQLite
import Support
import Testing

struct `A migration plan` {
    let fixture = Fixture()

    private static let first = Migration(
        version: 1,
        name: "planes",
        up: """
            -- Who lives here; and a trigger, whose body holds semicolons.
            CREATE TABLE plane (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
            CREATE TRIGGER plane_fixed BEFORE UPDATE ON plane BEGIN
                SELECT 1; SELECT RAISE(ABORT, 'a plane never changes');
            END;
            """,
        down: "DROP TABLE plane;"
    )
    private static let second = Migration(
        version: 2,
        name: "leases",
        up: """
            CREATE TABLE lease (plane INTEGER NOT NULL REFERENCES plane (id), until INTEGER) STRICT;
            CREATE INDEX lease_until ON lease (until);
            """,
        down: "DROP TABLE lease"
    )
    private static let third = Migration(
        version: 3,
        name: "lease holders",
        up: "ALTER TABLE lease ADD COLUMN holder TEXT",
        down: "ALTER TABLE lease DROP COLUMN holder"
    )
    private static let all = [first, second, third]

    private func plan(_ migrations: [Migration]) throws -> MigrationPlan {
        try MigrationPlan(migrations)
    }

    @Test(.covers("H04")) func `goes up, down and up to the same schema`() throws {
        let connection = try fixture.open()
        let plan = try plan(Self.all)
        let empty = try connection.schema()
        var schemas = [empty]
        for version in 1...3 {
            let report = try plan.migrate(connection, to: version)
            #expect((report.from, report.to) == (version - 1, version))
            #expect(report.executed == [version])
            schemas.append(try connection.schema())
        }
        #expect(empty.isEmpty)
        #expect(Set(schemas).count == 4)
        for version in [2, 1, 0] {
            try plan.migrate(connection, to: version)
            #expect(try connection.schema() == schemas[version])
            #expect(try plan.version(of: connection) == version)
        }
        #expect(try plan.migrate(connection).executed == [1, 2, 3])
        #expect(try connection.schema() == schemas[3])
        #expect(try plan.migrate(connection, to: 0).executed == [3, 2, 1])
        #expect(try connection.schema() == empty)
        #expect(try plan.migrate(connection).to == 3)
        #expect(try connection.schema() == schemas[3])
        #expect(try plan.migrate(connection).executed == [])
        #expect(try connection.row("PRAGMA user_version")?.int("user_version") == 3)
    }

    @Test(
        .covers("H04"),
        arguments: [
            ("CREATE TABLE extra (a); CREATE TABLE plane (again)", "sqlite.statement-refused"),
            (
                "CREATE TABLE extra (a); INSERT INTO lease VALUES (1, 1)",
                "sqlite.integrity-broken"
            ),
            (
                "CREATE TABLE extra (a); INSERT INTO plane VALUES (7, 'meta')",
                "sqlite.constraint-violated"
            ),
            ("CREATE TABLE extra (a); nonsense", "sqlite.statement-refused"),
            ("CREATE TABLE extra (a); SELECT ?1", "sqlite.parameter-count"),
            ("CREATE TABLE extra (a); COMMIT; CREATE TABLE b (a)", "sqlite.not-authorized"),
            ("CREATE TABLE extra (a); ROLLBACK", "sqlite.not-authorized"),
            ("CREATE TABLE extra (a); SAVEPOINT x", "sqlite.not-authorized"),
            ("CREATE TABLE extra (a); ATTACH ':memory:' AS x", "sqlite.not-authorized"),
            ("CREATE TABLE extra (a); PRAGMA user_version=9", "sqlite.not-authorized"),
        ]
    )
    func `rolls back all of a run that fails in part`(up: String, cause: String) throws {
        let connection = try fixture.open()
        try plan([Self.first]).migrate(connection)
        try connection.execute("INSERT INTO plane VALUES (7, 'hot')")
        let before = try connection.schema()
        let bad = Migration(version: 3, name: "bad", up: up, down: "DROP TABLE extra")
        let failing = try plan([Self.first, Self.second, bad])
        do {
            try failing.migrate(connection)
            Issue.record("the migration must fail")
        } catch {
            #expect(error.code == "sqlite.migration-failed")
            #expect(error.cause?.code == cause)
            #expect(error.description.contains("Migration 3"))
        }
        #expect(try connection.schema() == before)
        #expect(try failing.version(of: connection) == 1)
        #expect(try connection.rows("SELECT * FROM plane").count == 1)
        try plan(Self.all).migrate(connection)
        #expect(try connection.schema().count == 4)
        // What SQLite was told to refuse inside the step is allowed again after it.
        try connection.transaction { () throws(SQLiteFault) in
            try connection.transaction { () throws(SQLiteFault) in }
        }
    }

    @Test(.covers("H04")) func `rolls back a way down that fails in part`() throws {
        let connection = try fixture.open()
        let bad = Migration(version: 2, name: "bad", up: Self.second.up, down: "DROP TABLE x")
        let plan = try plan([Self.first, bad, Self.third])
        try plan.migrate(connection)
        let before = try connection.schema()
        #expect(code { try plan.migrate(connection, to: 0) } == "sqlite.migration-failed")
        #expect(try connection.schema() == before)
        #expect(try plan.version(of: connection) == 3)
    }

    @Test func `refuses a step that leaves dangling references`() throws {
        let connection = try fixture.open()
        let rebuilt = Migration(
            version: 3,
            name: "rebuild",
            up: """
                CREATE TABLE fresh (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
                INSERT INTO fresh SELECT id, name FROM plane;
                DROP TABLE plane;
                ALTER TABLE fresh RENAME TO plane;
                """,
            down: "SELECT 1"
        )
        let dropped = Migration(
            version: 3,
            name: "drop",
            up: "DELETE FROM plane",
            down: "SELECT 1"
        )
        try plan([Self.first, Self.second]).migrate(connection)
        try connection.execute("INSERT INTO plane VALUES (1, 'hot')")
        try connection.execute("INSERT INTO lease VALUES (1, 9)")
        let fault = code { try plan([Self.first, Self.second, dropped]).migrate(connection) }
        #expect(fault == "sqlite.migration-failed")
        let early = code { try connection.execute("INSERT INTO lease VALUES (5, 9)") }
        #expect(early == "sqlite.constraint-violated")
        try plan([Self.first, Self.second, rebuilt]).migrate(connection)
        try connection.integrityCheck()
        #expect(try connection.row("SELECT name FROM plane")?.text("name") == "hot")
        // Foreign keys are watched again, after success as after failure.
        let dangling = code { try connection.execute("INSERT INTO lease VALUES (5, 9)") }
        #expect(dangling == "sqlite.constraint-violated")
    }

    @Test(arguments: ["name", "up step", "down step"])
    func `refuses a migration that changed after it was applied`(part: String) throws {
        let connection = try fixture.open()
        try plan(Self.all).migrate(connection)
        let old = Self.second
        let changed = Migration(
            version: 2,
            name: old.name + (part == "name" ? "!" : ""),
            up: old.up + (part == "up step" ? " " : ""),
            down: old.down + (part == "down step" ? ";" : "")
        )
        let plan = try plan([Self.first, changed, Self.third])
        #expect(code { _ = try plan.version(of: connection) } == "sqlite.migration-changed")
        #expect(code { try plan.migrate(connection) } == "sqlite.migration-changed")
        #expect(code { try plan.migrate(connection, to: 0) } == "sqlite.migration-changed")
        #expect(try self.plan(Self.all).version(of: connection) == 3)
    }

    @Test func `refuses a database that is newer than the program`() throws {
        let connection = try fixture.open()
        try plan(Self.all).migrate(connection)
        let older = try plan([Self.first, Self.second])
        #expect(code { _ = try older.version(of: connection) } == "sqlite.database-newer")
        #expect(code { try older.migrate(connection) } == "sqlite.database-newer")
        #expect(try connection.schema().count == 4)
    }

    @Test(arguments: [
        "PRAGMA user_version=2", "PRAGMA user_version=0", "DELETE FROM charter_migration",
        "DELETE FROM charter_migration WHERE version = 1", "DROP TABLE charter_migration",
        "UPDATE charter_migration SET version = 9 WHERE version = 3",
    ])
    func `refuses a history that does not add up`(sql: String) throws {
        let connection = try fixture.open()
        let plan = try plan(Self.all)
        try plan.migrate(connection)
        try connection.execute(sql)
        #expect(code { try plan.migrate(connection) } == "sqlite.migration-history-broken")
    }

    @Test func `knows its own targets only`() throws {
        let connection = try fixture.open()
        let plan = try plan(Self.all)
        #expect(code { try plan.migrate(connection, to: 4) } == "sqlite.migration-unknown-target")
        #expect(code { try plan.migrate(connection, to: -1) } == "sqlite.migration-unknown-target")
    }

    @Test func `is numbered without gaps and can always go back`() {
        func refusal(_ migrations: [Migration]) -> String? {
            code { _ = try MigrationPlan(migrations) }
        }
        let invalid = "sqlite.migration-plan-invalid"
        #expect(refusal([Self.second]) == invalid)
        #expect(refusal([Self.first, Self.third]) == invalid)
        #expect(refusal([Self.first, Self.first]) == invalid)
        for (name, up, down) in [("", "x", "x"), ("x", " ", "x"), ("x", "x", "\n")] {
            #expect(refusal([Migration(version: 1, name: name, up: up, down: down)]) == invalid)
        }
        #expect(refusal([]) == nil)
        #expect(refusal(Self.all) == nil)
    }
}
