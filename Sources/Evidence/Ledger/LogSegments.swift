import Canon
package import Crypto
import Host
import SQLite

// Old entries in files of their own, keys that are handed over, bodies that are kept no longer: what
// grows is bounded, and every proof stays.
extension LedgerLog {
    /// Entries that were moved into a file of their own.
    package struct ClosedSegment: Sendable {
        package let first: Int
        package let past: Int
        package let name: String
    }

    /// Moves what a signed head covers out of the file that is written, in whole blocks.
    ///
    /// `nil` where there is no whole block to move.
    ///
    ///     the new file: INSERT … · COMMIT · close   then, in the log: segment row, DELETE, COMMIT
    ///
    /// A crash between the two leaves a file that nothing names; the next call replaces it.
    package func closeSegment(by actor: EntryActor) throws(LedgerFault) -> ClosedSegment? {
        try refresh()
        let first = store.closedSegments.last?.past ?? 0
        let past = (state.lastCheckpoint?.size ?? 0) & ~0xFF
        guard past > first else { return nil }
        let digits = String(first)
        let name =
            "segment-" + String(repeating: "0", count: 12 - digits.utf8.count) + digits
            + ".sqlite3"
        try removeStray(name)
        do throws(SQLiteFault) {
            let segment = try Connection(path: store.beside(name), mode: .readWriteCreate)
            try segment.transaction { () throws(SQLiteFault) in
                try segment.execute(
                    """
                    CREATE TABLE entry (
                        idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL, body BLOB
                    ) STRICT
                    """
                )
                try store.connection.forEach(
                    "SELECT idx, bytes, body FROM entry WHERE idx < ?1 ORDER BY idx",
                    [.int(past)]
                ) { (row: Row) throws(SQLiteFault) in
                    try segment.execute(
                        "INSERT INTO entry (idx, bytes, body) VALUES (?1, ?2, ?3)",
                        [
                            .int(try row.int("idx")), .blob(try row.bytes("bytes")),
                            .optional(try row.optionalBytes("body")),
                        ]
                    )
                }
            }
            try segment.checkpoint()
            try segment.close()
        } catch {
            throw .sqlite(error)
        }
        let root = try prover.root(of: past)
        try changing { () throws(LedgerFault) in
            try store.execute(
                "INSERT INTO segment (first, past, name) VALUES (?1, ?2, ?3)",
                [.int(first), .int(past), .text(name)]
            )
            try store.execute("DELETE FROM entry WHERE idx < ?1", [.int(past)])
            let body: JSONValue = [
                "first": .integer(first), "past": .integer(past), "name": .string(name),
                "root": .string(root.hex),
            ]
            let draft = EntryDraft(
                EventMap.Event.segmentClosed,
                by: actor,
                about: ["segment:\(first)-\(past)"],
                body: .json(body)
            )
            try stage(prepare(draft, .fact))
        }
        try store.reloadSegments()
        return ClosedSegment(first: first, past: past, name: name)
    }

    private func removeStray(_ name: String) throws(LedgerFault) {
        do throws(HostFault) {
            for suffix in ["", "-wal", "-shm"]
            where try directory.facts(of: name + suffix) != nil {
                try DurableFile.removeFile(name + suffix, in: directory)
            }
        } catch {
            throw .host(error)
        }
    }

    /// Goes on under another key: an entry names both, and both sign the head over it.
    ///
    /// Whoever trusts the old key is led to the new one by the log itself.
    package func rotateKey(
        to key: SigningKey,
        by actor: EntryActor
    ) throws(LedgerFault) -> [UInt8] {
        guard let old = signer else { throw .noSigner(origin: origin) }
        let names: [NoteVerifier]
        do throws(CryptoFault) {
            names = [
                try NoteVerifier(name: origin, algorithm: .log, key: old.verifyingKey),
                try NoteVerifier(name: origin, algorithm: .log, key: key.verifyingKey),
            ]
        } catch {
            throw .crypto(error)
        }
        let note = try changing { () throws(LedgerFault) in
            let draft = EntryDraft(
                EventMap.Event.keyRotated,
                by: actor,
                about: ["key:\(names[1].description)"],
                body: .json([
                    "old": .string(names[0].description), "new": .string(names[1].description),
                ])
            )
            try stage(prepare(draft, .fact))
            signer = key
            do throws(LedgerFault) {
                return try stageCheckpoint(by: [old])
            } catch {
                signer = old
                throw error
            }
        }
        return note
    }

    /// Drops the bodies that the law keeps no longer, and says how many they were.
    ///
    /// Only bodies of entries that a signed head covers, of kinds that allow it, older than the law's
    /// days. The entries stay, with the digests of what was dropped.
    package func dropBodies(by actor: EntryActor) throws(LedgerFault) -> Int {
        try refresh()
        let covered = state.lastCheckpoint?.size ?? 0
        let now = clockNow
        var dropped: [Int] = []
        var bytes = 0
        try store.forEachEntry(from: 0, to: covered) {
            (row: LedgerStore.StoredEntry) throws(LedgerFault) in
            guard let body = row.body else { return }
            let entry = try LedgerEntry(parsing: row.bytes, at: row.index)
            guard let days = events[entry.event]?.bodyDays, let time = Timestamp(entry.time),
                now - time.nanoseconds > Int64(days) * 86_400_000_000_000
            else { return }
            dropped.append(row.index)
            bytes += body.count
        }
        guard let first = dropped.first, let last = dropped.last else { return 0 }
        try changing { () throws(LedgerFault) in
            let draft = EntryDraft(
                EventMap.Event.bodiesDropped,
                by: actor,
                about: ["entries:\(first)-\(last)"],
                body: .json([
                    "count": .integer(dropped.count), "bytes": .integer(bytes),
                    "first": .integer(first), "last": .integer(last),
                ])
            )
            try stage(prepare(draft, .fact))
            let past = store.closedSegments.last?.past ?? 0
            for index in dropped where index >= past {
                try store.execute("UPDATE entry SET body = NULL WHERE idx = ?1", [.int(index)])
            }
        }
        // Segments are other files. The record above is durable by now, and a second call does again
        // what a crash kept from being done.
        for segment in store.closedSegments {
            let inside = dropped.filter { (segment.first..<segment.past).contains($0) }
            guard !inside.isEmpty else { continue }
            do throws(SQLiteFault) {
                let file = try Connection(path: store.beside(segment.name), mode: .readWrite)
                try file.transaction { () throws(SQLiteFault) in
                    for index in inside {
                        try file.execute(
                            "UPDATE entry SET body = NULL WHERE idx = ?1",
                            [.int(index)]
                        )
                    }
                }
                try file.checkpoint()
                try file.close()
            } catch {
                throw .sqlite(error)
            }
        }
        return dropped.count
    }
}
