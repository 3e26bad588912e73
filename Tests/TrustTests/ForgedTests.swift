import Canon
import Crypto
import Support
import Testing
import Trust

private let message = Array("approve work order wo-43\n".utf8)

struct `A security key's signature` {
    private func question(_ device: SoftDevice, _ blob: Blob) throws -> Question {
        Question(signers: try device.line(), signature: blob.armored, message: message)
    }

    @Test func `is accepted when it was touched`() throws {
        let device = try SoftDevice()
        let question = try question(device, device.sign(message, flags: 1, counter: 9))
        #expect(try question.stockAccepts())
        guard case .accepted(let verification, _) = try question.answer(.touch) else {
            Issue.record("\(try question.answer(.touch))")
            return
        }
        #expect(verification.counter == 9)
        #expect(!verification.userVerified)
    }

    @Test(arguments: [
        (0x00, "trust.signer-not-touched"), (0x04, "trust.signer-not-touched"),
        (0x01, "trust.signer-not-verified"), (0x05, "accepted"),
    ])
    func `counts only with the flags that it signed`(flags: Int, code: String) throws {
        let device = try SoftDevice()
        let made = device.sign(message, flags: UInt8(flags))
        #expect(try question(device, made).answer(.verification).code == code)
        // Setting the flags afterwards breaks the signature over them.
        var forged = made
        let place = forged.signature.count - 5
        forged.signature[place] ^= 0x02
        #expect(try question(device, forged).answer().code == "trust.signer-message-changed")
    }

    @Test func `is refused when it was made for another application`() throws {
        let device = try SoftDevice(application: "ssh:elsewhere")
        let question = try question(device, device.sign(message))
        #expect(try question.stockAccepts())
        #expect(try question.answer().code == "trust.signer-application-foreign")
    }

    @Test func `is malformed in any other form`() throws {
        let device = try SoftDevice()
        let good = device.sign(message)
        func code(_ spoil: (inout Blob) -> Void) throws -> String {
            var blob = good
            spoil(&blob)
            return try question(device, blob).answer().code
        }
        #expect(try code { _ in } == "accepted")
        #expect(try code { $0.version = 0 } == "trust.signer-malformed")
        #expect(try code { $0.version = 2 } == "trust.signer-malformed")
        #expect(try code { $0.namespace = "" } == "trust.signer-malformed")
        #expect(try code { $0.reserved = [0] } == "trust.signer-malformed")
        #expect(try code { $0.hash = "sha1" } == "trust.signer-malformed")
        #expect(try code { $0.hash = "sha256" } == "trust.signer-message-changed")
        #expect(try code { $0.signature.append(0) } == "trust.signer-malformed")
        #expect(try code { $0.signature.removeLast() } == "trust.signer-malformed")
        #expect(try code { $0.key.append(0) } == "trust.signer-malformed")
        #expect(try code { $0.key = [] } == "trust.signer-malformed")
        let strange = Wire().string("ssh-dss").string([1]).bytes
        #expect(try code { $0.key = strange } == "trust.signer-key-unsupported")
        let plain = Wire().string("ssh-ed25519").string([UInt8](repeating: 1, count: 64)).bytes
        #expect(try code { $0.signature = plain } == "trust.signer-malformed")
        let armored = good.armored
        for spoilt in [armored + armored, Array(" ".utf8) + armored, armored + [10]] {
            let question = Question(
                signers: try device.line(),
                signature: spoilt,
                message: message
            )
            #expect(try question.answer().code == "trust.signer-malformed")
        }
        #expect(throws: CryptoFault.self) {
            try SSHSignature(armored: [UInt8](repeating: 65, count: 70_000))
        }
    }
}

struct `A passkey's signature` {
    private func code(
        _ passkey: SoftPasskey,
        _ blob: Blob,
        isStock: Bool
    ) throws -> String {
        let question = Question(
            signers: try passkey.line(),
            signature: blob.armored,
            message: message
        )
        #expect(try question.stockAccepts() == isStock)
        return try question.answer().code
    }

    @Test func `is accepted as a browser makes it`() throws {
        let passkey = try SoftPasskey()
        #expect(try code(passkey, passkey.sign(message), isStock: true) == "accepted")
        let grease = ",\"crossOrigin\":false,\"other_keys_can_be_added_here\":\"do not compare\"}"
        let greased = try passkey.sign(message, rest: grease)
        #expect(try code(passkey, greased, isStock: true) == "accepted")
        #expect(try code(passkey, passkey.sign(message, rest: "}"), isStock: true) == "accepted")
    }

    @Test func `is refused when the browser was asked something else`() throws {
        let passkey = try SoftPasskey()
        let wrong = "trust.signer-client-data-wrong"
        let created = try passkey.sign(message, type: "webauthn.create")
        #expect(try code(passkey, created, isStock: false) == wrong)
        let other = try passkey.sign(message, asked: [1, 2, 3])
        #expect(try code(passkey, other, isStock: false) == "trust.signer-message-changed")
        let framed = try passkey.sign(message, rest: ",\"crossOrigin\":true}")
        #expect(try code(passkey, framed, isStock: true) == wrong)
        let twice = try passkey.sign(message, rest: ",\"type\":\"webauthn.create\"}")
        #expect(try code(passkey, twice, isStock: true) == wrong)
        let open = try passkey.sign(message, rest: ",\"more\":")
        #expect(try code(passkey, open, isStock: true) == wrong)
        let quoted = try passkey.sign(message, origin: "http://localhost:18082\",\"a\":\"b")
        #expect(try code(passkey, quoted, isStock: false) == wrong)
    }

