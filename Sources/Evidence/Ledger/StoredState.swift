import Canon
import SQLite

// The tables that are derived from the log, and the notes that were signed.
extension LedgerStore {
    func ledgers() throws(LedgerFault) -> [LedgerName: LedgerHead] {
        var found: [LedgerName: LedgerHead] = [:]
        try connection.forEach("SELECT * FROM ledger", faults: LedgerFault.sqlite) {
            (row: Row) throws(LedgerFault) in
            do throws(SQLiteFault) {
                guard let name = LedgerName(try row.text("name")),
                    let kind = LedgerKind(rawValue: try row.text("kind")),
                    let state = LedgerState(rawValue: try row.text("state")),
                    let digest = Digest(bytes: try row.bytes("head"))
                else { throw SQLiteFault.unknownColumn(column: "ledger.name") }
                found[name] = LedgerHead(
                    name: name,
                    kind: kind,
                    parent: try row.optionalText("parent"),
                    state: state,
                    first: try row.int("first"),
                    last: try row.int("last"),
                    count: try row.int("count"),
                    digest: digest,
                    isDirty: false
                )
            } catch {
                throw .sqlite(error)
            }
        }
        return found
    }

    func write(_ head: LedgerHead) throws(LedgerFault) {
        try execute(
            """
            INSERT INTO ledger (name, kind, parent, state, first, last, count, head)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (name) DO UPDATE SET state = ?4, last = ?6, count = ?7, head = ?8
            """,
            [
                .text(head.name.text), .text(head.kind.rawValue), .optional(head.parent),
                .text(head.state.rawValue), .int(head.first), .int(head.last),
                .int(head.count), .blob(head.digest.bytes),
            ]
        )
    }

    func attempts() throws(LedgerFault) -> [Digest: OpenAttempt] {
        var found: [Digest: OpenAttempt] = [:]
        try connection.forEach("SELECT * FROM attempt", faults: LedgerFault.sqlite) {
            (row: Row) throws(LedgerFault) in
            do throws(SQLiteFault) {
                guard let ledger = LedgerName(try row.text("ledger")),
                    let digest = Digest(bytes: try row.bytes("digest"))
                else { throw SQLiteFault.unknownColumn(column: "attempt.ledger") }
                found[digest] = OpenAttempt(
                    index: try row.int("idx"),
                    digest: digest,
                    ledger: ledger,
                    event: try row.text("event")
                )
            } catch {
                throw .sqlite(error)
            }
        }
        return found
    }

    /// Makes these the attempts that are open.
    ///
    /// Few are open at a time, and this happens once in 256 entries.
    func write(attempts: [OpenAttempt]) throws(LedgerFault) {
        try execute("DELETE FROM attempt")
        for attempt in attempts {
            try execute(
                "INSERT INTO attempt (idx, digest, ledger, event) VALUES (?1, ?2, ?3, ?4)",
                [
                    .int(attempt.index), .blob(attempt.digest.bytes), .text(attempt.ledger.text),
                    .text(attempt.event),
                ]
            )
        }
    }

    func insert(checkpoint note: [UInt8], size: Int, time: Int64) throws(LedgerFault) {
        try execute(
            "INSERT OR REPLACE INTO checkpoint (size, time, note) VALUES (?1, ?2, ?3)",
            [.int(size), .integer(time), .blob(note)]
        )
    }

    func lastCheckpoint() throws(LedgerFault) -> (size: Int, time: Int64)? {
        let row = try row("SELECT size, time FROM checkpoint ORDER BY size DESC LIMIT 1")
        guard let row else { return nil }
        do throws(SQLiteFault) {
            return (try row.int("size"), Int64(try row.int("time")))
        } catch {
            throw .sqlite(error)
        }
    }

    func checkpoint(size: Int) throws(LedgerFault) -> [UInt8]? {
        guard let row = try row("SELECT note FROM checkpoint WHERE size = ?1", [.int(size)]) else {
            return nil
        }
        do { return try row.bytes("note") } catch { throw .sqlite(error) }
    }

    /// The signed notes over more than `low` and at most `high` entries, in order.
    func checkpoints(
        above low: Int,
        upTo high: Int
    ) throws(LedgerFault) -> [(size: Int, note: [UInt8])] {
        var found: [(size: Int, note: [UInt8])] = []
        try connection.forEach(
            "SELECT size, note FROM checkpoint WHERE size > ?1 AND size <= ?2 ORDER BY size",
            [.int(low), .int(high)],
            faults: LedgerFault.sqlite
        ) { (row: Row) throws(LedgerFault) in
            do throws(SQLiteFault) {
                found.append((try row.int("size"), try row.bytes("note")))
            } catch {
                throw .sqlite(error)
            }
        }
        return found
    }
}
