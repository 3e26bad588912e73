import Canon
import Crypto
import Foundation
import Host
import Ledger
import Support
import Testing

/// A log in a temporary directory, under the law of this repository, with a key and a clock of its own.
final class LogFixture: Sendable {
    let home = TemporaryDirectory()
    let time = SteppedClock(1_790_000_000_000_000_000)
    let key: SigningKey
    let plane: LogPlane
    let activeMax: Int

    static let operatorActor = EntryActor("uid:1000", .human)

    init(_ plane: LogPlane = .meta, activeMax: Int = 7) throws {
        self.plane = plane
        self.activeMax = activeMax
        key = try SigningKey(seed: Randomness.seeded(7).bytes(SigningKey.seedByteCount))
    }

    /// The parameters of this repository, but for heads that come so often that a short log has several.
    static func parameters() throws -> ChainParameters {
        try ChainParameters(
            parsing: parameters("\"every_entries\": 1024", "\"every_entries\": 256")
        )
    }

    /// The parameters of this repository as they are written, with one text in them replaced.
    static func parameters(_ text: String, _ replacement: String) throws -> [UInt8] {
        let law = try String(
            contentsOfFile: Repository.file(ChainParameters.path),
            encoding: .utf8
        )
        #expect(law.contains(text))
        return Array(law.replacing(text, with: replacement).utf8)
    }

    /// The kinds of this repository, and two of which bodies may be dropped.
    static func events() throws -> EventMap {
        let path = Repository.file(EventMap.path)
        let law = try EventMap(
            parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))),
            defaultDays: 365
        )
        func kind(_ name: String, isAct: Bool) -> EventMap.Kind {
            EventMap.Kind(
                name: name,
                group: "order",
                purpose: "a test",
                isAct: isAct,
                bodyDays: 365
            )
        }
        return try EventMap(law.kinds + [kind("work", isAct: true), kind("note", isAct: false)])
    }

    var origin: String { "charter/test/\(plane.rawValue)" }

    func directory() throws -> Directory { try Directory.open(home.path) }

    func place(signed: Bool = true, activeMax: Int? = nil) throws -> LedgerLog.Place {
        var place = LedgerLog.Place(
            plane: plane,
            origin: origin,
            parameters: try LogFixture.parameters(),
            events: try LogFixture.events(),
            clock: time.clock,
            signer: signed ? key : nil
        )
        place.activeMax = activeMax ?? self.activeMax
        return place
    }

    func open(signed: Bool = true) throws -> LedgerLog {
        try LedgerLog(directory(), place(signed: signed))
    }

    func reader() throws -> LedgerReader {
        guard let reader = try LedgerReader(directory()) else { throw Missing() }
        return reader
    }

    struct Missing: Error {}

    var verifierKey: NoteVerifier {
        get throws { try NoteVerifier(name: origin, algorithm: .log, key: key.verifyingKey) }
    }

    /// What a verification with the right key says.
    func verify(_ change: (inout LedgerVerifier) -> Void = { _ in }) throws -> LedgerVerifier.Report
    {
        var verifier = LedgerVerifier()
        verifier.key = try verifierKey
        change(&verifier)
        return try verifier.verify(DatabaseLog(directory()))
    }

    /// Writes so many facts, fifty with one flush.
    func fill(_ log: LedgerLog, _ count: Int, event: String = "note") throws {
        var drafts: [EntryDraft] = []
        for number in 0..<count {
            var draft = EntryDraft(
                event,
                by: LogFixture.operatorActor,
                about: ["file:src/\(number % 7).txt"],
                body: .json(["number": .integer(number), "text": "grüße \"\\ \n"])
            )
            draft.workOrder = "WO-\(number % 5)"
            drafts.append(draft)
            guard drafts.count == 50 || number == count - 1 else { continue }
            time.advance(nanoseconds: 1_000_000)
            try log.record(all: drafts)
            drafts = []
        }
    }

    /// Changes the database behind the log's back, as somebody with the file can.
    func tamper(_ sql: String) throws {
        let done = try Command.run("sqlite3", [home.file("log.sqlite3"), sql])
        guard done.status == 0 else { throw TamperFailed(errors: done.errors) }
    }

    struct TamperFailed: Error { let errors: String }
}
