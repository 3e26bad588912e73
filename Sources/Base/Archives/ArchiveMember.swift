package import Canon

/// A file in an archive: all that an archive of ours says of a file.
package struct ArchiveMember: Hashable, Sendable {
    package let path: RelativePath
    package let byteCount: Int
    package let isExecutable: Bool

    /// States a file.
    package init(_ path: RelativePath, byteCount: Int, isExecutable: Bool = false) {
        self.path = path
        self.byteCount = byteCount
        self.isExecutable = isExecutable
    }

    /// The permissions that the file has.
    package var mode: UInt32 { isExecutable ? 0o755 : 0o644 }
}
