import Canon
package import Host
import Ledger
import Registry

/// Moves what nobody owns out of a root, and never deletes it.
///
/// The receipt is on the disk before the first thing moves, so that whatever happens, somebody can
/// say what lay where. A directory in which nothing is owned moves as a whole.
package struct Quarantine: Sendable {
    private let root: GovernedRoot
    private let clock: Clock
    private let threads: Int

    /// The quarantine of one root.
    package init(
        _ root: GovernedRoot,
        clock: Clock,
        threads: Int = WorkerThreads.available
    ) {
        self.root = root
        self.clock = clock
        self.threads = threads
    }

    /// What was moved, and where to.
    ///
    /// `moved` names the directories that moved as a whole, and everything unowned in them.
    package struct Result: Sendable {
        package var place: String
        package var moved: [String]
        /// What nobody owns and that could not be moved, each with the reason.
        package var left: [(path: String, reason: String)] = []
    }

    /// The codes of what may be moved: things that are there and belong to nobody.
    private static let movable: Set<ViolationCode> = [.orphan, .forbiddenKind, .badPath]

    /// Moves the unowned things that are named, or all of them when none is.
    ///
    /// A name stands for a thing and for everything below it.
    package func run(only names: [String] = []) throws(IntegrityFault) -> Result {
        let state = try root.openState()
        let lock: FileLock
        do {
            lock = try FileLock.acquire(PristineGuard.lockName, in: state)
        } catch {
            throw .host(error)
        }
        defer { withExtendedLifetime(lock) {} }
        let unowned = try unowned().filter { path in
            names.isEmpty || names.contains { Quarantine.stands($0, for: path) }
        }
        guard !unowned.isEmpty else { return Result(place: "", moved: []) }
        let draft = EntryDraft(
            "quarantine",
            by: RootLedger.actor,
            about: RootLedger.subjects(unowned.map { Printable(bytes: $0).description }.sorted()),
            body: .json([
                "paths": .array(
                    unowned.sorted { $0.lexicographicallyPrecedes($1) }.map {
                        .string(Printable(bytes: $0).description)
                    }
                )
            ])
        )
        return try RootLedger(root, clock: clock).acting(draft) {
            () throws(IntegrityFault) -> (Result, AttemptOutcome, JSONValue?) in
            let result = try move(unowned, into: state)
            return (
                result, result.moved.isEmpty ? .failed : .succeeded,
                ["place": .string(result.place), "moved": .integer(result.moved.count)]
            )
        }
    }

    private func move(
        _ unowned: Set<[UInt8]>,
        into state: Directory
    ) throws(IntegrityFault) -> Result {
        do {
            var result = try move(topmost: topmost(unowned), into: state)
            // A directory that moved as a whole stands for the things in it, which people know.
            let wholes = result.moved.map { Array(($0 + "/").utf8) }
            for path in unowned where wholes.contains(where: { path.starts(with: $0) }) {
                result.moved.append(Printable(bytes: path).description)
            }
            result.moved.sort { $0.precedesInBytes($1) }
            return result
        } catch {
            throw .host(error)
        }
    }

    private static func stands(_ name: String, for path: [UInt8]) -> Bool {
        path.elementsEqual(name.utf8) || path.starts(with: (name + "/").utf8)
            || Printable(bytes: path).description.hasSameBytes(as: name)
    }

    // The place · receipt.json · each thing by rename.
    private func move(
        topmost paths: [[UInt8]],
        into state: Directory
    ) throws(HostFault) -> Result {
        var result = Result(place: "", moved: [])
        let from = try root.directory.facts().device
        guard try state.facts().device == from else {
            throw .differentFileSystem(from: root.directory.path, to: state.path)
        }
        let target = try place(in: state)
        result.place = target.path
        try DurableFile.replace("receipt.json", with: receipt(paths).pretty, in: target)
        for (index, path) in paths.enumerated() {
            let shown = Printable(bytes: path).description
            do {
                // A flat number keeps odd names out of the way; the receipt says which is which.
                try DurableFile.moveFile(
                    path,
                    in: root.directory,
                    to: "\(index).item",
                    in: target
                )
                result.moved.append(String(validating: path, as: UTF8.self) ?? shown)
            } catch {
                result.left.append((shown, error.description))
            }
        }
        return result
    }

    /// A directory that nobody used before: two quarantines of one second each keep their receipt.
    private func place(in state: Directory) throws(HostFault) -> Directory {
        let all = try state.openMakingBeneath("quarantine", mode: 0o700)
        let time = Timestamp(nanoseconds: clock.now).compact
        var name = time
        var number = 1
        while try all.facts(of: name) != nil {
            number += 1
            name = "\(time)-\(number)"
        }
        try DurableFile.makeDirectory(name, in: all, mode: 0o700)
        return try all.openDirectory(name)
    }

    /// A name that is no text stands in it by its bytes, so that it can be put back as it was.
    private func receipt(_ paths: [[UInt8]]) -> JSONValue {
        [
            "root": .string(root.directory.path), "root_id": .string(root.id),
            "time": .string(Timestamp(nanoseconds: clock.now).description),
            "moved": .array(
                paths.enumerated().map { index, path in
                    guard let text = String(validating: path, as: UTF8.self) else {
                        let hex = path.map { byte in
                            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
                        }.joined()
                        return [
                            "item": .string("\(index).item"), "path_hex": .string(hex),
                            "path_shown": .string(Printable(bytes: path).description),
                        ]
                    }
                    return ["item": .string("\(index).item"), "path": .string(text)]
                }
            ),
        ]
    }

    /// What lies in the root and is registered by nobody.
    ///
    /// A file whose local registry is lost or broken is not unowned while the compiled registry knows
    /// it: quarantine must not empty a directory because somebody broke a table.
    private func unowned() throws(IntegrityFault) -> Set<[UInt8]> {
        let state = try RootState(root, threads: threads)
        var ignored: [Violation] = []
        var compiled = OwnershipTable(rows: [])
        if let path = try? RelativePath(RootLayout.ownershipRegistry),
            case .success(let bytes) = state.tree.document(path)
        {
            compiled = OwnershipTable(parsing: bytes, violations: &ignored)
        }
        var paths: Set<[UInt8]> = []
        // Without a compiled registry that can be believed nobody knows what is owned: then only what
        // can never be owned is moved.
        let isKnown = ignored.isEmpty && !compiled.rows.isEmpty
        for path in isKnown ? state.tree.paths : []
        where compiled.row(of: path) == nil && !RegistryCompiler.isKeptByCompiler(path) {
            let directory = path.parent?.bytes ?? []
            if state.brokenDirectories.contains(directory) { continue }
            if state.local(in: directory)?.row(named: path.name.utf8) == nil {
                paths.insert(path.bytes)
            }
        }
        for (path, code) in state.scan.strays where Quarantine.movable.contains(code) {
            paths.insert(path)
        }
        return paths
    }

    /// The least list of moves that takes all of these away: a directory instead of all it holds.
    ///
    /// Without this, moving the last file would leave an empty directory, which is unowned too.
    private func topmost(_ unowned: Set<[UInt8]>) throws(HostFault) -> [[UInt8]] {
        let slash = UInt8(ascii: "/")
        // Directories that hold anything that stays, exempt and unreadable things among it.
        var kept: Set<ArraySlice<UInt8>> = []
        for entry in try TreeWalk().list(root.directory) {
            let stays = entry.kind != .directory || entry.problem != nil
            guard stays, !unowned.contains(Array(entry.path)) else { continue }
            var path = entry.path
            if entry.kind == .directory { kept.insert(path) }
            while let end = path.lastIndex(of: slash) {
                path = path[..<end]
                guard kept.insert(path).inserted else { break }
            }
        }
        var moves: Set<[UInt8]> = []
        for path in unowned {
            let ends = path.indices.filter { path[$0] == slash }
            let top = ends.first { !kept.contains(path[..<$0]) }
            moves.insert(top.map { Array(path[..<$0]) } ?? path)
        }
        return moves.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
