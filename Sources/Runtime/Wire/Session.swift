import Canon
import Crypto

/// What two ends share once each has proved who it is: a code for each direction, and counters.
///
/// The counter of a frame is part of what its code is over and is not sent, so a frame that is left
/// out, repeated, moved, or taken from another connection does not open.
package struct Session: Sendable {
    /// How many bytes a code adds to a frame.
    package static let codeBytes = MessageCode.byteCount

    private let outgoing: MessageCode
    private let incoming: MessageCode
    private var sealedCount: UInt64 = 0
    private var openedCount: UInt64 = 0

    /// A session over the keys of two directions.
    init(outgoing: [UInt8], incoming: [UInt8]) {
        self.outgoing = MessageCode(key: outgoing)
        self.incoming = MessageCode(key: incoming)
    }

    /// The code of the next frame that goes.
    mutating func seal(_ content: Span<UInt8>) -> Digest {
        sealedCount += 1
        return Session.code(outgoing, sealedCount, content)
    }

    /// Whether this is the next frame that comes.
    mutating func opens(_ content: Span<UInt8>, _ code: [UInt8]) -> Bool {
        openedCount += 1
        let expected = Session.code(incoming, openedCount, content)
        return ConstantTime.equal(expected.bytes, code)
    }

    private static func code(
        _ key: MessageCode,
        _ count: UInt64,
        _ content: Span<UInt8>
    ) -> Digest {
        var stream = key.begin()
        var counter: [UInt8] = []
        counter.append(bigEndian: count)
        stream.update(counter)
        stream.update(content)
        return stream.finish()
    }
}
