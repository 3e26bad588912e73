package import Canon

/// The compiled map from every file to its one owner, sorted by path.
package struct OwnershipTable: Sendable {
    package let rows: [OwnershipRow]
    /// Whether rows were left out because they could not be read.
    package let isPartial: Bool
    /// Whether the bytes that were read are for sure those that `bytes` gives.
    package let isAsWritten: Bool

    /// Takes rows in any order.
    ///
    /// No path may stand twice.
    package init(rows: [OwnershipRow]) {
        self.rows = rows.sorted { $0.path < $1.path }
        isPartial = false
        isAsWritten = false
    }

    /// Reads the compiled registry; whatever is wrong with it is a violation.
    ///
    /// Rows out of order are put in order and a path that stands twice keeps its first row, so that
    /// one mistake is one violation and not a hundred.
    ///
    /// `known` are paths in order that probably stand in it; a row with one of them takes that one, so
    /// that 100,000 files do not need 200,000 paths.
    package init(
        parsing bytes: [UInt8],
        reusing known: [RelativePath] = [],
        violations: inout [Violation]
    ) {
        var next = 0
        func path(_ name: ArraySlice<UInt8>) -> RelativePath? {
            while next < known.count, known[next].bytes.lexicographicallyPrecedes(name) {
                next += 1
            }
            if next < known.count, known[next].bytes[...] == name { return known[next] }
            return try? RelativePath(bytes: name)
        }
        var rows: [OwnershipRow] = []
        var isPartial = false
        var isSorted = true
        var isPlain = false
        func refuse(_ code: ViolationCode, _ reason: String, path: String = "") {
            violations.append(
                Violation(
                    .ownership,
                    code,
                    path: path.isEmpty ? RootLayout.ownershipRegistry : path,
                    reason: reason
                )
            )
        }
        do {
            let table = try CSVTable(parsing: bytes)
            try table.requireHeader(RootLayout.columns[RootLayout.ownershipRegistry] ?? [])
            isPlain = table.isAsWritten
            rows.reserveCapacity(table.rowCount)
            var owners = OwnerCache()
            for index in 0..<table.rowCount {
                let name =
                    table.plainBytes(row: index, column: 0)
                    ?? table.fieldBytes(row: index, column: 0)[...]
                guard let path = path(name),
                    let (owner, registry) = owners.owner(table, index),
                    let content = table.plainBytes(row: index, column: 3)
                        .flatMap(OwnershipRow.Content.init)
                else {
                    refuse(.badRegistry, "Row \(index + 2) is not usable.")
                    isPartial = true
                    continue
                }
                if let last = rows.last, !(last.path < path) {
                    isSorted = false
                    if last.path != path {
                        refuse(.badRegistry, "Row \(index + 2) is out of order.")
                    }
                }
                rows.append(
                    OwnershipRow(path: path, owner: owner, registry: registry, content: content)
                )
            }
        } catch {
            refuse(.badRegistry, error.description)
            isPartial = true
        }
        var once: [OwnershipRow] = isSorted ? rows : []
        if !isSorted {
            for row in rows.sorted(by: { $0.path < $1.path }) {
                guard once.last?.path == row.path else {
                    once.append(row)
                    continue
                }
                refuse(
                    .duplicate,
                    "The file stands twice in the compiled registry.",
                    path: Printable(row.path.text).description
                )
            }
        }
        self.rows = once
        self.isPartial = isPartial
        isAsWritten = isPlain && isSorted && !isPartial
    }

    /// The registry as bytes.
    package var bytes: [UInt8] {
        var writer = CSVWriter(header: RootLayout.columns[RootLayout.ownershipRegistry] ?? [])
        writer.reserve(rows.count * 128)
        for row in rows {
            writer.field(row.path.bytes)
            writer.field(row.owner)
            writer.field(row.registry.rawValue)
            writer.field(row.content.bytes)
            writer.endRow()
        }
        return writer.bytes
    }

    /// The row of a path.
    package func row(of path: RelativePath) -> OwnershipRow? {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].path < path { low = middle + 1 } else { high = middle }
        }
        return low < rows.count && rows[low].path == path ? rows[low] : nil
    }
}
