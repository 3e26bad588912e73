import Archives
import Canon
import Crypto

/// One file as an operation shall leave it.
struct InstallChange: Sendable {
    /// Where the bytes come from.
    enum Content: Sendable {
        /// It shall be gone.
        case gone
        /// Few enough to be kept beside the decision.
        case bytes([UInt8])
        /// A member of an archive on the shelf.
        case archived(Digest, member: ArchiveMember, content: Digest)
    }

    let path: RelativePath
    let content: Content

    /// The digest that the file will have; `nil` where it shall be gone.
    var after: Digest? {
        switch content {
        case .gone: nil
        case .bytes(let bytes): .sha256(of: bytes)
        case .archived(_, _, let content): content
        }
    }
}
