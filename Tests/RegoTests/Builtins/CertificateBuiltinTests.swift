import Rego
import Support
import Testing

private func call(_ name: String, _ arguments: [Value], now: Int64 = 0) -> Value {
    Call.answer(name, arguments, now: now)
}

/// The certificates of the vectors, each as a block of PEM: an authority, and what it has issued.
private func blocks() throws -> [String] {
    try Repository.vectorText("go/certificates.pem").split(separator: "-----END CERTIFICATE-----\n")
        .map { $0 + "-----END CERTIFICATE-----\n" }
}

private let day: Int64 = 86_400_000_000_000

struct `A built-in on certificates` {
    @Test func `shows them field by field as Go's library does`() throws {
        let wanted = try Value(parsing: Repository.vector("go/certificates.json"))
        let text = Value.text(try Repository.vectorText("go/certificates.pem"))
        let found = call("crypto.x509.parse_certificates", [text])
        guard case .array(let certificates) = wanted else { return }
        #expect(certificates.count == 4)
        for (index, certificate) in certificates.elements.enumerated() {
            guard case .object(let object) = certificate else { return }
            for member in object.members {
                let ours = found[.integer(index)]?[member.key]
                #expect(ours == member.value, "\(index) \(member.key)")
            }
            #expect(found[.integer(index)]?.memberCount == object.count)
        }
        let request = Value.text(try Repository.vectorText("go/request.pem"))
        let shown = call("crypto.x509.parse_certificate_request", [request])
        #expect(shown == (try Value(parsing: Repository.vector("go/request.json"))))
    }

    @Test func `believes the last because of the first, at the time of the decision`() throws {
        let blocks = try blocks()
        let chain = Value.text(blocks[0] + blocks[2])
        let verify = "crypto.x509.parse_and_verify_certificates"
        let shown = call("crypto.x509.parse_certificates", [chain])
        guard case .string(let start)? = shown[1]?["NotBefore"] else { return }
        var context = BuiltinContext()
        let arguments = [Value.string(start)]
        let parsed = try BuiltinTable.standard["time.parse_rfc3339_ns"]?
            .evaluate(arguments.span, &context)
        guard case .number(let number)? = parsed ?? nil, let moment = number.int64Value else {
            return
        }

        let good = call(verify, [chain], now: moment + day)
        #expect(good[0] == true)
        #expect(good[1]?.memberCount == 2)
        #expect(good[1]?[0]?["Subject"]?["CommonName"] == "ed")
        let refused: Value = [false, []]
        #expect(call(verify, [chain], now: moment - 1_000_000_000) == refused)
        #expect(call(verify, [chain], now: moment + 31 * day) == refused)
        #expect(call(verify, [.text(blocks[2] + blocks[0])], now: moment + day) == refused)
        #expect(call(verify, [.text(blocks[0])], now: moment + day) == refused)
        #expect(call(verify, ["nonsense"], now: moment + day) == refused)
        // One with a critical extension that nobody knows.
        #expect(call(verify, [.text(blocks[0] + blocks[1])], now: moment + day) == refused)
        // A bit of the signature.
        let spoilt = blocks[2].replacing("=\n-----END", with: "x\n-----END")
        #expect(call(verify, [.text(blocks[0] + spoilt)], now: moment + day) == refused)

        let with = verify + "_with_options"
        func holds(_ options: Value) -> Value {
            call(with, [chain, options], now: 0)[0] ?? "error"
        }
        let time: ObjectValue.Member = .init(key: "CurrentTime", value: .integer(Int(moment + day)))
        func options(_ key: Value, _ value: Value) -> Value {
            .object(ObjectValue([time, .init(key: key, value: value)]))
        }
        #expect(holds([:]) == false)
        #expect(holds(.object(ObjectValue([time]))) == true)
        #expect(holds(options("KeyUsages", ["KeyUsageCodeSigning"])) == true)
        #expect(holds(options("DNSName", "a.example")) == false)
    }

