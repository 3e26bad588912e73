import Canon
import Crypto
import Host
import Integrity

/// Archives that were brought to a root, taken in whole and named by the digest of their bytes.
struct PackageShelf: Sendable {
    /// An archive on the shelf, with the attestations that lay beside it.
    struct Taken: Sendable {
        let archive: Digest
        let attestations: [UInt8]
        /// Whether it was not here before, so that it goes away when it is refused.
        let isNew: Bool
    }

    let shelf: ArchiveShelf
    private static let incoming = "incoming"

    init(_ root: GovernedRoot) throws(PackageFault) {
        do {
            shelf = try ArchiveShelf(state: root.openState())
        } catch {
            throw .integrity(error)
        }
    }

    /// Copies an archive here, and reads the attestations beside it.
    ///
    /// What is judged, kept and unpacked later is this copy and never the file that was brought.
    func take(_ brought: PackageBrought) throws(PackageFault) -> Taken {
        do {
            let source = try FileSource(brought.name, in: brought.directory)
            let draft = try FileDraft(PackageShelf.incoming, in: shelf.directory, mode: 0o600)
            var stream = SHA256Stream()
            try source.copyAll(to: draft) { stream.update($0) }
            try draft.finish(isDurable: true)
            let archive = stream.finish()
            let attestations = brought.attestations
            let isNew = try !shelf.has(archive)
            // Also where one of the name is here: its bytes were not looked at, and these were.
            try draft.place(as: ArchiveShelf.name(of: archive), isDurable: true)
            return Taken(archive: archive, attestations: attestations, isNew: isNew)
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    /// Lets go of an archive that was refused.
    func drop(_ taken: Taken) throws(PackageFault) {
        guard taken.isNew else { return }
        do {
            try DurableFile.removeFile(ArchiveShelf.name(of: taken.archive), in: shelf.directory)
        } catch {
            throw .host(error)
        }
    }

    /// What is in an archive that was just taken in, and hashed while it was.
    func contents(
        of taken: Taken
    ) throws(PackageFault) -> Result<PackageContents, PackageContents.Refused> {
        do {
            return try PackageContents.read(taken.archive, shelf.source(taken.archive))
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    /// What is in an archive that has lain here, if it is still the one of its name.
    func contents(
        _ archive: Digest
    ) throws(PackageFault) -> Result<PackageContents, PackageContents.Refused> {
        let name = ArchiveShelf.name(of: archive)
        let found = try PackageShelf.digest(of: name, in: shelf.directory)
        guard found == archive else {
            let refusal = PackageRefusal(
                .damaged,
                path: name,
                "The archive \(name) on this machine was changed since it was taken in.",
                next: "Install the package from its own archive again."
            )
            return .failure(PackageContents.Refused(refusal: refusal))
        }
        do {
            return try PackageContents.read(archive, shelf.source(archive))
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    /// The digest of a file.
    private static func digest(
        of name: String,
        in directory: Directory
    ) throws(PackageFault) -> Digest {
        var stream = SHA256Stream()
        do {
            _ = try FileReader().read(name.utf8, beneath: directory) { stream.update($0) }
        } catch {
            throw .host(error)
        }
        return stream.finish()
    }

    /// What is in an archive where it lies, for whoever only wants to know.
    static func contents(
        of brought: PackageBrought
    ) throws(PackageFault) -> Result<PackageContents, PackageContents.Refused> {
        do {
            return try PackageContents.read(
                hashing: FileSource(brought.name, in: brought.directory)
            )
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    /// The attestations beside an archive; none where there is no such file.
    static func attestations(
        beside name: String,
        in directory: Directory
    ) throws(PackageFault) -> [UInt8] {
        let beside = name + PackageAttestations.suffix
        do {
            guard try directory.facts(of: beside) != nil else { return [] }
            return try directory.readWhole(beside, limit: PackageAttestations.bytesMax)
        } catch {
            throw .host(error)
        }
    }

    /// Takes away what a crash left half written; whoever calls holds the root's lock.
    func tidy() throws(PackageFault) {
        do {
            try DurableFile.removeTemporaries(of: [PackageShelf.incoming], in: shelf.directory)
        } catch {
            throw .host(error)
        }
    }
}
