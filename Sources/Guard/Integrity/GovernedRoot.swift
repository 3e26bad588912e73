import Canon
package import Host
import Registry

/// A governed root on this machine: its directory, opened once, and the place for what may not lie
/// inside it.
package struct GovernedRoot: Sendable {
    package let directory: Directory
    /// The id that `registries/root.json` gives.
    package let id: String
    /// Keys, locks and quarantine: outside every root, so that no law governs what guards it.
    package let statePath: String

    /// The largest registry that is read.
    static let registryBytesMax = 256 << 20

    /// Opens a root.
    package init(path: String, stateHome: String) throws(IntegrityFault) {
        // With a slash behind it the kernel would follow a link in the last place.
        var path = path
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        do {
            directory = try Directory.open(path)
        } catch {
            throw .host(error)
        }
        let manifest: JSONValue
        do {
            manifest = try JSONValue(
                parsing: try directory.readWhole(RootLayout.rootManifest, limit: 1 << 20)
            )
        } catch let fault as HostFault {
            if case .missing = fault { throw .notARoot(path: path) }
            throw .host(fault)
        } catch {
            throw .rootManifest(path: path, reason: "\(error)")
        }
        guard let id = manifest["id"]?.string, GovernedRoot.isSafeName(id) else {
            throw .rootManifest(path: path, reason: "Its id is no plain name.")
        }
        self.id = id
        statePath = stateHome + "/charter/" + id
    }

    /// Looks for a root from a directory upwards, as git does.
    package static func find(from path: String) -> String? {
        var candidate = path
        while true {
            if let directory = try? Directory.open(candidate),
                let facts = try? directory.facts(of: RootLayout.rootManifest), facts.kind == .file
            {
                return candidate
            }
            guard candidate != "/", let slash = candidate.lastIndex(of: "/") else { return nil }
            candidate = slash == candidate.startIndex ? "/" : String(candidate[..<slash])
        }
    }

    /// The directory for this root's state, made where it is missing, for its owner only.
    package func openState() throws(IntegrityFault) -> Directory {
        if holdsOwnState { throw .stateInside(path: statePath) }
        do {
            return try Directory.openMaking(statePath, mode: 0o700)
        } catch {
            throw .host(error)
        }
    }

    /// Whether the state would lie inside the root, where it would guard itself.
    var holdsOwnState: Bool {
        statePath.utf8.starts(with: (directory.path + "/").utf8)
    }

    private static func isSafeName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte) || byte == 45
            }
    }
}
