package import Canon

/// The `.file_registry.csv` of one directory: who owns each file that lies directly in it.
///
/// People edit it; everything else about ownership is compiled from it. Paths are plain names, byte for
/// byte and never patterns: a registry speaks of its own directory only, so no file can be claimed from
/// two places.
package struct LocalRegistry: Sendable {
    package struct Row: Hashable, Sendable {
        package let name: [UInt8]
        package let owner: String
        package let registry: OwnershipRow.OwnerRegistry
        /// The digest as registered; `nil` where a person has written the row and left it empty.
        package let digest: Digest?

        /// One file's row.
        package init(
            name: [UInt8],
            owner: String,
            registry: OwnershipRow.OwnerRegistry,
            digest: Digest?
        ) {
            self.name = name
            self.owner = owner
            self.registry = registry
            self.digest = digest
        }
    }

    /// The exact columns.
    package static let header = ["file_path", "owner_id", "owner_registry", "content_hash"]

    /// The directory, relative to the root; empty at the top.
    package let directory: [UInt8]
    /// Sorted by name, as the bytes are.
    package private(set) var rows: [Row]

    /// An empty registry of a directory.
    package init(directory: [UInt8], rows: [Row] = []) {
        self.directory = directory
        self.rows = rows.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// The registry's own path below the root.
    package var path: [UInt8] { LocalRegistry.path(in: directory) }

    /// Where the registry of a directory lies.
    package static func path(in directory: some Collection<UInt8>) -> [UInt8] {
        directory.isEmpty
            ? Array(RootLayout.localRegistryName.utf8)
            : Array(directory) + [UInt8(ascii: "/")] + Array(RootLayout.localRegistryName.utf8)
    }

    /// Reads a registry; rows that cannot stand are violations and are left out.
    ///
    /// A registry that left rows out must never be written back: it would forget them.
    package init(
        parsing bytes: [UInt8],
        directory: [UInt8],
        violations: inout [Violation]
    ) {
        self.directory = directory
        rows = []
        let path = Printable(bytes: LocalRegistry.path(in: directory)).description
        do {
            let table = try CSVTable(parsing: bytes)
            try table.requireHeader(LocalRegistry.header)
            rows.reserveCapacity(table.rowCount)
            var owners = OwnerCache()
            var isSorted = true
            for index in 0..<table.rowCount {
                guard
                    let row = LocalRegistry.row(
                        table,
                        index,
                        path: path,
                        owners: &owners,
                        violations: &violations
                    )
                else { continue }
                if let last = rows.last, !last.name.lexicographicallyPrecedes(row.name) {
                    isSorted = false
                }
                rows.append(row)
            }
            if !isSorted { sort(path: path, violations: &violations) }
        } catch {
            violations.append(
                Violation(.ownership, .badRegistry, path: path, reason: error.description)
            )
        }
    }

    /// The registry as bytes, rows in order.
    package var bytes: [UInt8] {
        var writer = CSVWriter(header: LocalRegistry.header)
        for row in rows {
            writer.field(row.name)
            writer.field(row.owner)
            writer.field(row.registry.rawValue)
            writer.field(row.digest?.hexBytes ?? [])
            writer.endRow()
        }
        return writer.bytes
    }

    /// Puts rows in their places; each replaces one of the same name, and the last of a name stands.
    package mutating func put(_ fresh: [Row]) {
        var byName: [[UInt8]: Row] = [:]
        for row in fresh { byName[row.name] = row }
        rows = rows.filter { byName[$0.name] == nil } + byName.values
        rows.sort { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// Takes the rows of these names away.
    package mutating func remove(_ names: Set<[UInt8]>) {
        rows.removeAll { names.contains($0.name) }
    }

    /// The row of a name.
    package func row(named name: some Collection<UInt8>) -> Row? {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].name.lexicographicallyPrecedes(name) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < rows.count && rows[low].name.elementsEqual(name) ? rows[low] : nil
    }

    private mutating func sort(path: String, violations: inout [Violation]) {
        rows.sort { $0.name.lexicographicallyPrecedes($1.name) }
        for index in rows.indices.dropFirst() where rows[index].name == rows[index - 1].name {
            violations.append(
                Violation(
                    .ownership,
                    .duplicate,
                    path: Printable(bytes: LocalRegistry.join(directory, rows[index].name))
                        .description,
                    reason: "The file stands twice in \(path)."
                )
            )
        }
    }

    /// A directory and a name as one path.
    package static func join(_ directory: [UInt8], _ name: [UInt8]) -> [UInt8] {
        directory.isEmpty ? name : directory + [UInt8(ascii: "/")] + name
    }

    private static func row(
        _ table: CSVTable,
        _ index: Int,
        path: String,
        owners: inout OwnerCache,
        violations: inout [Violation]
    ) -> Row? {
        let name =
            table.plainBytes(row: index, column: 0).map(Array.init)
            ?? table.fieldBytes(row: index, column: 0)
        // Words are made for rows that cannot stand, not for the many that can.
        func refuse(_ code: ViolationCode, _ reason: (String) -> String) -> Row? {
            violations.append(
                Violation(
                    .ownership,
                    code,
                    path: path,
                    reason: "Row \(index + 2): " + reason(Printable(bytes: name).description)
                )
            )
            return nil
        }
        if let problem = RelativePath.problem(in: name) {
            return refuse(.badPath) { PathFault(path: $0, problem: problem).description }
        }
        if !LocalRegistry.isExact(name.span) {
            return refuse(.badPath) {
                "\($0) lies in another directory; a registry speaks of its own one only."
            }
        }
        guard let (owner, kind) = owners.owner(table, index) else {
            return refuse(.badRegistry) {
                "the owner of \($0) is not UTF-8, or its registry is none of framework, spec, "
                    + "package."
            }
        }
        let hash =
            table.plainBytes(row: index, column: 3)
            ?? table.fieldBytes(row: index, column: 3)[...]
        let digest = Digest(hex: hash)
        guard digest != nil || hash.isEmpty else {
            return refuse(.badRegistry) {
                "the hash of \($0) is no SHA-256 in 64 lower-case hex digits."
            }
        }
        return Row(name: name, owner: owner, registry: kind, digest: digest)
    }

    /// Whether a name names one file of the registry's own directory, and nothing else.
    package static func isExact(_ name: Span<UInt8>) -> Bool {
        for index in name.indices where name[index] == UInt8(ascii: "/") { return false }
        return true
    }

    /// What to add where a row has no file and its name looks like a pattern.
    package static func hint(for name: [UInt8]) -> String {
        name.contains { "*?[]{}".utf8.contains($0) }
            ? " A registry names exact files: the signs * ? [ ] { } in it mean themselves." : ""
    }
}

/// Neighbouring rows mostly have one owner: its text is made once.
struct OwnerCache {
    private var bytes: [UInt8] = []
    private var text = ""
    /// Empty until a row was read; no registry of an owner is.
    private var kindBytes: [UInt8] = []
    private var kind = OwnershipRow.OwnerRegistry.package

    /// The owner and its registry in the second and third column of a row.
    mutating func owner(
        _ table: CSVTable,
        _ row: Int
    ) -> (String, OwnershipRow.OwnerRegistry)? {
        if let owner = table.plainBytes(row: row, column: 1),
            let registry = table.plainBytes(row: row, column: 2), !registry.isEmpty,
            owner == bytes[...], registry == kindBytes[...]
        {
            return (text, kind)
        }
        guard let fresh = try? table.text(row: row, column: 1),
            let word = try? table.text(row: row, column: 2),
            let registry = OwnershipRow.OwnerRegistry(rawValue: word)
        else { return nil }
        bytes = Array(fresh.utf8)
        text = fresh
        kindBytes = Array(word.utf8)
        kind = registry
        return (fresh, registry)
    }
}
