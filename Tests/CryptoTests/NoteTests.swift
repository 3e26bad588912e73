import Canon
import Crypto
import Support
import Testing

/// The log and the two witnesses of the vectors.
struct KnownKeys {
    let log: NoteVerifier
    let witnesses: [NoteVerifier]
    let size: Int
    let root: Digest
    let oldSize: Int
    let oldRoot: Digest

    init() throws {
        let keys = try JSONValue(parsing: Repository.vector("tlog/keys.json"))
        func text(_ name: String) throws -> String { try #require(keys[name]?.string) }
        log = try NoteVerifier(vkey: text("log_vkey"))
        witnesses = [
            try NoteVerifier(vkey: text("w1_vkey")), try NoteVerifier(vkey: text("w2_vkey")),
        ]
        size = try #require(keys["size"]?.integer)
        oldSize = try #require(keys["old_size"]?.integer)
        root = try #require(Digest(hex: text("root")))
        oldRoot = try #require(Digest(hex: text("old_root")))
    }

    func opened(_ note: [UInt8], quorum: Int = 2) throws -> Checkpoint {
        try Checkpoint.verified(note, log: log, witnesses: witnesses, quorum: quorum)
    }
}

struct `A checkpoint of another implementation` {
    @Test func `verifies with the log's key and both witnesses`() throws {
        let known = try KnownKeys()
        let checkpoint = try known.opened(Repository.vector("tlog/log/checkpoint"))
        #expect(checkpoint.size == known.size)
        #expect(checkpoint.root == known.root)
        #expect(checkpoint.origin == "ledger.example/tenant-a")
        let old = try known.opened(Repository.vector("tlog/checkpoint.old"))
        #expect(old.root == known.oldRoot)
        let note = try SignedNote(parsing: Repository.vector("tlog/log/checkpoint"))
        let signers = try note.verified(by: [known.log] + known.witnesses)
        #expect(signers.map(\.time) == [nil, 1_700_000_000, 1_700_000_001])
        #expect(note.text == checkpoint.text)
        #expect(try note.bytes == Repository.vector("tlog/log/checkpoint"))
        #expect(
            known.log.description
                == "ledger.example/tenant-a+cd494058+AUjgW0k/ifzcgyVjX9IWULGe+1D6pl4bRPrYer6KCTfe"
        )
    }

    @Test func `is refused with any byte changed`() throws {
        let known = try KnownKeys()
        let note = try Repository.vector("tlog/log/checkpoint")
        for index in note.indices {
            let said = code { _ = try known.opened(note.flipped(at: index)) }
            #expect(said.hasPrefix("crypto."), "byte \(index)")
        }
        func said(_ old: String, _ new: String) -> String {
            code { _ = try known.opened(note.replacing(old, with: new)) }
        }
        #expect(said("\n600\n", "\n601\n") == "crypto.note-signature-wrong")
        #expect(said("ZfUEa3", "ZfUEa4") == "crypto.note-signature-wrong")
        #expect(said("zUlAWGA7", "zUlAWGA8") == "crypto.note-signature-wrong")
        #expect(said("1+wyZwAAAABlU/EA", "1+wyZwAAAABlU/EB") == "crypto.note-signature-wrong")
        #expect(said("— witness.example/w1", "witness.example/w1") == "crypto.note-malformed")
        #expect(said("=\n\n", "=\n") == "crypto.note-malformed")
        // A line whose key id is unknown is passed over, and then the log has not signed.
        #expect(said("zUlAWGA7", "zUlBWGA7") == "crypto.checkpoint-unsigned")
        #expect(said("xR1GRAAA", "xR1GRQAA") == "crypto.checkpoint-quorum-missed")
    }

    @Test func `is refused where the keys do not fit`() throws {
        let known = try KnownKeys()
        let note = try Repository.vector("tlog/log/checkpoint")
        let foreign = try NoteVerifier(
            name: "elsewhere.example",
            algorithm: .log,
            key: SigningKey(seed: Array(0..<32)).verifyingKey
        )
        let parsed = try SignedNote(parsing: note)
        #expect(code { _ = try parsed.verified(by: [foreign]) } == "crypto.note-unverified")
        #expect(code { _ = try parsed.verified(by: []) } == "crypto.note-unverified")
        let witnessed = code {
            _ = try Checkpoint.verified(note, log: foreign, witnesses: known.witnesses)
        }
        #expect(witnessed == "crypto.checkpoint-unsigned")
        #expect(code { _ = try known.opened(note, quorum: 3) } == "crypto.checkpoint-quorum-missed")
    }
}

