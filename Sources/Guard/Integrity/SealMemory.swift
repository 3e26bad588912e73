import Canon
import Crypto
import Host
import Registry

/// What this machine remembers of the roots that it sealed, so that no seal goes away unseen.
///
/// It lies beside the states of all roots and not in that of one: whoever writes to a root can give it
/// another id, but hardly another place and another directory at once. A root is known again by either.
/// Only `charter seal open` forgets.
struct SealMemory: Sendable {
    /// What is remembered of one sealed root.
    struct Record: Sendable {
        var rootID: String
        /// Where it lay, for people.
        var path: String
        /// The digest of where it lies; `nil` when another root was lawfully sealed there since.
        var place: Digest?
        var directory: DirectoryIdentity
        /// The seals that it may have: one, and a second while an operation changes it.
        var seals: [Digest]
        /// Whether it may have none: only while an operation makes or opens the seal.
        var mayBeOpen: Bool
        /// The key that the seal verifies with.
        var verifier: String
    }

    /// Not a root's id, and so nobody's state directory.
    private static let directoryName = ".sealed"
    private static let recordBytesMax = 64 << 10

    private let directory: Directory
    private let rootID: String
    private let path: String
    /// Memory that lies in the root itself is what the root says, and proves nothing.
    private let isWithinRoot: Bool

    init(_ root: GovernedRoot) {
        directory = root.directory
        rootID = root.id
        path = root.stateHome + "/charter/" + SealMemory.directoryName
        isWithinRoot = root.holdsOwnState
    }

    /// The memory of a directory that is no root, or not any more.
    init(of directory: Directory, stateHome: String) {
        self.directory = directory
        rootID = ""
        path = stateHome + "/charter/" + SealMemory.directoryName
        isWithinRoot = false
    }

    // MARK: - Judging

    /// What is remembered of this root; more than one where it lies where another one lay.
    func records() throws(IntegrityFault) -> [Record] {
        if isWithinRoot { return [] }
        let memory: Directory
        do throws(HostFault) {
            memory = try Directory.open(path)
        } catch .missing {
            return []
        } catch .notADirectory {
            return []
        } catch .permissionDenied {
            // Somebody else's memory: whoever may not read it has sealed nothing there.
            return []
        } catch {
            throw .host(error)
        }
        return try records(in: memory)
    }

    /// The finding that a seal which was made here is gone; `nil` where nothing is missing.
    ///
    /// Something in the seal's place, whatever it is, is for the seal's own judgement.
    func loss(hasSeal: Bool) throws(IntegrityFault) -> Violation? {
        guard !hasSeal, let record = try records().first(where: { !$0.mayBeOpen }) else {
            return nil
        }
        let same = record.rootID.hasSameBytes(as: rootID)
        return Violation(
            .ownership,
            .sealRemoved,
            path: RootLayout.seal,
            reason: "This root was sealed on this machine"
                + (same ? "" : " as \(Printable(record.rootID))")
                + ", and the seal is gone without having been opened."
        )
    }

    /// Whether a seal, good in itself, is one that was replaced here by a later one.
    func isSuperseded(
        _ seal: Digest,
        verifier: String
    ) throws(IntegrityFault) -> Bool {
        try records().contains { record in
            record.verifier.hasSameBytes(as: verifier) && !record.seals.contains(seal)
        }
    }

    // MARK: - Remembering

    /// Writes down, before an operation commits, that the seal may be the old one or the next.
    ///
    /// So a crash in between leaves nothing that would be taken for an attack, and nothing forgotten.
    func expect(_ next: Digest?, verifier: String) throws(IntegrityFault) {
        let current = try seal()
        let seals = Set([current, next].compactMap(\.self)).sorted { $0.hex < $1.hex }
        guard !seals.isEmpty else { return }
        let memory = try openMaking()
        do {
            let identity = try directory.identity()
            try cedePlace(in: memory, but: identity)
            try write(
                Record(
                    rootID: rootID,
                    path: Printable(bytes: directory.place()).description,
                    place: .sha256(of: directory.place()),
                    directory: identity,
                    seals: seals,
                    mayBeOpen: current == nil || next == nil,
                    verifier: verifier
                ),
                in: memory
            )
        } catch let fault as IntegrityFault {
            throw fault
        } catch let fault as HostFault {
            throw .host(fault)
        } catch {
            throw .sealMemory(path: path)
        }
    }

    /// Narrows what was expected down to what came of it.
    func settle() throws(IntegrityFault) {
        let pending = try own().filter { $0.mayBeOpen || $0.seals.count > 1 }
        guard let record = pending.first else { return }
        let current = try seal()
        var settled = record
        settled.mayBeOpen = false
        do {
            if let current {
                // Another seal than the two is no end of that operation; the check says what it is.
                guard record.seals.contains(current) else { return }
                settled.seals = [current]
                try write(settled, in: openMaking())
            } else if record.mayBeOpen {
                try DurableFile.removeFile(SealMemory.name(record.directory), in: openMaking())
            }
        } catch let fault as IntegrityFault {
            throw fault
        } catch let fault as HostFault {
            throw .host(fault)
        } catch {
            throw .sealMemory(path: path)
        }
    }

