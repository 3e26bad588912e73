/// One step of a schema, with the way back.
package struct Migration: Sendable {
    /// Counts from 1, without gaps; also the database's `user_version` after it.
    package let version: Int
    /// What it is for, in a few words.
    package let name: String
    /// The SQL that makes the change: any number of statements, none of them about transactions.
    package let up: String
    /// The SQL that takes the change back entirely.
    package let down: String

    /// A step; `MigrationPlan` checks it.
    package init(version: Int, name: String, up: String, down: String) {
        self.version = version
        self.name = name
        self.up = up
        self.down = down
    }
}

/// Which way a migration goes.
package enum MigrationDirection: String, Sendable {
    case up
    case down
}

/// What a run of migrations did.
package struct MigrationReport: Hashable, Sendable {
    /// The version before the run.
    package let from: Int
    /// The version after the run.
    package let to: Int
    /// The versions that went up or down, in the order in which they were executed.
    package let executed: [Int]
}

/// All migrations of one schema, oldest first: the only way in which a schema changes.
///
/// The database keeps the whole text of each applied migration. So one that was changed after it
/// had been applied is refused, and a run is one transaction: it arrives or it changes nothing.
package struct MigrationPlan: Sendable {
    package let migrations: [Migration]

    /// The version after the last migration.
    package var newest: Int { migrations.count }

    /// Takes migrations that are numbered 1, 2, 3 … and can all be taken back.
    package init(_ migrations: [Migration]) throws(SQLiteFault) {
        for (index, migration) in migrations.enumerated() {
            guard migration.version == index + 1 else {
                throw SQLiteFault.migrationPlanInvalid(
                    reason: "migration \(migration.version) stands at place \(index + 1)"
                )
            }
            for (part, text) in [
                ("name", migration.name), ("up step", migration.up), ("down step", migration.down),
            ] where text.utf8.allSatisfy({ $0 <= 32 }) {
                throw SQLiteFault.migrationPlanInvalid(
                    reason: "migration \(migration.version) has an empty \(part)"
                )
            }
        }
        self.migrations = migrations
    }

    /// The version of a database, after proving that every applied migration is one of this plan.
    package func version(of connection: Connection) throws(SQLiteFault) -> Int {
        try connection.transaction(.deferred) { () throws(SQLiteFault) in
            try applied(connection)
        }
    }

    /// Brings a database to a version, the newest where none is given, up or down.
    @discardableResult
    package func migrate(
        _ connection: Connection,
        to target: Int? = nil
    ) throws(SQLiteFault) -> MigrationReport {
        let target = target ?? newest
        guard (0...newest).contains(target) else {
            throw SQLiteFault.migrationUnknownTarget(target: target, newest: newest)
        }
        return try connection.withoutForeignKeys { () throws(SQLiteFault) in
            try connection.transaction(.immediate) { () throws(SQLiteFault) in
                try run(connection, to: target)
            }
        }
    }

    // MARK: - Steps

    private func run(
        _ connection: Connection,
        to target: Int
    ) throws(SQLiteFault) -> MigrationReport {
        let from = try applied(connection)
        var executed: [Int] = []
        if target > from {
            for migration in migrations[from..<target] {
                try execute(migration, .up, connection)
                executed.append(migration.version)
            }
        } else {
            for migration in migrations[target..<from].reversed() {
                try execute(migration, .down, connection)
                executed.append(migration.version)
            }
        }
        return MigrationReport(from: from, to: target, executed: executed)
    }

    private func execute(
        _ migration: Migration,
        _ direction: MigrationDirection,
        _ connection: Connection
    ) throws(SQLiteFault) {
        do throws(SQLiteFault) {
            try connection.executeSchemaChange(direction == .up ? migration.up : migration.down)
            // Nothing has watched the references meanwhile.
            if let dangling = try connection.rows("PRAGMA foreign_key_check").first {
                throw SQLiteFault.integrityBroken(
                    path: connection.path,
                    findings: ["\(try dangling.text("table")) refers to a missing row"]
                )
            }
        } catch {
            throw SQLiteFault.migrationFailed(
                version: migration.version,
                direction: direction,
                cause: error
            )
        }
        try record(migration, direction, connection)
    }

    private func record(
        _ migration: Migration,
        _ direction: MigrationDirection,
        _ connection: Connection
    ) throws(SQLiteFault) {
        switch direction {
        case .up:
            try connection.execute(MigrationPlan.tableSQL)
            try connection.execute(
                "INSERT INTO charter_migration (version, name, up, down) VALUES (?1, ?2, ?3, ?4)",
                [
                    .int(migration.version), .text(migration.name), .text(migration.up),
                    .text(migration.down),
                ]
            )
            try connection.execute("PRAGMA user_version=\(migration.version)")
        case .down:
            try connection.execute(
                "DELETE FROM charter_migration WHERE version = ?1",
                [.int(migration.version)]
            )
            try connection.execute("PRAGMA user_version=\(migration.version - 1)")
        }
    }

    // MARK: - History

    private static let tableSQL = """
        CREATE TABLE IF NOT EXISTS charter_migration (
            version INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            up TEXT NOT NULL,
            down TEXT NOT NULL
        ) STRICT
        """

    private func applied(_ connection: Connection) throws(SQLiteFault) -> Int {
        guard let current = try connection.row("PRAGMA user_version") else {
            throw SQLiteFault.migrationHistoryBroken(reason: "it has no user_version")
        }
        let version = try current.int("user_version")
        guard version <= newest else {
            throw SQLiteFault.databaseNewer(found: version, newest: newest)
        }
        let table = try connection.row(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'charter_migration'"
        )
        guard table != nil else {
            guard version == 0 else {
                throw SQLiteFault.migrationHistoryBroken(
                    reason: "it is at version \(version) and no migration is recorded"
                )
            }
            return 0
        }
        var count = 0
        let sql = "SELECT version, name, up, down FROM charter_migration ORDER BY version"
        try connection.forEach(sql) { (row: Row) throws(SQLiteFault) in
            count += 1
            guard try row.int("version") == count, count <= newest else {
                throw SQLiteFault.migrationHistoryBroken(
                    reason: "migration \(try row.int("version")) is recorded at place \(count)"
                )
            }
            try compare(row, with: migrations[count - 1])
        }
        guard count == version else {
            throw SQLiteFault.migrationHistoryBroken(
                reason: "it is at version \(version) and \(count) migrations are recorded"
            )
        }
        return version
    }

    private func compare(_ row: Row, with migration: Migration) throws(SQLiteFault) {
        let parts = [
            ("name", "name", migration.name), ("up", "up step", migration.up),
            ("down", "down step", migration.down),
        ]
        for (column, part, text) in parts {
            guard try row.text(column).utf8.elementsEqual(text.utf8) else {
                throw SQLiteFault.migrationChanged(version: migration.version, part: part)
            }
        }
    }
}
