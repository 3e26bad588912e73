package import Canon
import Crypto
package import Host
import SQLite

/// A log as files that anybody can verify: the tiles and bundles of C2SP tlog-tiles, a signed
/// checkpoint, and the bodies beside them.
///
///     checkpoint                  the signed note
///     tile/<L>/<N>[.p/<W>]        hashes
///     tile/entries/<N>[.p/<W>]    entries, each behind two bytes of length
///     charter/bodies/<N>[.p/<W>]  bodies, each behind four bytes of length; FFFFFFFF for none
///     charter/checkpoints/<size>  heads that two keys signed, where a key was handed over
package enum LedgerArchive {
    /// What was written.
    package struct Result: Sendable {
        package let size: Int
        package let files: Int
    }

    /// Writes the log up to its last checkpoint; what an earlier archive holds whole is left alone.
    ///
    ///     tiles, bundles, bodies · syncfs · checkpoint by rename: it never names what is not there
    package static func write(
        _ reader: LedgerReader,
        to directory: Directory,
        progress: ((_ done: Int, _ of: Int) -> Void)? = nil
    ) throws(LedgerFault) -> Result {
        let note = try reader.checkpoint()
        let size = try LedgerReader.checkpoint(in: note).size
        var writer = ArchiveWriter(directory)
        try compare(reader, directory)
        let prover = try reader.prover()
        var level = 0
        while size >> (TileNodes.heightMax * level) > 0 {
            let hashes = size >> (TileNodes.heightMax * level)
            for number in 0..<((hashes + TileNodes.width - 1) / TileNodes.width) {
                let width = min(TileNodes.width, hashes - number * TileNodes.width)
                let path = ArchivePath("tile/\(level)", number, width)
                if try writer.has(path) { continue }
                var bytes: [UInt8] = []
                for offset in 0..<width {
                    try prover.hash(level: level, position: number * TileNodes.width + offset)
                        .append(to: &bytes)
                }
                try writer.write(path, bytes)
            }
            level += 1
        }
        for number in 0..<((size + TileNodes.width - 1) / TileNodes.width) {
            let first = number * TileNodes.width
            let width = min(TileNodes.width, size - first)
            let bundle = ArchivePath("tile/entries", number, width)
            if try writer.has(bundle) { continue }
            var (entries, bodies): ([UInt8], [UInt8]) = ([], [])
            var count = 0
            try reader.store.forEachEntry(from: first, to: first + width) {
                (row: LedgerStore.StoredEntry) throws(LedgerFault) in
                append(row.bytes.count, as: 2, to: &entries)
                entries += row.bytes
                append(row.body?.count ?? 0xFFFF_FFFF, as: 4, to: &bodies)
                bodies += row.body ?? []
                count += 1
            }
            guard count == width else {
                throw reader.store.damaged("the entry \(first) is missing")
            }
            // The bodies first: a bundle that is there says that both are.
            try writer.write(ArchivePath("charter/bodies", number, width), bodies)
            try writer.write(bundle, entries)
            progress?(first + width, size)
        }
        for (size, note) in try reader.store.checkpoints(above: 0, upTo: size)
        where ArchivePath.isHandover(note) {
            try writer.write("charter/checkpoints/\(size)", note)
        }
        do throws(HostFault) {
            try DurableFile.synchronizeFileSystem(of: directory)
            try DurableFile.replace("checkpoint", with: note, in: directory)
        } catch {
            throw .host(error)
        }
        return Result(size: size, files: writer.count + 1)
    }

    /// Refuses a directory in which another log is archived, or another history of this one.
    private static func compare(
        _ reader: LedgerReader,
        _ directory: Directory
    ) throws(LedgerFault) {
        let note: [UInt8]
        do throws(HostFault) {
            guard try directory.facts(of: "checkpoint") != nil else { return }
            note = try directory.readWhole("checkpoint", limit: SignedNote.bytesMax)
        } catch {
            throw .host(error)
        }
        let head = try LedgerReader.checkpoint(in: note)
        var isOurs = head.origin.utf8.elementsEqual(reader.origin.utf8)
        if isOurs { isOurs = try head.size <= reader.size() }
        if isOurs { isOurs = try reader.root(of: head.size) == head.root }
        guard isOurs else {
            throw .archiveDamaged(
                path: directory.path,
                reason: "another log is archived there, or another history of this one; name a new "
                    + "directory"
            )
        }
    }

    private static func append(_ value: Int, as bytes: Int, to out: inout [UInt8]) {
        for shift in stride(from: (bytes - 1) * 8, through: 0, by: -8) {
            out.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// The digest of the first entry of a log, wherever it lies; `nil` where it has none.
    package static func genesis(of source: some LogSource) throws(LedgerFault) -> Digest? {
        var found: Digest?
        try source.open().forEachRow(ofBlock: 0, upTo: 1) { (index, bytes, _, _) in
            if index == 0 { found = MerkleTree.leafHash(bytes) }
        }
        return found
    }

    /// Makes a log of an archive, in a directory that has none; verify the archive first.
    ///
    /// Each transaction holds a few thousand entries. A restoration that was cut off leaves a file
    /// that has no name of a log yet.
    package static func restore(
        _ source: some LogSource,
        into directory: Directory,
        _ place: LedgerLog.Place
    ) throws(LedgerFault) {
        let reading = try source.open()
        let size = try reading.size()
        do throws(HostFault) {
            guard try directory.facts(of: LedgerStore.fileName) == nil else {
                throw HostFault.alreadyExists(path: directory.path + "/" + LedgerStore.fileName)
            }
        } catch {
            throw .host(error)
        }
        let path = directory.path + "/" + LedgerArchive.unfinishedName
        let store = try LedgerStore(path, .readWriteCreate)
        var state = try LogState(of: store)
        guard state.size == 0 else {
            throw store.damaged("it is a restoration that was cut off; remove it")
        }
        let blocks = (size + TileNodes.width - 1) / TileNodes.width
        for start in stride(from: 0, to: blocks, by: 16) {
            state = try store.transaction { () throws(LedgerFault) in
                var state = state
                for number in start..<min(blocks, start + 16) {
                    try reading.forEachRow(ofBlock: number, upTo: size) {
                        (index, bytes, body, hasBody) throws(LedgerFault) in
                        let content = hasBody ? Array(copying: body) : nil
                        try take(index, Array(copying: bytes), content, store, &state)
                    }
                }
                return state
            }
        }
        guard state.size == size else {
            throw .archiveDamaged(
                path: source.name,
                reason: "it holds \(state.size) entries, and its head is over \(size)"
            )
        }
        try store.transaction { () throws(LedgerFault) in
            for (size, note) in try reading.notes(above: 0, upTo: size) {
                try store.insert(checkpoint: note, size: size, time: state.lastTime)
            }
            try store.write(
                LedgerStore.Identity(
                    plane: place.plane,
                    origin: place.origin,
                    chain: place.parameters.digest
                )
            )
        }
        try store.close()
        do throws(HostFault) {
            try DurableFile.moveFile(
                LedgerArchive.unfinishedName,
                in: directory,
                to: LedgerStore.fileName,
                in: directory
            )
        } catch {
            throw .host(error)
        }
    }

    private static let unfinishedName = "restoring.sqlite3"

    private static func take(
        _ index: Int,
        _ bytes: [UInt8],
        _ body: [UInt8]?,
        _ store: LedgerStore,
        _ state: inout LogState
    ) throws(LedgerFault) {
        let entry = try LedgerEntry(parsing: bytes, at: index)
        guard entry.index == state.size else {
            throw .entryMalformed(index: state.size, reason: "it is missing from the archive")
        }
        if let wrong = state.replay(entry) {
            throw .entryMalformed(index: entry.index, reason: wrong)
        }
        try store.insert(index: entry.index, bytes: bytes, body: body)
        state.lastTime = Timestamp(entry.time)?.nanoseconds ?? 0
        try state.tree.append(entry.digest) { (tile: PlacedTile) throws(LedgerFault) in
            try store.insert(tile)
        }
        if state.size & 0xFF == 0 { try state.completeBlock(in: store) }
    }
}

/// Where a tile or a bundle lies: numbers in groups of three digits, all but the last behind an x.
struct ArchivePath {
    let folder: String
    let name: String
    let isPartial: Bool

    init(_ kind: String, _ number: Int, _ width: Int) {
        var groups = [ArchivePath.digits(number % 1000)]
        var rest = number / 1000
        while rest > 0 {
            groups.insert("x" + ArchivePath.digits(rest % 1000), at: 0)
            rest /= 1000
        }
        isPartial = width < TileNodes.width
        if isPartial {
            groups[groups.count - 1] += ".p"
            groups.append(String(width))
        }
        name = groups.removeLast()
        folder = ([kind] + groups).joined(separator: "/")
    }

    var path: String { folder + "/" + name }

    private static func digits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: 3 - text.utf8.count) + text
    }

    /// Whether a head was signed by two keys of the log itself.
    static func isHandover(_ note: [UInt8]) -> Bool {
        guard let note = try? SignedNote(parsing: note),
            let origin = (try? Checkpoint(parsing: note.text))?.origin
        else { return false }
        return note.signatures.count { $0.name.utf8.elementsEqual(origin.utf8) } > 1
    }
}

