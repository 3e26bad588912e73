package import Canon
import COpenSSL

/// SHA-256 over bytes that arrive in pieces.
///
/// The whole state lies inside this value, so hashing never touches the heap; a copy of the value
/// is a copy of the state, which goes on by itself.
package struct SHA256Stream: Sendable {
    private var context = SHA256_CTX()

    /// A stream that has taken in nothing yet.
    package init() {
        unsafe charter_sha256_start(&context)
    }

    /// Takes in the next bytes.
    package mutating func update(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe charter_sha256_update(&context, buffer.baseAddress, buffer.count)
        }
    }

    /// Takes in the next bytes.
    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe update(bytes.bytes)
    }

    /// Takes in the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        update(bytes.span)
    }

    /// The digest of everything taken in; the stream then starts afresh, ready for other bytes.
    package mutating func finish() -> Digest {
        let words = unsafe charter_sha256_finish(&context)
        reset()
        return Digest(words)
    }

    /// Forgets everything taken in.
    package mutating func reset() {
        unsafe charter_sha256_start(&context)
    }
}

extension Digest {
    /// The SHA-256 of these bytes.
    package static func sha256(of bytes: RawSpan) -> Digest {
        var stream = SHA256Stream()
        stream.update(bytes)
        return stream.finish()
    }

    /// The SHA-256 of these bytes.
    package static func sha256(of bytes: Span<UInt8>) -> Digest {
        unsafe sha256(of: bytes.bytes)
    }

    /// The SHA-256 of these bytes.
    package static func sha256(of bytes: [UInt8]) -> Digest {
        sha256(of: bytes.span)
    }

    init(_ words: charter_words) {
        self.init(words: words.a, words.b, words.c, words.d)
    }

    /// The four big-endian words that hold the digest, for the shim, which hashes nodes from them.
    var wordsForC: charter_words {
        let (a, b, c, d) = words
        return charter_words(a: a, b: b, c: c, d: d)
    }
}
