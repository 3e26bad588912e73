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

    /// Reads an entry; `nil` when it is not in the form of one.
    init?(_ bytes: [UInt8]) {
        var reader = EntryReader(bytes)
        guard readHead(&reader), readMiddle(&reader), readTail(&reader), reader.isAtEnd,
            !reader.isForeign || String(validating: bytes, as: UTF8.self) != nil
        else { return nil }
    }

    static let noDigest = Digest(words: 0, 0, 0, 0)

    private mutating func readHead(_ reader: inout EntryReader) -> Bool {
        guard reader.take("{\"actor\":{\"class\":\""), readClass(&reader),
            reader.take("\",\"id\":\""), let id = reader.string()
        else { return false }
        actor = id
        if reader.take(",\"on_behalf_of\":\"") {
            guard let other = reader.string() else { return false }
            onBehalfOf = other
        }
        guard reader.take("}") else { return false }
        if reader.take(",\"answers\":\"") {
            guard let digest = reader.digest() else { return false }
            answers = digest
        }
        if reader.take(",\"body\":{\"bytes\":") {
            guard let count = reader.number(), reader.take(",\"digest\":\""),
                let digest = reader.digest(), reader.take(",\"media_type\":\""),
                let media = reader.string(), reader.take("}")
            else { return false }
            bodyCount = count
            bodyDigest = digest
            mediaType = media
        }
        guard reader.take(",\"event\":\""), let name = reader.string(),
            reader.take(",\"index\":"), let index = reader.number(),
            reader.take(",\"ledger\":\""), let ledger = reader.string()
        else { return false }
        event = name
        self.index = index
        self.ledger = ledger
        return true
    }

    private mutating func readMiddle(_ reader: inout EntryReader) -> Bool {
        if reader.take(",\"outcome\":\"") {
            guard readOutcome(&reader), reader.take("\"") else { return false }
        }
        guard reader.take(",\"phase\":\""), readPhase(&reader), reader.take("\",\"plane\":\""),
            let plane = reader.string(), reader.take(",\"previous\":\""),
            let previous = reader.digest(),
            (phase == .outcome) == (outcome != nil), (outcome != nil) == (answers != nil)
        else { return false }
        self.plane = plane
        self.previous = previous
        if reader.take(",\"prompt\":{\"digest\":\"") {
            guard let digest = reader.digest(), reader.take(",\"id\":\""),
                let id = reader.string(), reader.take(",\"version\":\""),
                let version = reader.string(), reader.take("}")
            else { return false }
            promptDigest = digest
            promptID = id
            promptVersion = version
        }
        guard reader.take(",\"schema_version\":\"1.0\",\"sequence\":"),
            let sequence = reader.number()
        else { return false }
        self.sequence = sequence
        return true
    }

    private mutating func readTail(_ reader: inout EntryReader) -> Bool {
        if reader.take(",\"subjects\":[\"") {
            repeat {
                guard let subject = reader.string(), subjects.count < EntryDraft.subjectsMax else {
                    return false
                }
                subjects.append(subject)
            } while reader.take(",\"")
            guard reader.take("]") else { return false }
        }
        guard reader.take(",\"time\":\""), let time = reader.string() else { return false }
        self.time = time
        if reader.take(",\"trace\":\"") {
            guard let found = reader.string() else { return false }
            trace = found
        }
        if reader.take(",\"turn\":\"") {
            guard let found = reader.string() else { return false }
            turn = found
        }
        guard reader.take(",\"type\":\"ledger_entry\"") else { return false }
        if reader.take(",\"work_order\":\"") {
            guard let found = reader.string() else { return false }
            workOrder = found
        }
        return reader.take("}")
    }

    private mutating func readClass(_ reader: inout EntryReader) -> Bool {
        if reader.take("BUILDER") {
            actorClass = .builder
        } else if reader.take("BUILT") {
            actorClass = .built
        } else if reader.take("HUMAN") {
            actorClass = .human
        } else {
            return false
        }
        return true
    }

    private mutating func readOutcome(_ reader: inout EntryReader) -> Bool {
        if reader.take("succeeded") {
            outcome = .succeeded
        } else if reader.take("failed") {
            outcome = .failed
        } else if reader.take("denied") {
            outcome = .denied
        } else if reader.take("unknown") {
            outcome = .unknown
        } else {
            return false
        }
        return true
    }

    private mutating func readPhase(_ reader: inout EntryReader) -> Bool {
        if reader.take("fact") {
            phase = .fact
        } else if reader.take("attempt") {
            phase = .attempt
        } else if reader.take("outcome") {
            phase = .outcome
        } else {
            return false
        }
        return true
    }
}
