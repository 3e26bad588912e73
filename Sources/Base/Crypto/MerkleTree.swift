package import Canon
import COpenSSL

/// Merkle tree hashing of RFC 6962 §2.1, which is also RFC 9162 §2.1.1.
///
/// Leaves and nodes are hashed with different first bytes (00, 01), so no node can pass for a
/// leaf. All functions take leaf *hashes*: the tree never needs the entries themselves.
package enum MerkleTree {
    /// The root of the tree without leaves: the SHA-256 of nothing.
    package static let emptyRoot = Digest.sha256(of: [])

    /// The hash of one entry as a leaf.
    package static func leafHash(_ entry: [UInt8]) -> Digest {
        leafHash(entry.span)
    }

    /// The hash of one entry as a leaf.
    package static func leafHash(_ entry: Span<UInt8>) -> Digest {
        unsafe entry.bytes.withUnsafeBytes { buffer in
            Digest(unsafe charter_merkle_leaf(buffer.baseAddress, buffer.count))
        }
    }

    /// The hash of the node above two subtrees.
    package static func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
        Digest(charter_merkle_node(left.wordsForC, right.wordsForC))
    }

    /// All nodes of a complete tree, a row after the other from the leaves to the root, as bytes.
    package static func nodes(completing leaves: [Digest]) -> [UInt8] {
        precondition(leaves.count.nonzeroBitCount == 1, "A complete tree has 2^n leaves.")
        let count = (2 * leaves.count - 1) * Digest.byteCount
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { nodes, initialized in
            guard let start = nodes.baseAddress else { return }
            for (place, leaf) in leaves.enumerated() {
                unsafe charter_store_words(start + place * Digest.byteCount, leaf.wordsForC)
            }
            unsafe charter_merkle_fill(start, leaves.count)
            initialized = count
        }
    }

    /// The root over these leaf hashes.
    package static func root(of leaves: [Digest]) -> Digest {
        root(of: leaves, 0..<leaves.count)
    }

    /// The proof that the leaf at `index` is in the tree over these leaf hashes.
    package static func inclusionProof(of index: Int, in leaves: [Digest]) -> InclusionProof {
        precondition(leaves.indices.contains(index), "A leaf outside the tree has no proof.")
        var path: [Digest] = []
        var range = 0..<leaves.count
        while range.count > 1 {
            let (left, right) = halves(of: range)
            path.append(root(of: leaves, left.contains(index) ? right : left))
            range = left.contains(index) ? left : right
        }
        return InclusionProof(index: index, size: leaves.count, path: path.reversed())
    }

    /// The proof that the tree over these leaf hashes begins with the tree of its first `oldSize`.
    package static func consistencyProof(
        from oldSize: Int,
        in leaves: [Digest]
    ) -> ConsistencyProof {
        precondition((0...leaves.count).contains(oldSize), "The old tree is larger than the new.")
        var path: [Digest] = []
        var range = 0..<leaves.count
        // While the walk only went left, the old root itself is the subtree at its end, and the
        // verifier has it already.
        var isOldRoot = true
        while oldSize > 0, range.upperBound != oldSize {
            let (left, right) = halves(of: range)
            if oldSize <= left.upperBound {
                path.append(root(of: leaves, right))
                range = left
            } else {
                path.append(root(of: leaves, left))
                range = right
                isOldRoot = false
            }
        }
        if !isOldRoot { path.append(root(of: leaves, range)) }
        return ConsistencyProof(oldSize: oldSize, size: leaves.count, path: path.reversed())
    }

    private static func root(of leaves: [Digest], _ range: Range<Int>) -> Digest {
        var frontier = MerkleFrontier()
        for index in range { frontier.append(leaves[index]) }
        return frontier.root
    }

    /// Splits at the largest power of two that is smaller than the count, as RFC 6962 demands.
    private static func halves(of range: Range<Int>) -> (Range<Int>, Range<Int>) {
        let bits = Int.bitWidth - (range.count - 1).leadingZeroBitCount
        let middle = range.lowerBound + 1 << (bits - 1)
        return (range.lowerBound..<middle, middle..<range.upperBound)
    }
}
