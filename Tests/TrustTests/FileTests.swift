import Canon
import Crypto
import Support
import Testing
import Trust

/// The signature of the first vector, asked with another file of allowed signers.
private func question(_ lines: String) throws -> Question {
    var question = try Vector.all[0].question()
    let key = try SSHPublicKey(line: Repository.vector("sshsig/id_ed25519.pub"))
    let other = try SSHPublicKey(line: Repository.vector("sshsig/id_ecdsa.pub"))
    question.signers = Array(
        lines.split(separator: "KEY", omittingEmptySubsequences: false)
            .joined(separator: "\(key)")
            .split(separator: "OTHER", omittingEmptySubsequences: false)
            .joined(separator: "\(other)").utf8
    )
    return question
}

struct `A file of allowed signers` {
    @Test(arguments: [
        ("alice@example.com KEY", "accepted"),
        ("alice@example.com KEY a comment with \"quotes", "accepted"),
        ("# alice@example.com KEY", "trust.signer-principal-unknown"),
        ("\n\n  # a comment\n\nalice@example.com\tKEY\n", "accepted"),
        ("*@example.com KEY", "accepted"),
        ("a?ice@example.com KEY", "accepted"),
        ("a?lice@example.com KEY", "trust.signer-principal-unknown"),
        ("*,!alice@* KEY", "trust.signer-principal-unknown"),
        ("!bob@*,* KEY", "accepted"),
        ("!bob@example.com KEY", "trust.signer-principal-unknown"),
        ("bob@example.com,alice@example.com KEY", "accepted"),
        ("\"alice@example.com\" KEY", "accepted"),
        ("ALICE@example.com KEY", "trust.signer-principal-unknown"),
        ("alice@example.com OTHER", "trust.signer-key-unknown"),
        ("alice@example.com OTHER\n*@example.com KEY", "accepted"),
        ("alice@example.com namespaces=\"approval@*\" KEY", "accepted"),
        ("alice@example.com namespaces=\"file,git\" KEY", "trust.signer-namespace-not-permitted"),
        (
            "alice@example.com namespaces=\"*,!approval@*\" KEY",
            "trust.signer-namespace-not-permitted"
        ),
        ("alice@example.com namespaces=\"file\" KEY\nalice@example.com KEY", "accepted"),
        ("alice@example.com valid-after=\"20261120Z\" KEY", "accepted"),
        ("alice@example.com valid-after=\"202611200001Z\" KEY", "trust.signer-not-yet-valid"),
        ("alice@example.com valid-before=\"20261119235959Z\" KEY", "trust.signer-expired"),
        (
            "alice@example.com valid-before=\"20261119Z\" KEY\n"
                + "alice@example.com namespaces=\"file\" KEY",
            "trust.signer-expired"
        ),
        (
            "alice@example.com namespaces=\"approval@*\",valid-after=\"20260101Z\","
                + "valid-before=\"20280101Z\" KEY",
            "accepted"
        ),
    ])
    func `says who may, as ssh-keygen reads it`(lines: String, code: String) throws {
        let question = try question(lines)
        #expect(try question.answer().code == code)
        #expect(try question.stockAccepts() == (code == "accepted"))
    }

    @Test(arguments: [
        ("alice@example.com", "trust.allowed-signers-malformed"),
        ("alice@example.com ssh-ed25519", "trust.allowed-signers-malformed"),
        ("alice@example.com ssh-ed25519 BBBB", "trust.allowed-signers-malformed"),
        ("alice@example.com no-touch-required KEY", "trust.allowed-signers-malformed"),
        (
            "alice@example.com namespaces=\"a\",namespaces=\"b\" KEY",
            "trust.allowed-signers-malformed"
        ),
        ("alice@example.com namespaces KEY", "trust.allowed-signers-malformed"),
        ("alice@example.com namespaces= KEY", "trust.allowed-signers-malformed"),
        ("alice@example.com namespaces=a KEY", "trust.allowed-signers-malformed"),
        ("alice@example.com namespaces=\"a KEY", "trust.allowed-signers-malformed"),
        ("alice@example.com namespaces=\"a,,b\" KEY", "trust.allowed-signers-malformed"),
        ("alice@example.com namespaces=\"\" KEY", "trust.allowed-signers-malformed"),
        ("alice@example.com , KEY", "trust.allowed-signers-malformed"),
        ("alice@example.com,, KEY", "trust.allowed-signers-malformed"),
        ("alice@example.com valid-after=\"20260101\" KEY", "trust.allowed-signers-malformed"),
        ("alice@example.com valid-after=\"2026Z\" KEY", "trust.allowed-signers-malformed"),
        ("alice@example.com valid-after=\"20261301Z\" KEY", "trust.allowed-signers-malformed"),
        ("alice@example.com valid-after=\"20260230Z\" KEY", "trust.allowed-signers-malformed"),
        ("alice@example.com valid-after=\"2026010a Z\" KEY", "trust.allowed-signers-malformed"),
        (
            "alice@example.com valid-after=\"20270101Z\",valid-before=\"20260101Z\" KEY",
            "trust.allowed-signers-malformed"
        ),
        ("alice@example.com cert-authority KEY", "trust.allowed-signers-authority-unsupported"),
        (
            "alice@example.com namespaces=\"a\",cert-authority KEY",
            "trust.allowed-signers-authority-unsupported"
        ),
        ("alice@example.com ssh-dss AAAAB3NzaC1kc3M=", "trust.allowed-signers-key-refused"),
        ("alice@example.com ssh-ed25519 AAAAC3", "trust.allowed-signers-key-refused"),
        ("alice@example.com ssh-rsa AAAAC3NzaC1lZDI1NTE5", "trust.allowed-signers-key-refused"),
        ("alice@example.com KEY\r", "trust.allowed-signers-malformed"),
        ("alice@example.com KEY\u{0}", "trust.allowed-signers-malformed"),
    ])
    func `trusts nobody when one line cannot be read`(line: String, code: String) throws {
        let good = try question("alice@example.com KEY\n")
        let bad = try question("alice@example.com KEY\n\(line)\nbob@example.com OTHER\n")
        #expect(throws: Never.self) { try AllowedSigners(parsing: good.signers) }
        let fault = #expect(throws: TrustFault.self) { try AllowedSigners(parsing: bad.signers) }
        #expect(fault?.code == code)
        #expect(
            fault?.description.contains("Line 2 ") == true
                || fault?.description.contains(" line 2 ") == true
        )
    }

    @Test func `matches hostile patterns in reasonable time`() throws {
        let stars = String(repeating: "*a", count: 2000)
        var question = try question("\(stars) KEY\n")
        question.principal = String(repeating: "a", count: 4000) + "b"
        #expect(try question.answer().code == "trust.signer-principal-unknown")
    }

    @Test func `for any damage is read or refused, and never widens`() throws {
        let good = try Vector.all[0].question()
        var generator = Generator(seed: 13)
        for _ in 0..<150 {
            var damaged = good
            damaged.signers = good.signers.mutated(by: &generator)
            damaged.principal = "mallory@elsewhere.example"
            let answer = try? damaged.answer()
            #expect(answer?.refusal != nil || answer == nil, "seed \(generator.seed)")
        }
    }
}

