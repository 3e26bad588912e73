import Canon
import Crypto
import Support
import Testing
import Trust

/// Each signature of the vectors, its rightful principal, and what its device says.
struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let principal: String
    let kind: SSHPublicKey.Kind
    var isTouched: Bool?
    var isVerified = false

    var testDescription: String { name }

    static let all = [
        Vector(name: "ed25519", principal: "alice@example.com", kind: .ed25519),
        Vector(name: "ecdsa", principal: "bob@example.com", kind: .ecdsa256),
        Vector(name: "rsa", principal: "carol@example.com", kind: .rsa),
        Vector(
            name: "ed25519_sk",
            principal: "ed25519_sk@example.com",
            kind: .securityKeyEd25519,
            isTouched: true
        ),
        Vector(
            name: "ed25519_sk_uv",
            principal: "ed25519_sk_uv@example.com",
            kind: .securityKeyEd25519,
            isTouched: true,
            isVerified: true
        ),
        Vector(
            name: "ed25519_sk_nt",
            principal: "ed25519_sk_nt@example.com",
            kind: .securityKeyEd25519,
            isTouched: false
        ),
        Vector(
            name: "ecdsa_sk",
            principal: "ecdsa_sk@example.com",
            kind: .securityKeyECDSA,
            isTouched: true
        ),
    ]

    func question() throws -> Question {
        Question(
            signers: try Repository.vector("sshsig/allowed_signers"),
            signature: try Repository.vector("sshsig/message.\(name).sig"),
            message: try Repository.vector("sshsig/message.txt"),
            principal: principal
        )
    }
}

struct `A signature that OpenSSH made` {
    @Test(arguments: Vector.all)
    func `is accepted, unless nobody touched the device`(vector: Vector) throws {
        let question = try vector.question()
        let verdict = try question.answer()
        #expect(try question.stockAccepts())
        guard vector.isTouched != false else {
            #expect(verdict.code == "trust.signer-not-touched")
            return
        }
        guard case .accepted(let verification, let principal) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(principal == vector.principal)
        #expect(verification.keyKind == vector.kind)
        #expect(verification.namespace == approvals)
        #expect(verification.application == (vector.isTouched == nil ? nil : "ssh:"))
        #expect(verification.userPresent == (vector.isTouched ?? false))
        #expect(verification.userVerified == vector.isVerified)
        #expect((verification.counter != nil) == (vector.isTouched != nil))
        #expect(verification.origin == nil)
    }

    @Test(arguments: Vector.all)
    func `counts only with the presence that is demanded`(vector: Vector) throws {
        let question = try vector.question()
        func expected(_ verified: Bool) -> String {
            switch vector.isTouched {
            case nil: "trust.signer-device-missing"
            case false: "trust.signer-not-touched"
            default:
                verified && !vector.isVerified ? "trust.signer-not-verified" : "accepted"
            }
        }
        #expect(try question.answer(.touch).code == expected(false))
        #expect(try question.answer(.verification).code == expected(true))
    }

    @Test(arguments: Vector.all)
    func `is refused for the right reason, and by ssh-keygen as well`(vector: Vector) throws {
        let good = try vector.question()
        func check(_ code: String, _ spoil: (inout Question) throws -> Void) throws {
            var question = good
            try spoil(&question)
            #expect(try question.answer().code == code)
            #expect(try !question.stockAccepts())
        }
        try check("trust.signer-message-changed") { $0.message[0] ^= 1 }
        try check("trust.signer-message-changed") { $0.message.append(10) }
        try check("trust.signer-message-changed") { $0.message = [] }
        try check("trust.signer-namespace-wrong") { $0.namespace = "file" }
        try check("trust.signer-namespace-wrong") { $0.namespace = approvals + "x" }
        try check("trust.signer-principal-unknown") { $0.principal = "alice@elsewhere.example" }
        try check("trust.signer-principal-unknown") { $0.signers = [] }
        try check("trust.signer-malformed") { $0.signature = [] }
        try check("trust.signer-malformed") { $0.signature = Array($0.signature.dropFirst()) }
        if vector.name != "rsa" {
            try check("trust.signer-key-unknown") { question in
                question.principal =
                    vector.name == "ecdsa" ? "alice@example.com" : "bob@example.com"
            }
        }
    }

    @Test func `is refused outside the days of its line, as ssh-keygen counts them`() throws {
        let good = try Vector.all[0].question()
        for (time, code) in [
            ("20251231235959Z", "trust.signer-not-yet-valid"),
            ("20260101000000Z", "accepted"),
            ("20280101000000Z", "accepted"),
            ("20280101000001Z", "trust.signer-expired"),
            ("20290101000000Z", "trust.signer-expired"),
        ] {
            var question = good
            question.time = time
            #expect(try question.answer().code == code, "\(time)")
            #expect(try question.stockAccepts() == (code == "accepted"), "\(time)")
        }
    }

    @Test(arguments: Vector.all)
    func `is refused when its key is revoked`(vector: Vector) throws {
        var question = try vector.question()
        question.revoked = try Repository.vector("sshsig/revoked.krl")
        let isRevoked = vector.name == "ed25519"
        let expected =
            isRevoked
            ? "trust.signer-revoked"
            : vector.isTouched == false ? "trust.signer-not-touched" : "accepted"
        #expect(try question.answer().code == expected)
        #expect(try question.stockAccepts() == !isRevoked)
    }

