import CLinux
import Glibc

/// Tells when something in any of many directories changes: an event loop watches its descriptor.
///
/// It says that something changed, not what; whoever is told looks for itself. A store through a
/// mapping is not told, so looking from time to time stays
/// necessary.
package final class TreeWatch: Sendable {
    /// Readable when something changed.
    package let descriptor: Descriptor

    /// Watches nothing yet.
    package init() throws(HostFault) {
        let made = clinux_watches_create()
        guard made >= 0 else { throw .from(-made, doing: "Making", path: "a watch") }
        descriptor = Descriptor(owning: made)
    }

    /// Watches a directory beneath another one as well; one that is gone meanwhile is left out.
    package func add(_ path: String, in directory: Directory) throws(HostFault) {
        // By the descriptor: the name of the top may mean another directory by now.
        let whole = "/proc/self/fd/\(directory.descriptor)/\(path)/."
        let added = unsafe clinux_watches_add(descriptor.number, whole)
        if added == -ENOENT || added == -ENOTDIR { return }
        guard added >= 0 else { throw .from(-added, doing: "Watching", path: path) }
    }

    /// Whether anything changed since the last call.
    package func drain() -> Bool { clinux_watches_drain(descriptor.number) == 1 }
}
