package import Canon
package import Crypto

/// Everything registered as one Merkle tree: one root hash is the state of the whole root (C25).
///
/// A leaf is one row of the ownership registry together with the digest of the bytes on disk, in the
/// order of the paths. RFC 6962 hashing, so that any transparency-log client can check a proof.
package struct StateTree: Sendable {
    package let leaves: [Digest]
    private let rows: [OwnershipRow]
    /// Which row each leaf is of.
    private let places: [Int]

    /// The state of these rows; each row's digest comes from the tree, not from the registry.
    ///
    /// `known` are the leaves of rows whose registered digests have been shown to be those of the tree.
    package init(
        ownership: OwnershipTable,
        tree: TreeSnapshot,
        leavingOut excluded: String,
        known: [Digest?] = []
    ) {
        var leaves: [Digest] = []
        var places: [Int] = []
        var entry: [UInt8] = []
        leaves.reserveCapacity(ownership.rows.count)
        places.reserveCapacity(ownership.rows.count)
        // Rows and files are both in the order of their paths: one pass over both.
        var at = 0
        for (place, row) in ownership.rows.enumerated() {
            if place < known.count, let leaf = known[place] {
                leaves.append(leaf)
                places.append(place)
                continue
            }
            while at < tree.paths.count && tree.paths[at] < row.path { at += 1 }
            guard at < tree.paths.count, tree.paths[at] == row.path,
                let digest = tree.digests[at], !row.path.bytes.elementsEqual(excluded.utf8)
            else { continue }
            entry.removeAll(keepingCapacity: true)
            StateTree.write(row, digest, into: &entry)
            leaves.append(MerkleTree.leafHash(entry.span))
            places.append(place)
        }
        self.leaves = leaves
        self.places = places
        rows = ownership.rows
    }

    /// The leaf of each row by its registered digest; `nil` where that is kept elsewhere.
    package static func leaves(of ownership: OwnershipTable) -> [Digest?] {
        var entry: [UInt8] = []
        return ownership.rows.map { row in
            guard case .digest(let digest) = row.content else { return nil }
            entry.removeAll(keepingCapacity: true)
            write(row, digest, into: &entry)
            return MerkleTree.leafHash(entry.span)
        }
    }

    /// The single hash of the state.
    package var root: Digest { MerkleTree.root(of: leaves) }

    /// The proof that one file is part of the state.
    package func proof(of path: RelativePath) -> (index: Int, proof: InclusionProof)? {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if rows[places[middle]].path < path { low = middle + 1 } else { high = middle }
        }
        guard low < places.count, rows[places[low]].path == path else { return nil }
        let index = low
        return (index, MerkleTree.inclusionProof(of: index, in: leaves))
    }

    /// The bytes of one leaf: path, owner, owner registry and digest, each ended by a line feed.
    ///
    /// A path holds no control character, so that no two rows can give one entry.
    package static func entry(_ row: OwnershipRow, _ digest: Digest) -> [UInt8] {
        var entry: [UInt8] = []
        write(row, digest, into: &entry)
        return entry
    }

    private static func write(
        _ row: OwnershipRow,
        _ digest: Digest,
        into entry: inout [UInt8]
    ) {
        entry.append(contentsOf: row.path.bytes)
        entry.append(0x0A)
        entry.append(contentsOf: row.owner.utf8)
        entry.append(0x0A)
        entry.append(contentsOf: row.registry.rawValue.utf8)
        entry.append(0x0A)
        digest.appendHex(to: &entry)
        entry.append(0x0A)
    }
}
