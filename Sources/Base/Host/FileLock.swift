import CLinux
import Glibc

/// The right to be the only one: held on a file until this value goes away or the process ends.
///
/// The kernel gives the lock back however the process ends, so no stale lock can be left. The number
/// in the file only serves the message to the one who is refused.
package final class FileLock: Sendable {
    /// Owned: unlocked and closed by `deinit`.
    private let descriptor: Int32

    private init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        // A child between clone and exec has a copy for a moment, and closing ours would leave it the
        // lock. One that was refused holds no lock, and unlocking does nothing.
        _ = clinux_unlock(descriptor)
        _ = clinux_close(descriptor)
    }

    /// Takes the lock, or throws `host.locked` at once where somebody holds it.
    ///
    ///     openat(O_CREAT) · flock(LOCK_EX|LOCK_NB) · ftruncate · pwrite(process number)
    ///
    /// With `waiting`, it takes its turn instead; only for holders that are done at once.
    package static func acquire(
        _ path: String,
        in directory: Directory,
        waiting: Bool = false
    ) throws(HostFault) -> FileLock {
        let whole = try PathBytes.beneath(path.utf8)
        let (parent, name) = try directory.parent(of: whole)
        let opened = unsafe clinux_file_open_or_create(parent.descriptor, name.terminated)
        guard opened >= 0 else {
            throw .from(-opened, doing: "Locking", path: directory.shown(whole))
        }
        let lock = FileLock(owning: opened)
        let locked = clinux_lock_exclusively(opened, waiting ? 1 : 0)
        if locked == -EWOULDBLOCK {
            throw .locked(path: directory.shown(whole), holder: lock.holder())
        }
        guard locked >= 0 else {
            throw .from(-locked, doing: "Locking", path: directory.shown(whole))
        }
        let number = Array("\(getpid())\n".utf8)
        let written = unsafe clinux_overwrite(opened, number, number.count)
        guard written >= 0 else {
            throw .from(-written, doing: "Locking", path: directory.shown(whole))
        }
        return lock
    }

    /// Takes the lock of a directory itself, which leaves no file behind; throws `host.locked` at once
    /// where somebody holds it.
    ///
    ///     openat(".") · flock(LOCK_EX|LOCK_NB)
    package static func acquire(_ directory: Directory) throws(HostFault) -> FileLock {
        let opened = clinux_directory_again(directory.descriptor)
        guard opened >= 0 else { throw .from(-opened, doing: "Locking", path: directory.path) }
        let lock = FileLock(owning: opened)
        let locked = clinux_lock_exclusively(opened, 0)
        if locked == -EWOULDBLOCK { throw .locked(path: directory.path, holder: nil) }
        guard locked >= 0 else { throw .from(-locked, doing: "Locking", path: directory.path) }
        return lock
    }

    private func holder() -> Int32? {
        var text = [UInt8](repeating: 0, count: 16)
        let count = unsafe clinux_read(descriptor, &text, text.count)
        guard count > 1 else { return nil }
        return Int32(String(decoding: text[..<(Int(count) - 1)], as: UTF8.self))
    }
}
