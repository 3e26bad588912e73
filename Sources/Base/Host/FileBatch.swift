import CLinux
import Glibc
import Synchronization

/// Many files beneath one directory that are written, replaced and removed together.
///
/// Until `settle` nothing has changed but temporaries and directories that were made for them, and
/// whoever lets go of it takes these away. A crash inside `settle` leaves some of the files as they were
/// and some as they shall be, each of them whole; who keeps a list of them can do it again.
package final class FileBatch {
    private let root: Directory
    /// Few files are waited for one by one; many together, and with them all else that lies there.
    private let isMany: Bool
    /// Files that are whole, with the directory that each lies in: by its path, since there may be more
    /// directories than a process may have open.
    private var waiting: [(directory: PathBytes?, file: WaitingFile)] = []
    private var removals: [PathBytes] = []
    /// Directories by path, open as long as there are few of them.
    private var open: [[UInt8]: Directory] = [:]
    /// Directories that were made here, in that order, each beside the one above it.
    private var made: [PathBytes] = []
    private var isSettled = false

    /// From here on one wait for all costs less than one for each.
    private static let manyFrom = 16
    private static let openMax = 128

    /// A batch of about so many files.
    package init(beneath root: Directory, expecting count: Int) {
        self.root = root
        isMany = count >= FileBatch.manyFrom
    }

    deinit { if !isSettled { abandon() } }

    /// Begins a file that takes its place when all do; `path` may lead through directories to be made.
    ///
    /// `fill` writes it.
    package func write<Failure: Error>(
        _ path: String,
        mode: UInt32,
        faults: (HostFault) -> Failure,
        _ fill: (FileDraft) throws(Failure) -> Void
    ) throws(Failure) {
        let draft: FileDraft
        let directory: PathBytes?
        do throws(HostFault) {
            let whole = try PathBytes.beneath(path.utf8)
            let name: PathBytes
            (directory, name) = whole.split
            draft = try FileDraft(
                name,
                in: making(directory),
                shown: root.shown(whole),
                mode: mode,
                .system
            )
        } catch {
            throw faults(error)
        }
        try fill(draft)
        do throws(HostFault) { try draft.finish(isDurable: !isMany) } catch { throw faults(error) }
        waiting.append((directory, draft.handOver()))
    }

    /// A file whose bytes are at hand.
    package struct Content: Sendable {
        package let path: String
        package let mode: UInt32
        package let bytes: [UInt8]

        /// Bytes, and where they go.
        package init(_ path: String, mode: UInt32, _ bytes: [UInt8]) {
            self.path = path
            self.mode = mode
            self.bytes = bytes
        }
    }

    /// Begins files whose bytes are at hand, many of them on several threads.
    package func write(_ files: [Content]) throws(HostFault) {
        // Files of one directory mostly follow each other, and wait for each other in the kernel.
        var groups: [(directory: PathBytes?, files: [(content: Content, path: PathBytes)])] = []
        for file in files {
            let whole = try PathBytes.beneath(file.path.utf8)
            let directory = whole.split.directory
            if groups.isEmpty || groups.last?.directory?.terminated != directory?.terminated {
                _ = try making(directory)
                groups.append((directory, []))
            }
            groups[groups.count - 1].files.append((file, whole))
        }
        let (root, isDurable) = (root, !isMany)
        let done = Mutex<[(directory: PathBytes?, file: WaitingFile)]>([])
        defer { waiting += done.withLock { $0 } }
        try FileBatch.each(of: groups, count: files.count) { (group) throws(HostFault) in
            var whole: [(directory: PathBytes?, file: WaitingFile)] = []
            defer { done.withLock { $0 += whole } }
            let directory = try FileBatch.open(group.directory, in: root)
            for (content, path) in group.files {
                let draft = try FileDraft(
                    path.split.name,
                    in: directory,
                    shown: root.shown(path),
                    mode: content.mode,
                    .system
                )
                try draft.write(content.bytes)
                try draft.finish(isDurable: isDurable)
                whole.append((group.directory, draft.handOver()))
            }
        }
    }

    /// From here on threads that work beside each other are worth being started.
    private static let besideFrom = 64

    /// Does something with each group, on several threads where there is much of it; after a fault no
    /// group is begun.
    private static func each<Element: Sendable>(
        of groups: [Element],
        count: Int,
        _ body: @Sendable (Element) throws(HostFault) -> Void
    ) throws(HostFault) {
        let threads =
            count < besideFrom ? 1 : min(WorkerThreads.available, max(groups.count, 1))
        let next = Atomic<Int>(0)
        let fault = Mutex<HostFault?>(nil)
        WorkerThreads.run(threads) { _ in
            while fault.withLock({ $0 == nil }) {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < groups.count else { return }
                do throws(HostFault) { try body(groups[index]) } catch {
                    fault.withLock { $0 = $0 ?? error }
                }
            }
        }
        if let fault = fault.withLock({ $0 }) { throw fault }
    }

    /// Takes a file away when the others take their places; that it is gone already is no fault.
    package func remove(_ path: String) throws(HostFault) {
        removals.append(try PathBytes.beneath(path.utf8))
    }

    /// Puts everything in its place, and returns when it is on the disk.
    ///
    ///     syncfs, or each file was waited for · renameat … · unlinkat … · unlinkat(AT_REMOVEDIR) of
    ///     what is empty by that · syncfs, or fsync of each directory
    package func settle() throws(HostFault) {
        if isMany { try DurableFile.synchronizeFileSystem(of: root) }
        isSettled = true
        let groups = waiting.chunked { $0.directory?.terminated == $1.directory?.terminated }
        let (root, isMany) = (root, isMany)
        let changed = Mutex<[Directory]>([])
        do throws(HostFault) {
            try FileBatch.each(of: groups, count: waiting.count) { (group) throws(HostFault) in
                let directory = try FileBatch.open(group[0].directory, in: root)
                // Many are not waited for one by one, and would be too many to keep open.
                if !isMany { changed.withLock { $0.append(directory) } }
                for (_, file) in group { try file.place(in: directory) }
            }
        } catch {
            // What did not take its place goes; whoever completes this writes it again.
            discard()
            throw error
        }
        var touched = changed.withLock { $0 }
        if !isMany {
            for path in made {
                if let above = try FileBatch.opened(path.split.directory, in: root) {
                    touched.append(above)
                }
            }
        }
        touched += try removeAll()
        if isMany {
            try DurableFile.synchronizeFileSystem(of: root)
        } else {
            var waited: Set<ObjectIdentifier> = []
            for directory in touched where waited.insert(ObjectIdentifier(directory)).inserted {
                try DurableFile.synchronize(directory)
            }
        }
        waiting = []
    }

    /// Opens the directory of a path, making what is missing of it.
    private func making(_ path: PathBytes?) throws(HostFault) -> Directory {
        guard let path else { return root }
        let key = Array(path.terminated.dropLast())
        if let known = open[key] { return known }
        if open.count >= FileBatch.openMax { open = [:] }
        let found: Directory
        do throws(HostFault) {
            found = try root.openDirectory(path)
        } catch .missing {
            let (above, name) = path.split
            let parent = try making(above)
            let done = unsafe clinux_make_directory(
                parent.descriptor,
                name.terminated,
                0o755
            )
            guard done >= 0 else {
                throw .from(-done, doing: "Making the directory", path: root.shown(path))
            }
            made.append(path)
            found = try parent.openDirectory(name)
        }
        open[key] = found
        return found
    }

    /// Removes the files, and then the directories above them that this leaves empty; the directories
    /// that hold one thing less.
    ///
    /// Whatever is gone already was removed by an earlier time that did not come to its end.
    private func removeAll() throws(HostFault) -> [Directory] {
        let (root, isMany) = (root, isMany)
        let groups = removals.map(\.split)
            .chunked { $0.directory?.terminated == $1.directory?.terminated }
        let emptied = Mutex<[Directory]>([])
        try FileBatch.each(of: groups, count: removals.count) { (group) throws(HostFault) in
            guard let parent = try FileBatch.opened(group[0].directory, in: root) else { return }
            for (above, name) in group {
                let removed = unsafe clinux_remove_file(parent.descriptor, name.terminated)
                guard removed >= 0 || removed == -ENOENT else {
                    let path = (above.map { $0.text + "/" } ?? "") + name.text
                    throw .from(-removed, doing: "Removing", path: root.path + "/" + path)
                }
            }
            // Many are not waited for one by one, and would be too many to keep open.
            if !isMany { emptied.withLock { $0.append(parent) } }
        }
        var touched = emptied.withLock { $0 }
        var left = groups.compactMap { $0[0].directory }
        while !left.isEmpty {
            var above: [[UInt8]: PathBytes] = [:]
            for path in left {
                let (holder, name) = path.split
                if let directory = try FileBatch.opened(holder, in: root) {
                    let removed = unsafe clinux_remove_directory(
                        directory.descriptor,
                        name.terminated
                    )
                    // One that still holds something stays; so does one that cannot be taken away.
                    if removed < 0, removed != -ENOENT { continue }
                    if !isMany { touched.append(directory) }
                }
                if let holder { above[holder.terminated] = holder }
            }
            left = Array(above.values)
        }
        return touched
    }

    /// A directory by its path, the top by none.
    private static func open(
        _ path: PathBytes?,
        in root: Directory
    ) throws(HostFault) -> Directory {
        guard let path else { return root }
        return try root.openDirectory(path)
    }

    /// A directory by its path, the top by none; `nil` where it is not there.
    private static func opened(
        _ path: PathBytes?,
        in root: Directory
    ) throws(HostFault) -> Directory? {
        guard let path else { return root }
        do throws(HostFault) {
            return try root.openDirectory(path)
        } catch .missing {
            return nil
        }
    }

    /// Takes away what was begun: the temporaries, and the directories that were made for them.
    private func abandon() {
        discard()
        open = [:]
        for path in made.reversed() {
            let (above, name) = path.split
            guard let holder = try? FileBatch.opened(above, in: root) else { continue }
            _ = unsafe clinux_remove_directory(holder.descriptor, name.terminated)
        }
    }

    /// Takes away what is still under a temporary name.
    private func discard() {
        for group in waiting.chunked(by: { $0.directory?.terminated == $1.directory?.terminated }) {
            guard let directory = try? FileBatch.opened(group[0].directory, in: root) else {
                continue
            }
            for (_, file) in group { file.discard(from: directory) }
        }
    }
}

extension Array {
    /// Runs of neighbours that belong together.
    fileprivate func chunked(by isSame: (Element, Element) -> Bool) -> [[Element]] {
        var runs: [[Element]] = []
        for element in self {
            if let last = runs.last?.last, isSame(last, element) {
                runs[runs.count - 1].append(element)
            } else {
                runs.append([element])
            }
        }
        return runs
    }
}
