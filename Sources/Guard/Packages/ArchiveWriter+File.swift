import Archives
import Canon
import Crypto
import Host

extension ArchiveWriter {
    /// Adds a file of a directory piece by piece; whether it was the one of this digest, to its end.
    ///
    /// Where it was not, the archive is not whole and is let go of.
    func add(
        _ member: ArchiveMember,
        _ digest: Digest,
        _ path: [UInt8],
        _ reader: FileReader,
        beneath directory: Directory
    ) throws -> Bool {
        try begin(member)
        var stream = SHA256Stream()
        var left = member.byteCount
        var fault: ArchiveFault?
        _ = try reader.read(path, beneath: directory) { piece in
            // What has grown is another file, and no more of it is taken.
            guard fault == nil, piece.byteCount <= left else {
                left = -1
                return
            }
            stream.update(piece)
            left -= piece.byteCount
            do throws(ArchiveFault) { try write(piece) } catch { fault = error }
        }
        if let fault { throw fault }
        return left == 0 && stream.finish() == digest
    }
}
