package import Canon

/// One file and its one owner.
package struct OwnershipRow: Hashable, Sendable {
    /// The registry in which the owner stands.
    ///
    /// Frameworks may be named here and are then refused.
    package enum OwnerRegistry: String, Sendable {
        case framework
        case spec
        case package
    }

    /// What the hash column says: a digest, or where the digest is kept instead.
    ///
    /// A registry cannot hold its own hash. The two that would have to say so by a word.
    package enum Content: Hashable, Sendable {
        case digest(Digest)
        /// The hash stands in the control plane registry.
        case controlPlane
        /// The hash stands in the signed seal.
        case seal

        /// Stands in the hash column of the ownership registry's own row.
        package static let controlPlaneWord = "control_plane_registry"
        /// Stands in the hash column of what only a seal can vouch for.
        package static let sealWord = "seal"

        /// Reads the column; `nil` for anything that is neither a digest nor one of the words.
        package init?(_ bytes: ArraySlice<UInt8>) {
            if let digest = Digest(hex: bytes) {
                self = .digest(digest)
            } else if bytes.elementsEqual(Content.controlPlaneWord.utf8) {
                self = .controlPlane
            } else if bytes.elementsEqual(Content.sealWord.utf8) {
                self = .seal
            } else {
                return nil
            }
        }

        /// The column's bytes.
        package var bytes: [UInt8] {
            switch self {
            case .digest(let digest): digest.hexBytes
            case .controlPlane: Array(Content.controlPlaneWord.utf8)
            case .seal: Array(Content.sealWord.utf8)
            }
        }
    }

    package let path: RelativePath
    package let owner: String
    package let registry: OwnerRegistry
    package let content: Content

    /// One row; a path that is owned twice has two.
    package init(
        path: RelativePath,
        owner: String,
        registry: OwnerRegistry,
        content: Content
    ) {
        self.path = path
        self.owner = owner
        self.registry = registry
        self.content = content
    }
}
