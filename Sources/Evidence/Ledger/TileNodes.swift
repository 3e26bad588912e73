import Canon
import Crypto

/// All nodes of one complete tile: 256 hashes of its level, and the 255 above them up to its root.
///
/// Kept whole, so that a proof reads hashes and computes none. The first 8,192 bytes are the tile as
/// C2SP publishes it.
struct TileNodes: Sendable {
    static let width = 256
    static let heightMax = 8
    static let byteCount = 511 * Digest.byteCount
    static let publishedByteCount = width * Digest.byteCount

    let bytes: [UInt8]

    /// Takes the nodes as they are stored; `nil` for any other count of bytes.
    init?(stored bytes: [UInt8]) {
        guard bytes.count == TileNodes.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Hashes upwards from the 256 hashes of a level.
    init(completing hashes: [Digest]) {
        precondition(hashes.count == TileNodes.width, "A complete tile has 256 hashes.")
        bytes = MerkleTree.nodes(completing: hashes)
    }

    /// The root of the subtree over `2^height` hashes that begins at `position · 2^height`.
    func node(height: Int, position: Int) -> Digest {
        // 256 hashes, then 128, 64 … : a row begins where all larger ones end.
        let start = 512 - (512 >> height)
        return Digest(bytes, at: (start + position) * Digest.byteCount)
    }

    var root: Digest { node(height: TileNodes.heightMax, position: 0) }

    /// Whether stored bytes are these nodes, or the beginning of them.
    func isBegun(by stored: [UInt8]) -> Bool {
        stored.count <= bytes.count && bytes.span.holds(stored, in: 0..<stored.count)
    }

    /// The row above a row of an even number of hashes.
    static func parents(_ row: [Digest]) -> [Digest] {
        var above: [Digest] = []
        above.reserveCapacity(row.count / 2)
        for place in stride(from: 0, to: row.count, by: 2) {
            above.append(MerkleTree.nodeHash(row[place], row[place + 1]))
        }
        return above
    }
}

/// One complete tile and its place.
struct PlacedTile: Sendable {
    let level: Int
    let number: Int
    let nodes: TileNodes
}
