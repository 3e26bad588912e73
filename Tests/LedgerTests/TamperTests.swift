import Canon
import Crypto
import Foundation
import Host
import Ledger
import Support
import Testing

@Suite(.covers("B01", "B09", "B10", "B13"))
struct `A verification` {
    /// A signed log of some blocks, closed.
    private func written(_ count: Int = 700) throws -> LogFixture {
        let fixture = try LogFixture()
        let log = try fixture.open()
        try fixture.fill(log, count)
        _ = try log.checkpoint()
        try log.close()
        return fixture
    }

    private func first(_ fixture: LogFixture) throws -> LedgerFinding? {
        try fixture.verify().findings.first
    }

    /// One bit of any entry, wherever it is.
    @Test(arguments: [0, 1, 100, 255, 256, 300, 511, 512, 650])
    func `names an entry that was edited`(_ index: Int) throws {
        let fixture = try written()
        try fixture.tamper(
            "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"time\":\"2026',"
                + " '\"time\":\"2025') AS BLOB) WHERE idx = \(index)"
        )
        let finding = try #require(try first(fixture))
        #expect(finding.index == index || (index > 511 && finding.index == index + 1))
        #expect(
            [.edited, .time, .chain, .forked].contains(finding.code),
            "\(finding)"
        )
        if index < 512 { #expect(finding.code == .edited) }
    }

    @Test func `names a body that was edited, added or taken away`() throws {
        let fixture = try written()
        try fixture.tamper("UPDATE entry SET body = CAST('{}' AS BLOB) WHERE idx = 300")
        #expect(try first(fixture)?.code == .bodyEdited)
        #expect(try first(fixture)?.index == 300)
        try fixture.tamper("UPDATE entry SET body = NULL WHERE idx = 300")
        // The law lets bodies of this kind go, and those of a genesis never.
        #expect(try fixture.verify { $0.events = try? LogFixture.events() }.isWhole)
        #expect(try fixture.verify().droppedBodies == 1)
        try fixture.tamper("UPDATE entry SET body = NULL WHERE idx = 0")
        let report = try fixture.verify { $0.events = try? LogFixture.events() }
        #expect(report.findings.first?.code == .bodyMissing)
    }

    @Test(arguments: [1, 100, 255, 256, 300, 650])
    func `names what was deleted`(_ index: Int) throws {
        let fixture = try written()
        try fixture.tamper("DELETE FROM entry WHERE idx = \(index)")
        #expect(try first(fixture)?.code == .deleted)
        #expect(try first(fixture)?.index == index)
    }

    @Test func `names what was deleted where the rest was moved up`() throws {
        let fixture = try written()
        try fixture.tamper(
            """
            DELETE FROM entry WHERE idx = 100;
            UPDATE entry SET idx = idx - 1000000 WHERE idx > 100;
            UPDATE entry SET idx = idx + 999999 WHERE idx < 0;
            """
        )
        #expect(try first(fixture)?.code == .deleted)
        #expect(try first(fixture)?.index == 100)
    }

    @Test func `names what was inserted`() throws {
        let fixture = try written()
        try fixture.tamper(
            """
            UPDATE entry SET idx = idx + 1000000 WHERE idx >= 100;
            INSERT INTO entry SELECT 100, bytes, body FROM entry WHERE idx = 99;
            UPDATE entry SET idx = idx - 999999 WHERE idx >= 1000000;
            """
        )
        #expect(try first(fixture)?.code == .inserted)
        #expect(try first(fixture)?.index == 100)
    }

    @Test func `names what was reordered`() throws {
        let fixture = try written()
        try fixture.tamper(
            """
            UPDATE entry SET idx = -1 WHERE idx = 40;
            UPDATE entry SET idx = 40 WHERE idx = 41;
            UPDATE entry SET idx = 41 WHERE idx = -1;
            """
        )
        #expect(try first(fixture)?.code == .reordered)
        #expect(try first(fixture)?.index == 40)
    }

    @Test func `finds an end that was cut off`() throws {
        let fixture = try written()
        try fixture.tamper("DELETE FROM entry WHERE idx >= 690")
        #expect(try first(fixture)?.code == .truncated)
        let known = try fixture.reader().checkpoint()
        // Also where whoever cut it took the last heads away.
        try fixture.tamper("DELETE FROM checkpoint WHERE size > 690")
        #expect(try first(fixture) == nil)
        let head = try Checkpoint.verified(known, log: fixture.verifierKey)
        #expect(try fixture.verify { $0.known = [head] }.findings.first?.code == .truncated)
        // And nobody writes on.
        try fixture.tamper("INSERT INTO checkpoint VALUES (9999, 0, x'00')")
        let fault = #expect(throws: LedgerFault.self) { _ = try fixture.open() }
        #expect(fault?.code == "ledger.damaged")
    }