struct `A revocation list` {
    private func list(_ specification: [String], more: [String] = []) throws -> [UInt8] {
        let directory = TemporaryDirectory()
        directory.write("spec", specification.map { $0 + "\n" }.joined())
        let said = try Command.run(
            "ssh-keygen",
            ["-k", "-q", "-f", "krl"] + more + ["spec"],
            directory: directory.path
        )
        try #require(said.status == 0, "\(said)")
        return try directory.read("krl")
    }

    private func key(_ name: String) throws -> SSHPublicKey {
        try SSHPublicKey(line: Repository.vector("sshsig/id_\(name).pub"))
    }

    @Test(arguments: ["key", "sha1", "sha256"])
    func `of ssh-keygen revokes the keys it names, and no other`(how: String) throws {
        let list = try list([
            "\(how): \(key("ed25519"))", "\(how): \(key("rsa"))", "\(how): \(key("ecdsa_sk"))",
        ])
        let revocations = try RevocationList(parsing: list)
        for vector in Vector.all {
            let isRevoked = ["ed25519", "rsa", "ecdsa_sk"].contains(vector.name)
            #expect(try revocations.contains(key(vector.name)) == isRevoked)
            var question = try vector.question()
            question.revoked = list
            #expect(try question.stockAccepts() == !isRevoked)
            #expect(try (question.answer().code == "trust.signer-revoked") == isRevoked)
        }
        #expect(try !RevocationList.empty.contains(key("ed25519")))
    }

    @Test func `may hold fingerprints alone`() throws {
        let list = try list(["hash: \(key("ecdsa").fingerprint)"])
        #expect(try RevocationList(parsing: list).contains(key("ecdsa")))
        #expect(try !RevocationList(parsing: list).contains(key("rsa")))
    }

    @Test func `fails closed on anything that it does not know`() throws {
        func code(_ bytes: [UInt8]) -> String {
            do {
                _ = try RevocationList(parsing: bytes)
                return "accepted"
            } catch {
                return error.code
            }
        }
        let good = try Repository.vector("sshsig/revoked.krl")
        #expect(code(good) == "accepted")
        let authority = TemporaryDirectory()
        authority.write("ca.pub", "\(try key("ed25519"))\n")
        let certificates = try list(["serial: 7"], more: ["-s", authority.file("ca.pub")])
        #expect(code(certificates) == "trust.revocations-unsupported")
        for kind: UInt8 in [0, 1, 4, 6, 255] {
            let section = [kind] + Wire().string([]).bytes
            #expect(code(good + section) == "trust.revocations-unsupported")
        }
        #expect(code(good + [2] + Wire().string([]).bytes) == "accepted")
        #expect(
            code(good + [3] + Wire().string(Wire().string([1]).bytes).bytes)
                == "trust.revocations-malformed"
        )
        #expect(
            code(good + [2] + Wire().string([0, 0, 0, 9]).bytes) == "trust.revocations-malformed"
        )
        #expect(code(good + [2]) == "trust.revocations-malformed")
        #expect(code([]) == "trust.revocations-malformed")
        #expect(code(Array("ssh-ed25519 AAAA\n".utf8)) == "trust.revocations-malformed")
        var changed = good
        changed[11] = 2
        #expect(code(changed) == "trust.revocations-unsupported")
        changed = good
        changed[35] = 1
        #expect(code(changed) == "trust.revocations-unsupported")
        // A list cut at any place inside a section is no shorter list.
        for count in 0..<good.count where count != 44 {
            #expect(code(Array(good.prefix(count))) != "accepted", "\(count)")
        }
    }
}
