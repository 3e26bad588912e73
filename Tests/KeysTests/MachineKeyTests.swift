import Canon
import Crypto
import Foundation
import Host
import Keys
import Support
import Testing

@Suite(.covers("G19"))
struct `A key of this machine` {
    private let home = TemporaryDirectory()

    private func key(_ name: String = "seal") throws -> MachineKey {
        MachineKey(name, in: try Directory.open(home.path))
    }

    @Test func `is made once, and for its owner's eyes only`() throws {
        #expect(try key().verifier() == nil)
        let made = try key().signing(origin: "charter/test", randomness: .seeded(1))
        let again = try key().signing(origin: "charter/test", randomness: .seeded(2))
        #expect(made.verifyingKey == again.verifyingKey)
        #expect(try key().verifier()?.key == made.verifyingKey)
        let facts = try Directory.open(home.path).facts(of: "seal.key.pem")
        #expect(facts?.permissions == 0o600)
    }

    @Test func `is another one under another name`() throws {
        let seal = try key().signing(origin: "charter/test", randomness: .seeded(1))
        let policy = try key("policy").signing(origin: "charter/test", randomness: .seeded(2))
        #expect(seal.verifyingKey != policy.verifyingKey)
    }

    @Test func `is followed by another that waits beside it`() throws {
        let first = try key().signing(origin: "charter/test", randomness: .seeded(1))
        #expect(try key().successor() == nil)
        let next = try key().prepareSuccessor(randomness: .seeded(2))
        // Asked again, as after a crash, it is the same one.
        #expect(
            try key().prepareSuccessor(randomness: .seeded(3)).verifyingKey == next.verifyingKey
        )
        #expect(
            try key().signing(origin: "charter/test", randomness: .seeded(4)).verifyingKey
                == first.verifyingKey
        )
        try key().promote(origin: "charter/test")
        try key().promote(origin: "charter/test")
        #expect(try key().verifier()?.key == next.verifyingKey)
        #expect(
            try key().signing(origin: "charter/test", randomness: .seeded(5)).verifyingKey
                == next.verifyingKey
        )
    }

    @Test func `is refused when others may read it, or when it is none`() throws {
        _ = try key().signing(origin: "charter/test", randomness: .seeded(1))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o640],
            ofItemAtPath: home.file("seal.key.pem")
        )
        let fault = #expect(throws: KeysFault.self) {
            _ = try key().signing(origin: "charter/test", randomness: .seeded(1))
        }
        #expect(fault?.code == "keys.unusable")
        home.write("seal.vkey", "nonsense\n")
        let other = #expect(throws: KeysFault.self) { _ = try key().verifier() }
        #expect(other?.code == "crypto.key-malformed")
    }
}