    @Test func `finds a log that was written anew, by key, by head and by witness`() throws {
        let fixture = try written()
        let head = try Checkpoint.verified(
            fixture.reader().checkpoint(),
            log: fixture.verifierKey
        )
        try FileManager.default.removeItem(atPath: fixture.home.file("log.sqlite3"))
        // The same key: only who knows the old head can tell.
        let log = try fixture.open()
        try fixture.fill(log, 800)
        _ = try log.checkpoint()
        try log.close()
        #expect(try fixture.verify().isWhole)
        #expect(try fixture.verify { $0.known = [head] }.findings.first?.code == .replaced)
        // Another key.
        try FileManager.default.removeItem(atPath: fixture.home.file("log.sqlite3"))
        var place = try fixture.place()
        place.signer = try SigningKey(seed: [UInt8](repeating: 9, count: 32))
        let forged = try LedgerLog(fixture.directory(), place)
        try fixture.fill(forged, 10)
        _ = try forged.checkpoint()
        try forged.close()
        #expect(try first(fixture)?.code == .wrongKey)
        // A log that nobody signed.
        try FileManager.default.removeItem(atPath: fixture.home.file("log.sqlite3"))
        try fixture.open(signed: false).close()
        #expect(try first(fixture)?.code == .unsigned)
    }

    @Test func `finds a history that was rewritten with all its hashes`() throws {
        let fixture = try written(300)
        let notes = try fixture.reader().checkpoint()
        // Whoever has the file, and not the key, writes other entries and keeps the signed heads.
        let other = try LogFixture()
        let log = try other.open(signed: false)
        try log.record(EntryDraft("note", by: EntryActor("somebody else", .built)))
        try other.fill(log, 400)
        try log.close()
        let head = try Checkpoint.verified(notes, log: fixture.verifierKey)
        let hex = notes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try other.tamper("INSERT INTO checkpoint VALUES (\(head.size), 0, x'\(hex)')")
        #expect(try first(other)?.code == .forked)
        let fault = #expect(throws: LedgerFault.self) { _ = try other.open() }
        #expect(fault?.code == "ledger.damaged")
    }

    @Test func `compares the tiles, and the heads of heads`() throws {
        let fixture = try written()
        try fixture.tamper("DELETE FROM tile WHERE key = 1")
        #expect(try first(fixture)?.code == .tile)
        let other = try written()
        try other.tamper(
            "UPDATE checkpoint SET note = CAST(replace(CAST(note AS TEXT), '— charter', '— chartes')"
                + " AS BLOB) WHERE size = (SELECT max(size) FROM checkpoint)"
        )
        #expect(try first(other)?.code == .wrongKey)
        let third = try written()
        try third.tamper("UPDATE checkpoint SET note = x'00' WHERE size > 600")
        #expect(try first(third)?.code == .forked)
    }

    @Test func `says of each outcome which attempt it answers`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        let attempt = try log.attempt(EntryDraft("work", by: LogFixture.operatorActor))
        try log.outcome(of: attempt, .succeeded)
        try log.close()
        // An outcome of something that never was, hashed and chained as it should be.
        try fixture.tamper(
            "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"answers\":\"',"
                + " '\"answers\":\"f') AS BLOB) WHERE idx = 2"
        )
        #expect(try fixture.verify { $0.key = nil }.findings.first?.code == .malformed)
    }

    @Test(arguments: 0..<40)
    func `for any change of the file, something is found`(_ round: Int) throws {
        var generator = Generator(seed: UInt64(1000 + round))
        let fixture = try written(520)
        let index = generator.int(0...519)
        let change = generator.int(0...4)
        let column = generator.int(0...1) == 0 ? "bytes" : "body"
        let reader = try fixture.reader()
        let (entry, body) = try reader.entry(index)
        try reader.close()
        let before = column == "bytes" ? entry.bytes : body ?? []
        let after = before.mutated(by: &generator)
        if after == before { return }
        switch change {
        case 0...2:
            let hex = after.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            try fixture.tamper("UPDATE entry SET \(column) = x'\(hex)' WHERE idx = \(index)")
        case 3: try fixture.tamper("DELETE FROM entry WHERE idx = \(index)")
        default:
            let other = (index + generator.int(1...500)) % 520
            try fixture.tamper(
                """
                UPDATE entry SET idx = -1 WHERE idx = \(index);
                UPDATE entry SET idx = \(index) WHERE idx = \(other);
                UPDATE entry SET idx = \(other) WHERE idx = -1;
                """
            )
        }
        let report = try fixture.verify()
        #expect(!report.isWhole, "change \(change) of \(column) at \(index)")
    }
}
