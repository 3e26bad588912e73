package import Canon
package import Crypto

/// Everything registered as one Merkle tree: one root hash is the state of the whole root (C25).
///
/// A leaf is one row of the ownership registry together with the digest of the bytes on disk, in the
/// order of the paths. RFC 6962 hashing, so that any transparency-log client can check a proof.
package struct StateTree: Sendable {
    package let leaves: [Digest]
    package let paths: [RelativePath]

    /// The state of these rows; each row's digest comes from the tree, not from the registry.
    package init(ownership: OwnershipTable, tree: TreeSnapshot, leavingOut excluded: String) {
        var leaves: [Digest] = []
        var paths: [RelativePath] = []
        leaves.reserveCapacity(ownership.rows.count)
        paths.reserveCapacity(ownership.rows.count)
        // Rows and files are both in the order of their paths: one pass over both.
        var at = 0
        for row in ownership.rows {
            while at < tree.paths.count && tree.paths[at] < row.path { at += 1 }
            guard at < tree.paths.count, tree.paths[at] == row.path,
                let digest = tree.digests[at], !row.path.bytes.elementsEqual(excluded.utf8)
            else { continue }
            leaves.append(MerkleTree.leafHash(StateTree.entry(row, digest)))
            paths.append(row.path)
        }
        self.leaves = leaves
        self.paths = paths
    }

    /// The single hash of the state.
    package var root: Digest { MerkleTree.root(of: leaves) }

    /// The proof that one file is part of the state.
    package func proof(of path: RelativePath) -> (index: Int, proof: InclusionProof)? {
        var low = 0
        var high = paths.count
        while low < high {
            let middle = (low + high) / 2
            if paths[middle] < path { low = middle + 1 } else { high = middle }
        }
        guard low < paths.count, paths[low] == path else { return nil }
        let index = low
        return (index, MerkleTree.inclusionProof(of: index, in: leaves))
    }

    /// The bytes of one leaf: path, owner, owner registry and digest, each ended by a line feed.
    ///
    /// A path holds no control character, so that no two rows can give one entry.
    package static func entry(_ row: OwnershipRow, _ digest: Digest) -> [UInt8] {
        var entry: [UInt8] = []
        entry.reserveCapacity(row.path.bytes.count + row.owner.utf8.count + 80)
        entry.append(contentsOf: row.path.bytes)
        entry.append(0x0A)
        entry.append(contentsOf: row.owner.utf8)
        entry.append(0x0A)
        entry.append(contentsOf: row.registry.rawValue.utf8)
        entry.append(0x0A)
        entry.append(contentsOf: digest.hexBytes)
        entry.append(0x0A)
        return entry
    }
}
