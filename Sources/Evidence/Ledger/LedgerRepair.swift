import Canon
import Crypto
package import Host
import SQLite

/// Cuts a torn end off a log, and nothing else.
///
/// What a signed head covers is never touched: damage there is evidence, and the log is restored from
/// an archive. What is cut is kept in a file beside the log, and the cut is recorded in it.
package enum LedgerRepair {
    /// What a repair came to.
    package enum Outcome: Sendable {
        case nothingToDo
        /// So many entries, from this index on, are gone from the log and lie in the file.
        case cut(from: Int, entries: Int, kept: String)
        /// The damage lies where nothing may be repaired.
        case refused(LedgerFinding)
    }

    /// Looks for damage, and cuts it off where it is a torn end.
    ///
    ///     what is cut, in a file of its own, durable · DELETE … COMMIT · the record of the repair
    package static func run(
        _ directory: Directory,
        _ place: LedgerLog.Place,
        signedEntries: Int,
        by actor: EntryActor
    ) throws(LedgerFault) -> Outcome {
        let lock: FileLock
        do {
            lock = try FileLock.acquire(LedgerLog.lockName, in: directory)
        } catch {
            throw .host(error)
        }
        defer { withExtendedLifetime(lock) {} }
        let source = DatabaseLog(directory)
        var verifier = LedgerVerifier()
        verifier.plane = place.plane
        verifier.events = place.events
        guard let finding = try verifier.verify(source).findings.first else { return .nothingToDo }
        let store = try LedgerStore(source.name, .readWrite)
        let signed = max(signedEntries, try store.lastCheckpoint()?.size ?? 0)
        guard let cut = finding.index, cut >= signed, cut > 0, finding.code != .truncated else {
            return .refused(finding)
        }
        let kept = try keep(from: cut, store, directory)
        let draft = EntryDraft(
            EventMap.Event.repair,
            by: actor,
            about: ["entries:\(cut)-\(cut + kept.count)"],
            body: .json([
                "cut_from": .integer(cut), "entries": .integer(kept.count),
                "kept_in": .string(kept.name), "code": .string(finding.code.rawValue),
                "reason": .string(finding.reason),
            ])
        )
        try rebuild(
            store,
            upTo: cut,
            recording: PreparedEntry(
                draft,
                phase: .fact,
                plane: place.plane,
                parameters: place.parameters
            ),
            at: place.clock.now
        )
        try store.close()
        return .cut(from: cut, entries: kept.count, kept: directory.path + "/" + kept.name)
    }

    /// Writes what will be cut to a file, one JSON document a line.
    private static func keep(
        from cut: Int,
        _ store: LedgerStore,
        _ directory: Directory
    ) throws(LedgerFault) -> (name: String, count: Int) {
        var lines: [UInt8] = []
        var count = 0
        func text(_ bytes: [UInt8]) -> JSONValue {
            .string(String(decoding: Base64.encode(bytes), as: UTF8.self))
        }
        try store.forEachEntry(from: cut, to: Int.max) { row in
            let line: JSONValue = [
                "index": .integer(row.index), "bytes": text(row.bytes),
                "body": row.body.map(text) ?? .null,
            ]
            lines += line.line + [0x0A]
            count += 1
        }
        let name = "torn-\(cut)-\(Digest.sha256(of: lines).hex.prefix(12)).jsonl"
        do {
            try DurableFile.replace(name, with: lines, in: directory, mode: 0o600)
        } catch {
            throw .host(error)
        }
        return (name, count)
    }

    /// Makes what is derived anew from the entries that stay, and records the cut behind them, in one
    /// transaction.
    private static func rebuild(
        _ store: LedgerStore,
        upTo cut: Int,
        recording record: PreparedEntry,
        at now: Int64
    ) throws(LedgerFault) {
        try store.transaction { () throws(LedgerFault) in
            try store.execute("DELETE FROM entry WHERE idx >= ?1", [.int(cut)])
            for table in ["tile", "block", "ledger", "attempt"] {
                try store.execute("DELETE FROM \(table)")
            }
            var state = LogState()
            func take(_ entry: LedgerEntry) throws(LedgerFault) {
                if let wrong = state.replay(entry) { throw store.damaged(wrong) }
                state.lastTime = Timestamp(entry.time)?.nanoseconds ?? 0
                try state.tree.append(entry.digest) { (tile: PlacedTile) throws(LedgerFault) in
                    try store.insert(tile)
                }
                if state.size & 0xFF == 0 { try state.completeBlock(in: store) }
            }
            try store.forEachEntry(from: 0, to: cut, withBodies: false) {
                (row: LedgerStore.StoredEntry) throws(LedgerFault) in
                try take(try LedgerEntry(parsing: row.bytes, at: row.index))
            }
            guard let head = state.ledgers[record.ledger] else {
                throw store.damaged("it has no governance ledger")
            }
            let time = Timestamp(nanoseconds: max(now / 1_000_000 * 1_000_000, state.lastTime))
            let bytes = record.bytes(
                index: state.size,
                sequence: head.count,
                previous: head.digest,
                time: Array(time.description.utf8)
            )
            try store.insert(index: state.size, bytes: bytes, body: record.body)
            try take(try LedgerEntry(parsing: bytes, at: state.size))
        }
    }
}
