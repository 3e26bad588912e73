import CSQLite

extension Connection {
    /// Executes a body without watching foreign keys, and watches them again afterwards.
    ///
    /// A table is rebuilt by copying, dropping and renaming it, and with foreign keys in force the
    /// dropping would delete or refuse what refers to it (SQLite, "Making Other Kinds Of Table
    /// Schema Changes"). The body checks all references before it commits.
    func withoutForeignKeys<Value>(
        _ body: () throws(SQLiteFault) -> Value
    ) throws(SQLiteFault) -> Value {
        precondition(depth == 0, "Foreign keys are switched only outside of a transaction.")
        try watchForeignKeys(false)
        let outcome: Result<Value, SQLiteFault>
        do throws(SQLiteFault) {
            outcome = .success(try body())
        } catch {
            outcome = .failure(error)
        }
        try watchForeignKeys(true)
        return try outcome.get()
    }

    /// Executes the statements of one migration step, one after another.
    ///
    /// While it runs SQLite refuses everything by which a step could leave the transaction that
    /// guards the whole run: BEGIN, COMMIT, savepoints, ATTACH, DETACH and PRAGMA.
    func executeSchemaChange(_ sql: String) throws(SQLiteFault) {
        precondition(depth > 0, "A schema is changed only inside a transaction.")
        let connection = unsafe try open()
        unsafe sqlite3_set_authorizer(
            connection,
            { _, action, _, _, _, _ in
                switch action {
                case SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_ATTACH, SQLITE_DETACH,
                    SQLITE_PRAGMA:
                    SQLITE_DENY
                default: SQLITE_OK
                }
            },
            nil
        )
        defer { unsafe sqlite3_set_authorizer(connection, nil, nil) }
        var rest = sql
        while true {
            try checkTransaction()
            let (statement, tail) = try prepare(rest, persistent: false)
            guard let statement else { return }
            try statement.bind([], path: path)
            while try statement.step(path: path) != nil {}
            rest = tail
        }
    }
}
