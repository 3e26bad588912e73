package import Canon

/// The proof that a Merkle tree only grew: the old tree is its beginning (RFC 9162 §2.1.4).
package struct ConsistencyProof: Hashable, Sendable {
    /// How many leaves the old tree has.
    package let oldSize: Int

    /// How many leaves the new tree has.
    package let size: Int

    /// The hashes, in the order of RFC 6962 §2.1.2.
    package let path: [Digest]

    /// States a proof; `leads` tells whether it is one.
    package init(oldSize: Int, size: Int, path: [Digest]) {
        self.oldSize = oldSize
        self.size = size
        self.path = path
    }

    /// Whether this proof leads from the old root to the new one.
    package func leads(from oldRoot: Digest, to root: Digest) -> Bool {
        guard oldSize >= 0, oldSize <= size else { return false }
        if oldSize == size { return path.isEmpty && oldRoot == root }
        if oldSize == 0 { return path.isEmpty && oldRoot == MerkleTree.emptyRoot }
        var (place, last) = (oldSize - 1, size - 1)
        while place & 1 == 1 { (place, last) = (place >> 1, last >> 1) }
        // Where the old tree is one complete subtree, its root starts the walk and is not repeated.
        var rest = path[...]
        guard let start = place == 0 ? oldRoot : rest.popFirst() else { return false }
        var (old, new) = (start, start)
        for sibling in rest {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                old = MerkleTree.nodeHash(sibling, old)
                new = MerkleTree.nodeHash(sibling, new)
                while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
            } else {
                new = MerkleTree.nodeHash(new, sibling)
            }
            (place, last) = (place >> 1, last >> 1)
        }
        return last == 0 && old == oldRoot && new == root
    }
}