struct `A log on disk of another implementation` {
    private func entries() throws -> [[UInt8]] {
        var entries: [[UInt8]] = []
        for bundle in ["000", "001", "002.p/88"] {
            var rest = try Repository.vector("tlog/log/tile/entries/\(bundle)")[...]
            while let high = rest.popFirst(), let low = rest.popFirst() {
                let count = Int(high) << 8 | Int(low)
                entries.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
        }
        return entries
    }

    @Test(.covers("B03")) func `has the root of its checkpoint over its entries`() throws {
        let known = try KnownKeys()
        let entries = try entries()
        #expect(entries.count == known.size)
        let leaves = entries.map { MerkleTree.leafHash($0) }
        #expect(MerkleTree.root(of: leaves) == known.root)
        #expect(MerkleTree.root(of: Array(leaves.prefix(known.oldSize))) == known.oldRoot)
        let tiles = try ["000", "001", "002.p/88"].flatMap { name in
            try Repository.vector("tlog/log/tile/0/\(name)")
        }
        #expect(tiles == leaves.flatMap(\.bytes))
        var changed = entries
        changed[599] = changed[599].flipped(at: 3)
        #expect(MerkleTree.root(of: changed.map { MerkleTree.leafHash($0) }) != known.root)
    }

    @Test(.covers("B03")) func `only grew from its old checkpoint`() throws {
        let known = try KnownKeys()
        let request = try Repository.vector("tlog/add-checkpoint.req")
        let lines = request.split(separator: 10, omittingEmptySubsequences: false)
        let end = try #require(lines.firstIndex { $0.isEmpty })
        let path = try lines[1..<end].map { line in
            let digest = Base64.decode(line).flatMap { Digest(bytes: $0) }
            return try #require(digest)
        }
        let proof = ConsistencyProof(oldSize: known.oldSize, size: known.size, path: path)
        #expect(proof.leads(from: known.oldRoot, to: known.root))
        let leaves = try entries().map { MerkleTree.leafHash($0) }
        #expect(MerkleTree.consistencyProof(from: known.oldSize, in: leaves) == proof)
        #expect(!proof.leads(from: known.root, to: known.oldRoot))
        #expect(!proof.leads(from: known.oldRoot, to: known.oldRoot))
        for place in path.indices {
            var bad = path
            bad[place] = known.root
            let changed = ConsistencyProof(oldSize: known.oldSize, size: known.size, path: bad)
            #expect(!changed.leads(from: known.oldRoot, to: known.root))
        }
    }
}

struct `A log proof of another implementation` {
    private func opened(_ proof: [UInt8], _ entry: [UInt8]) throws -> Checkpoint {
        let known = try KnownKeys()
        return try LogProof(parsing: proof)
            .verified(entry: entry, log: known.log, witnesses: known.witnesses, quorum: 2)
    }

    @Test(.covers("B03")) func `shows that the log holds the entry, and no other`() throws {
        let proof = try Repository.vector("tlog/entry271.tlog-proof")
        let entry = try Repository.vector("tlog/entry271.json")
        #expect(try opened(proof, entry).root == KnownKeys().root)
        #expect(try LogProof(parsing: proof).bytes == proof)
        for index in entry.indices {
            #expect(
                code { _ = try opened(proof, entry.flipped(at: index)) } == "crypto.proof-wrong"
            )
        }
        func said(_ old: String, _ new: String) -> String {
            code { _ = try opened(proof.replacing(old, with: new), entry) }
        }
        #expect(said("index 271", "index 270") == "crypto.proof-wrong")
        #expect(said("index 271", "index 871") == "crypto.proof-wrong")
        #expect(said("1kZBCJRW", "1kZBCJRX") == "crypto.proof-wrong")
        #expect(said("index 271", "index 0271") == "crypto.proof-malformed")
        #expect(said("index 271", "index") == "crypto.proof-malformed")
        #expect(said("@v1", "@v2") == "crypto.proof-malformed")
        #expect(said("1kZBCJRW", "1kZBCJR!") == "crypto.proof-malformed")
        #expect(said("\n600\n", "\n601\n") == "crypto.note-signature-wrong")
        #expect(code { _ = try opened(Array(proof.prefix(40)), entry) } == "crypto.proof-malformed")
    }

    @Test func `keeps what its maker put beside it`() throws {
        let proof = try Repository.vector("tlog/entry271.tlog-proof")
        let more = proof.replacing("index 271", with: "extra AQID\nindex 271")
        #expect(try LogProof(parsing: more).extra == [1, 2, 3])
        #expect(try LogProof(parsing: more).bytes == more)
        let bad = proof.replacing("index 271", with: "extra AQI\nindex 271")
        #expect(code { _ = try LogProof(parsing: bad) } == "crypto.proof-malformed")
    }
}

