import Canon
import Crypto

/// The right edge of a plane's Merkle log: for each level the hashes of the tile that is not complete.
///
/// Together with the stored tiles it gives the root and every proof, for this size and each smaller
/// one. It never holds more than 255 hashes a level.
struct LogTree: Sendable {
    private(set) var size = 0
    /// For each level, the hashes behind the last complete tile.
    private(set) var edges: [[Digest]] = [[]]

    init() {}

    init(size: Int, edges: [[Digest]]) {
        self.size = size
        self.edges = edges.isEmpty ? [[]] : edges
    }

    /// Appends a leaf and hands over the tiles that are complete by it.
    mutating func append(
        _ leaf: Digest,
        completed: (PlacedTile) throws(LedgerFault) -> Void
    )
        throws(LedgerFault)
    {
        size += 1
        var hash = leaf
        var level = 0
        while true {
            if edges.count == level { edges.append([]) }
            edges[level].append(hash)
            guard edges[level].count == TileNodes.width else { return }
            let nodes = TileNodes(completing: edges[level])
            edges[level] = []
            let number = (size >> (TileNodes.heightMax * (level + 1))) - 1
            try completed(PlacedTile(level: level, number: number, nodes: nodes))
            hash = nodes.root
            level += 1
        }
    }

    /// How many tiles of a level are complete.
    func completeTiles(level: Int) -> Int { size >> (TileNodes.heightMax * (level + 1)) }
}

/// Roots and proofs over a log, from its edge and its stored tiles (RFC 6962 §2.1).
struct LogProver {
    let tree: LogTree
    /// The complete subtrees behind the last complete tile of each level, by height: hashed once, since
    /// most proofs need the same ones.
    private let edges: [[[Digest]]]
    private let stored: (_ level: Int, _ number: Int) throws(LedgerFault) -> TileNodes

    init(
        _ tree: LogTree,
        stored: @escaping (_ level: Int, _ number: Int) throws(LedgerFault) -> TileNodes
    ) {
        self.tree = tree
        self.stored = stored
        edges = tree.edges.map { hashes in
            var rows = [hashes]
            while let row = rows.last, row.count > 1 {
                rows.append(TileNodes.parents(row.count.isMultiple(of: 2) ? row : row.dropLast()))
            }
            return rows
        }
    }

    /// The root over the first `size` entries.
    func root(of size: Int) throws(LedgerFault) -> Digest {
        size == 0 ? MerkleTree.emptyRoot : try root(from: 0, count: size)
    }

    /// The proof that an entry is among the first `size`.
    func inclusion(of index: Int, in size: Int) throws(LedgerFault) -> InclusionProof {
        var path: [Digest] = []
        var (low, count) = (0, size)
        while count > 1 {
            let half = LogProver.half(count)
            if index < low + half {
                path.append(try root(from: low + half, count: count - half))
                count = half
            } else {
                path.append(try root(from: low, count: half))
                (low, count) = (low + half, count - half)
            }
        }
        return InclusionProof(index: index, size: size, path: path.reversed())
    }

    /// The proof that the first `oldSize` entries are the beginning of the first `size`.
    func consistency(from oldSize: Int, to size: Int) throws(LedgerFault) -> ConsistencyProof {
        var path: [Digest] = []
        guard oldSize > 0, oldSize < size else {
            return ConsistencyProof(oldSize: oldSize, size: size, path: [])
        }
        var (low, count, old) = (0, size, oldSize)
        // Whether the old tree is exactly the subtree at hand, whose root the verifier knows.
        var isOldRoot = true
        while old < count {
            let half = LogProver.half(count)
            if old <= half {
                path.append(try root(from: low + half, count: count - half))
                count = half
            } else {
                path.append(try root(from: low, count: half))
                (low, count, old) = (low + half, count - half, old - half)
                isOldRoot = false
            }
        }
        if !isOldRoot { path.append(try root(from: low, count: count)) }
        return ConsistencyProof(oldSize: oldSize, size: size, path: path.reversed())
    }

    private func root(from low: Int, count: Int) throws(LedgerFault) -> Digest {
        if count & (count - 1) == 0 {
            let height = count.trailingZeroBitCount
            return try node(height: height, position: low >> height)
        }
        let half = LogProver.half(count)
        return MerkleTree.nodeHash(
            try root(from: low, count: half),
            try root(from: low + half, count: count - half)
        )
    }

    /// One hash of a tile: the leaf hash of an entry at level 0, the root of a tile below elsewhere.
    func hash(level: Int, position: Int) throws(LedgerFault) -> Digest {
        try node(height: level * TileNodes.heightMax, position: position)
    }

    /// The root of a complete subtree of `2^height` entries.
    private func node(height: Int, position: Int) throws(LedgerFault) -> Digest {
        let (level, within) = height.quotientAndRemainder(dividingBy: TileNodes.heightMax)
        let first = position << within
        let number = first >> TileNodes.heightMax
        let offset = first & (TileNodes.width - 1)
        if number < tree.completeTiles(level: level) {
            return try stored(level, number).node(height: within, position: offset >> within)
        }
        return edges[level][within][offset >> within]
    }

    /// The largest power of two that is smaller than the count.
    private static func half(_ count: Int) -> Int {
        1 << (Int.bitWidth - (count - 1).leadingZeroBitCount - 1)
    }
}
