package import Canon

/// The proof that one leaf stands at one place of a Merkle tree (RFC 9162 §2.1.3).
///
/// A proof is only a claim until `leads(from:to:)` says that it ends in a root that is trusted.
package struct InclusionProof: Hashable, Sendable {
    /// The place of the leaf, counted from zero.
    package let index: Int

    /// How many leaves the tree has.
    package let size: Int

    /// The sibling hashes from the leaf to the root.
    package let path: [Digest]

    /// States a proof; `leads` tells whether it is one.
    package init(index: Int, size: Int, path: [Digest]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// Whether this proof, starting at this leaf hash, ends in this root.
    package func leads(from leafHash: Digest, to root: Digest) -> Bool {
        self.root(from: leafHash) == root
    }

    /// The root that this proof ends in, starting at this leaf hash; `nil` where it ends in none.
    package func root(from leafHash: Digest) -> Digest? {
        guard index >= 0, index < size else { return nil }
        var (place, last) = (index, size - 1)
        var node = leafHash
        for sibling in path {
            guard last > 0 else { return nil }
            if place & 1 == 1 || place == last {
                node = MerkleTree.nodeHash(sibling, node)
                // A node at the right edge has no sibling on the levels where it is a left child.
                while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
            } else {
                node = MerkleTree.nodeHash(node, sibling)
            }
            (place, last) = (place >> 1, last >> 1)
        }
        return last == 0 ? node : nil
    }
}
