import Canon
import Crypto
import Foundation
import Host
import Ledger
import Support
import Testing

@Suite(.covers("B01", "B02", "B03"))
struct `A log` {
    @Test func `begins with a genesis that names what it is`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        #expect(log.size == 1)
        try log.close()
        let (entry, body) = try fixture.reader().entry(0)
        #expect(entry.event == "ledger_genesis")
        #expect(entry.ledger == .governance)
        #expect(entry.sequence == 0)
        let document = try JSONValue(parsing: try #require(body))
        #expect(document["plane"]?.string == "meta")
        #expect(document["parent"] == .null)
        #expect(
            document["chain"]?["digest"]?.string == (try LogFixture.parameters().digest.hex)
        )
    }

    @Test(.covers("B13")) func `holds what was written, in order, and verifies`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        try fixture.fill(log, 1000)
        _ = try log.checkpoint()
        let size = log.size
        try log.close()
        let report = try fixture.verify()
        #expect(report.findings == [])
        #expect(report.entries == size)
        #expect(report.coveredEntries == size - 1)
        #expect(report.checkpoints >= 3)
        let (entry, body) = try fixture.reader().entry(700)
        #expect(Digest.sha256(of: try #require(body)) == entry.bodyDigest)
        #expect(entry.index == 700)
    }

    @Test func `goes on where it ended`() throws {
        let fixture = try LogFixture()
        for round in 0..<6 {
            let log = try fixture.open()
            #expect(log.size == 1 + round * 100 + round / 3 * 1)
            try fixture.fill(log, 100)
            try log.close()
        }
        #expect(try fixture.verify { $0.key = nil }.findings == [])
    }

    @Test func `is open to one writer at a time`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        let fault = #expect(throws: LedgerFault.self) { _ = try fixture.open() }
        #expect(fault?.code == "host.locked")
        try log.close()
    }

    @Test func `writes entries in canonical form, with everything that was said`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        var draft = EntryDraft(
            "work",
            by: EntryActor("agent:ü\"x", .built, onBehalfOf: "uid:5"),
            about: ["file:a\tb", "package:PKG-X"],
            body: EntryBody([1, 2, 3], mediaType: "application/octet-stream")
        )
        draft.workOrder = "WO-1"
        draft.turn = "T-1"
        draft.trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        draft.prompt = PromptReference(
            id: "PRM-ALIGN-001",
            version: "1.0.0",
            digest: .sha256(of: [1])
        )
        let attempt = try log.attempt(draft)
        try log.outcome(of: attempt, .denied, body: .json(["reason": "no"]))
        try log.close()
        let reader = try fixture.reader()
        for index in 0..<3 {
            let entry = try reader.entry(index).entry
            let document = try JSONValue(parsing: entry.bytes)
            #expect(try document.canonicalBytes() == entry.bytes)
        }
        let outcome = try reader.entry(2).entry
        #expect(outcome.answers == (try reader.entry(1).entry.digest))
        #expect(outcome.outcome == .denied)
        #expect(outcome.actor.onBehalfOf == "uid:5")
        #expect(outcome.subjects == ["file:a\tb", "package:PKG-X"])
    }

    @Test func `refuses what it may not hold, and writes nothing of it`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        func code(_ draft: EntryDraft) -> String? {
            #expect(throws: LedgerFault.self) { try log.record(draft) }?.code
        }
        let actor = LogFixture.operatorActor
        #expect(code(EntryDraft("unheard_of", by: actor)) == "ledger.event-unregistered")
        #expect(code(EntryDraft("work", by: actor)) == "ledger.event-not-an-act")
        let nowhere = try #require(LedgerName("WO-9"))
        #expect(code(EntryDraft("note", by: actor, in: nowhere)) == "ledger.no-such-ledger")
        #expect(code(EntryDraft("note", by: EntryActor("", .human))) == "ledger.entry-invalid")
        let many = (0..<256).map { "file:" + String(repeating: "x", count: 300) + "\($0)" }
        #expect(code(EntryDraft("note", by: actor, about: many)) == "ledger.entry-too-large")
        let body = EntryBody([UInt8](repeating: 0, count: 16_777_217), mediaType: "text/plain")
        #expect(code(EntryDraft("note", by: actor, body: body)) == "ledger.body-too-large")
        var draft = EntryDraft("note", by: actor)
        draft.trace = "00-zz"
        #expect(code(draft) == "ledger.entry-invalid")
        #expect(log.size == 1)
        #expect(LedgerName("a/b") == nil && LedgerName("") == nil && LedgerName("-a") == nil)
    }

    @Test func `does nothing while the clock stands before its last entry`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        try fixture.fill(log, 3)
        try log.close()
        let parameters = try LogFixture.parameters()
        func opened(at nanoseconds: Int64) throws -> LedgerLog {
            var place = try fixture.place()
            place.clock = .fixed(nanoseconds)
            return try LedgerLog(fixture.directory(), place)
        }
        let last = fixture.time.clock.now
        let near = try opened(at: last - Int64(parameters.backwardMillisecondsMax) * 1_000_000)
        try near.record(EntryDraft("note", by: LogFixture.operatorActor))
        try near.close()
        let far = try opened(at: last - Int64(parameters.backwardMillisecondsMax + 1) * 1_000_000)
        let fault = #expect(throws: LedgerFault.self) {
            try far.record(EntryDraft("note", by: LogFixture.operatorActor))
        }
        #expect(fault?.code == "ledger.clock-went-back")
        try far.close()
        #expect(try fixture.verify { $0.key = nil }.findings == [])
    }

    @Test(.covers("B17")) func `is not continued under other parameters or another name`() throws {
        let fixture = try LogFixture()
        try fixture.open().close()
        var place = try fixture.place()
        place.origin = "charter/other/meta"
        let other = #expect(throws: LedgerFault.self) {
            _ = try LedgerLog(fixture.directory(), place)
        }
        #expect(other?.code == "ledger.other-log")
        place = try fixture.place()
        let text = try LogFixture.parameters("\"every_entries\": 1024", "\"every_entries\": 128")
        place.parameters = try ChainParameters(parsing: text)
        let chain = #expect(throws: LedgerFault.self) {
            _ = try LedgerLog(fixture.directory(), place)
        }
        #expect(chain?.code == "ledger.other-chain")
        let hashing = try LogFixture.parameters("rfc6962", "none")
        for broken in [Array("{}".utf8), Array("[".utf8), hashing] {
            let fault = #expect(throws: LedgerFault.self) {
                _ = try ChainParameters(parsing: broken)
            }
            #expect(fault?.code == "ledger.chain-parameters")
        }
        for broken in ["{}", "[", #"{"events": [{"kind": "a"}]}"#] {
            let fault = #expect(throws: LedgerFault.self) {
                _ = try EventMap(parsing: Array(broken.utf8), defaultDays: 1)
            }
            #expect(fault?.code == "ledger.event-map")
        }
    }

    @Test func `without a key is written, and not signed`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open(signed: false)
        try fixture.fill(log, 300)
        let fault = #expect(throws: LedgerFault.self) { _ = try log.checkpoint() }
        #expect(fault?.code == "ledger.no-signer")
        try log.close()
        let unsigned = #expect(throws: LedgerFault.self) { _ = try fixture.reader().proof(of: 1) }
        #expect(unsigned?.code == "ledger.no-checkpoint")
        try fixture.tamper("UPDATE entry SET bytes = x'7b7d' WHERE idx = 5")
        let broken = #expect(throws: LedgerFault.self) { _ = try fixture.reader().entry(5) }
        #expect(broken?.code == "ledger.entry-malformed")
    }

    @Test func `shows every prefix of itself by root, inclusion and consistency`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        try fixture.fill(log, 700)
        let size = log.size
        try log.close()
        let reader = try fixture.reader()
        var leaves: [Digest] = []
        for index in 0..<size { leaves.append(try reader.entry(index).entry.digest) }
        for part in [1, 2, 255, 256, 257, 511, 512, 513, size] {
            let root = MerkleTree.root(of: Array(leaves[..<part]))
            #expect(try reader.root(of: part) == root)
            let proof = try reader.consistency(from: part, to: size)
            #expect(proof.leads(from: root, to: try reader.root(of: size)))
            #expect(proof == MerkleTree.consistencyProof(from: part, in: leaves))
        }
        let note = try reader.checkpoint()
        let proven = try reader.proof(of: 17)
        let entry = try reader.entry(17).entry
        let checkpoint = try proven.verified(entry: entry.bytes, log: fixture.verifierKey)
        #expect(proven.note == note)
        #expect(checkpoint.size > 17)
        #expect(
            MerkleTree.inclusionProof(of: 17, in: Array(leaves[..<checkpoint.size])).path
                == proven.path
        )
        var changed = entry.bytes
        changed[20] ^= 1
        #expect(throws: CryptoFault.self) {
            _ = try proven.verified(entry: changed, log: fixture.verifierKey)
        }
    }
}
