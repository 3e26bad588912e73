package import Canon
package import Crypto
package import Host
import SQLite

/// What a log asks of a witness: to sign a head that follows from one it signed before
/// (C2SP tlog-witness, the body of `add-checkpoint`).
package struct WitnessRequest: Sendable {
    /// The size of the log that the witness saw last, as far as the log knows.
    package let oldSize: Int
    package let proof: [Digest]
    package let note: [UInt8]

    /// States a request.
    package init(oldSize: Int, proof: [Digest], note: [UInt8]) {
        self.oldSize = oldSize
        self.proof = proof
        self.note = note
    }

    /// Reads a request.
    package init(parsing bytes: [UInt8]) throws(LedgerFault) {
        guard bytes.count <= SignedNote.bytesMax else {
            throw .witnessRequest(reason: "it is longer than any request")
        }
        var lines = LineReader(bytes)
        guard let head = lines.next(), head.starts(with: "old ".utf8),
            let text = String(validating: head.dropFirst(4), as: UTF8.self),
            let old = Int(text), old >= 0, String(old) == text
        else { throw .witnessRequest(reason: "its first line is not 'old' and a size") }
        var proof: [Digest] = []
        while true {
            guard let next = lines.next() else {
                throw .witnessRequest(reason: "no empty line parts its proof from a checkpoint")
            }
            if next.isEmpty { break }
            guard let hash = Base64.decode(next).flatMap({ Digest(bytes: $0) }),
                proof.count < LogProof.pathMax
            else { throw .witnessRequest(reason: "line \(proof.count + 2) is no hash of a proof") }
            proof.append(hash)
        }
        self.init(oldSize: old, proof: proof, note: Array(lines.rest))
    }

    /// The request as it is sent.
    package var bytes: [UInt8] {
        var out = Array("old \(oldSize)\n".utf8)
        for hash in proof { out += Base64.encode(hash.bytes) + [UInt8(ascii: "\n")] }
        return out + [UInt8(ascii: "\n")] + note
    }
}

/// What a witness answers, in the numbers of HTTP, whatever carries it.
package struct WitnessAnswer: Hashable, Sendable {
    package enum Status: Int, Hashable, Sendable {
        case signed = 200
        case malformed = 400
        case badSignature = 403
        case unknownLog = 404
        /// The witness saw another size; the body says which.
        case conflict = 409
        case badProof = 422
    }

    package let status: Status
    /// Signature lines, or the size that was seen.
    package let body: [UInt8]
    /// Why, for people.
    package let reason: String
}