    /// Forgets that the root was sealed: what opening a seal means when it is gone already.
    ///
    /// Whether there was anything to forget.
    func forget() throws(IntegrityFault) -> Bool {
        let known = try records()
        guard !known.isEmpty else { return false }
        let memory = try openMaking()
        do {
            let identity = try directory.identity()
            try cedePlace(in: memory, but: identity)
            for record in try own() {
                try DurableFile.removeFile(SealMemory.name(record.directory), in: memory)
            }
        } catch let fault as IntegrityFault {
            throw fault
        } catch let fault as HostFault {
            throw .host(fault)
        } catch {
            throw .sealMemory(path: path)
        }
        return true
    }

    // MARK: - The files

    private func openMaking() throws(IntegrityFault) -> Directory {
        do {
            return try Directory.openMaking(path, mode: 0o700)
        } catch {
            throw .host(error)
        }
    }

    /// The records of this very directory, wherever it lies.
    private func own() throws(IntegrityFault) -> [Record] {
        let identity: DirectoryIdentity
        do {
            identity = try directory.identity()
        } catch {
            throw .host(error)
        }
        return try records().filter { $0.directory == identity }
    }

    private func records(in memory: Directory) throws(IntegrityFault) -> [Record] {
        do {
            let identity = try directory.identity()
            let place = Digest.sha256(of: directory.place())
            var found: [Record] = []
            for entry in try TreeWalk(depthMax: 0).list(memory)
            where entry.kind == .file && !DurableFile.isTemporary(entry.path) {
                let bytes = try memory.readWhole(entry.path, limit: SealMemory.recordBytesMax)
                // One that cannot be read could be about this root: nothing is known then.
                guard let record = Record(bytes) else {
                    throw IntegrityFault.sealMemory(path: path + "/" + entry.text)
                }
                if record.directory == identity || record.place == place { found.append(record) }
            }
            return found
        } catch let fault as IntegrityFault {
            throw fault
        } catch let fault as HostFault {
            throw .host(fault)
        } catch {
            throw .sealMemory(path: path)
        }
    }

    /// Roots that lay where this one lies now are known by their directory alone from here on.
    private func cedePlace(in memory: Directory, but identity: DirectoryIdentity) throws {
        for record in try records(in: memory) where record.directory != identity {
            var elsewhere = record
            elsewhere.place = nil
            try write(elsewhere, in: memory)
        }
    }

    private func write(_ record: Record, in memory: Directory) throws {
        try DurableFile.replace(
            SealMemory.name(record.directory),
            with: record.json.pretty,
            in: memory,
            mode: 0o600
        )
    }

    private static func name(_ directory: DirectoryIdentity) -> String {
        "\(directory.device)-\(directory.inode)-\(directory.bornNanoseconds).json"
    }

    /// The digest of what stands in the seal's place; `nil` where nothing does.
    private func seal() throws(IntegrityFault) -> Digest? {
        do throws(HostFault) {
            guard try directory.facts(of: RootLayout.seal) != nil else { return nil }
            return .sha256(
                of: try directory.readWhole(
                    RootLayout.seal,
                    limit: GovernedRoot.registryBytesMax
                )
            )
        } catch {
            throw .host(error)
        }
    }
}

extension SealMemory.Record {
    /// The record as it is written.
    var json: JSONValue {
        [
            "root_id": .string(rootID), "path": .string(path),
            "place": place.map { .string($0.hex) } ?? .null,
            "device": .string(String(directory.device)),
            "inode": .string(String(directory.inode)),
            "born": .string(String(directory.bornNanoseconds)),
            "seals": .array(seals.map { .string($0.hex) }), "may_be_open": .bool(mayBeOpen),
            "verifier": .string(verifier),
        ]
    }

    /// Reads a record; `nil` where it is none.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes), let rootID = json["root_id"]?.string,
            let path = json["path"]?.string, let raw = json["place"],
            let device = json["device"]?.string.flatMap({ UInt64($0) }),
            let inode = json["inode"]?.string.flatMap({ UInt64($0) }),
            let born = json["born"]?.string.flatMap({ Int64($0) }),
            let seals = json["seals"]?.array?.compactMap({ $0.string.flatMap { Digest(hex: $0) } }),
            !seals.isEmpty, seals.count == json["seals"]?.array?.count,
            let mayBeOpen = json["may_be_open"]?.bool, let verifier = json["verifier"]?.string
        else { return nil }
        let place = raw.string.flatMap { Digest(hex: $0) }
        if place == nil && raw != .null { return nil }
        self.rootID = rootID
        self.path = path
        self.place = place
        directory = DirectoryIdentity(device: device, inode: inode, bornNanoseconds: born)
        self.seals = seals
        self.mayBeOpen = mayBeOpen
        self.verifier = verifier
    }
}
