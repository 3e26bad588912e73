import Canon
import Registry

/// The finding, made while files are still being hashed, that the names in a root agree: what lies
/// there, what the local registries say and what the compiled registry says, row for row.
///
/// It decides nothing by itself that the passes would decide otherwise: where anything at all differs
/// there is no agreement, and the passes look at every row to say what is wrong.
struct Agreement: Sendable {
    /// An owner as rows name it.
    struct Owner: Hashable, Sendable {
        let id: String
        let registry: OwnershipRow.OwnerRegistry
    }

    /// Everybody who owns a file by a local registry.
    let owners: Set<Owner>
    /// Everybody to whom the compiler gave a file.
    let keepers: Set<Owner>
    /// Whether the compiled registry has the bytes that its rows are written in.
    let isCanonical: Bool
    /// What each row adds to the state tree; `nil` where its hash is kept elsewhere.
    let leaves: [Digest?]

    /// Compares; `nil` where anything differs.
    init?(
        paths: [RelativePath],
        locals: [LocalRegistry],
        compiled: OwnershipTable,
        bytes: [UInt8]
    ) {
        guard compiled.rows.count == paths.count, !compiled.isPartial else { return nil }
        var reading = LocalCursors(locals)
        var owners: Set<Owner> = []
        var keepers: Set<Owner> = []
        var last: Owner?
        for (index, path) in paths.enumerated() {
            let row = compiled.rows[index]
            guard row.path == path else { return nil }
            if RegistryCompiler.isKeptByCompiler(path) {
                keepers.insert(Owner(id: row.owner, registry: row.registry))
                continue
            }
            guard let local = reading.next(path), case .digest(let digest) = row.content,
                local.digest == digest, local.registry == row.registry, local.owner == row.owner
            else { return nil }
            if last?.id != row.owner || last?.registry != row.registry {
                let owner = Owner(id: row.owner, registry: row.registry)
                owners.insert(owner)
                last = owner
            }
        }
        guard reading.isAtEnd else { return nil }
        self.owners = owners
        self.keepers = keepers
        isCanonical = compiled.bytes == bytes
        leaves = StateTree.leaves(of: compiled)
    }
}

/// Goes through all local registries in the order in which the paths of a tree meet their rows.
private struct LocalCursors {
    private let locals: [LocalRegistry]
    private var cursors: [[UInt8]: (local: Int, row: Int)] = [:]
    private var directory: [UInt8]?
    private var current: (local: Int, row: Int)?
    private var met = 0

    init(_ locals: [LocalRegistry]) {
        self.locals = locals
        for (index, local) in locals.enumerated() { cursors[local.directory] = (index, 0) }
    }

    /// The row of a path, when it is the next one of its directory.
    mutating func next(_ path: RelativePath) -> LocalRegistry.Row? {
        let slash = path.bytes.lastIndex(of: UInt8(ascii: "/"))
        let parent = path.bytes[..<(slash ?? 0)]
        if directory.map({ parent != $0[...] }) ?? true {
            if let directory { cursors[directory] = current }
            directory = Array(parent)
            current = cursors[Array(parent)]
        }
        guard let (local, row) = current, row < locals[local].rows.count else { return nil }
        let found = locals[local].rows[row]
        guard found.name[...] == path.bytes[(slash.map { $0 + 1 } ?? 0)...] else { return nil }
        current = (local, row + 1)
        met += 1
        return found
    }

    /// Whether every row of every registry was met.
    var isAtEnd: Bool { met == locals.reduce(0) { $0 + $1.rows.count } }
}
