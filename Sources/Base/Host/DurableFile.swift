import CLinux
import Glibc

/// Changes of the file system that are on the disk when the call returns, and that are never seen
/// half done.
///
/// A path is relative to the directory; no part of it may be a symbolic link.
package enum DurableFile {
    /// Puts the bytes at the path, in place of whatever file stood there.
    ///
    /// A reader sees the old content or the new one. When this throws, the old content still stands
    /// and nothing else was left behind; only a crash can leave a temporary (`isTemporary`).
    ///
    ///     openat(parent)                           where the path has a directory part
    ///     openat(parent, ".NAME.RANDOM.charter-new", O_CREAT|O_EXCL|O_WRONLY, mode)
    ///     write … · fchmod (only where the umask took bits away) · fsync · close
    ///     renameat(parent, temporary, parent, NAME)
    ///     fsync(parent)
    package static func replace(
        _ path: String,
        with bytes: [UInt8],
        in directory: Directory,
        mode: UInt32 = 0o644,
        randomness: Randomness = .system
    ) throws(HostFault) {
        try put(path, bytes, directory, mode, randomness, isDurable: true)
    }

    /// Puts the bytes at the path as `replace` does, but leaves it to `synchronizeFileSystem` to make
    /// them durable.
    ///
    /// For many files of which none counts before all are there: 1,000 of them cost 49 ms with one
    /// call at the end, and 291 ms with one each.
    package static func replaceWithoutWaiting(
        _ path: String,
        with bytes: [UInt8],
        in directory: Directory,
        mode: UInt32 = 0o644,
        randomness: Randomness = .system
    ) throws(HostFault) {
        try put(path, bytes, directory, mode, randomness, isDurable: false)
    }

    private static func put(
        _ path: String,
        _ bytes: [UInt8],
        _ directory: Directory,
        _ mode: UInt32,
        _ randomness: Randomness,
        isDurable: Bool
    ) throws(HostFault) {
        let whole = try PathBytes.beneath(path.utf8)
        let (parent, name) = try directory.parent(of: whole)
        let draft = try FileDraft(
            name,
            in: parent,
            shown: directory.shown(whole),
            mode: mode,
            randomness
        )
        try draft.write(bytes)
        try draft.finish(isDurable: isDurable)
        try draft.place(isDurable: isDurable)
    }

    /// Whether a name is a temporary of `replace` that a crash left behind.
    package static func isTemporary(_ name: some Collection<UInt8>) -> Bool {
        name.first == UInt8(ascii: ".") && name.reversed().starts(with: suffix.utf8.reversed())
    }

    /// Takes away what crashes left of files with these names, all of one directory.
    ///
    /// Only for whoever keeps everybody else from writing them meanwhile.
    package static func removeTemporaries(
        of names: [String],
        in directory: Directory
    ) throws(HostFault) {
        let starts = names.map { Array(".\($0).".utf8) }
        for entry in try TreeWalk(depthMax: 0).list(directory)
        where entry.kind == .file && isTemporary(entry.path)
            && starts.contains(where: { entry.path.starts(with: $0) })
        {
            try removeFile(entry.path, in: directory)
        }
    }

    /// Makes a directory; the one above it must exist.
    ///
    ///     mkdirat · fsync(parent)
    package static func makeDirectory(
        _ path: String,
        in directory: Directory,
        mode: UInt32 = 0o755
    ) throws(HostFault) {
        let whole = try PathBytes.beneath(path.utf8)
        let (parent, name) = try directory.parent(of: whole)
        let made = unsafe clinux_make_directory(parent.descriptor, name.terminated, mode)
        guard made >= 0 else {
            throw .from(-made, doing: "Making the directory", path: directory.shown(whole))
        }
        try synchronize(parent)
    }

    /// Moves a file or a directory to a place where nothing stands.
    ///
    /// It never overwrites, and never copies: another file system is a fault.
    ///
    ///     renameat2(RENAME_NOREPLACE) · fsync(new parent) · fsync(old parent)
    package static func moveFile(
        _ path: String,
        in directory: Directory,
        to newPath: String,
        in newDirectory: Directory
    ) throws(HostFault) {
        try moveFile(path.utf8, in: directory, to: newPath, in: newDirectory)
    }

    /// Moves a file or a directory, by the very bytes of its path, to a place where nothing stands.
    package static func moveFile(
        _ path: some Collection<UInt8>,
        in directory: Directory,
        to newPath: String,
        in newDirectory: Directory
    ) throws(HostFault) {
        let from = try PathBytes.beneath(path)
        let to = try PathBytes.beneath(newPath.utf8)
        let (parent, name) = try directory.parent(of: from)
        let (newParent, newName) = try newDirectory.parent(of: to)
        let moved = unsafe clinux_rename_no_replace(
            parent.descriptor,
            name.terminated,
            newParent.descriptor,
            newName.terminated
        )
        if moved == -EXDEV {
            throw .differentFileSystem(from: directory.shown(from), to: newDirectory.shown(to))
        }
        guard moved >= 0 else {
            let blamed = moved == -EEXIST ? newDirectory.shown(to) : directory.shown(from)
            throw .from(-moved, doing: "Moving", path: blamed)
        }
        try synchronize(newParent)
        try synchronize(parent)
    }

    /// Removes a file or a link; a directory is refused.
    ///
    ///     unlinkat · fsync(parent)
    package static func removeFile(_ path: String, in directory: Directory) throws(HostFault) {
        try removeFile(path.utf8, in: directory)
    }

    /// Removes a file or a link by the very bytes of its path; a directory is refused.
    package static func removeFile(
        _ path: some Collection<UInt8>,
        in directory: Directory
    ) throws(HostFault) {
        let whole = try PathBytes.beneath(path)
        let (parent, name) = try directory.parent(of: whole)
        let removed = unsafe clinux_remove_file(parent.descriptor, name.terminated)
        guard removed >= 0 else {
            if removed == -EISDIR {
                throw .notARegularFile(path: directory.shown(whole), kind: .directory)
            }
            throw .from(-removed, doing: "Removing", path: directory.shown(whole))
        }
        try synchronize(parent)
    }

    /// Removes an empty directory.
    ///
    ///     unlinkat(AT_REMOVEDIR) · fsync(parent)
    package static func removeDirectory(
        _ path: String,
        in directory: Directory
    ) throws(HostFault) {
        let whole = try PathBytes.beneath(path.utf8)
        let (parent, name) = try directory.parent(of: whole)
        let removed = unsafe clinux_remove_directory(parent.descriptor, name.terminated)
        guard removed >= 0 else {
            throw .from(-removed, doing: "Removing the directory", path: directory.shown(whole))
        }
        try synchronize(parent)
    }

    /// Removes everything below a directory that the caller made, and the directory itself.
    ///
    /// Deepest first, by descriptor and by bytes; a link is removed and never followed. A mount, or
    /// a directory that cannot be read, stops it half way with its fault.
    ///
    ///     walk · unlinkat … · unlinkat(AT_REMOVEDIR, the directory itself) · fsync(parent)
    package static func removeTree(
        _ path: String,
        in directory: Directory
    ) throws(HostFault) {
        let top = try directory.openDirectory(path)
        // One open descriptor a level; deeper trees are none that we make.
        let listing = try TreeWalk(depthMax: 512).list(top)
        // A directory stands before what it holds, so backwards it is empty when its turn comes.
        for position in listing.indices.reversed() {
            if case .unreadable(let fault) = listing.problem(of: position) { throw fault }
            let whole = try PathBytes.beneath(listing.path(of: position))
            let (parent, name) = try top.parent(of: whole)
            let isDirectory = listing.kind(of: position) == .directory
            let removed =
                unsafe isDirectory
                ? clinux_remove_directory(parent.descriptor, name.terminated)
                : clinux_remove_file(parent.descriptor, name.terminated)
            guard removed >= 0 else {
                throw .from(-removed, doing: "Removing", path: top.shown(whole))
            }
        }
        try removeDirectory(path, in: directory)
    }

    /// Everything that was written to the file system this directory lies on is on the disk.
    ///
    ///     syncfs
    package static func synchronizeFileSystem(of directory: Directory) throws(HostFault) {
        let done = clinux_syncfs(directory.descriptor)
        guard done >= 0 else {
            throw .from(-done, doing: "Writing to the disk", path: directory.path)
        }
    }

    private static let suffix = ".charter-new"

    /// Gives a file that was written its mode, and waits for the disk.
    static func settle(_ descriptor: Int32, _ mode: UInt32, isDurable: Bool) -> Int32 {
        // Asked first: the chmod family is denied to a confined process, which needs no fchmod as
        // long as its umask is 0.
        var facts = clinux_facts()
        let asked = unsafe clinux_facts_of(descriptor, &facts)
        if asked < 0 { return asked }
        if facts.permissions != mode {
            let changed = clinux_fchmod(descriptor, mode)
            if changed < 0 { return changed }
        }
        return isDurable ? clinux_fsync(descriptor) : 0
    }

    static func synchronize(_ directory: Directory) throws(HostFault) {
        let done = clinux_fsync(directory.descriptor)
        guard done >= 0 else {
            throw .from(-done, doing: "Writing to the disk", path: directory.path)
        }
    }

    /// A name no other writer uses, short enough for any name of up to 255 bytes.
    static func temporaryName(
        for name: PathBytes,
        _ randomness: Randomness
    ) throws(HostFault) -> PathBytes {
        let digits = String(randomness.number(), radix: 16)
        let kept = name.terminated.dropLast().prefix(255 - 2 - 16 - suffix.utf8.count)
        return try .name(Array(".".utf8) + kept + Array(".\(digits)\(suffix)".utf8))
    }
}