/// Signs heads of logs of which it has seen that they only grow.
///
/// What it saw is on the disk before it signs, so it never signs two heads that contradict each
/// other, however often it is killed.
package final class LogWitness {
    private let name: String
    private let key: SigningKey
    private let logs: [NoteVerifier]
    private let connection: Connection

    /// A witness of these logs; what it saw lies in a directory of its own.
    package init(
        _ directory: Directory,
        name: String,
        key: SigningKey,
        logs: [NoteVerifier]
    ) throws(LedgerFault) {
        self.name = name
        self.key = key
        self.logs = logs
        do throws(SQLiteFault) {
            connection = try Connection(
                path: directory.path + "/witness.sqlite3",
                mode: .readWriteCreate
            )
            try MigrationPlan([
                Migration(
                    version: 1,
                    name: "what the witness saw",
                    up: """
                        CREATE TABLE seen (
                            origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL
                        ) STRICT
                        """,
                    down: "DROP TABLE seen"
                )
            ]).migrate(connection)
        } catch {
            throw .sqlite(error)
        }
    }

    /// The key by which its signatures are known.
    package var verifier: NoteVerifier {
        get throws(LedgerFault) {
            do {
                return try NoteVerifier(name: name, algorithm: .cosigner, key: key.verifyingKey)
            } catch {
                throw .crypto(error)
            }
        }
    }

    /// Answers a request; `time` in seconds of the Unix epoch stands in the signature.
    package func answer(
        _ request: [UInt8],
        time: UInt64
    ) throws(LedgerFault) -> WitnessAnswer {
        let wish: WitnessRequest
        let note: SignedNote
        let head: Checkpoint
        do {
            wish = try WitnessRequest(parsing: request)
            note = try SignedNote(parsing: wish.note)
            head = try Checkpoint(parsing: note.text)
        } catch {
            return refuse(.malformed, "\(error)")
        }
        let keys = logs.filter { $0.name.utf8.elementsEqual(head.origin.utf8) }
        guard !keys.isEmpty else {
            return refuse(.unknownLog, "This witness does not know the log \(head.origin).")
        }
        guard keys.contains(where: { (try? Checkpoint.verified(wish.note, log: $0)) != nil }) else {
            return refuse(.badSignature, "No key that is known signed this head.")
        }
        guard wish.oldSize <= head.size else {
            return refuse(.malformed, "The old size is larger than the new one.")
        }
        let refusal = try connection.transaction(.immediate, faults: LedgerFault.sqlite) {
            () throws(LedgerFault) -> WitnessAnswer? in try advance(wish, to: head)
        }
        if let refusal { return refusal }
        do throws(CryptoFault) {
            let signature = try NoteSignature.cosignature(
                name,
                key: key,
                over: note.text,
                time: time
            )
            return WitnessAnswer(status: .signed, body: signature.line, reason: "")
        } catch {
            throw .crypto(error)
        }
    }

    /// Compares with what was seen, and remembers the new head; the answer where it may not be signed.
    private func advance(
        _ wish: WitnessRequest,
        to head: Checkpoint
    ) throws(LedgerFault) -> WitnessAnswer? {
        do throws(SQLiteFault) {
            let row = try connection.row(
                "SELECT size, root FROM seen WHERE origin = ?1",
                [.text(head.origin)]
            )
            let size = try row?.int("size") ?? 0
            let seen = try row?.bytes("root")
            let root = seen.flatMap { Digest(bytes: $0) } ?? MerkleTree.emptyRoot
            guard wish.oldSize == size else {
                return WitnessAnswer(
                    status: .conflict,
                    body: Array("\(size)\n".utf8),
                    reason: "This witness saw a head over \(size) entries last."
                )
            }
            let proof = ConsistencyProof(oldSize: size, size: head.size, path: wish.proof)
            guard proof.leads(from: root, to: head.root) else {
                return size == head.size
                    ? WitnessAnswer(
                        status: .conflict,
                        body: Array("\(size)\n".utf8),
                        reason: "This witness saw another head over as many entries."
                    )
                    : refuse(.badProof, "The proof does not lead from the head that was seen.")
            }
            try connection.execute(
                """
                INSERT INTO seen (origin, size, root) VALUES (?1, ?2, ?3)
                ON CONFLICT (origin) DO UPDATE SET size = ?2, root = ?3
                """,
                [.text(head.origin), .int(head.size), .blob(head.root.bytes)]
            )
            return nil
        } catch {
            throw .sqlite(error)
        }
    }

    private func refuse(_ status: WitnessAnswer.Status, _ reason: String) -> WitnessAnswer {
        WitnessAnswer(status: status, body: Array((reason + "\n").utf8), reason: reason)
    }
}

extension LedgerReader {
    /// The request to a witness that saw so many entries last: the last head, and the proof.
    package func witnessRequest(from oldSize: Int) throws(LedgerFault) -> WitnessRequest {
        let note = try checkpoint()
        let size = try LedgerReader.checkpoint(in: note).size
        guard oldSize <= size else { throw .noSuchEntry(index: oldSize, size: size) }
        return WitnessRequest(
            oldSize: oldSize,
            proof: try consistency(from: oldSize, to: size).path,
            note: note
        )
    }
}

extension LedgerLog {
    /// Adds the signatures of witnesses to the last head; only those that hold are taken.
    package func addCosignatures(
        _ lines: [UInt8],
        of witnesses: [NoteVerifier],
        by actor: EntryActor
    ) throws(LedgerFault) -> [String] {
        guard let last = state.lastCheckpoint, let note = try store.checkpoint(size: last.size)
        else {
            throw .noCheckpoint(origin: origin)
        }
        do {
            var signed = try SignedNote(parsing: note)
            let offered = try SignedNote(parsing: signed.text + [UInt8(ascii: "\n")] + lines)
            let signers = try offered.verified(by: witnesses)
            let known = Set((try? signed.verified(by: witnesses))?.map(\.verifier) ?? [])
            var names: [String] = []
            for signer in signers where !known.contains(signer.verifier) {
                for line in offered.signatures
                where line.keyID == signer.verifier.keyID
                    && line.name.utf8.elementsEqual(signer.verifier.name.utf8)
                    && !names.contains(signer.verifier.name)
                {
                    signed.append(line)
                    names.append(signer.verifier.name)
                }
            }
            guard !names.isEmpty else { return [] }
            try changing { () throws(LedgerFault) in
                try store.insert(checkpoint: signed.bytes, size: last.size, time: last.time)
                let draft = EntryDraft(
                    EventMap.Event.witnessed,
                    by: actor,
                    about: ["size:\(last.size)"] + names.map { "witness:\($0)" },
                    body: EntryBody(signed.bytes, mediaType: "text/plain")
                )
                try stage(prepare(draft, .fact))
            }
            return names
        } catch let fault as LedgerFault {
            throw fault
        } catch let fault as CryptoFault {
            throw .crypto(fault)
        } catch {
            preconditionFailure("Every error above has a type: \(error)")
        }
    }
}
