import Canon
import Crypto
import Support
import Testing
import Trust

/// What the vectors were made for.
let approvals = "approval@controlplane.example"

/// A moment at which every line of the vectors is valid.
let now = Timestamp(seconds: 1_795_132_800)

extension SignerPolicy {
    /// Takes everything of the vectors that a careful operator would take.
    static func lenient(_ presence: Presence = .touchOfDevices) -> SignerPolicy {
        SignerPolicy(
            namespace: approvals,
            presence: presence,
            applications: ["ssh:", "localhost"],
            origins: ["http://localhost:18082"]
        )
    }
}

extension SignerVerdict {
    /// `accepted`, or the code of the refusal.
    var code: String { refusal?.code ?? "accepted" }
}

/// One question, put to Charter and to the stock `ssh-keygen`.
struct Question {
    var signers: [UInt8]
    var signature: [UInt8]
    var message: [UInt8]
    var principal = "alice@example.com"
    var namespace = approvals
    var time = "20261120000000Z"
    var revoked: [UInt8]?

    func answer(_ presence: SignerPolicy.Presence = .touchOfDevices) throws -> SignerVerdict {
        var policy = SignerPolicy.lenient(presence)
        if namespace != policy.namespace {
            policy = SignerPolicy(
                namespace: namespace,
                presence: presence,
                applications: policy.applications,
                origins: policy.origins
            )
        }
        let digits = Array(time)
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        let moment = try #require(
            Timestamp(
                "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))"
                    + "T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z"
            )
        )
        return try AllowedSigners(parsing: signers).check(
            signature,
            of: message,
            by: principal,
            at: moment,
            revocations: revoked.map { try RevocationList(parsing: $0) } ?? .empty,
            policy: policy
        )
    }

    /// Whether `ssh-keygen -Y verify` says yes.
    func stockAccepts() throws -> Bool {
        let directory = TemporaryDirectory()
        var arguments = [
            "-Y", "verify", "-f", directory.write("signers", bytes: signers), "-I", principal,
            "-n", namespace, "-s", directory.write("signature", bytes: signature),
            "-O", "verify-time=\(time)",
        ]
        if let revoked { arguments += ["-r", directory.write("krl", bytes: revoked)] }
        // The message comes from a file: ssh-keygen may say no before it reads it, and a pipe that
        // nobody reads would stop the tests.
        let script = "exec ssh-keygen \"$@\" < \"$0\""
        let file = directory.write("message", bytes: message)
        return try Command.run("/bin/sh", ["-c", script, file] + arguments).status == 0
    }
}

/// Builds the wire form of SSH by hand, so that a test can also build what is wrong.
struct Wire {
    var bytes: [UInt8] = []

    static func armored(_ blob: [UInt8]) -> [UInt8] {
        Array("-----BEGIN SSH SIGNATURE-----\n".utf8) + Base64.encode(blob)
            + Array("\n-----END SSH SIGNATURE-----\n".utf8)
    }

    func string(_ content: [UInt8]) -> Wire { number(content.count, bytes: 4).raw(content) }
    func string(_ text: String) -> Wire { string(Array(text.utf8)) }
    func raw(_ content: [UInt8]) -> Wire { Wire(bytes: bytes + content) }

    func number(_ value: Int, bytes count: Int) -> Wire {
        raw(
            stride(from: 8 * (count - 1), through: 0, by: -8).map { shift in
                UInt8(truncatingIfNeeded: value >> shift)
            }
        )
    }
}

/// The fields of an SSHSIG blob, any of which a test may spoil.
struct Blob {
    var version = 1
    var key: [UInt8]
    var namespace = approvals
    var reserved: [UInt8] = []
    var hash = "sha512"
    var signature: [UInt8] = []

    /// What is signed, or asked of a device.
    func signed(_ message: [UInt8]) -> [UInt8] {
        let digest = (hash == "sha256" ? ForeignHash.sha256 : .sha512).of(message)
        return Wire().raw(Array("SSHSIG".utf8)).string(namespace).string(reserved).string(hash)
            .string(digest).bytes
    }

