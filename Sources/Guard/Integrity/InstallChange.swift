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
        /// A member of an archive on the shelf; its bytes too, where they were kept from judging it.
        case archived(Digest, member: ArchiveMember, content: Digest, bytes: [UInt8]?)
    }

    /// What stands in its place before.
    enum Before: Sendable {
        /// Whatever is found there.
        case asFound
        /// What the operation was judged with: the root was read whole, under the same lock.
        case known(Digest?)
    }

    let path: RelativePath
    let content: Content
    let before: Before

    init(path: RelativePath, content: Content, before: Before = .asFound) {
        self.path = path
        self.content = content
        self.before = before
    }

    /// The digest that the file will have; `nil` where it shall be gone.
    var after: Digest? {
        switch content {
        case .gone: nil
        case .bytes(let bytes): .sha256(of: bytes)
        case .archived(_, _, let content, _): content
        }
    }
}