    @Test(arguments: Vector.all)
    func `has the key of its pub file`(vector: Vector) throws {
        let line = try Repository.vector("sshsig/id_\(vector.name).pub")
        let key = try SSHPublicKey(line: line)
        let signature = try SSHSignature(armored: vector.question().signature)
        #expect(signature.publicKey == key)
        #expect(signature.namespace == approvals)
        let said = try Command.run(
            "ssh-keygen",
            ["-l", "-f", Repository.file("Tests/Vectors/sshsig/id_\(vector.name).pub")]
        )
        #expect(said.output.contains(" \(key.fingerprint) "))
    }
}

struct `A signature that a passkey made in a browser` {
    private func question(_ number: Int) throws -> Question {
        Question(
            signers: try Repository.vector("webauthn_sshsig/allowed_signers"),
            signature: try Repository.vector("webauthn_sshsig/message.passkey\(number).sig"),
            message: try Repository.vector("webauthn_sshsig/message.txt")
        )
    }

    @Test(arguments: 0..<6)
    func `is accepted, with the page where it was made`(number: Int) throws {
        let question = try question(number)
        #expect(try question.stockAccepts())
        guard case .accepted(let verification, _) = try question.answer(.verification) else {
            Issue.record("\(try question.answer(.verification))")
            return
        }
        #expect(verification.origin == "http://localhost:18082")
        #expect(verification.application == "localhost")
        #expect(verification.keyKind == .securityKeyECDSA)
    }

    @Test(arguments: 0..<6)
    func `is refused for another message, principal or namespace`(number: Int) throws {
        let good = try question(number)
        func check(_ code: String, _ spoil: (inout Question) -> Void) throws {
            var question = good
            spoil(&question)
            #expect(try question.answer().code == code)
            #expect(try !question.stockAccepts())
        }
        try check("trust.signer-message-changed") { $0.message[3] ^= 1 }
        try check("trust.signer-namespace-wrong") { $0.namespace = "file" }
        try check("trust.signer-principal-unknown") { $0.principal = "bob@example.com" }
    }

    @Test func `is refused from a page or for a party that is not allowed`() throws {
        let question = try question(0)
        func code(_ applications: [String], _ origins: [String]) throws -> String {
            let policy = SignerPolicy(
                namespace: approvals,
                presence: .touch,
                applications: applications,
                origins: origins
            )
            return try AllowedSigners(parsing: question.signers).check(
                question.signature,
                of: question.message,
                by: question.principal,
                at: now,
                revocations: .empty,
                policy: policy
            ).code
        }
        let page = "http://localhost:18082"
        #expect(try code(["localhost"], [page]) == "accepted")
        #expect(try code(["localhost"], []) == "trust.signer-origin-foreign")
        #expect(try code(["localhost"], [page + "/"]) == "trust.signer-origin-foreign")
        #expect(try code(["localhost"], ["http://localhost"]) == "trust.signer-origin-foreign")
        #expect(try code(["ssh:"], [page]) == "trust.signer-application-foreign")
        #expect(try code([], [page]) == "trust.signer-application-foreign")
    }
}

extension AllowedSigners {
    /// Asks about another signature than the one that the question holds.
    fileprivate func check(_ signature: [UInt8], of question: Question) -> SignerVerdict {
        check(
            signature,
            of: question.message,
            by: question.principal,
            at: now,
            revocations: .empty,
            policy: .lenient()
        )
    }
}

struct `A damaged signature` {
    /// What is signed lies in the blob; how its base64 is broken into lines does not.
    private func blob(_ armored: [UInt8]) -> [UInt8] { armored.filter { $0 != 10 } }

    @Test func `for any damage is never accepted, and never stops the program`() throws {
        var generator = Generator(seed: 11)
        var questions = try Vector.all.map { try $0.question() }
        for number in 0..<6 {
            questions.append(
                Question(
                    signers: try Repository.vector("webauthn_sshsig/allowed_signers"),
                    signature: try Repository.vector(
                        "webauthn_sshsig/message.passkey\(number).sig"
                    ),
                    message: try Repository.vector("webauthn_sshsig/message.txt")
                )
            )
        }
        for question in questions {
            let signers = try AllowedSigners(parsing: question.signers)
            for _ in 0..<150 {
                let damaged = question.signature.mutated(by: &generator)
                let isSame = blob(damaged) == blob(question.signature)
                let verdict = signers.check(damaged, of: question)
                #expect(verdict.refusal != nil || isSame, "seed \(generator.seed)")
            }
        }
    }

    @Test func `for any damage below the armor is never accepted`() throws {
        var generator = Generator(seed: 12)
        for vector in Vector.all {
            let question = try vector.question()
            let lines = question.signature.split(separator: 10).dropFirst().dropLast()
            let blob = try #require(Base64.decode(Array(lines.joined())))
            let signers = try AllowedSigners(parsing: question.signers)
            for _ in 0..<150 {
                let mutated = blob.mutated(by: &generator)
                let verdict = signers.check(Wire.armored(mutated), of: question)
                #expect(verdict.refusal != nil || mutated == blob, "seed \(generator.seed)")
            }
        }
    }
}
