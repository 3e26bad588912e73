import Canon
import Crypto
import Host
import Ledger
import Wire

/// Messages and keys for tests.
enum MessageExamples {
    static func key(_ seed: UInt64) throws -> SigningKey {
        try SigningKey(seed: Randomness.seeded(seed).bytes(SigningKey.seedByteCount))
    }

    static func message(
        _ number: Int = 1,
        words: String = "How do things stand with you?"
    )
        -> PromptMessage
    {
        var message = PromptMessage(
            id: "m-" + hex(number),
            thread: "t-" + hex(number),
            from: .meta,
            to: .hot,
            prompt: PromptReference(
                id: "PROMPT-ASK",
                version: "1.0.0",
                digest: .sha256(of: [1])
            ),
            verb: "ask",
            kind: .question,
            words: words,
            attention: AttentionEnvelope(
                policy: "POL-ATTENTION-001",
                tokens: 100,
                items: 5,
                seconds: 2,
                sources: [.init(kind: "ledger", id: "meta/governance")]
            ),
            trace: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03",
            sent: Timestamp(seconds: 1_790_000_000),
            expires: Timestamp(seconds: 1_790_000_060)
        )
        message.sequence = number
        message.slots = JSONObject([("question", "How?"), ("route", .array([]))])
        return message
    }

    static func hex(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    /// Both ends of a connection whose handshake went through.
    static func sessions(
        _ seed: UInt64 = 1
    ) throws -> (opening: Session, answering: Session, words: [Frame]) {
        let (meta, hot) = (try key(10), try key(11))
        let random = Randomness.seeded(seed)
        var one = try Handshake(
            .opening,
            own: .hot,
            key: hot,
            peer: .meta,
            peerKey: meta.verifyingKey,
            seed: random.bytes(32),
            nonce: random.bytes(32)
        )
        var other = try Handshake(
            .answering,
            own: .meta,
            key: meta,
            peer: .hot,
            peerKey: hot.verifyingKey,
            seed: random.bytes(32),
            nonce: random.bytes(32)
        )
        guard case .send(let proof) = try one.take(other.opening),
            case .send(let otherProof) = try other.take(one.opening),
            case .established(let first) = try one.take(otherProof),
            case .established(let second) = try other.take(proof)
        else { throw WireFault.closed }
        return (first, second, [one.opening, proof])
    }
}
