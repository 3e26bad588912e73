import CSQLite

/// When a transaction takes its locks.
package enum TransactionKind: String, Sendable {
    /// At the first read or write; for reading only.
    case deferred = "DEFERRED"
    /// The write lock at once, so that what was read still holds when the write comes.
    case immediate = "IMMEDIATE"
}

extension Connection {
    /// Executes the body in a transaction: all of it is durable on return, none of it on a throw.
    ///
    /// Inside another transaction it is a savepoint: a throw undoes this body only, and `kind`
    /// has no meaning, because the locks are those of the outermost transaction.
    package func transaction<Value>(
        _ kind: TransactionKind = .immediate,
        _ body: () throws(SQLiteFault) -> Value
    ) throws(SQLiteFault) -> Value {
        try transaction(kind, faults: { $0 }, body)
    }

    /// Executes a body with faults of its own in a transaction; `faults` wraps ours.
    package func transaction<Value, Failure: Error>(
        _ kind: TransactionKind = .immediate,
        faults: (SQLiteFault) -> Failure,
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        do { try begin(kind) } catch { throw faults(error) }
        let value: Value
        do {
            value = try body()
        } catch {
            rollBack()
            throw error
        }
        do {
            try commit()
        } catch {
            rollBack()
            throw faults(error)
        }
        return value
    }

    /// Executes a body that only reads, at one point in time; a write in it is a fault.
    package func reading<Value, Failure: Error>(
        faults: (SQLiteFault) -> Failure,
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard mode != .readOnly, mode != .immutable, depth == 0 else {
            return try transaction(.deferred, faults: faults, body)
        }
        do { try execute("PRAGMA query_only=1") } catch { throw faults(error) }
        defer { permitWriting() }
        return try transaction(.deferred, faults: faults, body)
    }

    private func permitWriting() {
        do {
            try execute("PRAGMA query_only=0")
        } catch {
            // The connection stays read-only, and the next write says so.
        }
    }

    private func begin(_ kind: TransactionKind) throws(SQLiteFault) {
        if depth == 0 {
            try execute("BEGIN \(kind.rawValue)")
        } else {
            try execute("SAVEPOINT charter_\(depth)")
        }
        depth += 1
    }

    private func commit() throws(SQLiteFault) {
        try checkTransaction()
        if depth == 1 {
            try execute("COMMIT")
        } else {
            try execute("RELEASE charter_\(depth - 1)")
        }
        depth -= 1
    }

    /// Undoes the innermost level.
    ///
    /// What led here is thrown by the caller and is the better fault. A level that could not be undone is remembered, and `checkTransaction` then refuses all
    /// else until the outermost level is undone.
    private func rollBack() {
        depth -= 1
        let sql =
            depth == 0
            ? "ROLLBACK" : "ROLLBACK TO charter_\(depth); RELEASE charter_\(depth)"
        guard let handle = unsafe try? open() else { return }
        // After some faults SQLite has already rolled everything back by itself.
        let isOpen = unsafe sqlite3_get_autocommit(handle) == 0
        let code = isOpen ? unsafe sqlite3_exec(handle, sql, nil, nil, nil) : SQLITE_OK
        undoFailed = code != SQLITE_OK || (undoFailed && depth > 0)
    }
}
