import Canon
import Crypto
import Support
import Testing

struct `SHA-256` {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `gives the digests of FIPS 180-2`(text: String, hex: String) {
        #expect(Digest.sha256(of: Array(text.utf8)).hex == hex)
    }

    @Test func `agrees with openssl on a large input`() throws {
        var generator = Generator(seed: 1)
        let bytes = (0..<100_003).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        let said = try Command.run("openssl", ["dgst", "-sha256", "-r"], input: bytes)
        #expect(said.output.hasPrefix(Digest.sha256(of: bytes).hex + " "))
    }

    @Test func `for any cut into pieces gives the digest of the whole`() {
        var generator = Generator(seed: 2)
        var stream = SHA256Stream()
        for _ in 0..<200 {
            let bytes = (0..<generator.int(0...300)).map { _ in UInt8(generator.int(0...255)) }
            let cut = generator.int(0...bytes.count)
            stream.update(Array(bytes[..<cut]))
            stream.update(bytes.span.extracting(cut..<bytes.count))
            #expect(stream.finish() == Digest.sha256(of: bytes), "seed \(generator.seed)")
        }
    }

    @Test func `forgets what it took in when it is reset`() {
        var stream = SHA256Stream()
        stream.update([1, 2, 3])
        var copy = stream
        stream.reset()
        #expect(stream.finish() == Digest.sha256(of: []))
        copy.update([4])
        #expect(copy.finish() == Digest.sha256(of: [1, 2, 3, 4]))
    }
}
