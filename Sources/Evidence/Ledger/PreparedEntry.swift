import Canon
import Crypto

/// A draft brought into form on the thread of its caller: all bytes but those of its place.
///
/// The members of an entry stand in the order of RFC 8785, so the place falls into four gaps. The
/// one thread that gives places fills them in and hashes once.
struct PreparedEntry: Sendable {
    let ledger: LedgerName
    let event: String
    let phase: EntryPhase
    let outcome: AttemptOutcome?
    let answers: Digest?
    let body: [UInt8]?
    /// What the entry can be found by, hashed: see `EntryTerm`.
    let terms: [UInt32]
    /// Up to the index, up to the previous digest, up to the sequence, up to the time, to the end.
    private let parts: [[UInt8]]
    private let fixedCount: Int

    init(
        _ draft: EntryDraft,
        phase: EntryPhase,
        outcome: AttemptOutcome? = nil,
        answers: Digest? = nil,
        plane: LogPlane,
        parameters: ChainParameters
    ) throws(LedgerFault) {
        try PreparedEntry.check(draft, parameters)
        ledger = draft.ledger
        event = draft.event
        self.phase = phase
        self.outcome = outcome
        self.answers = answers
        body = draft.body?.bytes
        var writer = PartWriter()
        writer.text("{\"actor\":{\"class\":\"\(draft.actor.class.rawValue)\",\"id\":")
        writer.string(draft.actor.id)
        writer.member("on_behalf_of", draft.actor.onBehalfOf)
        writer.text("}")
        if let answers { writer.digest("answers", answers) }
        if let body = draft.body {
            writer.text(",\"body\":{\"bytes\":\(body.bytes.count)")
            writer.digest("digest", .sha256(of: body.bytes))
            writer.member("media_type", body.mediaType)
            writer.text("}")
        }
        writer.member("event", draft.event)
        writer.text(",\"index\":")
        writer.gap()
        writer.member("ledger", draft.ledger.text)
        writer.member("outcome", outcome?.rawValue)
        writer.member("phase", phase.rawValue)
        writer.member("plane", plane.rawValue)
        writer.text(",\"previous\":\"")
        writer.gap()
        writer.text("\"")
        if let prompt = draft.prompt {
            writer.text(",\"prompt\":{\"digest\":\"")
            writer.hex(prompt.digest)
            writer.text("\"")
            writer.member("id", prompt.id)
            writer.member("version", prompt.version)
            writer.text("}")
        }
        writer.text(",\"schema_version\":\"1.0\",\"sequence\":")
        writer.gap()
        if !draft.subjects.isEmpty {
            writer.text(",\"subjects\":[")
            for (place, subject) in draft.subjects.enumerated() {
                if place > 0 { writer.text(",") }
                writer.string(subject)
            }
            writer.text("]")
        }
        writer.text(",\"time\":\"")
        writer.gap()
        writer.text("\"")
        writer.member("trace", draft.trace)
        writer.member("turn", draft.turn)
        writer.text(",\"type\":\"ledger_entry\"")
        writer.member("work_order", draft.workOrder)
        writer.text("}")
        writer.gap()
        parts = writer.parts
        fixedCount = parts.reduce(0) { $0 + $1.count }
        terms = EntryTerm.all(of: draft)
        // What the gaps take at the most: two numbers of 19 digits, a digest, a time of 30 bytes.
        let countMax = fixedCount + 2 * 19 + 64 + 30
        guard countMax <= parameters.entryBytesMax else {
            throw .entryTooLarge(
                event: draft.event,
                bytes: countMax,
                limit: parameters.entryBytesMax
            )
        }
    }

    /// The entry at its place.
    func bytes(index: Int, sequence: Int, previous: Digest, time: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(fixedCount + 160)
        out += parts[0]
        PartWriter.append(decimal: index, to: &out)
        out += parts[1]
        previous.appendHex(to: &out)
        out += parts[2]
        PartWriter.append(decimal: sequence, to: &out)
        out += parts[3]
        out += time
        out += parts[4]
        return out
    }

    private static func check(
        _ draft: EntryDraft,
        _ parameters: ChainParameters
    ) throws(LedgerFault) {
        let names =
            [draft.actor.id, draft.event]
            + [draft.actor.onBehalfOf, draft.workOrder, draft.turn].compactMap { $0 }
            + draft.subjects + (draft.prompt.map { [$0.id, $0.version] } ?? [])
        for name in names {
            guard (1...EntryDraft.nameBytesMax).contains(name.utf8.count) else {
                throw .entryInvalid(
                    event: draft.event,
                    reason: "a name in it is empty or longer than \(EntryDraft.nameBytesMax) bytes"
                )
            }
        }
        guard draft.subjects.count <= EntryDraft.subjectsMax else {
            throw .entryInvalid(
                event: draft.event,
                reason: "it is about more than \(EntryDraft.subjectsMax) things"
            )
        }
        if let trace = draft.trace, !isTraceparent(trace) {
            throw .entryInvalid(event: draft.event, reason: "its trace is no traceparent")
        }
        guard let body = draft.body else { return }
        guard isMediaType(body.mediaType) else {
            throw .entryInvalid(event: draft.event, reason: "its body has no media type")
        }
        guard body.bytes.count <= parameters.bodyBytesMax else {
            throw .bodyTooLarge(
                event: draft.event,
                bytes: body.bytes.count,
                limit: parameters.bodyBytesMax
            )
        }
    }

    private static func isTraceparent(_ text: String) -> Bool {
        let fields = text.utf8.split(separator: 45, omittingEmptySubsequences: false)
        return fields.map(\.count) == [2, 32, 16, 2]
            && fields[0].elementsEqual("00".utf8)
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (97...102).contains($0) || $0 == 45
            }
    }

    private static func isMediaType(_ text: String) -> Bool {
        let halves = text.utf8.split(separator: 47, omittingEmptySubsequences: false)
        return halves.count == 2 && text.utf8.count <= 128
            && halves[0].allSatisfy { (97...122).contains($0) } && !halves[0].isEmpty
            && halves[1].allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || [43, 45, 46].contains($0)
            } && !halves[1].isEmpty
    }
}

/// Writes the members of an entry, and remembers where the gaps are.
private struct PartWriter {
    private(set) var parts: [[UInt8]] = []
    private var current: [UInt8] = []

    init() { current.reserveCapacity(256) }

    mutating func text(_ text: String) { current += text.utf8 }

    mutating func string(_ text: String) { JSONValue.write(string: text, into: &current) }

    mutating func hex(_ digest: Digest) { digest.appendHex(to: &current) }

    mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        text(",\"\(name)\":")
        string(value)
    }

    mutating func digest(_ name: String, _ digest: Digest) {
        text(",\"\(name)\":\"")
        hex(digest)
        text("\"")
    }

    mutating func gap() {
        parts.append(current)
        current = []
        current.reserveCapacity(160)
    }

    static func append(decimal value: Int, to out: inout [UInt8]) {
        if value >= 10 { append(decimal: value / 10, to: &out) }
        out.append(UInt8(48 + value % 10))
    }
}
