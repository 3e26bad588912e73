import CLinux
import Glibc

/// Many files beneath one directory that are written, replaced and removed together.
///
/// Until `settle` nothing has changed but temporaries and directories that were made for them, and
/// whoever lets go of it takes these away. A crash inside `settle` leaves some of the files as they were
/// and some as they shall be, each of them whole; who keeps a list of them can do it again.
package final class FileBatch {
    private let root: Directory
    /// Few files are waited for one by one; many together, and with them all else that lies there.
    private let isMany: Bool
    private var drafts: [FileDraft] = []
    private var removals: [PathBytes] = []
    /// Directories by path, open as long as there are few of them.
    private var open: [[UInt8]: Directory] = [:]
    /// Directories that were made here, in that order, each beside the one above it.
    private var made: [(above: Directory, name: PathBytes)] = []
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
        do throws(HostFault) {
            let whole = try PathBytes.beneath(path.utf8)
            let (directory, name) = whole.split
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
        drafts.append(draft)
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
        for draft in drafts { try draft.place(isDurable: false) }
        var touched = drafts.map(\.parent) + made.map(\.above)
        for path in removals {
            if let directory = try removing(path) { touched.append(directory) }
        }
        if isMany {
            try DurableFile.synchronizeFileSystem(of: root)
        } else {
            var waited: Set<ObjectIdentifier> = []
            for directory in touched where waited.insert(ObjectIdentifier(directory)).inserted {
                try DurableFile.synchronize(directory)
            }
        }
        drafts = []
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
            made.append((parent, name))
            found = try parent.openDirectory(name)
        }
        open[key] = found
        return found
    }

    /// Removes a file, and the directories above it that it leaves empty; the deepest that is left.
    ///
    /// Whatever is gone already was removed by an earlier time that did not come to its end.
    private func removing(_ path: PathBytes) throws(HostFault) -> Directory? {
        var (above, name) = path.split
        if let parent = try opened(above) {
            let removed = unsafe clinux_remove_file(parent.descriptor, name.terminated)
            guard removed >= 0 || removed == -ENOENT else {
                throw .from(-removed, doing: "Removing", path: root.shown(path))
            }
        }
        while let directory = above {
            (above, name) = directory.split
            guard let holder = try opened(above) else { continue }
            let removed = unsafe clinux_remove_directory(holder.descriptor, name.terminated)
            // One that still holds something stays; so does one that cannot be taken away.
            if removed < 0, removed != -ENOENT { return try opened(directory) }
            if above == nil { return holder }
        }
        return root
    }

    /// A directory by its path, the top by none; `nil` where it is not there.
    private func opened(_ path: PathBytes?) throws(HostFault) -> Directory? {
        guard let path else { return root }
        do throws(HostFault) {
            return try root.openDirectory(path)
        } catch .missing {
            return nil
        }
    }

    /// Takes away what was begun: the temporaries, and the directories that were made for them.
    private func abandon() {
        drafts = []
        open = [:]
        for (above, name) in made.reversed() {
            _ = unsafe clinux_remove_directory(above.descriptor, name.terminated)
        }
    }
}
