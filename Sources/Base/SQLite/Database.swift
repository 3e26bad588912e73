package import Host

/// One database file and the thread on which all of its work is done.
///
/// Bodies are synchronous: between reading what a decision rests on and writing the decision no
/// other work can come in, and a call that blocks on the disk blocks only this thread.
///
/// Whoever opened it closes it before the thread is shut down.
package actor Database: ThreadBound {
    package let thread: ThreadExecutor
    package nonisolated let path: String
    private let mode: Connection.Mode
    private var connection: Connection?

    /// Opens a database file on the thread, which other actors may share.
    package static func open(
        path: String,
        mode: Connection.Mode,
        on thread: ThreadExecutor
    ) async throws(SQLiteFault) -> Database {
        let database = Database(path: path, mode: mode, thread: thread)
        try await database.connect()
        return database
    }

    private init(path: String, mode: Connection.Mode, thread: ThreadExecutor) {
        self.path = path
        self.mode = mode
        self.thread = thread
    }

    /// Reads at one point in time; a write in the body is a fault.
    package func read<Value: Sendable>(
        _ body: @Sendable (Connection) throws(SQLiteFault) -> Value
    ) throws(SQLiteFault) -> Value {
        try read(faults: { $0 }, body)
    }

    /// Reads at one point in time, with faults of the caller's own; `faults` wraps ours.
    package func read<Value: Sendable, Failure: Error>(
        faults: @Sendable (SQLiteFault) -> Failure,
        _ body: @Sendable (Connection) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let connection: Connection
        do { connection = try opened() } catch { throw faults(error) }
        return try connection.reading(faults: faults) { () throws(Failure) in
            try body(connection)
        }
    }

    /// Reads and writes in one transaction that is durable on return, and undone on a throw.
    package func write<Value: Sendable>(
        _ body: @Sendable (Connection) throws(SQLiteFault) -> Value
    ) throws(SQLiteFault) -> Value {
        try write(faults: { $0 }, body)
    }

    /// Writes with faults of the caller's own; `faults` wraps ours.
    package func write<Value: Sendable, Failure: Error>(
        faults: @Sendable (SQLiteFault) -> Failure,
        _ body: @Sendable (Connection) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let connection: Connection
        do { connection = try opened() } catch { throw faults(error) }
        return try connection.transaction(.immediate, faults: faults) { () throws(Failure) in
            try body(connection)
        }
    }

    /// Brings the schema to the newest version of a plan, or to the one given.
    @discardableResult
    package func migrate(
        _ plan: MigrationPlan,
        to target: Int? = nil
    ) throws(SQLiteFault) -> MigrationReport {
        try plan.migrate(opened(), to: target)
    }

    /// Reads the whole file and faults with what is damaged.
    package func integrityCheck() throws(SQLiteFault) { try opened().integrityCheck() }

    /// Moves the WAL into the file and empties it.
    package func checkpoint() throws(SQLiteFault) { try opened().checkpoint() }

    /// Closes the file; everything asked afterwards is a fault.
    package func close() throws(SQLiteFault) {
        try connection?.close()
        connection = nil
    }

    private func connect() throws(SQLiteFault) {
        connection = try Connection(path: path, mode: mode)
    }

    private func opened() throws(SQLiteFault) -> Connection {
        guard let connection else { throw SQLiteFault.closed(path: path) }
        return connection
    }
}
