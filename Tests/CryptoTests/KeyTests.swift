import Canon
import Crypto
import Support
import Testing

private func hex(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

private func exampleKey() throws -> SigningKey {
    try SigningKey(seed: Array(0..<32))
}

struct `An Ed25519 key` {
    /// RFC 8032 §7.1, tests 1 to 3.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ])
    func `signs as RFC 8032 has it`(
        seed: String,
        key: String,
        message: String,
        signature: String
    ) throws {
        let signing = try SigningKey(seed: hex(seed))
        #expect(signing.verifyingKey.bytes == hex(key))
        #expect(signing.sign(hex(message)) == hex(signature))
        #expect(signing.verifyingKey.verifies(hex(signature), of: hex(message)))
    }

    @Test func `refuses a changed message, a changed signature and another key`() throws {
        let key = try exampleKey()
        let message = Array("a message".utf8)
        let signature = key.sign(message)
        #expect(key.verifyingKey.verifies(signature, of: message))
        for index in signature.indices {
            #expect(!key.verifyingKey.verifies(signature.flipped(at: index), of: message))
        }
        for index in message.indices {
            #expect(!key.verifyingKey.verifies(signature, of: message.flipped(at: index)))
        }
        #expect(!key.verifyingKey.verifies(signature + [0], of: message))
        #expect(!key.verifyingKey.verifies([], of: message))
        let other = try SigningKey(seed: Array(1..<33))
        #expect(!other.verifyingKey.verifies(signature, of: message))
    }

    @Test func `goes through PEM and comes back`() throws {
        let key = try exampleKey()
        let again = try SigningKey(pem: key.exportPEM())
        #expect(again.verifyingKey == key.verifyingKey)
        #expect(try VerifyingKey(pem: key.verifyingKey.pem) == key.verifyingKey)
    }

    @Test func `is refused in any other form`() throws {
        let pem = try exampleKey().verifyingKey.pem
        #expect(code { _ = try SigningKey(seed: [1, 2, 3]) } == "crypto.key-malformed")
        #expect(code { _ = try VerifyingKey(bytes: [1, 2, 3]) } == "crypto.key-malformed")
        #expect(code { _ = try VerifyingKey(pem: pem + pem) } == "crypto.key-malformed")
        #expect(code { _ = try SigningKey(pem: pem) } == "crypto.key-malformed")
        let other = pem.replacing("MCowBQYDK2Vw", with: "MCowBQYDK2Vv")
        #expect(code { _ = try VerifyingKey(pem: other) } == "crypto.key-unsupported")
    }

    @Test func `has the key id that third parties compute`() throws {
        let key = try VerifyingKey(pem: Repository.vector("dsse/approver.pub.pem"))
        let said = try Repository.vectorText("dsse/approver.keyid")
        #expect(key.keyID.hex + "\n" == said)
    }

    @Test func `and openssl accept each other's signatures, and no changed message`() throws {
        let directory = TemporaryDirectory()
        let key = try exampleKey()
        directory.write("key.pem", bytes: key.exportPEM())
        directory.write("pub.pem", bytes: key.verifyingKey.pem)
        let message = directory.write("message", "signed here")
        let changed = directory.write("changed", "signed herf")
        let ours = directory.write("ours", bytes: key.sign(Array("signed here".utf8)))
        func openssl(_ arguments: String...) throws -> Int32 {
            try Command.run("openssl", ["pkeyutl"] + arguments, directory: directory.path).status
        }
        let verify = ["-verify", "-pubin", "-inkey", "pub.pem", "-rawin", "-sigfile", ours]
        for (file, isAccepted) in [(message, true), (changed, false)] {
            let said = try Command.run(
                "openssl",
                ["pkeyutl"] + verify + ["-in", file],
                directory: directory.path
            )
            #expect((said.status == 0) == isAccepted, "\(said)")
        }
        #expect(
            try openssl("-sign", "-inkey", "key.pem", "-rawin", "-in", message, "-out", "theirs")
                == 0
        )
        let theirs = try directory.read("theirs")
        #expect(key.verifyingKey.verifies(theirs, of: Array("signed here".utf8)))
        #expect(!key.verifyingKey.verifies(theirs, of: Array("signed herf".utf8)))
    }
}

struct `Base64 of RFC 4648` {
    @Test func `for any bytes comes back, and agrees with RFC 4648`() {
        let known = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]
        for (count, text) in known.enumerated() {
            let bytes = Array("foobar".utf8.prefix(count))
            #expect(Base64.encode(bytes) == Array(text.utf8))
        }
        var generator = Generator(seed: 3)
        for count in 0..<100 {
            let bytes = (0..<count).map { _ in UInt8(generator.int(0...255)) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Base64.decodeEitherAlphabet(Base64.encode(bytes)) == bytes)
            #expect(Base64.decodeEitherAlphabet(Base64.encodeURLSafe(bytes)) == bytes)
        }
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm9\n", "-_-_",
    ])
    func `refuses every other spelling`(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test(arguments: ["+_+_", "Zg=", "Zh", "Z", "=", "Zg==="])
    func `refuses mixed alphabets and half padding`(text: String) {
        #expect(Base64.decodeEitherAlphabet(text.utf8) == nil)
    }
}
