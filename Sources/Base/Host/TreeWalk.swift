import CLinux
import Glibc

/// How a tree is walked: by descriptor, in order, following nothing.
///
/// Every entry of every kind is named. A symbolic link is an entry and is never followed; a mount is
/// an entry and is never entered; a directory that cannot be read is an entry with a problem.
package struct TreeWalk: Sendable {
    /// Directories that are named and not entered, as paths relative to the root: `.git`.
    ///
    /// A file or a link of that name is an ordinary entry.
    package var skipping: [[UInt8]]

    /// Directories this far below the root are not entered.
    ///
    /// One open descriptor a level.
    package var depthMax: UInt32

    /// More entries than this fail the walk: 10 million paths of 60 bytes are about 840 MB.
    package var entriesMax: UInt64

    /// A walk of everything, within its bounds.
    package init(
        skipping: [String] = [],
        depthMax: UInt32 = 64,
        entriesMax: UInt64 = 10_000_000
    ) {
        self.skipping = skipping.map { Array($0.utf8) }
        self.depthMax = depthMax
        self.entriesMax = entriesMax
    }

    /// Names everything beneath the directory, ordered by the bytes of the whole relative path.
    package func list(_ directory: Directory) throws(HostFault) -> TreeListing {
        var skip: [CChar] = []
        for path in skipping { skip += (path + [0]).map { CChar(bitPattern: $0) } }
        var tree = unsafe clinux_tree()
        let start = Directory.now
        let walked = unsafe clinux_tree_walk(
            directory.descriptor,
            skip,
            skip.count,
            depthMax,
            entriesMax,
            &tree
        )
        defer { unsafe clinux_tree_free(&tree) }
        if walked == -E2BIG { throw .treeTooLarge(path: directory.path, entriesMax: entriesMax) }
        guard walked >= 0 else {
            throw .from(-walked, doing: "Reading the directory", path: directory.path)
        }
        return unsafe TreeListing(
            arena: Array(UnsafeBufferPointer(start: tree.arena, count: tree.arena_bytes)),
            records: Array(UnsafeBufferPointer(start: tree.entries, count: tree.count)),
            start: start
        )
    }
}
