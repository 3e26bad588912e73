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
    /// All bytes without the place, and where the gaps for it are: index, previous, sequence, time.
    private let bytes: [UInt8]
    private let gaps: [Int]

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
        writer.text("{\"actor\":{\"class\":\"")
        writer.text(draft.actor.class.rawValue)
        writer.text("\",\"id\":")
        writer.string(draft.actor.id)
        writer.member(",\"on_behalf_of\":", draft.actor.onBehalfOf)
        writer.text("}")
        if let answers { writer.digest(",\"answers\":\"", answers) }
        if let body = draft.body {
            writer.text(",\"body\":{\"bytes\":")
            writer.number(body.bytes.count)
            writer.digest(",\"digest\":\"", .sha256(of: body.bytes))
            writer.member(",\"media_type\":", body.mediaType)
            writer.text("}")
        }
        writer.member(",\"event\":", draft.event)
        writer.text(",\"index\":")
        writer.gap()
        writer.member(",\"ledger\":", draft.ledger.text)
        writer.member(",\"outcome\":", outcome?.rawValue)
        writer.member(",\"phase\":", phase.rawValue)
        writer.member(",\"plane\":", plane.rawValue)
        writer.text(",\"previous\":\"")
        writer.gap()
        writer.text("\"")
        if let prompt = draft.prompt {
            writer.text(",\"prompt\":{")
            writer.digest("\"digest\":\"", prompt.digest)
            writer.member(",\"id\":", prompt.id)
            writer.member(",\"version\":", prompt.version)
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
        writer.member(",\"trace\":", draft.trace)
        writer.member(",\"turn\":", draft.turn)
        writer.text(",\"type\":\"ledger_entry\"")
        writer.member(",\"work_order\":", draft.workOrder)
        writer.text("}")
        writer.gap()
        bytes = writer.bytes
        gaps = writer.gaps
        terms = EntryTerm.all(of: draft)
        // What the gaps take at the most: two numbers of 19 digits, a digest, a time of 30 bytes.
        let countMax = bytes.count + 2 * 19 + 64 + 30
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
        out.reserveCapacity(bytes.count + 160)
        out += bytes[..<gaps[0]]
        PartWriter.append(decimal: index, to: &out)
        out += bytes[gaps[0]..<gaps[1]]
        previous.appendHex(to: &out)
        out += bytes[gaps[1]..<gaps[2]]
        PartWriter.append(decimal: sequence, to: &out)
        out += bytes[gaps[2]..<gaps[3]]
        out += time
        out += bytes[gaps[3]...]
        return out
    }

    private static func check(
        _ draft: EntryDraft,
        _ parameters: ChainParameters
    ) throws(LedgerFault) {
        func checkName(_ name: String?) throws(LedgerFault) {
            guard let name else { return }
            guard (1...EntryDraft.nameBytesMax).contains(name.utf8.count) else {
                throw .entryInvalid(
                    event: draft.event,
                    reason: "a name in it is empty or longer than \(EntryDraft.nameBytesMax) bytes"
                )
            }
        }
        try checkName(draft.actor.id)
        try checkName(draft.actor.onBehalfOf)
        try checkName(draft.event)
        try checkName(draft.workOrder)
        try checkName(draft.turn)
        try checkName(draft.prompt?.id)
        try checkName(draft.prompt?.version)
        for subject in draft.subjects { try checkName(subject) }
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
        guard text.utf8.count <= 128 else { return false }
        var slash: Int?
        for (place, byte) in text.utf8.enumerated() {
            switch byte {
            case 97...122: continue
            case 48...57, 43, 45, 46: if slash == nil { return false }
            case 47:
                guard slash == nil, place > 0 else { return false }
                slash = place
            default: return false
            }
        }
        return slash.map { $0 < text.utf8.count - 1 } ?? false
    }
}

/// Writes the members of an entry, and remembers where the gaps are.
private struct PartWriter {
    private(set) var bytes: [UInt8] = []
    private(set) var gaps: [Int] = []

    init() { bytes.reserveCapacity(640) }

    mutating func text(_ text: String) { bytes += text.utf8 }

    mutating func string(_ text: String) { JSONValue.write(string: text, into: &bytes) }

    mutating func number(_ number: Int) { PartWriter.append(decimal: number, to: &bytes) }

    mutating func member(_ head: String, _ value: String?) {
        guard let value else { return }
        text(head)
        string(value)
    }

    mutating func digest(_ head: String, _ digest: Digest) {
        text(head)
        digest.appendHex(to: &bytes)
        text("\"")
    }

    mutating func gap() { gaps.append(bytes.count) }

    static func append(decimal value: Int, to out: inout [UInt8]) {
        if value >= 10 { append(decimal: value / 10, to: &out) }
        out.append(UInt8(48 + value % 10))
    }
}
