import CLinux

/// What the file system says about one thing, as one `fstat` answered it.
package struct FileFacts: Sendable, Equatable {
    package let kind: FileKind
    package let size: UInt64

    /// The low twelve bits of the mode: permissions, set-id and sticky.
    package let permissions: UInt32
    package let links: UInt64
    package let owner: UInt32
    package let group: UInt32
    package let inode: UInt64
    package let device: UInt64

    /// Nanoseconds since 1970 of the last change of content, which its owner can set at will.
    package let modifiedNanoseconds: Int64

    /// Nanoseconds since 1970 of the last change of anything, which only the kernel sets.
    package let changedNanoseconds: Int64

    /// How many bytes a reader read before it asked for these facts; 0 where nobody read.
    package let bytesRead: UInt64

    init(_ facts: clinux_facts, bytesRead: UInt64 = 0) {
        kind = FileKind(rawValue: UInt8(truncatingIfNeeded: facts.kind)) ?? .unknown
        size = facts.size
        permissions = facts.permissions
        links = facts.links
        owner = facts.owner
        group = facts.group
        inode = facts.inode
        device = facts.device
        modifiedNanoseconds = facts.modified_ns
        changedNanoseconds = facts.changed_ns
        self.bytesRead = bytesRead
    }

    /// Whether what was read is certainly one state of the file.
    ///
    /// `start` is `Directory.now` before the walk. A file that last changed strictly before it cannot
    /// have changed while it was read; one that changed later is read again with a newer start.
    /// Limit: a store through a writable mapping that is already dirty moves no timestamp.
    package func isSettled(since start: Int64) -> Bool {
        changedNanoseconds < start && bytesRead == size
    }
}
