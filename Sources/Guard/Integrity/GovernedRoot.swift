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
    /// The largest file whose content is judged; it is held in memory for that.
    package static let judgedBytesMax = 512 << 20

    /// Where the state of all roots lies.
    let stateHome: String
    /// Told of an operation that was cut short and has just been completed before another began.
    let notice: (@Sendable (String) -> Void)?

    /// Opens a root by its path.
    package init(
        path: String,
        stateHome: String,
        notice: (@Sendable (String) -> Void)? = nil
    ) throws(IntegrityFault) {
        // With a slash behind it the kernel would follow a link in the last place.
        var path = path
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        do {
            try self.init(Directory.open(path), stateHome: stateHome, notice: notice)
        } catch {
            throw IntegrityFault(carrying: error)
        }
    }

    /// Opens the root that a directory is.
    ///
    /// By the directory itself: its path is made for reading, and may name nothing.
    package init(
        _ directory: Directory,
        stateHome: String,
        notice: (@Sendable (String) -> Void)? = nil
    ) throws(IntegrityFault) {
        let manifest: JSONValue
        do {
            manifest = try JSONValue(
                parsing: try directory.readWhole(RootLayout.rootManifest, limit: 1 << 20)
            )
        } catch let fault as HostFault {
            if case .missing = fault { throw .notARoot(path: directory.path) }
            throw .host(fault)
        } catch {
            throw .rootManifest(path: directory.path, reason: "\(error)")
        }
        guard let id = manifest["id"]?.string, GovernedRoot.isSafeName(id) else {
            throw .rootManifest(path: directory.path, reason: "Its id is no plain name.")
        }
        self.directory = directory
        self.id = id
        self.stateHome = stateHome
        self.notice = notice
        statePath = stateHome + "/charter/" + id
    }

    /// Looks for a root from a directory upwards, as git does.
    ///
    /// A directory that has `registries/` is taken for a root: where its manifest is gone, or is no
    /// file, that is said, and no root further out answers in its place.
    package static func find(from path: String) throws(IntegrityFault) -> String? {
        var candidate = path
        while true {
            if let directory = try? Directory.open(candidate), try looksLikeRoot(directory) {
                return candidate
            }
            guard candidate != "/", let slash = candidate.lastIndex(of: "/") else { return nil }
            candidate = slash == candidate.startIndex ? "/" : String(candidate[..<slash])
        }
    }

    private static func looksLikeRoot(_ directory: Directory) throws(IntegrityFault) -> Bool {
        let registries: FileFacts?
        do throws(HostFault) {
            registries = try directory.facts(of: RootLayout.registries)
        } catch .leavesDirectory {
            // Something is mounted there; that is a root with an odd law, not none.
            throw .manifestLost(path: directory.path)
        } catch {
            throw .host(error)
        }
        guard let registries, [.directory, .symbolicLink].contains(registries.kind) else {
            return false
        }
        let manifest = (try? directory.facts(of: RootLayout.rootManifest)) ?? nil
        guard manifest?.kind == .file else { throw .manifestLost(path: directory.path) }
        return true
    }

    /// The directory for this root's state, made where it is missing, for its owner only.
    package func openState() throws(IntegrityFault) -> Directory {
        if holdsOwnState { throw .stateInside(path: statePath) }
        do {
            let state = try Directory.openMaking(statePath, mode: 0o700)
            // Looked at once more: what was not there before could not be asked where it lies.
            guard try !state.isWithin(directory) else {
                throw IntegrityFault.stateInside(path: statePath)
            }
            return state
        } catch {
            throw IntegrityFault(carrying: error)
        }
    }

    /// Whether the state would lie inside the root, where it would guard itself.
    ///
    /// By its name, and by where its deepest directory that exists really lies: a link on the way
    /// leads elsewhere than its name says.
    package var holdsOwnState: Bool {
        if statePath.utf8.starts(with: (directory.path + "/").utf8) { return true }
        var candidate = statePath
        while true {
            // The dot lets a link in the last place be followed.
            if let found = try? Directory.open(candidate + "/.") {
                return (try? found.isWithin(directory)) ?? true
            }
            guard let slash = candidate.lastIndex(of: "/"), slash != candidate.startIndex else {
                return false
            }
            candidate = String(candidate[..<slash])
        }
    }

    private static func isSafeName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte) || byte == 45
            }
    }
}