struct `A note of our own` {
    @Test func `is signed by a log and a witness, byte for byte as the vectors`() throws {
        let keys = try JSONValue(parsing: Repository.vector("tlog/keys.json"))
        func key(_ name: String) throws -> SigningKey {
            let seed = try #require(keys[name]?.string.flatMap { Digest(hex: $0) })
            return try SigningKey(seed: seed.bytes)
        }
        let known = try KnownKeys()
        let checkpoint = Checkpoint(origin: known.log.name, size: known.size, root: known.root)
        var note = try SignedNote(text: checkpoint.text)
        note.append(
            try .log(known.log.name, key: key("log_seed_hex"), over: note.text)
        )
        for (index, witness) in known.witnesses.enumerated() {
            let cosignature = try NoteSignature.cosignature(
                witness.name,
                key: key("w\(index + 1)_seed_hex"),
                over: note.text,
                time: UInt64(1_700_000_000 + index)
            )
            note.append(cosignature)
        }
        #expect(try note.bytes == Repository.vector("tlog/log/checkpoint"))
    }

    @Test(arguments: [
        "x\ny\n1\nAAAA\n", "ledger\n1\n", "ledger\n01\n%\n", "ledger\n-1\n%\n", "ledger\n1\n%=\n",
        "a b\n1\n%\n", "\n1\n%\n", "ledger\n99999999999999999999\n%\n", "ledger\n1\n%\nmore\n",
        "ledger\n1\n%",
    ])
    func `is no checkpoint in any other form`(text: String) {
        let root = String(decoding: Base64.encode([UInt8](repeating: 7, count: 32)), as: UTF8.self)
        let filled = text.split(separator: "%", omittingEmptySubsequences: false)
            .joined(separator: root)
        let said = code { _ = try Checkpoint(parsing: Array(filled.utf8)) }
        #expect(said == "crypto.checkpoint-malformed")
        let good = "ledger\n1\n\(root)\n"
        #expect(code { _ = try Checkpoint(parsing: Array(good.utf8)) } == "accepted")
    }

    @Test func `counts a key once, and a log never as its own witness`() throws {
        let key = try SigningKey(seed: Array(0..<32))
        let log = try NoteVerifier(name: "log", algorithm: .log, key: key.verifyingKey)
        let witnesses = try ["a", "b"].map { name in
            try NoteVerifier(name: name, algorithm: .cosigner, key: key.verifyingKey)
        }
        let checkpoint = Checkpoint(origin: "log", size: 0, root: MerkleTree.emptyRoot)
        var note = try SignedNote(text: checkpoint.text)
        note.append(try .log("log", key: key, over: note.text))
        for name in ["a", "a", "b"] {
            note.append(try .cosignature(name, key: key, over: note.text, time: 1))
        }
        #expect(try note.verified(by: [log] + witnesses).count == 3)
        let said = code {
            _ = try Checkpoint.verified(note.bytes, log: log, witnesses: witnesses, quorum: 1)
        }
        #expect(said == "crypto.checkpoint-quorum-missed")
    }

    @Test func `of another log is foreign even when the right key signed it`() throws {
        let key = try SigningKey(seed: Array(0..<32))
        let log = try NoteVerifier(name: "log", algorithm: .log, key: key.verifyingKey)
        let checkpoint = Checkpoint(origin: "other", size: 0, root: MerkleTree.emptyRoot)
        var note = try SignedNote(text: checkpoint.text)
        note.append(try .log("log", key: key, over: note.text))
        let said = code { _ = try Checkpoint.verified(note.bytes, log: log) }
        #expect(said == "crypto.checkpoint-foreign")
    }

    @Test(arguments: [
        "", "log", "log+00000000+AA==", "log+cd494058+AUjgW0k/ifzcgyVjX9IWULGe+1D6pl4bRPrYer6KCTfe",
        "a b+cd494058+AUjgW0k/ifzcgyVjX9IWULGe+1D6pl4bRPrYer6KCTfe",
    ])
    func `has no key in any other form`(vkey: String) {
        let said = code { _ = try NoteVerifier(vkey: vkey) }
        #expect(said == "crypto.key-malformed" || said == "crypto.key-unsupported")
    }

    @Test func `for any damage verifies never, unless its text is whole`() throws {
        let known = try KnownKeys()
        let note = try Repository.vector("tlog/log/checkpoint")
        let text = try SignedNote(parsing: note).text
        var generator = Generator(seed: 4)
        for _ in 0..<2000 {
            let damaged = note.mutated(by: &generator)
            guard damaged != note, let parsed = try? SignedNote(parsing: damaged),
                (try? parsed.verified(by: [known.log] + known.witnesses)) != nil
            else { continue }
            #expect(parsed.text == text, "seed \(generator.seed)")
        }
    }
}