    @Test func `is refused with further data, or without a touch`() throws {
        let passkey = try SoftPasskey()
        for flags: UInt8 in [0x45, 0x85] {
            let made = try passkey.sign(message, flags: flags)
            #expect(try code(passkey, made, isStock: false) == "trust.signer-malformed")
        }
        let extended = try passkey.sign(message, extensions: [1])
        #expect(try code(passkey, extended, isStock: false) == "trust.signer-malformed")
        let untouched = try passkey.sign(message, flags: 0)
        #expect(try code(passkey, untouched, isStock: true) == "trust.signer-not-touched")
    }

    @Test func `is refused when it names another page than the one that asked`() throws {
        let passkey = try SoftPasskey()
        let foreign = try passkey.sign(message, origin: "https://phisher.example")
        #expect(try code(passkey, foreign, isStock: true) == "trust.signer-origin-foreign")
        let page = Array("http://localhost:18082".utf8)
        var forged = foreign
        let named = try #require(forged.signature.firstRange(of: Array("https://phisher".utf8)))
        // The page in the signature field, not the one inside the client data.
        forged.signature.replaceSubrange(
            named.lowerBound - 4..<named.lowerBound + "https://phisher.example".utf8.count,
            with: Wire().string(page).bytes
        )
        #expect(
            try code(passkey, forged, isStock: false) == "trust.signer-client-data-wrong"
        )
    }
}

struct `A fresh key of ssh-keygen` {
    private func run(_ arguments: [String], in directory: TemporaryDirectory) throws {
        let said = try Command.run("ssh-keygen", arguments, directory: directory.path)
        try #require(said.status == 0, "\(said)")
    }

    private func signed(
        _ kind: [String],
        hash: String,
        in directory: TemporaryDirectory
    ) throws -> Question {
        try run(["-q", "-N", "", "-f", "id", "-C", "a comment"] + kind, in: directory)
        directory.write("message", bytes: message)
        let options = ["-O", "hashalg=\(hash)", "-n", approvals, "-f", "id"]
        try run(["-Y", "sign"] + options + ["message"], in: directory)
        return Question(
            signers: Array("alice@example.com ".utf8) + (try directory.read("id.pub")),
            signature: try directory.read("message.sig"),
            message: message
        )
    }

    @Test(arguments: [
        ["-t", "ed25519"], ["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "384"],
        ["-t", "ecdsa", "-b", "521"], ["-t", "rsa", "-b", "2048"],
    ])
    func `signs what we accept, in both hashes`(kind: [String]) throws {
        for hash in ["sha256", "sha512"] {
            var question = try signed(kind, hash: hash, in: TemporaryDirectory())
            #expect(try question.answer().code == "accepted")
            question.message[0] ^= 1
            #expect(try question.answer().code == "trust.signer-message-changed")
        }
    }

    @Test func `is refused when it is too weak, in a signature and in the list`() throws {
        var question = try signed(
            ["-t", "rsa", "-b", "1024"],
            hash: "sha512",
            in: TemporaryDirectory()
        )
        let signers = question.signers
        let fault = #expect(throws: TrustFault.self) {
            try AllowedSigners(parsing: signers)
        }
        #expect(fault?.code == "trust.allowed-signers-key-refused")
        #expect(fault?.cause?.code == "crypto.key-weak")
        question.signers = []
        #expect(try question.answer().code == "trust.signer-key-weak")
    }

    @Test func `is refused when it signs with SHA-1`() throws {
        let key = try SSHPublicKey(line: Repository.vector("sshsig/id_rsa.pub"))
        var blob = Blob(key: key.blob)
        blob.signature = Wire().string("ssh-rsa").string([UInt8](repeating: 1, count: 256)).bytes
        let question = Question(
            signers: Array("alice@example.com \(key)\n".utf8),
            signature: blob.armored,
            message: message
        )
        #expect(try question.answer().code == "trust.signer-key-weak")
        #expect(try !question.stockAccepts())
    }

    @Test func `is refused when it is no key at all`() throws {
        let point = [4] + [UInt8](repeating: 1, count: 64)
        let p256 = Wire().string("ecdsa-sha2-nistp256")
        func modulus(_ exponent: [UInt8]) -> Wire {
            Wire().string("ssh-rsa").string(exponent)
                .string([0] + [UInt8](repeating: 0xF1, count: 256))
        }
        let good = try SSHPublicKey(line: Repository.vector("sshsig/id_ed25519.pub"))
        for (blob, code) in [
            (p256.string("nistp256").string(point), "crypto.key-malformed"),
            (p256.string("nistp384").string(point), "crypto.key-malformed"),
            (p256.string("nistp256").string([2] + point.dropFirst()), "crypto.key-malformed"),
            (Wire().string("ssh-ed25519").string([1, 2]), "crypto.key-malformed"),
            (Wire().string("ssh-ed25519-cert-v01@openssh.com"), "crypto.key-unsupported"),
            (modulus([1]), "crypto.key-weak"),
            (modulus([3]), "crypto.key-weak"),
            (modulus([1, 0, 2]), "crypto.key-weak"),
            (modulus([0, 1, 0, 1]), "crypto.key-malformed"),
            (modulus([1, 0, 1]), "accepted"),
            (Wire().raw(good.blob), "accepted"),
            (Wire().raw(good.blob + [0]), "crypto.key-malformed"),
        ] {
            var said = "accepted"
            do { _ = try SSHPublicKey(blob: blob.bytes) } catch { said = error.code }
            #expect(said == code, "\(blob.bytes.prefix(40))")
        }
    }
}
