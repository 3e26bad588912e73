import Crypto
import Foundation
import Support
import Testing

private let names: [(ForeignHash, String)] = [
    (.md5, "md5"), (.sha1, "sha1"), (.sha256, "sha256"), (.sha384, "sha384"), (.sha512, "sha512"),
]

/// The last word of what openssl prints, which is the digest.
private func openssl(_ arguments: [String], _ input: [UInt8]) throws -> [UInt8] {
    let said = try Command.run("openssl", arguments, input: input)
    let words = said.output.split { $0 == " " || $0 == "\n" }
    return bytes(hex: String(try #require(words.last)))
}

struct `A foreign hash` {
    @Test(arguments: names)
    func `is the one that openssl makes`(hash: ForeignHash, name: String) throws {
        var generator = Generator(seed: 11)
        for count in [0, 1, 63, 64, 65, 1000] {
            let message = (0..<count).map { _ in UInt8(generator.int(0...255)) }
            let ours = hash.of(message)
            #expect(ours == (try openssl(["dgst", "-" + name], message)))
            #expect(ours.count == hash.byteCount)
            #expect(hash.isOffered)
        }
    }

    @Test(arguments: names)
    func `with a key is the one that openssl makes`(hash: ForeignHash, name: String) throws {
        var generator = Generator(seed: 12)
        for count in [1, 20, 64, 200] {
            let key = (0..<count).map { _ in UInt8(generator.int(0...255)) }
            let message = (0..<(3 * count)).map { _ in UInt8(generator.int(0...255)) }
            let hex = key.map { String(format: "%02x", $0) }.joined()
            let theirs = try openssl(
                ["dgst", "-" + name, "-mac", "HMAC", "-macopt", "hexkey:" + hex],
                message
            )
            let ours = hash.authentication(of: message, key: key)
            #expect(ours == theirs)
            #expect(hash.authentication(of: message.flipped(at: 0), key: key) != theirs)
            #expect(hash.authentication(of: message, key: key.flipped(at: 0)) != theirs)
        }
    }

    /// RFC 4231 §4.3, and the empty key, for which OpenSSL wants a pointer all the same.
    @Test func `with a short key, or none, is the one of RFC 4231`() {
        let message = Array("what do ya want for nothing?".utf8)
        #expect(
            ForeignHash.sha256.authentication(of: message, key: Array("Jefe".utf8))
                == bytes(hex: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        )
        #expect(
            ForeignHash.sha256.authentication(of: [], key: [])
                == bytes(hex: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
        )
    }
}

struct `A comparison in constant time` {
    @Test func `says yes to the same bytes only`() {
        let secret = Array("a secret of some length".utf8)
        #expect(ConstantTime.equal(secret, secret))
        #expect(ConstantTime.equal([], []))
        for index in secret.indices {
            #expect(!ConstantTime.equal(secret, secret.flipped(at: index)))
            #expect(!ConstantTime.equal(secret, Array(secret[..<index])))
        }
        #expect(!ConstantTime.equal(secret, secret + [0]))
    }
}
