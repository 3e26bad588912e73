import Canon
import Crypto
import Foundation
import Host
import Ledger
import Support
import Testing

@Suite(.covers("B10", "B12", "B15"))
struct `An archive of a log` {
    private func written(_ count: Int) throws -> LogFixture {
        let fixture = try LogFixture()
        let log = try fixture.open()
        try fixture.fill(log, count)
        _ = try log.checkpoint()
        try log.close()
        return fixture
    }

    private func archive(_ fixture: LogFixture, _ place: TemporaryDirectory) throws -> ArchivedLog {
        let directory = try Directory.open(place.path)
        _ = try LedgerArchive.write(fixture.reader(), to: directory)
        return ArchivedLog(directory)
    }

    private func verify(
        _ source: ArchivedLog,
        _ fixture: LogFixture
    ) throws -> LedgerVerifier.Report {
        var verifier = LedgerVerifier()
        verifier.key = try fixture.verifierKey
        return try verifier.verify(source)
    }

    @Test(arguments: [3, 255, 256, 700])
    func `verifies with the public key alone, and becomes a log again`(_ count: Int) throws {
        let fixture = try written(count)
        let place = TemporaryDirectory()
        let source = try archive(fixture, place)
        let report = try verify(source, fixture)
        #expect(report.findings == [])
        let size = report.entries
        #expect(report.coveredEntries == size)
        let restored = TemporaryDirectory()
        let directory = try Directory.open(restored.path)
        try LedgerArchive.restore(source, into: directory, fixture.place())
        let log = try LedgerLog(directory, fixture.place())
        #expect(log.size == size)
        try fixture.fill(log, 300)
        _ = try log.checkpoint()
        try log.close()
        var verifier = LedgerVerifier()
        verifier.key = try fixture.verifierKey
        #expect(try verifier.verify(DatabaseLog(directory)).findings == [])
        let again = #expect(throws: LedgerFault.self) {
            try LedgerArchive.restore(source, into: directory, fixture.place())
        }
        #expect(again?.code == "host.already-exists")
    }

    @Test func `grows with the log, and is refused when a byte of it changes`() throws {
        let fixture = try written(300)
        let place = TemporaryDirectory()
        _ = try archive(fixture, place)
        let log = try fixture.open()
        try fixture.fill(log, 400)
        _ = try log.checkpoint()
        try log.close()
        let source = try archive(fixture, place)
        #expect(try verify(source, fixture).findings == [])
        for file in [
            "checkpoint", "tile/0/000", "tile/entries/000", "tile/entries/001",
            "charter/bodies/000",
        ] {
            let before = try Data(contentsOf: URL(fileURLWithPath: place.file(file)))
            var bytes = [UInt8](before)
            bytes[bytes.count / 2] ^= 1
            place.write(file, bytes: bytes)
            let report = try? verify(source, fixture)
            #expect(report?.isWhole != true, "\(file)")
            place.write(file, bytes: [UInt8](before))
        }
        try FileManager.default.removeItem(atPath: place.file("tile/entries/001"))
        #expect(try verify(source, fixture).findings.first?.code == .deleted)
        #expect(try verify(source, fixture).findings.first?.index == 256)
        try FileManager.default.removeItem(atPath: place.file("checkpoint"))
        let fault = #expect(throws: LedgerFault.self) { _ = try verify(source, fixture) }
        #expect(fault?.code == "ledger.archive-damaged")
    }

    @Test func `follows a key that was handed over, and no other`() throws {
        let fixture = try written(300)
        let log = try fixture.open()
        let next = try SigningKey(seed: [UInt8](repeating: 3, count: 32))
        let note = try log.rotateKey(to: next, by: LogFixture.operatorActor)
        #expect(try SignedNote(parsing: note).signatures.count == 2)
        try fixture.fill(log, 600)
        _ = try log.closeSegment(by: LogFixture.operatorActor)
        _ = try log.checkpoint()
        try log.close()
        let report = try fixture.verify()
        #expect(report.findings == [])
        #expect(report.keys.map(\.key) == [fixture.key.verifyingKey, next.verifyingKey])
        let place = TemporaryDirectory()
        #expect(try verify(try archive(fixture, place), fixture).findings == [])
        // The new key alone leads to the same head.
        let new = try NoteVerifier(name: fixture.origin, algorithm: .log, key: next.verifyingKey)
        #expect(try fixture.verify { $0.key = new }.findings == [])
        // The log opens with the new key only.
        let fault = #expect(throws: LedgerFault.self) { _ = try fixture.open() }
        #expect(fault?.code == "ledger.other-key")
        // Damage in an old segment is still found.
        let segment = try #require(
            try FileManager.default.contentsOfDirectory(atPath: fixture.home.path)
                .first { $0.hasPrefix("segment-") && $0.hasSuffix(".sqlite3") }
        )
        let done = try Command.run(
            "sqlite3",
            [fixture.home.file(segment), "UPDATE entry SET body = x'00' WHERE idx = 99"]
        )
        #expect(done.status == 0)
        #expect(try fixture.verify().findings.first?.index == 99)
    }

    @Test func `of segments is read as one log`() throws {
        let fixture = try LogFixture()
        var log = try fixture.open()
        for _ in 0..<3 {
            try fixture.fill(log, 300)
            _ = try log.checkpoint()
            #expect(try log.closeSegment(by: LogFixture.operatorActor) != nil)
        }
        #expect(try log.closeSegment(by: LogFixture.operatorActor) == nil)
        try log.close()
        log = try fixture.open()
        try fixture.fill(log, 10)
        try log.close()
        #expect(try fixture.verify().findings == [])
        let reader = try fixture.reader()
        #expect(try reader.statistics().segments == 3)
        #expect(try reader.entry(5).entry.index == 5)
        #expect(try reader.page(LedgerQuery(), limit: 2000).entries.count == reader.size())
    }

    @Test func `keeps the proof of bodies that are dropped`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        try fixture.fill(log, 300)
        _ = try log.checkpoint()
        _ = try log.closeSegment(by: LogFixture.operatorActor)
        #expect(try log.dropBodies(by: LogFixture.operatorActor) == 0)
        fixture.time.advance(nanoseconds: 366 * 86_400_000_000_000)
        try fixture.fill(log, 5)
        _ = try log.checkpoint()
        #expect(try log.dropBodies(by: LogFixture.operatorActor) == 300)
        #expect(try log.dropBodies(by: LogFixture.operatorActor) == 0)
        _ = try log.checkpoint()
        try log.close()
        let report = try fixture.verify { $0.events = try? LogFixture.events() }
        #expect(report.findings == [])
        #expect(report.droppedBodies == 300)
        let (entry, body) = try fixture.reader().entry(20)
        #expect(body == nil && entry.bodyDigest != nil)
        let place = TemporaryDirectory()
        #expect(try verify(try archive(fixture, place), fixture).findings == [])
    }
}

