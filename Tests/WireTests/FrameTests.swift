import Canon
import Crypto
import Host
import Support
import Testing
import Wire

@Suite(.covers("A12"))
struct `A frame` {
    private func bytes(_ frames: [Frame], _ session: inout Session?) -> [UInt8] {
        var out: [UInt8] = []
        for frame in frames { frame.append(to: &out, in: &session) }
        return out
    }

    @Test func `is read as it was written, in whatever pieces it comes`() throws {
        var none: Session?
        let frames = [Frame(.call, [1, 2, 3]), Frame(.bye, []), Frame(.receipt, Array("{}".utf8))]
        let whole = bytes(frames, &none)
        for cut in 0...whole.count {
            let reader = FrameReader(payloadMax: 16)
            var read: [Frame] = []
            for part in [Array(whole[..<cut]), whole] {
                read = []
                var place = 0
                while let (frame, used) = try reader.next(in: part, from: place, &none) {
                    read.append(frame)
                    place += used
                }
            }
            #expect(read == frames)
        }
    }

    @Test func `whose length lies is refused before anything is kept for it`() {
        var none: Session?
        let reader = FrameReader(payloadMax: 16)
        for (length, wanted) in [(0, 0), (18, 18), (0xFFFF_FFFF, 0xFFFF_FFFF)] {
            let head = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
            #expect(throws: WireFault.frameLength(bytes: wanted, limit: 16)) {
                _ = try reader.next(in: head + [7], &none)
            }
        }
    }

    @Test func `of a kind that there is not is refused`() {
        var none: Session?
        #expect(throws: WireFault.frameKind(number: 0)) {
            _ = try FrameReader(payloadMax: 16).next(in: [0, 0, 0, 1, 0], &none)
        }
    }

    @Test func `opens in its session, once and in its place`() throws {
        let (opening, answering, _) = try MessageExamples.sessions()
        var (sender, receiver): (Session?, Session?) = (opening, answering)
        let first = bytes([Frame(.call, [1])], &sender)
        let second = bytes([Frame(.call, [2])], &sender)
        let reader = FrameReader(payloadMax: 16)
        #expect(try reader.next(in: first, &receiver)?.frame == Frame(.call, [1]))
        var skipping = receiver
        #expect(try reader.next(in: second, &receiver)?.frame == Frame(.call, [2]))
        // Again, out of its place, or back to who sent it.
        #expect(throws: WireFault.frameForged) { _ = try reader.next(in: first, &skipping) }
        #expect(throws: WireFault.frameForged) { _ = try reader.next(in: second, &receiver) }
        var back: Session? = opening
        #expect(throws: WireFault.frameForged) { _ = try reader.next(in: first, &back) }
    }

    @Test func `with any bit changed does not open`() throws {
        let (opening, answering, _) = try MessageExamples.sessions()
        var sender: Session? = opening
        let whole = bytes([Frame(.prompts, Array("a message".utf8))], &sender)
        for bit in (4 * 8)..<(whole.count * 8) {
            var changed = whole
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            var receiver: Session? = answering
            #expect(throws: WireFault.frameForged) {
                _ = try FrameReader(payloadMax: 64).next(in: changed, &receiver)
            }
        }
    }

    @Test func `of a recorded conversation is worth nothing in another`() throws {
        let (opening, _, _) = try MessageExamples.sessions(1)
        let (_, other, _) = try MessageExamples.sessions(2)
        var sender: Session? = opening
        var receiver: Session? = other
        let recorded = bytes([Frame(.call, [1])], &sender)
        #expect(throws: WireFault.frameForged) {
            _ = try FrameReader(payloadMax: 16).next(in: recorded, &receiver)
        }
    }
}

@Suite(.covers("A12"))
struct `A handshake` {
    private func end(
        _ side: Handshake.Side,
        _ own: Party,
        _ key: UInt64,
        expecting peer: Party,
        _ peerKey: UInt64,
        seed: UInt64
    ) throws -> Handshake {
        let random = Randomness.seeded(seed)
        return try Handshake(
            side,
            own: own,
            key: MessageExamples.key(key),
            peer: peer,
            peerKey: MessageExamples.key(peerKey).verifyingKey,
            seed: random.bytes(32),
            nonce: random.bytes(32)
        )
    }

    @Test func `refuses who speaks for another, or without the key`() throws {
        var hot = try end(.opening, .hot, 11, expecting: .meta, 10, seed: 1)
        let firstOrder = try end(.answering, .firstOrder, 12, expecting: .hot, 11, seed: 2)
        #expect(throws: WireFault.partyOther(found: "first_order", expected: "meta")) {
            _ = try hot.take(firstOrder.opening)
        }
        var liar = try end(.answering, .meta, 12, expecting: .hot, 11, seed: 3)
        hot = try end(.opening, .hot, 11, expecting: .meta, 10, seed: 1)
        _ = try hot.take(liar.opening)
        guard case .send(let proof) = try liar.take(hot.opening) else {
            Issue.record("A hello is answered with a proof.")
            return
        }
        #expect(throws: WireFault.proofWrong(party: "meta")) { _ = try hot.take(proof) }
    }

    @Test func `cannot be answered with its own words`() throws {
        var hot = try end(.opening, .hot, 11, expecting: .meta, 10, seed: 1)
        #expect(throws: WireFault.partyOther(found: "hot", expected: "meta")) {
            _ = try hot.take(hot.opening)
        }
    }

    @Test func `refuses what comes out of its place`() throws {
        var hot = try end(.opening, .hot, 11, expecting: .meta, 10, seed: 1)
        #expect(
            throws: WireFault.frameOutOfPlace(kind: "call", state: "waiting for a hello")
        ) { _ = try hot.take(Frame(.call, [])) }
        #expect(
            throws: WireFault.frameOutOfPlace(kind: "proof", state: "waiting for a hello")
        ) { _ = try hot.take(Frame(.proof, [])) }
    }

    @Test(arguments: [
        ("", "wire.hello-malformed"),
        ("{}", "wire.hello-malformed"),
        (#"{"protocol":"http"}"#, "wire.protocol-other"),
        (
            #"{"nonce":"NONCE","party":"meta","protocol":"charter-wire","share":"NONCE","versions":[2]}"#,
            "wire.versions-apart"
        ),
        (
            #"{"nonce":"NONCE","party":"meta","protocol":"charter-wire","share":"aa","versions":[1]}"#,
            "wire.hello-malformed"
        ),
        (
            #"{"more":1,"nonce":"NONCE","party":"meta","protocol":"charter-wire","versions":[1]}"#,
            "wire.hello-malformed"
        ),
    ])
    func `says what is wrong with a hello`(text: String, code: String) {
        let nonce = Digest.sha256(of: []).hex
        let whole = text.split(separator: "NONCE", omittingEmptySubsequences: false)
            .joined(separator: nonce)
        do throws(WireFault) {
            _ = try Hello(parsing: Array(whole.utf8))
            Issue.record("It was taken.")
        } catch {
            #expect(error.code == code)
            #expect(!error.description.isEmpty)
        }
    }
}
