import CLinux
import Glibc

/// Tells when something in a directory changes, so that nobody has to look again and again.
///
/// It says that something changed, not what: whoever is woken looks for itself.
package final class DirectoryWatch: Sendable {
    /// Owned: closed by `deinit`.
    private let descriptor: Int32
    private let path: String

    /// Watches a directory, but not what lies deeper.
    package init(_ directory: Directory) throws(HostFault) {
        path = directory.path
        // By its descriptor: the name may mean another directory by now.
        let opened = unsafe clinux_watch_open("/proc/self/fd/\(directory.descriptor)")
        guard opened >= 0 else { throw .from(-opened, doing: "Watching", path: path) }
        descriptor = opened
    }

    deinit { _ = clinux_close(descriptor) }

    /// Waits until something changed since the last call; `false` when the time is over first.
    ///
    /// It blocks, so it is called from `main` or a thread of its own.
    package func wait(milliseconds: Int) throws(HostFault) -> Bool {
        let changed = clinux_watch_wait(descriptor, Int32(clamping: milliseconds))
        guard changed >= 0 else { throw .from(-changed, doing: "Watching", path: path) }
        return changed == 1
    }
}
