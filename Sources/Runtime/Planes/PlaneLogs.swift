import Canon
package import Host
package import Integrity
import Wire

/// What the processes of planes print: nothing, unless one of them breaks a promise of its own code.
///
/// It lies in the root's state. What happened stands in the ledgers; this is for whoever mends the
/// program.
package enum PlaneLogs {
    private static let folder = "logs"
    private static let bytesMax: UInt64 = 1 << 20

    /// The file that a plane's process prints to; one that has grown too long is begun anew.
    static func open(_ party: Party, of root: GovernedRoot) throws(HostFault) -> Descriptor {
        let state = try Directory.openMaking(root.statePath, mode: 0o700)
        let logs = try state.openMakingBeneath(folder, mode: 0o700)
        let name = "\(party.rawValue).log"
        if let facts = try logs.facts(of: name), facts.size > bytesMax {
            try DurableFile.removeFile(name, in: logs)
        }
        return try logs.openAppending(name)
    }

    /// The last lines that the process of a plane printed; none where it never printed any.
    package static func lines(
        of plane: String,
        in root: GovernedRoot,
        atMost count: Int
    ) throws(HostFault) -> [String] {
        let logs: Directory
        do {
            logs = try Directory.open("\(root.statePath)/\(folder)")
        } catch .missing {
            return []
        }
        let name = "\(plane).log"
        guard try logs.facts(of: name) != nil else { return [] }
        let bytes = try logs.readWhole(name, limit: 64 << 20)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(count)
            .map(String.init)
    }
}
