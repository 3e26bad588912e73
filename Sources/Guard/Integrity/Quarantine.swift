import Canon
package import Host
import Registry

/// Moves what nobody owns out of a root, and never deletes it.
///
/// The receipt is on the disk before the first file moves, so that whatever happens, somebody can say
/// what lay where. Files keep their names below the quarantine.
package struct Quarantine: Sendable {
    private let root: GovernedRoot
    private let clock: Clock
    private let threads: Int

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
    package struct Result: Sendable {
        package var place: String
        package var moved: [String]
    }

    /// The codes of what may be moved: things that are there and belong to nobody.
    private static let movable: Set<ViolationCode> = [
        .orphan, .forbiddenKind, .badPath, .noLocalRegistry,
    ]

    /// Moves the unowned things that are named, or all of them when none is.
    package func run(only names: [String] = []) throws(IntegrityFault) -> Result {
        let state = try root.openState()
        let lock: FileLock
        do {
            lock = try FileLock.acquire("install.lock", in: state)
        } catch {
            throw .host(error)
        }
        defer { withExtendedLifetime(lock) {} }
        let paths = try unowned().filter { names.isEmpty || names.contains($0.text) }
        guard !paths.isEmpty else { return Result(place: "", moved: []) }
        let place = "quarantine/" + Timestamp(nanoseconds: clock.now).compact
        do {
            let target = try Directory.openMaking(state.path + "/" + place, mode: 0o700)
            try DurableFile.replace("receipt.json", with: receipt(paths).pretty, in: target)
            for (index, path) in paths.enumerated() {
                // A flat number keeps odd names out of the way; the receipt says which is which.
                try DurableFile.moveFile(
                    path.text,
                    in: root.directory,
                    to: "\(index).item",
                    in: target
                )
            }
            return Result(place: target.path, moved: paths.map(\.text))
        } catch {
            throw .host(error)
        }
    }

    private func receipt(_ paths: [RelativePath]) -> JSONValue {
        [
            "root": .string(root.directory.path), "root_id": .string(root.id),
            "time": .string(Timestamp(nanoseconds: clock.now).description),
            "moved": .array(
                paths.enumerated().map { index, path in
                    ["item": .string("\(index).item"), "path": .string(path.text)]
                }
            ),
        ]
    }

    /// What lies in the root and is registered by nobody, topmost entries only.
    private func unowned() throws(IntegrityFault) -> [RelativePath] {
        let state = try RootState(root, threads: threads)
        let known = Set(state.locals.map(\.directory))
        var paths: Set<RelativePath> = []
        for path in state.tree.paths where !RegistryCompiler.isKeptByCompiler(path) {
            let directory = path.parent?.bytes ?? []
            if !known.contains(directory)
                || state.local(of: path)?.row(named: path.name.utf8) == nil
            {
                paths.insert(path)
            }
        }
        for violation in state.scan.violations where Quarantine.movable.contains(violation.code) {
            if let path = try? RelativePath(violation.path) { paths.insert(path) }
        }
        return paths.sorted()
    }
}
