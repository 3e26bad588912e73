import Canon
import Crypto
import Foundation
import Host
import Ledger
import Support
import Testing

/// What somebody tries who can write the file of a log and has no key of it.
@Suite(.covers("B13"))
struct `Somebody with the file and no key` {
    private let fixture: LogFixture

    init() throws {
        fixture = try LogFixture()
        let log = try fixture.open()
        try fixture.fill(log, 20)
        _ = try log.checkpoint()
        try log.close()
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Appends an entry that follows the last one, as the log itself would write it.
    private func append(event: String, body: [UInt8]) throws {
        let reader = try fixture.reader()
        let last = try reader.entry(reader.size() - 1).entry
        try reader.close()
        let digest = Digest.sha256(of: body).hex
        let text = """
            {"actor":{"class":"BUILDER","id":"charter"},"body":{"bytes":\(body.count),\
            "digest":"\(digest)","media_type":"application/json"},"event":"\(event)",\
            "index":\(last.index + 1),"ledger":"governance","phase":"fact","plane":"meta",\
            "previous":"\(last.digest.hex)","schema_version":"1.0",\
            "sequence":\(last.sequence + 1),"time":"\(last.time)","type":"ledger_entry"}
            """
        try fixture.tamper(
            "INSERT INTO entry VALUES (\(last.index + 1), x'\(hex(Array(text.utf8)))', "
                + "x'\(hex(body))')"
        )
    }

    private func openingFault() -> String? {
        #expect(throws: LedgerFault.self) { _ = try fixture.open() }?.code
    }

    private func finding() throws -> LedgerFinding.Code? {
        try fixture.verify().findings.first?.code
    }

    @Test func `cannot hand the log over to a key of their own`() throws {
        let key = try SigningKey(seed: [UInt8](repeating: 8, count: 32))
        let vkey = try NoteVerifier(
            name: fixture.origin,
            algorithm: .log,
            key: key.verifyingKey
        )
        try append(event: "log_key_rotated", body: Array("{\"new\":\"\(vkey)\"}".utf8))
        #expect(openingFault() == "ledger.damaged")
        #expect(try finding() == .handover)
    }

    @Test func `cannot make up what only the log writes`() throws {
        let log = try fixture.open()
        for event in ["ledger_genesis", "ledger_closed", "log_key_rotated", "checkpoint"] {
            let fault = #expect(throws: LedgerFault.self) {
                try log.record(EntryDraft(event, by: LogFixture.operatorActor))
            }
            #expect(fault?.code == "ledger.entry-invalid")
        }
        try log.close()
        #expect(try finding() == nil)
    }

