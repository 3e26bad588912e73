package import Canon

/// HMAC-SHA-256 under one key (RFC 2104): the two of a connection know it, and nobody else.
///
/// What the key contributes is hashed once; a message then costs its own bytes and two blocks, and
/// nothing touches the heap.
package struct MessageCode: Sendable {
    /// How many bytes a code has.
    package static let byteCount = 32

    private let inner: SHA256Stream
    private let outer: SHA256Stream

    /// The code under a key of at most 64 bytes.
    package init(key: [UInt8]) {
        precondition(key.count <= 64, "A key of ours is no longer than a block.")
        let padded = key + [UInt8](repeating: 0, count: 64 - key.count)
        var inner = SHA256Stream()
        inner.update(padded.map { $0 ^ 0x36 })
        var outer = SHA256Stream()
        outer.update(padded.map { $0 ^ 0x5C })
        self.inner = inner
        self.outer = outer
    }

    /// A message that is taken in piece by piece.
    package struct Stream {
        fileprivate var inner: SHA256Stream
        fileprivate let outer: SHA256Stream

        /// Takes in the next bytes.
        package mutating func update(_ bytes: Span<UInt8>) { inner.update(bytes) }

        /// Takes in the next bytes.
        package mutating func update(_ bytes: [UInt8]) { inner.update(bytes) }

        /// The code of everything taken in.
        package mutating func finish() -> Digest {
            var last = outer
            last.update(inner.finish().bytes)
            return last.finish()
        }
    }

    /// Begins a message.
    package func begin() -> Stream { Stream(inner: inner, outer: outer) }

    /// The code of a whole message.
    package func code(of message: [UInt8]) -> Digest {
        var stream = begin()
        stream.update(message)
        return stream.finish()
    }
}

extension MessageCode {
    /// So many keys of 32 bytes from a shared secret (RFC 5869: HKDF with SHA-256).
    package static func keys(
        from secret: [UInt8],
        salt: Digest,
        info: String,
        count: Int
    ) -> [[UInt8]] {
        let extracted = MessageCode(key: salt.bytes).code(of: secret)
        let expander = MessageCode(key: extracted.bytes)
        var keys: [[UInt8]] = []
        var last: [UInt8] = []
        precondition((1...255).contains(count), "RFC 5869 gives 255 blocks at most.")
        for number in 1...count {
            last = expander.code(of: last + Array(info.utf8) + [UInt8(number)]).bytes
            keys.append(last)
        }
        return keys
    }
}