/// Writes the files of an archive and makes the folders that they need.
private struct ArchiveWriter {
    private let directory: Directory
    private var made: Set<String> = []
    private(set) var count = 0

    init(_ directory: Directory) { self.directory = directory }

    /// Whether a whole tile is there from an earlier archive; a partial one is always written.
    func has(_ path: ArchivePath) throws(LedgerFault) -> Bool {
        guard !path.isPartial else { return false }
        do throws(HostFault) {
            return try directory.facts(of: path.path)?.kind == .file
        } catch {
            throw .host(error)
        }
    }

    mutating func write(_ path: ArchivePath, _ bytes: [UInt8]) throws(LedgerFault) {
        try write(path.path, bytes)
    }

    mutating func write(_ path: String, _ bytes: [UInt8]) throws(LedgerFault) {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        do throws(HostFault) {
            if made.insert(folder).inserted {
                _ = try directory.openMakingBeneath(folder, mode: 0o755)
            }
            try DurableFile.replaceWithoutWaiting(path, with: bytes, in: directory)
        } catch {
            throw .host(error)
        }
        count += 1
    }
}

extension [UInt8] {
    /// A copy of bytes that are lent.
    fileprivate init(copying bytes: Span<UInt8>) {
        self = []
        reserveCapacity(bytes.count)
        for place in bytes.indices { append(bytes[place]) }
    }
}
