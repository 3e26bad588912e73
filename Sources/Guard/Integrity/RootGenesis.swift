package import Canon
import Crypto
import Host
import Registry

/// Makes the first state of a root: the law, the registries, and nothing unaccounted for.
///
/// Everything is written below a staging directory first and moved into place with
/// `registries/root.json` last, so that a directory is a governed root completely or not at all. A
/// list beside the staged files says where each goes: the next genesis takes back what one that was
/// cut short has put there, or goes on where only the end was missing. One at a time works in a
/// directory.
package struct RootGenesis: Sendable {
    /// One file of the law, with the package that owns it.
    package struct Item: Sendable {
        package var path: String
        package var owner: String
        package var bytes: [UInt8]
        package var isExecutable: Bool

        /// A file, its owner and its content.
        package init(path: String, owner: String, bytes: [UInt8], isExecutable: Bool = false) {
            self.path = path
            self.owner = owner
            self.bytes = bytes
            self.isExecutable = isExecutable
        }
    }

    /// A file that lay there already, and who shall own it.
    package struct Adopted: Sendable {
        package var path: RelativePath
        package var owner: String

        /// A path and its owner.
        package init(path: RelativePath, owner: String) {
            self.path = path
            self.owner = owner
        }
    }

    private static let stage = ".charter-init"
    private static let listName = "list.json"
    private static let listBytesMax = 64 << 20

    private let directory: Directory
    private let stateHome: String
    /// Held as long as this value lives: two at once would each take back what the other does.
    private let lock: FileLock
    /// Whether an earlier genesis made the root here and was cut short before it could say so.
    package let wasAlmostDone: Bool

    /// A genesis in a directory, which is made if it does not exist.
    package init(at path: String, stateHome: String) throws(IntegrityFault) {
        do {
            directory = try Directory.openMaking(path, mode: 0o755)
            lock = try FileLock.acquire(directory)
            wasAlmostDone = try RootGenesis.takeUp(directory)
        } catch {
            throw .host(error)
        }
        self.stateHome = stateHome
    }

    /// The root that an earlier genesis made here.
    package func made() throws(IntegrityFault) -> GovernedRoot {
        try GovernedRoot(directory, stateHome: stateHome)
    }

    /// Clears up after a genesis that was cut short; whether the root itself was complete.
    ///
    /// Without a list nothing had been moved. With one, and without a manifest, what it names is taken
    /// back where it still has the bytes that were written; the manifest moves last, so with it
    /// everything was in place.
    private static func takeUp(_ directory: Directory) throws(HostFault) -> Bool {
        guard try directory.facts(of: stage) != nil else { return false }
        let list = stage + "/" + listName
        guard try directory.facts(of: list) != nil else {
            try DurableFile.removeTree(stage, in: directory)
            return false
        }
        let isDone = try directory.facts(of: RootLayout.rootManifest) != nil
        if !isDone {
            let bytes = try directory.readWhole(list, limit: listBytesMax)
            let limits = JSONLimits(bytesMax: listBytesMax)
            // One that cannot be read was never finished: nothing had been moved.
            if let json = try? JSONValue(parsing: bytes, limits: limits) {
                try takeBack(json, directory)
            }
        }
        try DurableFile.removeTree(stage, in: directory)
        return isDone
    }

    private static func takeBack(
        _ list: JSONValue,
        _ directory: Directory
    ) throws(HostFault) {
        for file in list["files"]?.array ?? [] {
            guard let path = file["path"]?.string, let hash = file["hash"]?.string,
                let facts = try directory.facts(of: path), facts.kind == .file,
                facts.size <= UInt64(listBytesMax)
            else { continue }
            let found = Digest.sha256(of: try directory.readWhole(path, limit: listBytesMax))
            if found.hex.hasSameBytes(as: hash) {
                try DurableFile.removeFile(path, in: directory)
            }
        }
        // Deepest first; one that holds something by now is somebody's.
        let made = (list["directories"]?.array ?? []).compactMap(\.string)
        for path in made.sorted(by: { $1.precedesInBytes($0) })
        where try directory.facts(of: path)?.kind == .directory {
            let isEmpty = try TreeWalk(depthMax: 0).list(directory.openDirectory(path)).isEmpty
            if isEmpty { try DurableFile.removeDirectory(path, in: directory) }
        }
    }

    /// Files that lie in the directory already, for a root that takes them in.
    package func existing(skipping: [String]) throws(IntegrityFault) -> [RelativePath] {
        do {
            let listing = try TreeWalk(skipping: skipping + [RootGenesis.stage]).list(directory)
            var paths: [RelativePath] = []
            for position in listing.indices where listing.kind(of: position) == .file {
                if let path = try? RelativePath(bytes: listing.path(of: position)) {
                    paths.append(path)
                }
            }
            return paths
        } catch {
            throw .host(error)
        }
    }

    /// Writes the law and owns it.
    ///
    /// `adopted` names files that lie there already and get an owner too.
    package func make(
        _ items: [Item],
        adopting adopted: [Adopted],
        isAdopting: Bool
    ) throws(IntegrityFault) -> GovernedRoot {
        try refuseCollisions(items, isAdopting: isAdopting)
        do {
            try write(items, adopted)
        } catch {
            throw .host(error)
        }
        return try GovernedRoot(directory, stateHome: stateHome)
    }

    private func refuseCollisions(
        _ items: [Item],
        isAdopting: Bool
    ) throws(IntegrityFault) {
        do {
            if try directory.facts(of: RootLayout.rootManifest) != nil {
                throw IntegrityFault.alreadyARoot(path: directory.path)
            }
            if try SealMemory(of: directory, stateHome: stateHome).loss(hasSeal: false) != nil {
                throw IntegrityFault.sealedHere(path: directory.path)
            }
            let listing = try TreeWalk(depthMax: 0).list(directory)
            if !isAdopting && !listing.isEmpty {
                throw IntegrityFault.notEmpty(path: directory.path)
            }
            for item in items where try directory.facts(of: item.path) != nil {
                throw IntegrityFault.wouldOverwrite(path: directory.path + "/" + item.path)
            }
        } catch let fault as IntegrityFault {
            throw fault
        } catch let fault as HostFault {
            throw .host(fault)
        } catch {
            throw .notEmpty(path: directory.path)
        }
    }

    // Stage everything · the list · move each file, root.json last · clear the stage.
    private func write(_ items: [Item], _ adopted: [Adopted]) throws(HostFault) {
        let all = (RootGenesis.registries(of: items, adopted) + items).sorted { left, right in
            let (a, b) = (
                left.path == RootLayout.rootManifest, right.path == RootLayout.rootManifest
            )
            return a == b ? left.path.precedesInBytes(right.path) : b
        }
        let stage = try directory.openMakingBeneath(RootGenesis.stage, mode: 0o755)
        for (index, item) in all.enumerated() {
            let mode: UInt32 = item.isExecutable ? 0o755 : 0o644
            try DurableFile.replace("\(index)", with: item.bytes, in: stage, mode: mode)
        }
        try DurableFile.replace(RootGenesis.listName, with: list(of: all).pretty, in: stage)
        for (index, item) in all.enumerated() {
            let parent = item.path.split(separator: "/").dropLast().joined(separator: "/")
            if !parent.isEmpty {
                _ = try directory.openMakingBeneath(parent, mode: 0o755)
            }
            try DurableFile.moveFile("\(index)", in: stage, to: item.path, in: directory)
        }
        try DurableFile.removeTree(RootGenesis.stage, in: directory)
    }

    /// The local registries that give every file its owner.
    private static func registries(of items: [Item], _ adopted: [Adopted]) -> [Item] {
        var rows: [[UInt8]: [LocalRegistry.Row]] = [:]
        func register(_ path: RelativePath, _ owner: String) {
            rows[path.parent?.bytes ?? [], default: []].append(
                LocalRegistry.Row(
                    name: Array(path.name.utf8),
                    owner: owner,
                    registry: .package,
                    digest: nil
                )
            )
        }
        for item in items {
            if let path = try? RelativePath(item.path) { register(path, item.owner) }
        }
        for file in adopted { register(file.path, file.owner) }
        return rows.map { directory, rows in
            let local = LocalRegistry(directory: directory, rows: rows)
            return Item(
                path: String(decoding: local.path, as: UTF8.self),
                owner: "",
                bytes: local.bytes
            )
        }
    }

    /// What will stand where, and which directories are not there yet.
    private func list(of items: [Item]) throws(HostFault) -> JSONValue {
        var missing: Set<String> = []
        for item in items {
            var parts = item.path.split(separator: "/").dropLast()
            while !parts.isEmpty {
                let path = parts.joined(separator: "/")
                if missing.contains(path) { break }
                if try directory.facts(of: path) != nil { break }
                missing.insert(path)
                parts.removeLast()
            }
        }
        return [
            "files": .array(
                items.map {
                    ["path": .string($0.path), "hash": .string(Digest.sha256(of: $0.bytes).hex)]
                }
            ),
            "directories": .array(
                missing.sorted { $0.precedesInBytes($1) }.map { .string($0) }
            ),
        ]
    }
}
