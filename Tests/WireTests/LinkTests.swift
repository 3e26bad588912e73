import Canon
import Crypto
import Host
import Support
import Testing
import Wire

@Suite(.covers("A12"))
struct `A link` {
    /// One end on a loop, and the other end as a socket that a test speaks through.
    private struct Bench {
        let loop: EventLoop
        let link: Link
        let other: UnixSocket
    }

    private final class Record {
        var opened = 0
        var frames: [Frame] = []
        var end: WireFault??
    }

    private func bench(
        _ opening: Link.Opening,
        _ record: Record,
        limits: Link.Limits = Link.Limits()
    ) throws -> Bench {
        let loop = try EventLoop()
        let (ours, theirs) = try UnixSocket.pair()
        let link = try Link(ours, on: loop, opening, limits: limits)
        link.onOpen = { record.opened += 1 }
        link.onFrame = { record.frames.append($0) }
        link.onEnd = { fault in
            record.end = .some(fault)
            loop.stop()
        }
        return Bench(loop: loop, link: link, other: theirs)
    }

    private func vouched() -> Link.Opening {
        .vouched(own: .meta, nonce: [UInt8](repeating: 7, count: 32), hearing: [.agent])
    }

    private func bytes(_ frames: Frame...) -> [UInt8] {
        var out: [UInt8] = []
        var none: Session?
        for frame in frames { frame.append(to: &out, in: &none) }
        return out
    }

    private func hello(_ party: String) -> Frame {
        Frame(.hello, Hello(party: party, nonce: [UInt8](repeating: 1, count: 32)).bytes)
    }

    private func fault(
        saying sent: [UInt8],
        _ opening: Link.Opening? = nil,
        limits: Link.Limits = Link.Limits(),
        closing: Bool = true
    ) throws -> (fault: WireFault?, record: Record) {
        let record = Record()
        let bench = try bench(opening ?? vouched(), record, limits: limits)
        if !sent.isEmpty { try bench.other.send(sent) }
        if closing { try bench.other.finishSending() }
        bench.loop.run()
        return (try #require(record.end), record)
    }

    @Test func `hears an agent that says hello, and its frames`() throws {
        let call = Frame(.call, [1, 2, 3])
        let (fault, record) = try fault(saying: bytes(hello("agent"), call))
        #expect(fault == nil)
        #expect(record.opened == 1)
        #expect(record.frames == [call])
    }

    @Test func `is closed by half a frame, another party, another protocol, and a lie`() throws {
        let whole = bytes(hello("agent"), Frame(.call, [1, 2, 3]))
        let (cut, _) = try fault(saying: Array(whole.dropLast()))
        #expect(cut?.code == "wire.frame-cut-short")
        let (other, _) = try fault(saying: bytes(hello("hot")))
        #expect(other?.code == "wire.party-other")
        let (http, record) = try fault(saying: Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(http?.code == "wire.frame-length")
        #expect(record.opened == 0)
        let (early, _) = try fault(saying: bytes(Frame(.call, [])))
        #expect(early?.code == "wire.frame-out-of-place")
    }

    @Test func `takes no more from a stranger than a hello needs`() throws {
        let (long, record) = try fault(
            saying: bytes(Frame(.hello, [UInt8](repeating: 0x20, count: 5000)))
        )
        #expect(long?.code == "wire.frame-length")
        #expect(record.opened == 0)
    }

    @Test func `is closed when the other end does not say who it is in time`() throws {
        var limits = Link.Limits()
        limits.openingNanoseconds = 5_000_000
        let (late, _) = try fault(saying: [], limits: limits, closing: false)
        #expect(late?.code == "wire.hello-malformed")
    }

    @Test func `makes no descriptors that a stranger sends`() throws {
        let record = Record()
        let bench = try bench(vouched(), record)
        let (spare, _) = try UnixSocket.pair()
        let flood = [Descriptor](repeating: spare.descriptor, count: 32)
        try bench.other.send(bytes(hello("agent")), passing: flood)
        try bench.other.finishSending()
        bench.loop.run()
        #expect(record.opened == 1)
        #expect(bench.link.takeDescriptor() == nil)
    }

    @Test func `carries what both ends say once each has proved itself`() throws {
        let loop = try EventLoop()
        let (ours, theirs) = try UnixSocket.pair()
        let (meta, hot) = (try MessageExamples.key(10), try MessageExamples.key(11))
        let random = Randomness.seeded(4)
        func end(
            _ side: Handshake.Side,
            _ own: Party,
            _ key: SigningKey,
            _ peer: Party,
            _ peerKey: SigningKey
        )
            throws -> Link.Opening
        {
            .proved(
                try Handshake(
                    side,
                    own: own,
                    key: key,
                    peer: peer,
                    peerKey: peerKey.verifyingKey,
                    seed: random.bytes(32),
                    nonce: random.bytes(32)
                )
            )
        }
        let one = try Link(ours, on: loop, end(.opening, .hot, hot, .meta, meta))
        let other = try Link(theirs, on: loop, end(.answering, .meta, meta, .hot, hot))
        let large = Frame(.call, [UInt8](repeating: 9, count: 3 << 20))
        var heard: [Frame] = []
        one.onOpen = { one.send(large) }
        other.onFrame = { frame in
            heard.append(frame)
            other.send(Frame(.reply, [1]))
        }
        one.onFrame = { frame in
            heard.append(frame)
            loop.stop()
        }
        loop.run()
        #expect(heard == [large, Frame(.reply, [1])])
        #expect(one.hasRoom && other.hasRoom)
    }
}
