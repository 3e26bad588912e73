import CLinux
import Glibc

/// The names of a whole tree, ordered by the bytes of the full relative path.
///
/// All paths lie in one block of bytes, so 100,000 entries cost two arrays and not 100,000.
package struct TreeListing: Sendable, RandomAccessCollection {
    /// The clock of `FileFacts.isSettled`, read before the walk.
    package let start: Int64

    /// Every path with a NUL behind it.
    private let arena: [UInt8]
    private let records: [clinux_tree_entry]

    init(arena: [UInt8], records: [clinux_tree_entry], start: Int64) {
        self.arena = arena
        self.records = records
        self.start = start
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { records.count }

    /// One entry, with its path in the arena of the listing.
    package subscript(position: Int) -> TreeEntry {
        TreeEntry(
            path: path(of: position),
            kind: kind(of: position),
            isSkipped: records[position].flags & UInt8(CLINUX_TREE_SKIPPED) != 0,
            problem: problem(of: position)
        )
    }

    /// What the entry is.
    package func kind(of position: Int) -> FileKind {
        FileKind(rawValue: records[position].kind) ?? .unknown
    }

    /// The relative path, not copied; it may be no valid UTF-8.
    package func path(of position: Int) -> ArraySlice<UInt8> {
        let record = records[position]
        return arena[Int(record.offset)..<Int(record.offset) + Int(record.length)]
    }

    /// Lends the bytes of the relative path.
    package func withPath<Result, Failure: Error>(
        of position: Int,
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let record = records[position]
        let from = Int(record.offset)
        return try unsafe body(arena.span.bytes.extracting(from..<from + Int(record.length)))
    }

    /// Why the entry could not be read, where it could not.
    package func problem(of position: Int) -> TreeEntry.Problem? {
        let record = records[position]
        if record.flags & UInt8(CLINUX_TREE_MOUNT) != 0 { return .mounted }
        if record.flags & UInt8(CLINUX_TREE_TOO_DEEP) != 0 { return .tooDeep }
        if record.error == 0 { return nil }
        return .unreadable(
            .from(
                record.error,
                doing: "Reading",
                path: PathBytes.printable(path(of: position))
            )
        )
    }

    /// Lends the path as a NUL-terminated string, straight from the arena.
    func withTerminatedPath<Result>(
        of position: Int,
        _ body: (UnsafePointer<CChar>) -> Result
    ) -> Result {
        let offset = Int(records[position].offset)
        return unsafe arena.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else {
                preconditionFailure("A listing with an entry has bytes.")
            }
            return unsafe body((base + offset).assumingMemoryBound(to: CChar.self))
        }
    }
}

/// One thing in a tree.
package struct TreeEntry: Sendable, Equatable {
    /// Why an entry could not be read.
    ///
    /// An integrity check takes every one of these as a violation.
    package enum Problem: Sendable, Equatable {
        /// The directory could not be listed, or vanished during the walk.
        case unreadable(HostFault)

        /// Another file system or a bind mount lies here; it was not entered.
        case mounted

        /// The directory lies below the greatest depth; it was not entered.
        case tooDeep
    }

    /// The path relative to the root of the walk; it may be no valid UTF-8.
    package let path: ArraySlice<UInt8>
    package let kind: FileKind

    /// A directory the caller asked not to enter.
    package let isSkipped: Bool
    package let problem: Problem?

    /// The path as text that is safe to show: what is not printable UTF-8 becomes `\xNN`.
    package var text: String { PathBytes.printable(path) }
}
