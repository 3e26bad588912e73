package import Canon
package import Host
import Registry

/// Makes the first state of a root: the law, the registries, and nothing unaccounted for.
///
/// Everything is written below a staging directory first and moved into place with
/// `registries/root.json` last, so that a directory is a governed root completely or not at all.
package struct RootGenesis: Sendable {
    /// One file of the law, with the package that owns it.
    package struct Item: Sendable {
        package var path: String
        package var owner: String
        package var bytes: [UInt8]

        /// A file, its owner and its content.
        package init(path: String, owner: String, bytes: [UInt8]) {
            self.path = path
            self.owner = owner
            self.bytes = bytes
        }
    }

    private static let stage = ".charter-init"

    private let directory: Directory
    private let stateHome: String
    private let clock: Clock

    /// A genesis in a directory, which is made if it does not exist.
    package init(at path: String, stateHome: String, clock: Clock) throws(IntegrityFault) {
        do {
            directory = try Directory.openMaking(path, mode: 0o755)
        } catch {
            throw .host(error)
        }
        self.stateHome = stateHome
        self.clock = clock
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
        adopting adopted: [RelativePath],
        as adoptedOwner: String,
        isAdopting: Bool
    ) throws(IntegrityFault) -> GovernedRoot {
        try refuseCollisions(items, isAdopting: isAdopting)
        do {
            try write(items, adopted, adoptedOwner)
        } catch {
            throw .host(error)
        }
        return try GovernedRoot(path: directory.path, stateHome: stateHome)
    }

    private func refuseCollisions(
        _ items: [Item],
        isAdopting: Bool
    ) throws(IntegrityFault) {
        do {
            if try directory.facts(of: RootLayout.rootManifest) != nil {
                throw IntegrityFault.alreadyARoot(path: directory.path)
            }
            // What an interrupted genesis staged is nobody's; it is made anew.
            let listing = try TreeWalk(depthMax: 0).list(directory)
            let own = Array(RootGenesis.stage.utf8)
            if !isAdopting && listing.contains(where: { !$0.path.elementsEqual(own) }) {
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

    // Stage everything · sync once · move each file, root.json last.
    private func write(
        _ items: [Item],
        _ adopted: [RelativePath],
        _ adoptedOwner: String
    ) throws(HostFault) {
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
        for path in adopted { register(path, adoptedOwner) }
        let locals = rows.map { directory, rows in
            let local = LocalRegistry(directory: directory, rows: rows)
            return Item(
                path: String(decoding: local.path, as: UTF8.self),
                owner: "",
                bytes: local.bytes
            )
        }
        let all = (locals + items).sorted { left, right in
            let (a, b) = (
                left.path == RootLayout.rootManifest, right.path == RootLayout.rootManifest
            )
            return a == b ? left.path.precedesInBytes(right.path) : b
        }
        if try directory.facts(of: RootGenesis.stage) != nil {
            try DurableFile.removeTree(RootGenesis.stage, in: directory)
        }
        let stage = try directory.openMakingBeneath(RootGenesis.stage, mode: 0o755)
        for (index, item) in all.enumerated() {
            try DurableFile.replace("\(index)", with: item.bytes, in: stage)
        }
        for (index, item) in all.enumerated() {
            let parent = item.path.split(separator: "/").dropLast().joined(separator: "/")
            if !parent.isEmpty {
                _ = try directory.openMakingBeneath(parent, mode: 0o755)
            }
            try DurableFile.moveFile("\(index)", in: stage, to: item.path, in: directory)
        }
        try DurableFile.removeDirectory(RootGenesis.stage, in: directory)
    }
}
