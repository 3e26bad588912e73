package import Canon
import Crypto

/// One entry at its place in a log.
package struct LedgerEntry: Sendable {
    /// The place among all entries of the plane: the leaf of its Merkle log.
    package let index: Int
    package let plane: LogPlane
    package let ledger: LedgerName
    /// The place within the ledger.
    package let sequence: Int
    package let time: String
    package let actor: EntryActor
    package let event: String
    package let phase: EntryPhase
    package let outcome: AttemptOutcome?
    /// The digest of the attempt that this outcome answers.
    package let answers: Digest?
    package let subjects: [String]
    package let workOrder: String?
    package let turn: String?
    package let prompt: PromptReference?
    package let trace: String?
    package let bodyDigest: Digest?
    package let bodyCount: Int
    package let mediaType: String?
    /// The digest of the entry before this one in its ledger.
    package let previous: Digest
    /// The digest of this entry: its leaf hash in the Merkle log (RFC 6962).
    package let digest: Digest
    /// The bytes that are hashed.
    package let bytes: [UInt8]

    /// Reads an entry; anything but the exact form is a fault, which names the index it was read at.
    package init(parsing bytes: [UInt8], at index: Int) throws(LedgerFault) {
        guard let outline = EntryOutline(bytes.span) else {
            throw .entryMalformed(index: index, reason: "it is not in the form of an entry")
        }
        let reader = TextReader(bytes: bytes, index: index)
        guard let plane = LogPlane(rawValue: try reader.text(outline.plane)),
            let ledger = LedgerName(try reader.text(outline.ledger))
        else { throw .entryMalformed(index: index, reason: "its plane or ledger is none") }
        self.index = outline.index
        self.plane = plane
        self.ledger = ledger
        self.bytes = bytes
        sequence = outline.sequence
        time = try reader.text(outline.time)
        actor = EntryActor(
            try reader.text(outline.actor),
            outline.actorClass,
            onBehalfOf: try reader.optional(outline.onBehalfOf)
        )
        event = try reader.text(outline.event)
        phase = outline.phase
        outcome = outline.outcome
        answers = outline.answers
        var subjects: [String] = []
        for range in outline.subjects { subjects.append(try reader.text(range)) }
        self.subjects = subjects
        workOrder = try reader.optional(outline.workOrder)
        turn = try reader.optional(outline.turn)
        trace = try reader.optional(outline.trace)
        if let digest = outline.promptDigest, let id = try reader.optional(outline.promptID),
            let version = try reader.optional(outline.promptVersion)
        {
            prompt = PromptReference(id: id, version: version, digest: digest)
        } else {
            prompt = nil
        }
        bodyDigest = outline.bodyDigest
        bodyCount = outline.bodyCount
        mediaType = try reader.optional(outline.mediaType)
        previous = outline.previous
        digest = MerkleTree.leafHash(bytes)
    }

    /// The entry as a document, with its digest beside what its bytes say.
    package var document: JSONValue {
        guard case .object(var object) = try? JSONValue(parsing: bytes) else {
            preconditionFailure("An entry that was read is JSON.")
        }
        object["digest"] = .string(digest.hex)
        return .object(object)
    }

    /// The name in the first subject of a kind.
    package func subject(_ kind: String) -> String? {
        subjects.first { $0.hasPrefix(kind + ":") }.map {
            String($0.dropFirst(kind.utf8.count + 1))
        }
    }

    /// What it can be found by.
    var terms: [UInt32] {
        var draft = EntryDraft(event, by: actor, in: ledger, about: subjects)
        draft.workOrder = workOrder
        draft.turn = turn
        return EntryTerm.all(of: draft)
    }

    private struct TextReader {
        let bytes: [UInt8]
        let index: Int

        func text(_ range: Range<Int>) throws(LedgerFault) -> String {
            let slice = bytes[range]
            guard slice.contains(UInt8(ascii: "\\")) else {
                guard let text = String(validating: slice, as: UTF8.self) else {
                    throw .entryMalformed(index: index, reason: "a text in it is not UTF-8")
                }
                return text
            }
            let quoted = [UInt8(ascii: "\"")] + slice + [UInt8(ascii: "\"")]
            guard let value = try? JSONValue(parsing: quoted), let text = value.string,
                value.line == quoted
            else {
                throw .entryMalformed(index: index, reason: "a text in it is not canonical")
            }
            return text
        }

        func optional(_ range: Range<Int>?) throws(LedgerFault) -> String? {
            guard let range else { return nil }
            return try text(range)
        }
    }
}
