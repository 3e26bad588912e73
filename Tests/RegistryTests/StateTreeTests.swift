import Canon
import Crypto
import Patterns
import Registry
import Support
import Testing

@Suite(.covers("C25"))
struct `The state tree` {
    private let files = [
        "a.txt": "a", "b/c.txt": "c", "b/d.txt": "d", "b.txt": "b", "registries/seal.note": "seal",
    ]

    private func tree(
        _ files: [String: String],
        owners: [String: String] = [:]
    ) throws -> StateTree {
        let snapshot = try MemoryTree(files).snapshot()
        let rows = snapshot.paths.map { path in
            OwnershipRow(
                path: path,
                owner: owners[path.text] ?? "PKG-A",
                registry: .package,
                content: .seal
            )
        }
        return StateTree(
            ownership: OwnershipTable(rows: rows.reversed()),
            tree: snapshot,
            leavingOut: "registries/seal.note"
        )
    }

    @Test func `has a leaf for each row but the seal's, in the order of the paths`() throws {
        let tree = try tree(files)
        let places = try ["a.txt", "b.txt", "b/c.txt", "b/d.txt"].map {
            tree.proof(of: try RelativePath($0))?.index
        }
        #expect(places == [0, 1, 2, 3])
        #expect(tree.leaves.count == 4)
        #expect(tree.root == MerkleTree.root(of: tree.leaves))
    }

    @Test func `has another root after any change`() throws {
        let before = try tree(files).root
        var roots: Set<Digest> = [before]
        for name in files.keys.sorted() where name != "registries/seal.note" {
            var changed = files
            changed[name] = "other"
            roots.insert(try tree(changed).root)
            changed[name] = nil
            roots.insert(try tree(changed).root)
            changed[name + "2"] = files[name]
            roots.insert(try tree(changed).root)
            roots.insert(try tree(files, owners: [name: "PKG-B"]).root)
        }
        #expect(roots.count == 1 + 4 * 4)
        var sealed = files
        sealed["registries/seal.note"] = "another"
        #expect(try tree(sealed).root == before)
        #expect(try tree(files).root == before)
    }

    @Test func `proves each leaf, and no altered one`() throws {
        let tree = try tree(files)
        for (index, name) in ["a.txt", "b.txt", "b/c.txt", "b/d.txt"].enumerated() {
            let found = try #require(tree.proof(of: RelativePath(name)))
            #expect(found.index == index)
            #expect(found.proof.leads(from: tree.leaves[index], to: tree.root))
            var bytes = tree.leaves[index].bytes
            bytes[0] ^= 1
            let altered = try #require(Digest(bytes: bytes))
            #expect(!found.proof.leads(from: altered, to: tree.root))
            #expect(!found.proof.leads(from: tree.leaves[index], to: altered))
            let other = tree.leaves[(index + 1) % tree.leaves.count]
            #expect(!found.proof.leads(from: other, to: tree.root))
        }
        #expect(tree.proof(of: try RelativePath("nowhere")) == nil)
        #expect(tree.proof(of: try RelativePath("registries/seal.note")) == nil)
    }

    @Test func `writes each entry in one way only`() throws {
        let digest = Digest.sha256(of: [])
        let row = OwnershipRow(
            path: try RelativePath("a/b"),
            owner: "PKG-A",
            registry: .spec,
            content: .digest(digest)
        )
        #expect(
            String(decoding: StateTree.entry(row, digest), as: UTF8.self)
                == "a/b\nPKG-A\nspec\n\(digest.hex)\n"
        )
    }

    @Test func `leaves out what has no file`() throws {
        let snapshot = try MemoryTree(["a.txt": "a"]).snapshot()
        let rows = try ["a.txt", "gone.txt"].map {
            OwnershipRow(
                path: try RelativePath($0),
                owner: "PKG-A",
                registry: .package,
                content: .seal
            )
        }
        let tree = StateTree(
            ownership: OwnershipTable(rows: rows),
            tree: snapshot,
            leavingOut: "registries/seal.note"
        )
        #expect(tree.leaves.count == 1)
        #expect(tree.proof(of: try RelativePath("gone.txt")) == nil)
    }
}

@Suite
struct `A tree as a value` {
    private func tree() throws -> TreeSnapshot {
        try MemoryTree([
            "a": "1", "d/x.json": "2", "d/y.json": "3", "d/y.txt": "4", "d/e/z.json": "5",
            "d.json": "6",
        ]).snapshot()
    }

    @Test func `finds files by path, directory and pattern`() throws {
        let tree = try tree()
        #expect(
            tree.paths.map(\.text) == [
                "a", "d.json", "d/e/z.json", "d/x.json", "d/y.json", "d/y.txt",
            ]
        )
        #expect(tree.contains(try RelativePath("d/x.json")))
        #expect(!tree.contains(try RelativePath("d")))
        #expect(tree.digest(of: try RelativePath("a")) == .sha256(of: Array("1".utf8)))
        #expect(tree.digest(of: try RelativePath("zz")) == nil)
        #expect(tree.files(in: "d", suffix: ".json").map(\.text) == ["d/x.json", "d/y.json"])
        #expect(tree.files(in: "nowhere", suffix: "") == [])
        #expect(
            tree.files(matching: try .init("d/**/*.json")).map(\.text)
                == ["d/e/z.json", "d/x.json", "d/y.json"]
        )
        #expect(tree.files(matching: try .init("*")).map(\.text) == ["a", "d.json"])
    }

    @Test func `can be had with changes, and is not changed itself`() throws {
        let tree = try tree()
        let digest = Digest.sha256(of: [])
        let changed = tree.changed(by: [
            try RelativePath("a"): .some(digest), try RelativePath("b"): .some(digest),
            try RelativePath("d.json"): nil, try RelativePath("gone"): nil,
        ])
        #expect(changed.paths.prefix(3).map(\.text) == ["a", "b", "d/e/z.json"])
        #expect(changed.digest(of: try RelativePath("a")) == digest)
        #expect(changed.digest(of: try RelativePath("b")) == digest)
        #expect(tree.contains(try RelativePath("d.json")))
        #expect(!tree.contains(try RelativePath("b")))
    }
}
