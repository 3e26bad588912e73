import CLinux
import Glibc

/// An open directory: everything beneath it is reached through its descriptor, never by a full path.
///
/// So a directory that is renamed or replaced while it is used cannot lead anywhere else. Closed
/// when the last reference goes away.
package final class Directory: Sendable {
    /// The path it was opened by, for messages only.
    package let path: String

    /// Owned: closed by `deinit`.
    let descriptor: Int32

    init(owning descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { _ = clinux_close(descriptor) }

    /// Takes over a directory that this process was started with.
    ///
    /// Its path leads through the descriptor: the directories above it may be closed to us.
    package static func handedOver(_ descriptor: Int32) -> Directory {
        Directory(owning: descriptor, path: "/proc/self/fd/\(descriptor)")
    }

    /// A file of this directory to write at the end of, made where it is missing, for its owner only.
    package func openAppending(_ name: String) throws(HostFault) -> Descriptor {
        let bytes = try PathBytes.name(Array(name.utf8))
        let opened = unsafe clinux_file_open_appending(descriptor, bytes.terminated)
        guard opened >= 0 else { throw .from(-opened, doing: "Opening", path: shown(bytes)) }
        return Descriptor(owning: opened)
    }

    /// Another descriptor of this directory, to hand over to a process.
    package func duplicate() throws(HostFault) -> Descriptor {
        let opened = clinux_directory_again(descriptor)
        guard opened >= 0 else { throw .from(-opened, doing: "Opening the directory", path: path) }
        return Descriptor(owning: opened)
    }

    /// Opens an absolute path, whose last part may not be a symbolic link.
    package static func open(_ path: String) throws(HostFault) -> Directory {
        let bytes = try PathBytes.absolute(path)
        let opened = unsafe clinux_directory_open(bytes.terminated)
        if opened >= 0 { return Directory(owning: opened, path: path) }
        // O_NOFOLLOW|O_DIRECTORY says ENOTDIR for a link; the person wants to know which it is.
        var facts = clinux_facts()
        if opened == -ENOTDIR, unsafe clinux_facts_at(AT_FDCWD, bytes.terminated, &facts) == 0,
            FileFacts(facts).kind == .symbolicLink
        {
            throw .symbolicLink(path: bytes.text)
        }
        throw .from(-opened, doing: "Opening the directory", path: bytes.text)
    }

    /// Opens a directory beneath this one; no part of the path may be a symbolic link or a mount.
    package func openDirectory(_ path: String) throws(HostFault) -> Directory {
        try openDirectory(PathBytes.beneath(path.utf8))
    }

    /// Opens a directory beneath this one by the very bytes of its path.
    package func openDirectory(
        bytes path: some Collection<UInt8>
    ) throws(HostFault) -> Directory {
        try openDirectory(PathBytes.beneath(path))
    }

    func openDirectory(_ bytes: PathBytes) throws(HostFault) -> Directory {
        let opened = unsafe clinux_directory_open_beneath(descriptor, bytes.terminated)
        guard opened >= 0 else {
            // As above: a link in the last place says ENOTDIR too.
            let last = opened == -ENOTDIR ? try facts(of: bytes.terminated.dropLast()) : nil
            if last?.kind == .symbolicLink { throw .symbolicLink(path: shown(bytes)) }
            throw .from(-opened, doing: "Opening the directory", path: shown(bytes))
        }
        return Directory(owning: opened, path: shown(bytes))
    }

    /// The directory that holds `bytes`, and the last name of `bytes`.
    func parent(of bytes: PathBytes) throws(HostFault) -> (Directory, PathBytes) {
        let (directory, name) = bytes.split
        guard let directory else { return (self, name) }
        return (try openDirectory(directory), name)
    }

    /// The facts of this directory itself.
    package func facts() throws(HostFault) -> FileFacts {
        var facts = clinux_facts()
        let asked = unsafe clinux_facts_of(descriptor, &facts)
        guard asked >= 0 else { throw .from(-asked, doing: "Looking at", path: path) }
        return FileFacts(facts)
    }

    /// The facts of a thing beneath, of a link itself and not of its target; `nil` where none is.
    package func facts(of path: String) throws(HostFault) -> FileFacts? {
        try facts(of: Array(path.utf8))
    }

    /// The facts of a thing beneath, of a link itself and not of its target; `nil` where none is.
    package func facts(of path: some Collection<UInt8>) throws(HostFault) -> FileFacts? {
        let bytes = try PathBytes.beneath(path)
        let opened = unsafe clinux_name_open_beneath(descriptor, bytes.terminated)
        if opened == -ENOENT { return nil }
        guard opened >= 0 else { throw .from(-opened, doing: "Looking at", path: shown(bytes)) }
        defer { _ = clinux_close(opened) }
        var facts = clinux_facts()
        let asked = unsafe clinux_facts_of(opened, &facts)
        guard asked >= 0 else { throw .from(-asked, doing: "Looking at", path: shown(bytes)) }
        return FileFacts(facts)
    }

    /// The bytes a symbolic link beneath points to, read and not followed.
    package func linkTarget(of path: some Collection<UInt8>) throws(HostFault) -> [UInt8] {
        let bytes = try PathBytes.beneath(path)
        let opened = unsafe clinux_name_open_beneath(descriptor, bytes.terminated)
        guard opened >= 0 else {
            throw .from(-opened, doing: "Reading the link", path: shown(bytes))
        }
        defer { _ = clinux_close(opened) }
        // PATH_MAX, which a target can never exceed.
        var target = [CChar](repeating: 0, count: 4096)
        let count = unsafe clinux_link_target(opened, &target, target.count)
        // EINVAL and ENOENT: the thing is there and is no link.
        guard count >= 0 else {
            throw .systemCall(
                doing: "Reading the link",
                path: shown(bytes),
                error: Int32(truncatingIfNeeded: -count)
            )
        }
        return target[..<Int(count)].map { UInt8(bitPattern: $0) }
    }

    /// The time that tells a settled file from one that may still change: see `FileFacts.isSettled`.
    ///
    /// It is the kernel's coarse clock, which never runs ahead of the timestamps it gives to files.
    package static var now: Int64 { clinux_coarse_now() }

    /// A path beneath this directory as a person should see it.
    func shown(_ bytes: PathBytes) -> String { (path == "/" ? "" : path) + "/" + bytes.text }
}

extension Directory {
    /// Opens an absolute path, making every directory at its end that is missing.
    ///
    /// What is there already may lie behind links and mounts, as in any path that a person gives;
    /// what is made here is made beneath a descriptor.
    package static func openMaking(
        _ path: String,
        mode: UInt32
    ) throws(HostFault) -> Directory {
        do {
            return try Directory.open(path)
        } catch {
            guard case .missing = error, let slash = path.lastIndex(of: "/"), path != "/" else {
                throw error
            }
            let parent = slash == path.startIndex ? "/" : String(path[..<slash])
            let name = String(path[path.index(after: slash)...])
            if name.isEmpty { return try openMaking(parent, mode: mode) }
            return try openMaking(parent, mode: mode).openMakingBeneath(name, mode: mode)
        }
    }

    /// Opens a directory beneath this one, making every directory on the way that is missing.
    ///
    /// Nothing on the way may be a link or a mount.
    package func openMakingBeneath(
        _ path: String,
        mode: UInt32
    ) throws(HostFault) -> Directory {
        var directory = self
        for segment in path.split(separator: "/") {
            let name = String(segment)
            if try directory.facts(of: name) == nil {
                do {
                    try DurableFile.makeDirectory(name, in: directory, mode: mode)
                } catch {
                    // Somebody else may have made it in between; opening decides.
                    if try directory.facts(of: name) == nil { throw error }
                }
            }
            directory = try directory.openDirectory(name)
        }
        return directory
    }
}

extension Directory {
    /// Makes this directory and everything beneath it a user's own.
    ///
    ///     fchown · fchownat(AT_SYMLINK_NOFOLLOW) …
    package func give(to user: UserIdentity) throws(HostFault) {
        let given = clinux_give(descriptor, user.user, user.group)
        guard given >= 0 else { throw .from(-given, doing: "Giving away", path: path) }
        let listing = try TreeWalk(depthMax: 8).list(self)
        for position in listing.indices {
            let bytes = try PathBytes.beneath(listing.path(of: position))
            let (parent, name) = try parent(of: bytes)
            let done = unsafe clinux_give_at(
                parent.descriptor,
                name.terminated,
                user.user,
                user.group
            )
            guard done >= 0 || done == -ENOENT else {
                throw .from(-done, doing: "Giving away", path: shown(bytes))
            }
        }
    }
}
