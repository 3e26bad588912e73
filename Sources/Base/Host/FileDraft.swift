import CLinux
import Glibc

/// A file that is written piece by piece beside its place, and takes it whole or not at all.
///
/// Until `place` it has a temporary name (`DurableFile.isTemporary`); whoever lets go of it before has
/// it removed, and only a crash leaves it behind. It belongs to one thread.
package final class FileDraft {
    /// What people call the file that it will be.
    package let path: String
    let parent: Directory
    private let name: PathBytes
    private let temporary: PathBytes
    private let mode: UInt32
    /// Open until everything was written.
    private var descriptor: Descriptor?
    private var isPlaced = false

    /// Begins a file of this name in a directory.
    ///
    ///     openat(parent, ".NAME.RANDOM.charter-new", O_CREAT|O_EXCL|O_WRONLY, mode)
    package convenience init(
        _ name: String,
        in parent: Directory,
        mode: UInt32 = 0o644,
        randomness: Randomness = .system
    ) throws(HostFault) {
        let name = try PathBytes.name(name.utf8)
        try self.init(name, in: parent, shown: parent.shown(name), mode: mode, randomness)
    }

    init(
        _ name: PathBytes,
        in parent: Directory,
        shown path: String,
        mode: UInt32,
        _ randomness: Randomness
    ) throws(HostFault) {
        self.parent = parent
        self.mode = mode
        self.name = name
        self.path = path
        temporary = try DurableFile.temporaryName(for: name, randomness)
        let opened = unsafe clinux_file_create(parent.descriptor, temporary.terminated, mode)
        guard opened >= 0 else { throw .from(-opened, doing: "Writing", path: path) }
        descriptor = Descriptor(owning: opened)
    }

    deinit {
        if !isPlaced {
            _ = unsafe clinux_remove_file(parent.descriptor, temporary.terminated)
        }
    }

    /// Adds bytes.
    package func write(_ bytes: RawSpan) throws(HostFault) {
        guard let descriptor else { preconditionFailure("Nothing is added to what is whole.") }
        let written = unsafe bytes.withUnsafeBytes { buffer in
            unsafe clinux_write_all(descriptor.number, buffer.baseAddress, buffer.count)
        }
        guard written >= 0 else { throw .from(-written, doing: "Writing", path: path) }
    }

    /// Adds bytes.
    package func write(_ bytes: [UInt8]) throws(HostFault) {
        try write(unsafe bytes.span.bytes)
    }

    /// Says that all bytes are there; they are on the disk then, or once the file system is
    /// synchronized.
    ///
    ///     fchmod (only where the umask took bits away) · fsync · close
    package func finish(isDurable: Bool) throws(HostFault) {
        guard let descriptor else { return }
        let done = DurableFile.settle(descriptor.number, mode, isDurable: isDurable)
        guard done >= 0 else { throw .from(-done, doing: "Writing", path: path) }
        self.descriptor = nil
    }

    /// Puts the file in its place, instead of whatever file stood there.
    ///
    ///     renameat(parent, temporary, parent, NAME) · fsync(parent) where it shall be durable
    package func place(isDurable: Bool) throws(HostFault) {
        try place(at: name, isDurable: isDurable)
    }

    /// Puts the file under another name than the one it was begun with, in the same directory.
    package func place(as name: String, isDurable: Bool) throws(HostFault) {
        try place(at: .name(name.utf8), isDurable: isDurable)
    }

    private func place(at name: PathBytes, isDurable: Bool) throws(HostFault) {
        try waiting(for: name).place(in: parent)
        isPlaced = true
        if isDurable { try DurableFile.synchronize(parent) }
    }

    private func waiting(for name: PathBytes) -> WaitingFile {
        precondition(descriptor == nil, "A file is whole before it takes its place.")
        return WaitingFile(path: path, name: name, temporary: temporary)
    }

    /// Hands the whole file over to whoever puts it in its place later, or takes it away.
    func handOver() -> WaitingFile {
        let waiting = waiting(for: name)
        isPlaced = true
        return waiting
    }
}

/// A file that is whole under its temporary name, and waits for its place.
struct WaitingFile: Sendable {
    /// What people call the file that it will be.
    let path: String
    let name: PathBytes
    let temporary: PathBytes

    /// Puts the file in its place, instead of whatever file stood there.
    func place(in parent: Directory) throws(HostFault) {
        let done = unsafe clinux_rename(
            parent.descriptor,
            temporary.terminated,
            parent.descriptor,
            name.terminated
        )
        guard done >= 0 else {
            if done == -EISDIR { throw .notARegularFile(path: path, kind: .directory) }
            throw .from(-done, doing: "Writing", path: path)
        }
    }

    /// Takes it away.
    func discard(from parent: Directory) {
        _ = unsafe clinux_remove_file(parent.descriptor, temporary.terminated)
    }
}
