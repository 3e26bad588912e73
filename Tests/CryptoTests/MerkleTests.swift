import Canon
import Crypto
import Support
import Testing

/// The leaves and roots of the reference implementation of RFC 6962 (certificate-transparency).
private let entries: [[UInt8]] = [
    [],
    [0x00],
    [0x10],
    [0x20, 0x21],
    [0x30, 0x31],
    [0x40, 0x41, 0x42, 0x43],
    [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    [
        0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67,
        0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f,
    ],
]

private let roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

/// The definition of RFC 6962 §2.1, word for word: slow, and so a fair judge.
private func definedRoot(_ leaves: ArraySlice<Digest>) -> Digest {
    guard leaves.count > 1 else {
        return leaves.first ?? Digest.sha256(of: [])
    }
    var k = 1
    while k * 2 < leaves.count { k *= 2 }
    let (left, right) = (definedRoot(leaves.prefix(k)), definedRoot(leaves.dropFirst(k)))
    return Digest.sha256(of: [1] + left.bytes + right.bytes)
}

private func numbered(_ count: Int) -> [Digest] {
    (0..<count).map { MerkleTree.leafHash(Array("entry \($0)".utf8)) }
}

@Suite(.covers("B03"))
struct `A Merkle tree` {
    @Test func `has the roots of the reference implementation`() {
        let leaves = entries.map { MerkleTree.leafHash($0) }
        for (size, root) in roots.enumerated() {
            #expect(MerkleTree.root(of: Array(leaves.prefix(size))).hex == root)
        }
    }

    @Test func `hashes leaves and nodes as RFC 6962 defines them`() {
        #expect(MerkleTree.leafHash([7, 8]) == Digest.sha256(of: [0, 7, 8]))
        let (left, right) = (Digest.sha256(of: [1]), Digest.sha256(of: [2]))
        let node = Digest.sha256(of: [1] + left.bytes + right.bytes)
        #expect(MerkleTree.nodeHash(left, right) == node)
    }

    @Test func `has its nodes row by row when it is complete`() {
        for leaves in [1, 2, 4, 256].map(numbered) {
            var rows = [leaves]
            while let row = rows.last, row.count > 1 {
                rows.append(
                    stride(from: 0, to: row.count, by: 2).map {
                        MerkleTree.nodeHash(row[$0], row[$0 + 1])
                    }
                )
            }
            let bytes = rows.flatMap { $0.flatMap(\.bytes) }
            #expect(MerkleTree.nodes(completing: leaves) == bytes)
        }
    }

    @Test func `for any size has the root of the definition`() {
        let leaves = numbered(130)
        var frontier = MerkleFrontier()
        for size in 0...130 {
            let root = definedRoot(leaves.prefix(size))
            #expect(MerkleTree.root(of: Array(leaves.prefix(size))) == root)
            #expect(frontier.root == root)
            let again = MerkleFrontier(count: frontier.count, subtrees: frontier.subtrees)
            #expect(again?.root == root)
            if size < 130 { frontier.append(leaves[size]) }
        }
        #expect(MerkleFrontier(count: 3, subtrees: [leaves[0]]) == nil)
        #expect(MerkleFrontier(count: -1, subtrees: []) == nil)
    }

    @Test func `of a hundred thousand leaves is one pass`() {
        let leaves = numbered(100_000)
        let root = MerkleTree.root(of: leaves)
        #expect(root == definedRoot(leaves[...]))
    }
}

@Suite(.covers("B03"))
struct `An inclusion proof` {
    @Test func `leads every leaf of every tree to its root, and no other leaf`() {
        for size in 1...40 {
            let leaves = numbered(size)
            let root = MerkleTree.root(of: leaves)
            for index in 0..<size {
                let proof = MerkleTree.inclusionProof(of: index, in: leaves)
                #expect(proof.leads(from: leaves[index], to: root))
                #expect(!proof.leads(from: MerkleTree.leafHash([9]), to: root))
                #expect(!proof.leads(from: leaves[index], to: MerkleTree.leafHash([9])))
            }
        }
    }

    @Test func `is refused when any of it is changed`() {
        let leaves = numbered(23)
        let root = MerkleTree.root(of: leaves)
        for index in 0..<23 {
            let good = MerkleTree.inclusionProof(of: index, in: leaves)
            func refuses(_ index: Int, _ size: Int, _ path: [Digest]) -> Bool {
                let bad = InclusionProof(index: index, size: size, path: path)
                return !bad.leads(from: leaves[good.index], to: root)
            }
            for place in good.path.indices {
                var path = good.path
                path[place] = MerkleTree.leafHash([9])
                #expect(refuses(index, 23, path))
            }
            #expect(refuses(index, 23, good.path.dropLast()))
            #expect(refuses(index, 23, good.path + [root]))
            #expect(refuses(index, index, good.path))
            #expect(refuses(-1, 23, good.path))
            for other in 0..<23 where other != index { #expect(refuses(other, 23, good.path)) }
        }
    }
}

@Suite(.covers("B03"))
struct `A consistency proof` {
    @Test func `leads every old tree to every newer one, and no other`() {
        let leaves = numbered(40)
        let roots = (0...40).map { MerkleTree.root(of: Array(leaves.prefix($0))) }
        let foreign = MerkleTree.leafHash([9])
        for size in 0...40 {
            let tree = Array(leaves.prefix(size))
            for old in 0...size {
                let proof = MerkleTree.consistencyProof(from: old, in: tree)
                #expect(proof.leads(from: roots[old], to: roots[size]))
                #expect(!proof.leads(from: foreign, to: roots[size]))
                if old > 0 { #expect(!proof.leads(from: roots[old], to: foreign)) }
            }
        }
    }

    @Test func `is refused when any of it is changed`() {
        let leaves = numbered(27)
        let roots = (0...27).map { MerkleTree.root(of: Array(leaves.prefix($0))) }
        for old in 1..<27 {
            let good = MerkleTree.consistencyProof(from: old, in: leaves)
            func refuses(_ oldSize: Int, _ size: Int, _ path: [Digest]) -> Bool {
                let bad = ConsistencyProof(oldSize: oldSize, size: size, path: path)
                return !bad.leads(from: roots[old], to: roots[27])
            }
            for place in good.path.indices {
                var path = good.path
                path[place] = MerkleTree.leafHash([9])
                #expect(refuses(old, 27, path))
            }
            #expect(refuses(old, 27, good.path.dropLast()))
            #expect(refuses(old, 27, good.path + [roots[27]]))
            #expect(refuses(28, 27, good.path))
            #expect(refuses(old, 1000, good.path))
            #expect(refuses(27, 27, good.path))
            #expect(refuses(0, 27, good.path))
        }
    }
}
