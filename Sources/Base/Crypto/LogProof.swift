package import Canon

/// All that is needed to show offline that a log holds an entry (C2SP tlog-proof, version 1).
package struct LogProof: Hashable, Sendable {
    /// A tree of more than 2^63 entries cannot be, so neither can a longer path.
    package static let pathMax = 63

    /// Bytes that the maker of the proof put beside it; nobody vouches for them.
    package let extra: [UInt8]?

    /// The place of the entry in the log.
    package let index: Int

    /// The sibling hashes from the leaf to the root.
    package let path: [Digest]

    /// The signed checkpoint, as it came.
    package let note: [UInt8]

    /// States a proof with the checkpoint that it leads to.
    package init(index: Int, path: [Digest], note: [UInt8], extra: [UInt8]? = nil) {
        self.index = index
        self.path = path
        self.note = note
        self.extra = extra
    }

    /// Reads a `.tlog-proof` file.
    package init(parsing bytes: [UInt8]) throws(CryptoFault) {
        guard bytes.count <= SignedNote.bytesMax else {
            throw .proofMalformed(reason: "it is longer than \(SignedNote.bytesMax) bytes")
        }
        var lines = LineReader(bytes)
        guard let head = lines.next(), head.elementsEqual(LogProof.head.utf8) else {
            throw .proofMalformed(reason: "its first line is not \(LogProof.head)")
        }
        var next = lines.next()
        if let found = next, found.starts(with: LogProof.extraKey.utf8) {
            guard let bytes = Base64.decode(found.dropFirst(LogProof.extraKey.utf8.count)) else {
                throw .proofMalformed(reason: "its extra line is not base64")
            }
            extra = bytes
            next = lines.next()
        } else {
            extra = nil
        }
        guard let found = next, found.starts(with: LogProof.indexKey.utf8),
            let index = decimal(found.dropFirst(LogProof.indexKey.utf8.count))
        else { throw .proofMalformed(reason: "it does not say the index of the entry") }
        self.index = index
        var path: [Digest] = []
        while true {
            guard let found = lines.next() else {
                throw .proofMalformed(reason: "no empty line parts its path from a checkpoint")
            }
            if found.isEmpty { break }
            guard let hash = Base64.decode(found).flatMap({ Digest(bytes: $0) }) else {
                throw .proofMalformed(reason: "line \(path.count + 1) of its path is not a hash")
            }
            path.append(hash)
            guard path.count <= LogProof.pathMax else {
                throw .proofMalformed(reason: "its path is longer than any tree is high")
            }
        }
        self.path = path
        note = Array(lines.rest)
    }

    /// The `.tlog-proof` file.
    package var bytes: [UInt8] {
        var out = Array("\(LogProof.head)\n".utf8)
        if let extra {
            out += Array(LogProof.extraKey.utf8) + Base64.encode(extra) + [UInt8(ascii: "\n")]
        }
        out += Array("\(LogProof.indexKey)\(index)\n".utf8)
        for hash in path { out += Base64.encode(hash.bytes) + [UInt8(ascii: "\n")] }
        return out + [UInt8(ascii: "\n")] + note
    }

    /// The checkpoint in which this entry is proven to be.
    package func verified(
        entry: [UInt8],
        log: NoteVerifier,
        witnesses: [NoteVerifier] = [],
        quorum: Int = 0
    ) throws(CryptoFault) -> Checkpoint {
        let checkpoint = try Checkpoint.verified(
            note,
            log: log,
            witnesses: witnesses,
            quorum: quorum
        )
        let proof = InclusionProof(index: index, size: checkpoint.size, path: path)
        guard proof.leads(from: MerkleTree.leafHash(entry), to: checkpoint.root) else {
            throw .proofWrong
        }
        return checkpoint
    }

    private static let head = "c2sp.org/tlog-proof@v1"
    private static let extraKey = "extra "
    private static let indexKey = "index "
}
