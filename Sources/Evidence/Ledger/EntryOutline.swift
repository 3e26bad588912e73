import Canon
import Crypto

/// An entry as its bytes say it, read in one pass and in exactly the form in which it is written.
///
/// The form is RFC 8785 with members in their order, so a reader needs no JSON value: a million
/// entries are verified in a second. Whatever deviates by one byte is no entry.
struct EntryOutline: Sendable {
    private(set) var index = 0
    private(set) var sequence = 0
    private(set) var previous = EntryOutline.noDigest
    private(set) var answers: Digest?
    private(set) var bodyDigest: Digest?
    private(set) var bodyCount = 0
    private(set) var phase = EntryPhase.fact
    private(set) var outcome: AttemptOutcome?
    private(set) var actorClass = EntryActor.Class.builder
    /// Where the text of each member lies, between its quotation marks.
    private(set) var actor = 0..<0
    private(set) var event = 0..<0
    private(set) var ledger = 0..<0
    private(set) var plane = 0..<0
    private(set) var time = 0..<0
    private(set) var onBehalfOf: Range<Int>?
    private(set) var mediaType: Range<Int>?
    private(set) var promptID: Range<Int>?
    private(set) var promptVersion: Range<Int>?
    private(set) var promptDigest: Digest?
    private(set) var subjects: [Range<Int>] = []
    private(set) var trace: Range<Int>?
    private(set) var turn: Range<Int>?
    private(set) var workOrder: Range<Int>?
    /// Whether a text in it has an escape, so that its form must be looked at more closely.
    private(set) var hasEscapes = false

    /// Reads an entry; `nil` when it is not in the form of one.
    init?(_ bytes: Span<UInt8>) {
        var reader = EntryReader()
        guard readHead(&reader, bytes), readMiddle(&reader, bytes), readTail(&reader, bytes),
            reader.isAtEnd(bytes), !reader.isForeign || (try? UTF8Span(validating: bytes)) != nil
        else { return nil }
        hasEscapes = reader.hasEscapes
    }

    static let noDigest = Digest(words: 0, 0, 0, 0)

    private mutating func readHead(_ reader: inout EntryReader, _ bytes: Span<UInt8>) -> Bool {
        guard reader.take(bytes, "{\"actor\":{\"class\":\""), readClass(&reader, bytes),
            reader.take(bytes, "\",\"id\":\""), let id = reader.string(bytes)
        else { return false }
        actor = id
        if reader.take(bytes, ",\"on_behalf_of\":\"") {
            guard let other = reader.string(bytes) else { return false }
            onBehalfOf = other
        }
        guard reader.take(bytes, "}") else { return false }
        if reader.take(bytes, ",\"answers\":\"") {
            guard let digest = reader.digest(bytes) else { return false }
            answers = digest
        }
        if reader.take(bytes, ",\"body\":{\"bytes\":") {
            guard let count = reader.number(bytes), reader.take(bytes, ",\"digest\":\""),
                let digest = reader.digest(bytes), reader.take(bytes, ",\"media_type\":\""),
                let media = reader.string(bytes), reader.take(bytes, "}")
            else { return false }
            bodyCount = count
            bodyDigest = digest
            mediaType = media
        }
        guard reader.take(bytes, ",\"event\":\""), let name = reader.string(bytes),
            reader.take(bytes, ",\"index\":"), let index = reader.number(bytes),
            reader.take(bytes, ",\"ledger\":\""), let ledger = reader.string(bytes)
        else { return false }
        event = name
        self.index = index
        self.ledger = ledger
        return true
    }

    private mutating func readMiddle(_ reader: inout EntryReader, _ bytes: Span<UInt8>) -> Bool {
        if reader.take(bytes, ",\"outcome\":\"") {
            guard readOutcome(&reader, bytes), reader.take(bytes, "\"") else { return false }
        }
        guard reader.take(bytes, ",\"phase\":\""), readPhase(&reader, bytes),
            reader.take(bytes, "\",\"plane\":\""),
            let plane = reader.string(bytes), reader.take(bytes, ",\"previous\":\""),
            let previous = reader.digest(bytes),
            (phase == .outcome) == (outcome != nil), (outcome != nil) == (answers != nil)
        else { return false }
        self.plane = plane
        self.previous = previous
        if reader.take(bytes, ",\"prompt\":{\"digest\":\"") {
            guard let digest = reader.digest(bytes), reader.take(bytes, ",\"id\":\""),
                let id = reader.string(bytes), reader.take(bytes, ",\"version\":\""),
                let version = reader.string(bytes), reader.take(bytes, "}")
            else { return false }
            promptDigest = digest
            promptID = id
            promptVersion = version
        }
        guard reader.take(bytes, ",\"schema_version\":\"1.0\",\"sequence\":"),
            let sequence = reader.number(bytes)
        else { return false }
        self.sequence = sequence
        return true
    }

    private mutating func readTail(_ reader: inout EntryReader, _ bytes: Span<UInt8>) -> Bool {
        if reader.take(bytes, ",\"subjects\":[\"") {
            repeat {
                guard let subject = reader.string(bytes), subjects.count < EntryDraft.subjectsMax
                else {
                    return false
                }
                subjects.append(subject)
            } while reader.take(bytes, ",\"")
            guard reader.take(bytes, "]") else { return false }
        }
        guard reader.take(bytes, ",\"time\":\""), let time = reader.string(bytes) else {
            return false
        }
        self.time = time
        if reader.take(bytes, ",\"trace\":\"") {
            guard let found = reader.string(bytes) else { return false }
            trace = found
        }
        if reader.take(bytes, ",\"turn\":\"") {
            guard let found = reader.string(bytes) else { return false }
            turn = found
        }
        guard reader.take(bytes, ",\"type\":\"ledger_entry\"") else { return false }
        if reader.take(bytes, ",\"work_order\":\"") {
            guard let found = reader.string(bytes) else { return false }
            workOrder = found
        }
        return reader.take(bytes, "}")
    }

    private mutating func readClass(_ reader: inout EntryReader, _ bytes: Span<UInt8>) -> Bool {
        if reader.take(bytes, "BUILDER") {
            actorClass = .builder
        } else if reader.take(bytes, "BUILT") {
            actorClass = .built
        } else if reader.take(bytes, "HUMAN") {
            actorClass = .human
        } else {
            return false
        }
        return true
    }

    private mutating func readOutcome(_ reader: inout EntryReader, _ bytes: Span<UInt8>) -> Bool {
        if reader.take(bytes, "succeeded") {
            outcome = .succeeded
        } else if reader.take(bytes, "failed") {
            outcome = .failed
        } else if reader.take(bytes, "denied") {
            outcome = .denied
        } else if reader.take(bytes, "unknown") {
            outcome = .unknown
        } else {
            return false
        }
        return true
    }

    private mutating func readPhase(_ reader: inout EntryReader, _ bytes: Span<UInt8>) -> Bool {
        if reader.take(bytes, "fact") {
            phase = .fact
        } else if reader.take(bytes, "attempt") {
            phase = .attempt
        } else if reader.take(bytes, "outcome") {
            phase = .outcome
        } else {
            return false
        }
        return true
    }
}
