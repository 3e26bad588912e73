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
    /// How many entries it says it has.
    func size() throws(LedgerFault) -> Int

    /// Lends the rows of a block, as they are found; nothing of them is believed.
    func forEachRow(
        ofBlock number: Int,
        _ body: (_ index: Int, _ bytes: Span<UInt8>, _ body: Span<UInt8>, _ hasBody: Bool)
            throws(LedgerFault) -> Void
    ) throws(LedgerFault)

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

    func size() throws(LedgerFault) -> Int { try store.size() }

    func forEachRow(
        ofBlock number: Int,
        _ body: (_ index: Int, _ bytes: Span<UInt8>, _ body: Span<UInt8>, _ hasBody: Bool)
            throws(LedgerFault) -> Void
    ) throws(LedgerFault) {
        try store.forEachBorrowed(
            from: number * TileNodes.width,
            to: (number + 1) * TileNodes.width,
            body
        )
    }

    func tile(level: Int, number: Int) throws(LedgerFault) -> [UInt8]? {
        try store.tileBytes(level: level, number: number)
    }

    func notes(above low: Int, upTo high: Int) throws(LedgerFault) -> [(size: Int, note: [UInt8])] {
        try store.checkpoints(above: low, upTo: high)
    }
}
