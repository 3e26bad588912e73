package import Canon

/// The right edge of a growing Merkle tree: all that is needed to append a leaf and tell the root.
///
/// It holds one hash for each bit that is set in the number of leaves, so a log of a thousand
/// million entries needs no more than thirty. Appending costs one or two node hashes on average.
package struct MerkleFrontier: Hashable, Sendable {
    /// How many leaves were appended.
    package private(set) var count: Int

    /// The roots of the complete subtrees, largest first.
    package private(set) var subtrees: [Digest]

    /// The edge of the empty tree.
    package init() {
        count = 0
        subtrees = []
    }

    /// The edge of a tree whose complete subtrees are known; `nil` unless their number fits.
    package init?(count: Int, subtrees: [Digest]) {
        guard count >= 0, subtrees.count == count.nonzeroBitCount else { return nil }
        self.count = count
        self.subtrees = subtrees
    }

    /// Appends one leaf hash.
    package mutating func append(_ leafHash: Digest) {
        var node = leafHash
        var rest = count
        while rest & 1 == 1 {
            node = MerkleTree.nodeHash(subtrees.removeLast(), node)
            rest >>= 1
        }
        subtrees.append(node)
        count += 1
    }

    /// The root over all leaves that were appended.
    package var root: Digest {
        guard var root = subtrees.last else { return MerkleTree.emptyRoot }
        for subtree in subtrees.dropLast().reversed() {
            root = MerkleTree.nodeHash(subtree, root)
        }
        return root
    }
}
