import Archives
package import Canon
package import Host

/// Archives that operations take files from, each by the digest of its bytes, outside every root.
///
/// An operation that was decided may have to be completed after a crash, so what it takes files from
/// stays here until it is over.
package struct ArchiveShelf: Sendable {
    package let directory: Directory

    private static let folder = "packages"

    /// The shelf in a root's state.
    package init(state: Directory) throws(IntegrityFault) {
        do {
            directory = try state.openMakingBeneath(ArchiveShelf.folder, mode: 0o700)
        } catch {
            throw .host(error)
        }
    }

    /// The name of an archive's file.
    package static func name(of digest: Digest) -> String { digest.hex + ".tar.zst" }

    /// Whether an archive is here.
    package func has(_ digest: Digest) throws(IntegrityFault) -> Bool {
        do {
            return try directory.facts(of: ArchiveShelf.name(of: digest)) != nil
        } catch {
            throw .host(error)
        }
    }

    /// An archive, open from its beginning.
    package func source(_ digest: Digest) throws(IntegrityFault) -> FileSource {
        do {
            return try FileSource(ArchiveShelf.name(of: digest), in: directory)
        } catch {
            throw .host(error)
        }
    }
}
