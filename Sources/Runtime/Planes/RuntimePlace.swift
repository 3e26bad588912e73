import Canon
import Host
package import Integrity

/// Where the sockets of a root's processes lie: outside the root, for its operator only.
package struct RuntimePlace: Sendable {
    package let path: String

    /// The place of a root below a runtime directory; two copies of one root have two.
    package init(_ root: GovernedRoot, runtimeHome: String) throws(PlanesFault) {
        let identity: DirectoryIdentity
        do { identity = try root.directory.identity() } catch { throw .host(error) }
        let mark = String(identity.inode &* 31 &+ identity.device, radix: 36)
        path = "\(runtimeHome)/charter/\(root.id)-\(mark)"
    }

    /// The socket at which the operator reaches the supervisor.
    package var controlPath: String { path + "/control" }

    /// The socket at which agents reach Meta.
    package var metaPath: String { path + "/meta" }

    /// Opens the place, made where it is missing.
    func open() throws(HostFault) -> Directory { try Directory.openMaking(path, mode: 0o700) }

    static let lockName = "supervisor.lock"
    static let socketNames = ["control", "meta"]
}