    var armored: [UInt8] {
        Wire.armored(
            Wire().raw(Array("SSHSIG".utf8)).number(version, bytes: 4).string(key)
                .string(namespace).string(reserved).string(hash).string(signature).bytes
        )
    }
}

/// A security key in software: what a FIDO device with an Ed25519 key does.
struct SoftDevice {
    static let type = "sk-ssh-ed25519@openssh.com"
    let key: SigningKey
    let application: String

    init(seed: UInt8 = 0, application: String = "ssh:") throws {
        key = try SigningKey(seed: Array(seed..<seed + 32))
        self.application = application
    }

    var blob: [UInt8] {
        Wire().string(SoftDevice.type).string(key.verifyingKey.bytes).string(application).bytes
    }

    func line(_ principal: String = "alice@example.com") throws -> [UInt8] {
        Array("\(principal) \(try SSHPublicKey(blob: blob))\n".utf8)
    }

    func sign(_ message: [UInt8], flags: UInt8 = 1, counter: Int = 7) -> Blob {
        var made = Blob(key: blob)
        let content =
            ForeignHash.sha256.of(Array(application.utf8)) + [flags]
            + Wire().number(counter, bytes: 4).bytes + ForeignHash.sha256.of(made.signed(message))
        made.signature =
            Wire().string(SoftDevice.type).string(key.sign(content)).raw([flags])
            .number(counter, bytes: 4).bytes
        return made
    }
}

/// A passkey in a browser, with a P-256 key that `openssl` holds.
struct SoftPasskey {
    static let type = "sk-ecdsa-sha2-nistp256@openssh.com"
    private let directory = TemporaryDirectory()
    let blob: [UInt8]

    init(application: String = "localhost") throws {
        let path = directory.file("key.pem")
        let curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        _ = try Command.run("openssl", ["genpkey"] + curve + ["-out", path])
        let out = directory.file("pub.der")
        let form = ["-pubout", "-outform", "DER"]
        _ = try Command.run("openssl", ["pkey", "-in", path] + form + ["-out", out])
        let point = Array(try directory.read("pub.der").suffix(65))
        blob =
            Wire().string(SoftPasskey.type).string("nistp256").string(point)
            .string(application).bytes
    }

    func line(_ principal: String = "alice@example.com") throws -> [UInt8] {
        Array("\(principal) \(try SSHPublicKey(blob: blob))\n".utf8)
    }

    /// What a browser makes; every argument can be one that no honest browser sends.
    func sign(
        _ message: [UInt8],
        flags: UInt8 = 5,
        origin: String = "http://localhost:18082",
        type: String = "webauthn.get",
        rest: String = ",\"crossOrigin\":false}",
        asked: [UInt8]? = nil,
        extensions: [UInt8] = []
    ) throws -> Blob {
        var made = Blob(key: blob)
        let challenge = Base64.encodeURLSafe(asked ?? made.signed(message))
        let head = "{\"type\":\"\(type)\",\"challenge\":\""
        let page = "\",\"origin\":\"\(origin)\"\(rest)"
        let clientData = Array(head.utf8) + challenge + Array(page.utf8)
        let application = Array("localhost".utf8)
        let content =
            ForeignHash.sha256.of(application) + [flags, 0, 0, 0, 0]
            + ForeignHash.sha256.of(clientData)
        directory.write("content", bytes: content)
        _ = try Command.run(
            "openssl",
            ["dgst", "-sha256", "-sign", "key.pem", "-out", "signature", "content"],
            directory: directory.path
        )
        // SEQUENCE { INTEGER r, INTEGER s }: the contents of both are what SSH calls an mpint.
        let der = try directory.read("signature")
        let r = Array(der[4..<4 + Int(der[3])])
        let s = Array(der[(6 + r.count)...])
        made.signature =
            Wire().string("webauthn-\(SoftPasskey.type)").string(Wire().string(r).string(s).bytes)
            .raw([flags, 0, 0, 0, 0]).string(origin).string(clientData).string(extensions).bytes
        return made
    }
}
