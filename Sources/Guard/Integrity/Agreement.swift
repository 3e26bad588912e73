import Canon
import Registry

/// The finding, made while files are still being hashed, that the names in a root agree: what lies
/// there, what the local registries say and what the compiled registry says, byte for byte.
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
    /// What each row adds to the state tree; `nil` where its hash is kept elsewhere.
    let leaves: [Digest?]

    /// Compares; `nil` where anything differs.
    ///
    /// `bytes` are those that `compiled` was read from. A line of a local registry is the line of the
    /// compiled one without the directory, so both are compared without reading the local one at all:
    /// what the compiled line says has been read already.
    init?(
        paths: [RelativePath],
        locals: [LocalRegistries.Text],
        compiled: OwnershipTable,
        bytes: [UInt8]
    ) {
        guard compiled.isAsWritten, compiled.rows.count == paths.count,
            var line = bytes.firstIndex(of: 0x0A).map({ $0 + 1 }),
            var reading = LocalCursors(locals)
        else { return nil }
        var owners: Set<Owner> = []
        var keepers: Set<Owner> = []
        var last: Owner?
        for (index, path) in paths.enumerated() {
            let row = compiled.rows[index]
            guard row.path == path else { return nil }
            let start = line
            line += Agreement.lineLength(row)
            if RegistryCompiler.isKeptByCompiler(path) {
                keepers.insert(Owner(id: row.owner, registry: row.registry))
                continue
            }
            guard case .digest = row.content, reading.takes(path, bytes.span, start..<line)
            else { return nil }
            if last?.id != row.owner || last?.registry != row.registry {
                let owner = Owner(id: row.owner, registry: row.registry)
                owners.insert(owner)
                last = owner
            }
        }
        guard reading.isAtEnd, line == bytes.count else { return nil }
        self.owners = owners
        self.keepers = keepers
        leaves = StateTree.leaves(of: compiled)
    }

    /// The bytes of a row's line where nothing in it stands in quotes.
    private static func lineLength(_ row: OwnershipRow) -> Int {
        let content =
            switch row.content {
            case .digest: 2 * Digest.byteCount
            case .controlPlane: OwnershipRow.Content.controlPlaneWord.utf8.count
            case .seal: OwnershipRow.Content.sealWord.utf8.count
            }
        // Three commas, and CRLF.
        return row.path.bytes.count + row.owner.utf8.count + row.registry.rawValue.utf8.count
            + content + 5
    }
}

/// Goes through all local registries in the order in which the paths of a tree meet their lines.
private struct LocalCursors {
    private let locals: [LocalRegistries.Text]
    private var cursors: [[UInt8]: (local: Int, at: Int)] = [:]
    private var directory: [UInt8]?
    private var current: (local: Int, at: Int)?
    /// Bytes of lines that were met, and those of all.
    private var met = 0
    private var all = 0

    /// `nil` when a registry does not begin with the very header that the compiler writes.
    init?(_ locals: [LocalRegistries.Text]) {
        self.locals = locals
        let header = LocalRegistry(directory: []).bytes
        for (index, local) in locals.enumerated() {
            guard local.bytes.starts(with: header) else { return nil }
            cursors[local.directory] = (index, header.count)
            all += local.bytes.count - header.count
        }
    }

    /// Whether the next line of a path's directory is this line of the compiled registry.
    mutating func takes(
        _ path: RelativePath,
        _ compiled: Span<UInt8>,
        _ line: Range<Int>
    ) -> Bool {
        let name = path.bytes.span
        var slash = name.count
        while slash > 0 && name[slash - 1] != UInt8(ascii: "/") { slash -= 1 }
        enter(name.extracting(..<max(0, slash - 1)))
        guard let (local, at) = current, LocalRegistry.isExact(name.extracting(slash...))
        else { return false }
        let tail = line.lowerBound + slash..<line.upperBound
        guard LocalCursors.isEqual(locals[local].bytes, at, compiled, tail)
        else { return false }
        current = (local, at + tail.count)
        met += tail.count
        return true
    }

    private static func isEqual(
        _ bytes: [UInt8],
        _ at: Int,
        _ compiled: Span<UInt8>,
        _ tail: Range<Int>
    ) -> Bool {
        let local = bytes.span
        guard tail.upperBound <= compiled.count, at + tail.count <= local.count
        else { return false }
        for offset in 0..<tail.count
        where compiled[tail.lowerBound + offset] != local[at + offset] {
            return false
        }
        return true
    }

    private mutating func enter(_ parent: Span<UInt8>) {
        if let directory, directory.count == parent.count {
            let known = directory.span
            var index = 0
            while index < known.count && known[index] == parent[index] { index += 1 }
            if index == known.count { return }
        }
        if let directory { cursors[directory] = current }
        var entered: [UInt8] = []
        for index in parent.indices { entered.append(parent[index]) }
        current = cursors[entered]
        directory = entered
    }

    /// Whether every line of every registry was met.
    var isAtEnd: Bool { met == all }
}
