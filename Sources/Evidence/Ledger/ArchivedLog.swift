import Canon
import Crypto
package import Host

/// A log in the files of an archive, as somebody was sent it.
package struct ArchivedLog: LogSource {
    package let name: String
    private let directory: Directory

    /// The archive in a directory.
    package init(_ directory: Directory) {
        name = directory.path
        self.directory = directory
    }

    /// Opens the archive.
    package func open() throws(LedgerFault) -> any LogBlocks { try ArchiveBlocks(directory) }

    /// Whether a directory looks like an archive.
    package static func isOne(_ directory: Directory) -> Bool {
        ((try? directory.facts(of: "checkpoint")) ?? nil)?.kind == .file
    }
}

private struct ArchiveBlocks: LogBlocks {
    private let directory: Directory
    private let last: (size: Int, note: [UInt8])
    var keepsNodes: Bool { false }

    /// A bundle of 256 entries of the greatest length, and their lengths.
    private static let bundleBytesMax = 256 * (65_535 + 2)
    private static let bodiesBytesMax = 1 << 30

    init(_ directory: Directory) throws(LedgerFault) {
        self.directory = directory
        let note: [UInt8]
        do throws(HostFault) {
            note = try directory.readWhole("checkpoint", limit: SignedNote.bytesMax)
        } catch {
            throw .archiveDamaged(path: directory.path, reason: error.description)
        }
        let size = try LedgerReader.checkpoint(in: note).size
        guard size <= LedgerStore.entriesMax else {
            throw .archiveDamaged(
                path: directory.path,
                reason: "its head is over \(size) entries, and no log has so many"
            )
        }
        last = (size, note)
    }

    func signedSize() throws(LedgerFault) -> Int { last.size }

    func size() throws(LedgerFault) -> Int { last.size }

    func forEachRow(
        ofBlock number: Int,
        upTo size: Int,
        _ body: (_ index: Int, _ bytes: Span<UInt8>, _ body: Span<UInt8>, _ hasBody: Bool)
            throws(LedgerFault) -> Void
    ) throws(LedgerFault) {
        let first = number * TileNodes.width
        let width = min(TileNodes.width, last.size - first)
        let bundle = ArchivePath("tile/entries", number, width)
        guard let entries = try file(bundle, limit: ArchiveBlocks.bundleBytesMax) else { return }
        let parts = try split(entries, lengthBytes: 2, bundle)
        let bodies = ArchivePath("charter/bodies", number, width)
        var contents: [[UInt8]?] = []
        if let bytes = try file(bodies, limit: ArchiveBlocks.bodiesBytesMax) {
            contents = try split(bytes, lengthBytes: 4, bodies)
        }
        for (offset, bytes) in parts.enumerated() {
            let content = contents.indices.contains(offset) ? contents[offset] : nil
            let (entry, beside) = (bytes ?? [], content ?? [])
            try body(first + offset, entry.span, beside.span, content != nil)
        }
    }

    func tile(level: Int, number: Int) throws(LedgerFault) -> [UInt8]? {
        let path = ArchivePath("tile/\(level)", number, TileNodes.width)
        return try file(path, limit: TileNodes.publishedByteCount)
    }

    func notes(above low: Int, upTo high: Int) throws(LedgerFault) -> [(size: Int, note: [UInt8])] {
        var notes: [(size: Int, note: [UInt8])] = []
        do throws(HostFault) {
            let folder = "charter/checkpoints"
            if try directory.facts(of: folder)?.kind == .directory {
                let listing = try TreeWalk(depthMax: 2).list(directory.openDirectory(folder))
                for place in listing.indices {
                    let name = String(decoding: listing.path(of: place), as: UTF8.self)
                    guard let size = Int(name), size > low, size <= high, size != last.size else {
                        continue
                    }
                    let path = folder + "/" + name
                    notes.append(
                        (size, try directory.readWhole(path, limit: SignedNote.bytesMax))
                    )
                }
            }
        } catch {
            throw .host(error)
        }
        if last.size > low, last.size <= high { notes.append(last) }
        return notes.sorted { $0.size < $1.size }
    }

    private func file(_ path: ArchivePath, limit: Int) throws(LedgerFault) -> [UInt8]? {
        do throws(HostFault) {
            guard try directory.facts(of: path.path) != nil else { return nil }
            return try directory.readWhole(path.path, limit: limit)
        } catch {
            throw .host(error)
        }
    }

    /// Parts the things in a bundle, each of which stands behind its length.
    private func split(
        _ bytes: [UInt8],
        lengthBytes: Int,
        _ path: ArchivePath
    ) throws(LedgerFault) -> [[UInt8]?] {
        var parts: [[UInt8]?] = []
        var place = 0
        while place < bytes.count {
            guard bytes.count - place >= lengthBytes else { throw cut(path) }
            var length = 0
            for offset in 0..<lengthBytes { length = length << 8 | Int(bytes[place + offset]) }
            place += lengthBytes
            guard parts.count < TileNodes.width else { throw cut(path) }
            if lengthBytes == 4, length == 0xFFFF_FFFF {
                parts.append(nil)
                continue
            }
            guard bytes.count - place >= length else { throw cut(path) }
            parts.append(Array(bytes[place..<(place + length)]))
            place += length
        }
        return parts
    }

    private func cut(_ path: ArchivePath) -> LedgerFault {
        .archiveDamaged(
            path: directory.path,
            reason: "\(path.path) ends in the middle of something"
        )
    }
}
