import Canon
import Synchronization

/// Documents that were read once and are read again: by the law, by schemas, by several gates.
///
/// Each lies here under the digest of its bytes and is given out only to who asks for that digest, so
/// nobody gets bytes that are not the ones that were hashed. Bounded: a large document is read again.
final class DocumentShelf: Sendable {
    private struct Contents {
        var documents: [[UInt8]: (bytes: [UInt8], digest: Digest)] = [:]
        var room = 64 << 20
    }

    private let contents = Mutex(Contents())

    /// The bytes of a path, when they lie here with this digest.
    func bytes(of path: RelativePath, _ digest: Digest) -> [UInt8]? {
        contents.withLock { contents in
            guard let found = contents.documents[path.bytes], found.digest == digest
            else { return nil }
            return found.bytes
        }
    }

    /// Keeps bytes whose digest this is, while there is room.
    func put(_ path: [UInt8], _ bytes: [UInt8], _ digest: Digest) {
        contents.withLock { contents in
            guard bytes.count <= contents.room, contents.documents[path] == nil else { return }
            contents.room -= bytes.count
            contents.documents[path] = (bytes, digest)
        }
    }
}
