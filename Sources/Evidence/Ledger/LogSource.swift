package import Host
import SQLite

/// Where a verifier reads a log from: the database of a plane, or an archive that somebody was sent.
package protocol LogSource: Sendable {
    /// What people call it: its path.
    var name: String { get }

    /// Opens it once more; each thread reads through its own.
    func open() throws(LedgerFault) -> any LogBlocks
}

/// A log as a verifier reads it: 256 entries at a time.
package protocol LogBlocks {
    /// How many entries its last head is over.
    func signedSize() throws(LedgerFault) -> Int

    /// How many entries it says it has.
    func size() throws(LedgerFault) -> Int

    /// Lends the rows of a block, as they are found; nothing of them is believed.
    ///
    /// What was appended behind `size` since it was asked for is left out.
    func forEachRow(
        ofBlock number: Int,
        upTo size: Int,
        _ body: (_ index: Int, _ bytes: Span<UInt8>, _ body: Span<UInt8>, _ hasBody: Bool)
            throws(LedgerFault) -> Void
    ) throws(LedgerFault)

    /// Whether complete tiles are kept with all their nodes, as a database does.
    var keepsNodes: Bool { get }

    /// As much of a complete tile as is kept, from its first hash on; `nil` where it is missing.
    func tile(level: Int, number: Int) throws(LedgerFault) -> [UInt8]?

    /// The signed notes over more than `low` and at most `high` entries, in order.
    func notes(above low: Int, upTo high: Int) throws(LedgerFault) -> [(size: Int, note: [UInt8])]
}

/// The database of a plane, verified while it may be written.
package struct DatabaseLog: LogSource {
    package let name: String

    /// The log in a directory.
    package init(_ directory: Directory) {
        name = directory.path + "/" + LedgerStore.fileName
    }

    /// Opens the file.
    package func open() throws(LedgerFault) -> any LogBlocks {
        DatabaseBlocks(store: try LedgerStore(name, .readOnly))
    }
}

private struct DatabaseBlocks: LogBlocks {
    let store: LedgerStore
    var keepsNodes: Bool { true }

    func signedSize() throws(LedgerFault) -> Int { try store.lastCheckpoint()?.size ?? 0 }

    func size() throws(LedgerFault) -> Int { try store.size() }

    func forEachRow(
        ofBlock number: Int,
        upTo size: Int,
        _ body: (_ index: Int, _ bytes: Span<UInt8>, _ body: Span<UInt8>, _ hasBody: Bool)
            throws(LedgerFault) -> Void
    ) throws(LedgerFault) {
        // At one moment: a segment may be closed between two readings.
        try store.connection.reading(faults: LedgerFault.sqlite) { () throws(LedgerFault) in
            try store.reloadSegments()
            try store.forEachBorrowed(
                from: number * TileNodes.width,
                to: min((number + 1) * TileNodes.width, size),
                body
            )
        }
    }

    func tile(level: Int, number: Int) throws(LedgerFault) -> [UInt8]? {
        try store.tileBytes(level: level, number: number)
    }

    func notes(above low: Int, upTo high: Int) throws(LedgerFault) -> [(size: Int, note: [UInt8])] {
        try store.checkpoints(above: low, upTo: high)
    }
}
