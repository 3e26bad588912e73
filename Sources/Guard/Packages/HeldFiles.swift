import Canon
import Crypto
import Host
import Synchronization

/// The files of a package, read once for whoever judges them and for whoever packs them.
///
/// Those that are large, or too many, are not held: they are read again where they lie.
struct HeldFiles: Sendable {
    /// What each file is, in the order that was asked for.
    let files: [PackedManifest.File]
    /// A file that is another than the root was read with.
    let changed: RelativePath?
    private let bytes: [RelativePath: [UInt8]]

    private static let fileBytesMax: UInt64 = 16 << 20
    static let bytesMax = 64 << 20

    private enum Found: Sendable {
        case held(PackedManifest.File, [UInt8])
        case large(PackedManifest.File)
        case changed
    }

    /// Reads files, each with the digest that it has in the root as it was read.
    init(
        _ wanted: [(path: RelativePath, digest: Digest)],
        beneath root: Directory
    ) throws(HostFault) {
        let next = Atomic<Int>(0)
        let total = Atomic<Int>(0)
        let found = Mutex<[Int: Result<Found, HostFault>]>([:])
        WorkerThreads.run(min(WorkerThreads.available, max(wanted.count, 1))) { _ in
            let reader = FileReader()
            var own: [Int: Result<Found, HostFault>] = [:]
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < wanted.count else { break }
                let (path, digest) = wanted[index]
                let isFull = total.load(ordering: .relaxed) > HeldFiles.bytesMax
                own[index] = Result { () throws(HostFault) in
                    let found = try HeldFiles.read(path, digest, root, reader, isFull: isFull)
                    if case .held(let file, _) = found {
                        total.wrappingAdd(file.byteCount, ordering: .relaxed)
                    }
                    return found
                }
            }
            let all = own
            found.withLock { $0.merge(all) { $1 } }
        }
        let all = found.withLock { $0 }
        var files: [PackedManifest.File] = []
        var bytes: [RelativePath: [UInt8]] = [:]
        var changed: RelativePath?
        for index in wanted.indices {
            switch try all[index]?.get() {
            case .held(let file, let content):
                files.append(file)
                bytes[file.path] = content
            case .large(let file): files.append(file)
            case .changed, nil: changed = changed ?? wanted[index].path
            }
        }
        self.files = files
        self.bytes = bytes
        self.changed = changed
    }

    /// Whether every file is held.
    var isWhole: Bool { bytes.count == files.count }

    /// The bytes of a file, where they are held.
    subscript(_ path: RelativePath) -> [UInt8]? { bytes[path] }

    private static func read(
        _ path: RelativePath,
        _ digest: Digest,
        _ root: Directory,
        _ reader: FileReader,
        isFull: Bool
    ) throws(HostFault) -> Found {
        var content: [UInt8] = []
        do throws(HostFault) {
            let facts = try reader.read(
                path.bytes,
                beneath: root,
                limit: isFull ? 0 : fileBytesMax
            ) { content.append($0) }
            guard Digest.sha256(of: content) == digest else { return .changed }
            return .held(file(path, digest, facts), content)
        } catch .tooLarge {
            guard let facts = try root.facts(of: path.bytes) else { return .changed }
            return .large(file(path, digest, facts))
        }
    }

    private static func file(
        _ path: RelativePath,
        _ digest: Digest,
        _ facts: FileFacts
    ) -> PackedManifest.File {
        PackedManifest.File(
            path: path,
            digest: digest,
            byteCount: Int(facts.size),
            isExecutable: facts.permissions & 0o111 != 0
        )
    }
}