    @Test(arguments: [
        (#"{"DNSName": 1}"#, "'DNSName' should be a string"),
        (#"{"CurrentTime": "x"}"#, "'CurrentTime' should be a number"),
        (#"{"KeyUsages": "x"}"#, "'KeyUsages' should be an Array or Set"),
        (#"{"KeyUsages": ["KeyUsageX"]}"#, "invalid entries for 'KeyUsages' found"),
        (
            #"{"MaxConstraintComparisons": "x"}"#,
            "'MaxConstraintComparisons' should be a number"
        ),
        (#"{"Other": 1}"#, "invalid key option"),
    ])
    func `refuses options that there are not`(options: String, wanted: String) throws {
        let chain = Value.text(try blocks().joined())
        let name = "crypto.x509.parse_and_verify_certificates_with_options"
        let said = call(name, [chain, ConstantReader.value(options)])
        #expect(said.message.contains(wanted), "\(said)")
    }

    @Test func `brings a certificate and its key together, and no other key`() throws {
        let directory = TemporaryDirectory()
        for name in ["one", "two"] {
            let said = try Command.run(
                "openssl",
                ["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=" + name]
                    + ["-keyout", name + ".key", "-out", name + ".pem"],
                directory: directory.path
            )
            try #require(said.status == 0)
        }
        func file(_ name: String) throws -> Value {
            .text(String(decoding: try directory.read(name), as: UTF8.self))
        }
        let name = "crypto.x509.parse_keypair"
        let pair = call(name, [try file("one.pem"), try file("one.key")])
        #expect(pair["Leaf"]?["Subject"]?["CommonName"] == "one")
        #expect(pair["Certificate"]?.memberCount == 1)
        let strange = call(name, [try file("one.pem"), try file("two.key")])
        #expect(strange.message.contains("private key does not match public key"))
        let keys = call("crypto.parse_private_keys", [try file("one.key")])
        #expect(keys[0] == pair["PrivateKey"])
        let web = call("crypto.x509.parse_rsa_private_key", [try file("one.key")])
        #expect(web["kty"] == "OKP")
        #expect(web["crv"] == "Ed25519")
    }

    @Test(arguments: [
        ("crypto.x509.parse_certificates", "foobar", "illegal base64"),
        ("crypto.x509.parse_certificates", "YmFkc3RyaW5n", "x509: malformed certificate"),
        ("crypto.x509.parse_certificates", "", "[]"),
        ("crypto.x509.parse_certificate_request", "YmFkc3RyaW5n", "asn1: structure error"),
        ("crypto.x509.parse_rsa_private_key", "", "input PEM data was empty"),
        ("crypto.x509.parse_rsa_private_key", "invalid", "illegal base64"),
        ("crypto.parse_private_keys", "nope", "[]"), ("crypto.parse_private_keys", "", "null"),
        (
            "crypto.parse_private_keys",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "failed to parse private key"
        ),
    ])
    func `refuses what is none`(name: String, text: String, wanted: String) {
        let said = call(name, [.text(text)]).source
        #expect(said.contains(wanted), "\(said)")
    }
}

struct `A built-in that hashes` {
    @Test(arguments: [
        ("crypto.md5(\"lorem ipsum\")", "\"80a751fde577028640c419000e33eba6\""),
        ("crypto.sha1(\"lorem ipsum\")", "\"bfb7759a67daeb65410490b4d98bb9da7d1ea2ce\""),
        (
            "crypto.sha256(\"\")",
            "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""
        ),
        ("crypto.hmac.md5(\"foo\", \"bar\")", "\"31b6db9e5eb4addb42f1a6ca07367adc\""),
        ("crypto.hmac.sha1(\"foo\", \"bar\")", "\"85d155c55ed286a300bd1cf124de08d87e914f3a\""),
        ("crypto.hmac.equal(\"a\", \"a\")", "true"), ("crypto.hmac.equal(\"a\", \"b\")", "false"),
        ("crypto.hmac.equal(\"a\", \"aa\")", "false"),
        ("crypto.sha256(1)", "type error: operand 1 must be string but got number"),
    ])
    func `answers`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }

    @Test func `pays for what it hashes`() {
        let text = String(repeating: "a", count: 100_000)
        let context = BuiltinContext(budget: WorkBudget(stepsMax: 1_000, bytesMax: 1 << 20))
        for call in ["crypto.sha256(\"\(text)\")", "crypto.hmac.sha512(\"\(text)\", \"k\")"] {
            #expect(Call.outcome(call, context: context) == "exhausted: steps")
        }
    }
}
