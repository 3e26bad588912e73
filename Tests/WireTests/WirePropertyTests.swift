import Canon
import Crypto
import Host
import Support
import Testing
import Wire

@Suite(.covers("A12"))
struct `What comes from outside` {
    /// Bytes that are valid but for a few changes: cut, doubled, put elsewhere, with bits turned.
    private func spoilt(_ bytes: [UInt8], _ random: Randomness) -> [UInt8] {
        var out = bytes
        for _ in 0...(random.number() % 4) {
            guard !out.isEmpty else { return out }
            let place = Int(random.number() % UInt64(out.count))
            switch random.number() % 5 {
            case 0: out[place] ^= UInt8(1 << (random.number() % 8))
            case 1: out.removeSubrange(place..<min(out.count, place + Int(random.number() % 9) + 1))
            case 2: out.insert(contentsOf: random.bytes(Int(random.number() % 5) + 1), at: place)
            case 3: out.insert(contentsOf: out[place..<min(out.count, place + 40)], at: place)
            default: out[place] = UInt8(ascii: "\"")
            }
        }
        return out
    }

    @Test(arguments: [UInt64](1...8))
    func `for any bytes is refused, or is exactly what it says`(seed: UInt64) throws {
        let random = Randomness.seeded(seed)
        let key = try MessageExamples.key(5)
        let messages = (1...5).map { MessageExamples.message($0) }
        let signed = SignedPrompt.signing(messages, with: key)
        let hello = Hello(party: "meta", nonce: random.bytes(32), share: random.bytes(32)).bytes
        for _ in 0..<1500 {
            let prompt = signed[Int(random.number() % 5)]
            let bytes = spoilt(prompt.bytes, random)
            if let read = try? SignedPrompt(parsing: bytes) {
                #expect(read.bytes == bytes, "seed \(seed)")
                var verifier = SignedPrompt.Verifier(key.verifyingKey)
                if verifier.verifies(read) {
                    #expect(messages.contains(read.message), "seed \(seed)")
                }
            }
            let content = spoilt(prompt.message.bytes, random)
            if let read = try? PromptMessage(parsing: content) {
                #expect(read.bytes == content, "seed \(seed)")
            }
            _ = try? Hello(parsing: spoilt(hello, random))
            var none: Session?
            let stream = random.bytes(Int(random.number() % 64))
            if let (frame, used) = try? FrameReader(payloadMax: 1 << 20).next(in: stream, &none) {
                #expect(used == 5 + frame.payload.count, "seed \(seed)")
            }
        }
    }
}