@Suite(.covers("B06"))
struct `A repair` {
    private func torn(_ sql: String, signed: Bool = true) throws -> LogFixture {
        let fixture = try LogFixture()
        let log = try fixture.open(signed: signed)
        try fixture.fill(log, 300)
        try fixture.fill(log, 20)
        try log.close()
        try fixture.tamper(sql)
        return fixture
    }

    @Test(arguments: [
        "UPDATE entry SET bytes = substr(bytes, 1, 40) WHERE idx = 315",
        "DELETE FROM entry WHERE idx = 318",
    ])
    func `cuts a torn end, keeps what it cut, and says so in the log`(_ sql: String) throws {
        let fixture = try torn(sql)
        #expect(!(try fixture.verify().isWhole))
        let outcome = try LedgerRepair.run(
            fixture.directory(),
            fixture.place(),
            signedEntries: 0,
            by: LogFixture.operatorActor
        )
        guard case .cut(let index, let count, let kept) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect([315, 318].contains(index) && count > 0)
        let lines = try String(contentsOfFile: kept, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == count)
        #expect(try fixture.verify().findings == [])
        let entry = try fixture.reader().entry(index).entry
        #expect(entry.event == "ledger_repair")
        let log = try fixture.open()
        try fixture.fill(log, 300)
        try log.close()
        #expect(try fixture.verify().findings == [])
    }

    @Test func `never touches what was signed, and does nothing to what is whole`() throws {
        let fixture = try torn("UPDATE entry SET body = x'00' WHERE idx = 100")
        func run() throws -> LedgerRepair.Outcome {
            try LedgerRepair.run(
                fixture.directory(),
                fixture.place(),
                signedEntries: 0,
                by: LogFixture.operatorActor
            )
        }
        guard case .refused(let finding) = try run() else {
            Issue.record("Damage in the middle was repaired.")
            return
        }
        #expect(finding.code == .bodyEdited && finding.index == 100)
        #expect(!(try fixture.verify().isWhole))
        let whole = try torn("SELECT 1")
        let outcome = try LedgerRepair.run(
            whole.directory(),
            whole.place(),
            signedEntries: 0,
            by: LogFixture.operatorActor
        )
        guard case .nothingToDo = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }
}
