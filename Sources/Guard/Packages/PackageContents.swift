import Archives
import Canon
import Crypto
import Host
import Integrity
import Registry

/// What is in an archive, read once and held against its manifest: every file, and no other.
struct PackageContents: Sendable {
    private(set) var archive: Digest
    let manifest: PackedManifest
    /// The members as the archive has them, by the path that each will have in a root.
    let members: [RelativePath: ArchiveMember]
    /// The bytes of those files that are small enough to be judged.
    private let bytes: [RelativePath: [UInt8]]

    /// No archive may unpack to more; a root that needs more is no root for this program.
    static let limits = ArchiveReader.Limits(members: 200_000, bytes: 8 << 30)
    /// What is judged is kept in memory; what is more is hashed as it goes by.
    private static let keptMax = GovernedRoot.judgedBytesMax

    /// Reads an archive; what is wrong with it is a refusal.
    static func read(
        _ archive: Digest,
        _ source: FileSource
    ) throws(PackageFault) -> Result<PackageContents, Refused> {
        do {
            return .success(try PackageContents(archive, ArchiveReader(source, limits: limits)))
        } catch let refused as Refused {
            return .failure(refused)
        } catch ArchiveFault.host(let fault) {
            throw .host(fault)
        } catch let fault as ArchiveFault {
            return .failure(Refused(refusal: PackageContents.refusal(fault)))
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    /// Reads an archive that anybody may write to: what is hashed is what is read, and no more.
    static func read(
        hashing source: FileSource
    ) throws(PackageFault) -> Result<PackageContents, Refused> {
        var stream = SHA256Stream()
        do {
            let reader = try ArchiveReader(source, limits: limits) { stream.update($0) }
            var contents = try PackageContents(.sha256(of: []), reader)
            try reader.drain()
            contents.archive = stream.finish()
            return .success(contents)
        } catch let refused as Refused {
            return .failure(refused)
        } catch let fault as ArchiveFault {
            if case .host(let fault) = fault { throw .host(fault) }
            return .failure(Refused(refusal: PackageContents.refusal(fault)))
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    /// An archive that is refused.
    struct Refused: Error {
        let refusal: PackageRefusal
    }

    private init(_ archive: Digest, _ reader: ArchiveReader) throws {
        func refused(_ code: PackageRefusal.Code, _ path: String, _ reason: String) -> Refused {
            Refused(
                refusal: PackageRefusal(
                    code,
                    path: path,
                    reason,
                    next: "Get the package again from whoever packed it."
                )
            )
        }
        guard let first = try reader.next(), first.path.text == PackedManifest.memberName else {
            throw refused(.manifest, "", "The archive does not begin with its manifest.")
        }
        let head = try reader.readWhole(limit: PackedManifest.bytesMax)
        do throws(PackedManifest.Malformed) {
            manifest = try PackedManifest(parsing: head)
        } catch {
            throw refused(.manifest, first.path.text, "The manifest is refused: \(error.reason).")
        }
        self.archive = archive
        let listed = (manifest.files + manifest.documents).sorted { $0.path < $1.path }
        var members: [RelativePath: ArchiveMember] = [:]
        var bytes: [RelativePath: [UInt8]] = [:]
        var kept = 0
        for file in listed {
            let place = PackedManifest.filesFolder + "/" + file.path.text
            guard let member = try reader.next(), member.path.text.hasSameBytes(as: place) else {
                throw refused(
                    .content,
                    file.path.text,
                    "The archive does not hold \(Printable(file.path.text)) where its manifest lists it."
                )
            }
            guard member.byteCount == file.byteCount, member.isExecutable == file.isExecutable
            else {
                throw refused(
                    .content,
                    file.path.text,
                    "\(Printable(file.path.text)) has another size or mode than its manifest says."
                )
            }
            var stream = SHA256Stream()
            if kept + file.byteCount <= PackageContents.keptMax {
                let whole = try reader.readWhole(limit: file.byteCount)
                stream.update(whole)
                bytes[file.path] = whole
                kept += file.byteCount
            } else {
                try reader.read(faults: { $0 }) { (piece: RawSpan) throws(ArchiveFault) in
                    stream.update(piece)
                }
            }
            guard stream.finish() == file.digest else {
                throw refused(
                    .content,
                    file.path.text,
                    "\(Printable(file.path.text)) is not the file whose digest the manifest names."
                )
            }
            members[file.path] = member
        }
        if let more = try reader.next() {
            throw refused(
                .content,
                more.path.text,
                "The archive holds \(Printable(more.path.text)), which its manifest does not list."
            )
        }
        self.members = members
        self.bytes = bytes
    }

    /// The bytes of a file, for whoever must judge them.
    func document(_ path: RelativePath) -> Result<[UInt8], DocumentFault> {
        if let known = bytes[path] { return .success(known) }
        return .failure(
            DocumentFault(
                code: "packages.too-large",
                description: "\(Printable(path.text)) is too large to be judged."
            )
        )
    }

    private static func refusal(_ fault: ArchiveFault) -> PackageRefusal {
        var code = PackageRefusal.Code.damaged
        if case .tooLarge = fault { code = .tooLarge }
        return PackageRefusal(
            code,
            fault.description,
            next: "Get the package again from whoever packed it."
        )
    }
}
