import Canon
import Crypto
import Foundation
import Host
import Ledger
import Support
import Testing

@Suite(.covers("B09", "B10"))
struct `A witness` {
    private let fixture: LogFixture
    private let home = TemporaryDirectory()
    private let key: SigningKey

    init() throws {
        fixture = try LogFixture()
        key = try SigningKey(seed: [UInt8](repeating: 5, count: 32))
        let log = try fixture.open()
        try fixture.fill(log, 300)
        _ = try log.checkpoint()
        try log.close()
    }

    private func witness(logs: [NoteVerifier]? = nil) throws -> LogWitness {
        try LogWitness(
            Directory.open(home.path),
            name: "witness.example/w1",
            key: key,
            logs: logs ?? [fixture.verifierKey]
        )
    }

    private func request(from old: Int) throws -> WitnessRequest {
        try fixture.reader().witnessRequest(from: old)
    }

    private var policy: WitnessPolicy {
        get throws {
            try WitnessPolicy(
                parsing: """
                    # whose signatures a head needs
                    log \(fixture.verifierKey.description)
                    witness w1 \(witness().verifier.description) https://witness.example/
                    group all-of-them all w1
                    quorum all-of-them
                    """
            )
        }
    }

    @Test func `signs what grows, and the log keeps its signature`() throws {
        let first = try witness().answer(request(from: 0).bytes, time: 1_790_000_000)
        #expect(first.status == .signed)
        #expect(
            try fixture.verify { $0.policy = try? policy }.findings.first?.code == .witnessMissing
        )
        let log = try fixture.open()
        let names = try log.addCosignatures(
            first.body,
            of: [witness().verifier],
            by: LogFixture.operatorActor
        )
        #expect(names == ["witness.example/w1"])
        #expect(
            try log.addCosignatures(
                first.body,
                of: [witness().verifier],
                by: LogFixture.operatorActor
            ) == []
        )
        try log.close()
        let report = try fixture.verify { $0.policy = try? policy }
        #expect(report.findings == [])
        #expect(report.witnesses == ["w1"])
        let seen = try LedgerReaderSize(fixture).checkpointSize
        let grown = try fixture.open()
        try fixture.fill(grown, 300)
        _ = try grown.checkpoint()
        try grown.close()
        #expect(try witness().answer(request(from: seen).bytes, time: 2).status == .signed)
        #expect(try witness().answer(request(from: seen).bytes, time: 3).status == .conflict)
    }

    private struct LedgerReaderSize {
        let checkpointSize: Int
        init(_ fixture: LogFixture) throws {
            checkpointSize = try #require(try fixture.reader().statistics().checkpointSize)
        }
    }

    @Test func `refuses with the number that the protocol has`() throws {
        let good = try request(from: 0)
        #expect(try witness().answer(Array("new".utf8), time: 1).status == .malformed)
        #expect(try witness(logs: []).answer(good.bytes, time: 1).status == .unknownLog)
        let stranger = try NoteVerifier(
            name: fixture.origin,
            algorithm: .log,
            key: key.verifyingKey
        )
        #expect(try witness(logs: [stranger]).answer(good.bytes, time: 1).status == .badSignature)
        let ahead = WitnessRequest(oldSize: 7, proof: good.proof, note: good.note)
        let conflict = try witness().answer(ahead.bytes, time: 1)
        #expect(conflict.status == .conflict && conflict.body == Array("0\n".utf8))
        #expect(try witness().answer(good.bytes, time: 1).status == .signed)
        let seen = try LedgerReaderSize(fixture).checkpointSize
        let log = try fixture.open()
        try fixture.fill(log, 300)
        _ = try log.checkpoint()
        try log.close()
        let next = try request(from: seen)
        var proof = next.proof
        proof[0] = .sha256(of: [1])
        let wrong = WitnessRequest(oldSize: seen, proof: proof, note: next.note)
        #expect(try witness().answer(wrong.bytes, time: 1).status == .badProof)
        let larger = WitnessRequest(oldSize: 9999, proof: [], note: next.note)
        #expect(try witness().answer(larger.bytes, time: 1).status == .malformed)
        for text in ["old 01\n\nx", "old -1\n\n", "old 1\nzz\n\n", "old 1\n"] {
            let fault = #expect(throws: LedgerFault.self) {
                _ = try WitnessRequest(parsing: Array(text.utf8))
            }
            #expect(fault?.code == "ledger.witness-request")
        }
    }

    @Test func `does not sign another history of the same log`() throws {
        #expect(try witness().answer(request(from: 0).bytes, time: 1).status == .signed)
        let seen = try LedgerReaderSize(fixture).checkpointSize
        let other = try LogFixture()
        let log = try other.open()
        try log.record(EntryDraft("note", by: EntryActor("somebody else", .built)))
        try other.fill(log, 500)
        _ = try log.checkpoint()
        try log.close()
        let lie = try other.reader().witnessRequest(from: seen)
        #expect(try witness().answer(lie.bytes, time: 1).status == .badProof)
    }

    @Test func `gets no signature into a head that does not hold`() throws {
        let log = try fixture.open()
        let answer = try witness().answer(request(from: 0).bytes, time: 1)
        var line = String(decoding: answer.body, as: UTF8.self)
        line = line.replacing("w1 ", with: "w1 A", maxReplacements: 1)
        let fault = #expect(throws: LedgerFault.self) {
            _ = try log.addCosignatures(
                Array(line.utf8),
                of: [witness().verifier],
                by: LogFixture.operatorActor
            )
        }
        #expect(fault != nil)
        #expect(try fixture.verify { $0.policy = try? policy }.isWhole == false)
    }

    @Test(arguments: [
        "quorum none\nquorum none", "", "witness a", "quorum a", "nothing here",
        "group g all x y\nquorum g", "log x\nquorum none",
    ])
    func `has no policy that cannot be read`(_ text: String) {
        let fault = #expect(throws: LedgerFault.self) { _ = try WitnessPolicy(parsing: text) }
        #expect(fault?.code == "ledger.witness-policy")
    }

    @Test func `counts once, whatever it is called`() throws {
        let vkey = try witness().verifier.description
        let twice = "witness a \(vkey) u\nwitness b \(vkey) u\ngroup g 2 a b\nquorum g"
        let fault = #expect(throws: LedgerFault.self) { _ = try WitnessPolicy(parsing: twice) }
        #expect(fault?.code == "ledger.witness-policy")
        let policy = try policy
        #expect(policy.isSatisfied(by: ["w1"]) && !policy.isSatisfied(by: []))
    }
}