    @Test(arguments: [
        "UPDATE tile SET nodes = substr(nodes, 1, 32)", "UPDATE tile SET nodes = zeroblob(16352)",
        "UPDATE ledger SET head = zeroblob(32)", "UPDATE ledger SET count = count + 1",
        "INSERT INTO attempt VALUES (3, zeroblob(32), 'governance', 'work')",
        "DROP TABLE entry; CREATE VIEW entry AS SELECT 1 AS idx, x'' AS bytes, x'' AS body",
        "INSERT INTO entry VALUES (9223372036854775807, x'7b7d', NULL)",
        "INSERT INTO entry VALUES (-1, x'7b7d', NULL)",
        "INSERT INTO segment VALUES (0, 9223372036854775807, 'x')",
        "INSERT INTO segment VALUES (0, 10, '../../x')",
    ])
    func `cannot make the log believe what is derived`(_ sql: String) throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        try fixture.fill(log, 300)
        try log.close()
        try fixture.tamper(sql)
        // It is found when the log is opened, or when it is verified, and nothing crashes.
        let fault = #expect(throws: (any Error).self) {
            _ = try fixture.open()
            let report = try fixture.verify()
            if let first = report.findings.first { throw Found(code: first.code) }
        }
        #expect(fault != nil, "\(sql)")
    }

    private struct Found: Error { let code: LedgerFinding.Code }

    @Test func `cannot smuggle an entry into an archive`() throws {
        let place = TemporaryDirectory()
        let directory = try Directory.open(place.path)
        _ = try LedgerArchive.write(fixture.reader(), to: directory)
        let size = try #require(try fixture.reader().signedSize())
        let path = "tile/entries/000.p/\(size)"
        let bundle = try place.read(path)
        let last = try fixture.reader().entry(size).entry.bytes
        place.write(
            path,
            bytes: bundle + [UInt8(last.count >> 8), UInt8(last.count & 0xFF)] + last
        )
        var verifier = LedgerVerifier()
        verifier.key = try fixture.verifierKey
        #expect(try verifier.verify(ArchivedLog(directory)).findings.first?.code == .inserted)
    }

    @Test func `cannot have a log archived over another one`() throws {
        let other = try LogFixture()
        let log = try other.open()
        try log.record(EntryDraft("note", by: EntryActor("somebody else", .built)))
        _ = try log.checkpoint()
        try log.close()
        let place = TemporaryDirectory()
        let directory = try Directory.open(place.path)
        _ = try LedgerArchive.write(other.reader(), to: directory)
        let fault = #expect(throws: LedgerFault.self) {
            _ = try LedgerArchive.write(fixture.reader(), to: directory)
        }
        #expect(fault?.code == "ledger.archive-damaged")
    }

    @Test func `cannot stop a verifier with numbers or keys that make no sense`() throws {
        let place = TemporaryDirectory()
        let root = String(decoding: Base64.encode([UInt8](repeating: 0, count: 32)), as: UTF8.self)
        place.write(
            "checkpoint",
            "\(fixture.origin)\n9223372036854775807\n\(root)\n\n\u{2014} x AAAAAAAA\n"
        )
        var verifier = LedgerVerifier()
        verifier.key = try fixture.verifierKey
        let fault = #expect(throws: LedgerFault.self) {
            _ = try verifier.verify(ArchivedLog(Directory.open(place.path)))
        }
        #expect(fault?.code == "ledger.archive-damaged")
        let key = try SigningKey(seed: [UInt8](repeating: 8, count: 32))
        let witness = try NoteVerifier(name: "w", algorithm: .cosigner, key: key.verifyingKey)
        let note = try fixture.reader().checkpoint()
        let kind = #expect(throws: CryptoFault.self) {
            _ = try Checkpoint.verified(note, log: witness)
        }
        #expect(kind?.code == "crypto.key-unsupported")
    }

    @Test func `cannot let an old key sign on after it handed the log over`() throws {
        let next = try SigningKey(seed: [UInt8](repeating: 3, count: 32))
        let log = try fixture.open()
        _ = try log.rotateKey(to: next, by: LogFixture.operatorActor)
        try log.close()
        #expect(try finding() == nil)
        // The old key, stolen, signs the head over everything that is there now.
        let reader = try fixture.reader()
        let size = try reader.size()
        let head = Checkpoint(origin: fixture.origin, size: size, root: try reader.root(of: size))
        try reader.close()
        var note = try SignedNote(text: head.text)
        note.append(try .log(fixture.origin, key: fixture.key, over: head.text))
        try fixture.tamper("INSERT INTO checkpoint VALUES (\(size), 0, x'\(hex(note.bytes))')")
        #expect(try finding() == .wrongKey)
    }

    @Test func `cannot hide a torn end behind a head that they removed`() throws {
        try fixture.tamper(
            "DELETE FROM checkpoint; UPDATE entry SET body = x'00' WHERE idx = 5;"
        )
        let size = try fixture.reader().size()
        let outcome = try LedgerRepair.run(
            fixture.directory(),
            fixture.place(),
            signedEntries: size - 1,
            by: LogFixture.operatorActor
        )
        guard case .refused(let finding) = outcome else {
            Issue.record("What was signed was cut.")
            return
        }
        #expect(finding.index == 5)
        #expect(try fixture.reader().size() == size)
    }
}
