import Canon
import Crypto
import Support
import Testing

private func approver() throws -> VerifyingKey {
    try VerifyingKey(pem: Repository.vector("dsse/approver.pub.pem"))
}

private func opened(_ envelope: [UInt8]) throws -> DSSEEnvelope.Verified {
    try DSSEEnvelope(parsing: envelope).verified(by: [approver()])
}

struct `An attestation of another implementation` {
    @Test(arguments: ["approval", "provenance"])
    func `verifies and gives the statement's bytes`(name: String) throws {
        let verified = try opened(Repository.vector("dsse/\(name).intoto.json"))
        #expect(try verified.payload == Repository.vector("dsse/\(name).statement.json"))
        #expect(try verified.signers == [approver()])
    }

    @Test(arguments: ["approval", "provenance"])
    func `verifies in URL-safe base64 and with any keyid`(name: String) throws {
        let envelope = try JSONValue(parsing: Repository.vector("dsse/\(name).intoto.json"))
        let payload = try #require(envelope["payload"]?.string)
        let signature = try #require(envelope["signatures"]?.array?.first?["sig"]?.string)
        func safe(_ text: String) throws -> JSONValue {
            let bytes = try #require(Base64.decode(text.utf8))
            return .string(String(decoding: Base64.encodeURLSafe(bytes), as: UTF8.self))
        }
        for keyID: JSONValue in ["", "somebody else", .null] {
            let changed: JSONValue = [
                "payload": try safe(payload),
                "payloadType": "application/vnd.in-toto+json",
                "signatures": [["keyid": keyID, "sig": try safe(signature)]],
                "more": 1,
            ]
            #expect(try opened(changed.line).signers == [approver()])
        }
    }

    @Test func `is refused for the right reason`() throws {
        let good = try JSONValue(parsing: Repository.vector("dsse/approval.intoto.json"))
        func said(_ member: String, _ value: JSONValue?) throws -> String {
            var members = try #require(good.object)
            members[member] = value
            return code { _ = try opened(JSONValue.object(members).line) }
        }
        let payload = try #require(good["payload"]?.string)
        let signature = try #require(good["signatures"]?.array?.first?["sig"]?.string)
        let changed = "eyJf" + (payload.hasPrefix("eyJf") ? "eHlw" : "") + payload.dropFirst(8)
        #expect(try said("payload", .string(changed)) == "crypto.envelope-unverified")
        #expect(try said("payload", "not base64") == "crypto.envelope-malformed")
        #expect(try said("payload", nil) == "crypto.envelope-malformed")
        #expect(try said("payloadType", "text/plain") == "crypto.envelope-type-wrong")
        #expect(try said("payloadType", "") == "crypto.envelope-malformed")
        #expect(try said("signatures", []) == "crypto.envelope-malformed")
        #expect(try said("signatures", nil) == "crypto.envelope-malformed")
        #expect(try said("signatures", [["sig": "AAAA"]]) == "crypto.envelope-unverified")
        #expect(try said("signatures", [["keyid": "x"]]) == "crypto.envelope-malformed")
        let numbered: JSONValue = [["keyid": 1, "sig": .string(signature)]]
        #expect(try said("signatures", numbered) == "crypto.envelope-malformed")
        let crowd = [JSONValue](repeating: ["sig": .string(signature)], count: 33)
        #expect(try said("signatures", .array(crowd)) == "crypto.envelope-malformed")
        #expect(code { _ = try opened([]) } == "crypto.envelope-malformed")
    }

    @Test func `signed for another type does not pass for this one`() throws {
        let key = try SigningKey(seed: Array(0..<32))
        var envelope = DSSEEnvelope(payload: [1, 2, 3], payloadType: "text/plain")
        envelope.sign(with: key)
        let changed = envelope.bytes
            .replacing("text/plain", with: DSSEEnvelope.statementType)
        let said = code {
            _ = try DSSEEnvelope(parsing: changed).verified(by: [key.verifyingKey])
        }
        #expect(said == "crypto.envelope-unverified")
    }
}

struct `An attestation of our own` {
    @Test func `carries several signatures and counts each key once`() throws {
        let keys = try (0..<3).map { try SigningKey(seed: Array(UInt8($0)..<UInt8($0 + 32))) }
        var envelope = DSSEEnvelope(payload: Array("{}".utf8))
        envelope.sign(with: keys[0])
        envelope.sign(with: keys[0])
        envelope.sign(with: keys[1])
        let read = try DSSEEnvelope(parsing: envelope.bytes)
        #expect(read == envelope)
        let known = [keys[0], keys[0], keys[1], keys[2]].map(\.verifyingKey)
        let verified = try read.verified(by: known, threshold: 2)
        #expect(verified.signers == [keys[0].verifyingKey, keys[1].verifyingKey])
        #expect(
            code { _ = try read.verified(by: known, threshold: 3) } == "crypto.envelope-unverified"
        )
        #expect(
            code { _ = try read.verified(by: [keys[2].verifyingKey]) }
                == "crypto.envelope-unverified"
        )
    }

    @Test func `for any damage gives either nothing or the payload that was signed`() throws {
        let envelope = try Repository.vector("dsse/approval.intoto.json")
        let statement = try Repository.vector("dsse/approval.statement.json")
        let key = try approver()
        var generator = Generator(seed: 5)
        for _ in 0..<2000 {
            let damaged = envelope.mutated(by: &generator)
            guard let parsed = try? DSSEEnvelope(parsing: damaged),
                let verified = try? parsed.verified(by: [key])
            else { continue }
            #expect(verified.payload == statement, "seed \(generator.seed)")
        }
    }
}
