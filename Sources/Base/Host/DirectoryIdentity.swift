import CLinux
import Glibc

/// Which directory this is, whatever it is called: its device, its number there, and when it was made.
///
/// Numbers are given again when a directory is gone; the time of birth tells the next one apart.
package struct DirectoryIdentity: Sendable, Hashable {
    package let device: UInt64
    package let inode: UInt64
    /// Nanoseconds since 1970; 0 where the file system does not say.
    package let bornNanoseconds: Int64

    /// An identity as it was written down.
    package init(device: UInt64, inode: UInt64, bornNanoseconds: Int64) {
        self.device = device
        self.inode = inode
        self.bornNanoseconds = bornNanoseconds
    }
}

extension Directory {
    /// Which directory this is.
    package func identity() throws(HostFault) -> DirectoryIdentity {
        let facts = try facts()
        return DirectoryIdentity(
            device: facts.device,
            inode: facts.inode,
            bornNanoseconds: clinux_birth_of(descriptor)
        )
    }

    /// Whether this directory is the other one or lies anywhere below it.
    ///
    /// By climbing to the top and not by names, so that no link can hide it.
    package func isWithin(_ other: Directory) throws(HostFault) -> Bool {
        let wanted = try other.facts()
        var here = descriptor
        var owned: Int32?
        defer { if let owned { _ = clinux_close(owned) } }
        // A tree that is deeper than a path can be long has no bottom.
        for _ in 0..<4096 {
            var facts = clinux_facts()
            let asked = unsafe clinux_facts_of(here, &facts)
            guard asked >= 0 else { throw .from(-asked, doing: "Looking at", path: path) }
            if facts.device == wanted.device, facts.inode == wanted.inode { return true }
            let above = clinux_directory_parent(here)
            guard above >= 0 else { throw .from(-above, doing: "Looking above", path: path) }
            if let owned { _ = clinux_close(owned) }
            owned = above
            here = above
            var next = clinux_facts()
            let looked = unsafe clinux_facts_of(above, &next)
            guard looked >= 0 else { throw .from(-looked, doing: "Looking at", path: path) }
            if next.device == facts.device, next.inode == facts.inode { return false }
        }
        return false
    }

    /// The bytes of where this directory lies, free of links: two spellings of one place are one.
    ///
    /// Where the kernel does not say, the path that it was opened by stands in.
    package func place() -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe clinux_descriptor_path(descriptor, &buffer, buffer.count)
        guard count > 0 else { return Array(path.utf8) }
        return buffer[..<Int(count)].map { UInt8(bitPattern: $0) }
    }
}
