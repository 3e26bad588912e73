import Canon
import Crypto
import Host
import Ledger

/// What this machine remembers of the logs that it wrote: the head that it signed last.
///
/// A log that is gone, or an older copy of it that was put back, would otherwise begin another history
/// under the same root. It is kept in the root's state, by the directory that the root is: a copy of
/// the root elsewhere is another one, and has its own log.
struct LogMemory {
    /// The head that was signed last, and the log that it is of.
    struct Head {
        let genesis: Digest
        let size: Int
        let root: Digest
    }

    private let state: Directory
    private let name: String

    init(_ root: GovernedRoot, _ plane: LogPlane, _ state: Directory) throws(IntegrityFault) {
        self.state = state
        do {
            let identity = try root.directory.identity()
            name = "ledger-\(plane.rawValue)-\(identity.device)-\(identity.inode).head.json"
        } catch {
            throw .host(error)
        }
    }

    var path: String { state.path + "/" + name }

    /// What is remembered; `nil` where no log was signed here yet.
    func head() throws(IntegrityFault) -> Head? {
        do {
            guard try state.facts(of: name) != nil else { return nil }
            let document = try JSONValue(parsing: state.readWhole(name, limit: 4096))
            guard let genesis = document["genesis"]?.string.flatMap({ Digest(hex: $0) }),
                let size = document["size"]?.integer,
                let root = document["root"]?.string.flatMap({ Digest(hex: $0) })
            else { throw IntegrityFault.logMemory(path: path) }
            return Head(genesis: genesis, size: size, root: root)
        } catch let fault as IntegrityFault {
            throw fault
        } catch let fault as HostFault {
            throw .host(fault)
        } catch {
            throw .logMemory(path: path)
        }
    }

    /// Remembers a head.
    ///
    /// A crash before it leaves an older one, which the log leads to as well. Whoever calls holds the
    /// log's lock.
    func remember(_ head: Head) throws(IntegrityFault) {
        let document: JSONValue = [
            "genesis": .string(head.genesis.hex), "size": .integer(head.size),
            "root": .string(head.root.hex),
        ]
        do {
            try DurableFile.removeTemporaries(of: [name], in: state)
            try DurableFile.replace(name, with: document.pretty, in: state, mode: 0o600)
        } catch {
            throw .host(error)
        }
    }
}
