import Canon
import Registry

/// Stage 1: what lies there is what is registered, file for file, and each file has one owner.
struct OwnershipPass {
    private let state: RootState
    private let compiled: OwnershipTable
    private var violations: [Violation]

    /// Whether the compiled registry can be held against what is there.
    ///
    /// Where it cannot be read, that is the finding, and not that every file lacks its row.
    private let isComparable: Bool

    /// The ids that may own files, from the compiled registries; `nil` where one cannot be read.
    ///
    /// Not from the documents: a tampered one must not make its files look unowned before its own
    /// bytes are judged.
    private let packages: Set<String>?
    private let specs: Set<String>?

    init(_ state: RootState) {
        self.state = state
        var violations =
            state.scan.violations + state.localViolations + state.exemptionViolations
            + state.sealViolations
        let compiled = OwnershipPass.compiledTable(state, &violations)
        self.compiled = compiled ?? OwnershipTable(rows: [])
        isComparable = compiled.map { !$0.isPartial } ?? false
        packages = OwnershipPass.ids(RootLayout.packagesRegistry, state, &violations)
        specs = OwnershipPass.ids(RootLayout.specsRegistry, state, &violations)
        self.violations = violations
    }

    /// The verdict, and the ownership registry that the later stages go by.
    func judge() -> (violations: [Violation], ownership: OwnershipTable) {
        if agrees { return ([], compiled) }
        var pass = self
        pass.judgeFiles()
        return (pass.violations.sorted(), compiled)
    }

    private mutating func refuse(
        _ code: ViolationCode,
        _ path: [UInt8],
        _ reason: String,
        next: String? = nil
    ) {
        violations.append(
            Violation(
                .ownership,
                code,
                path: Printable(bytes: path).description,
                reason: reason,
                next: next
            )
        )
    }

    /// One pass over files, local rows and compiled rows, all in the order of their paths.
    private mutating func judgeFiles() {
        var cursors: [[UInt8]: (local: Int, row: Int)] = [:]
        for (index, local) in state.locals.enumerated() {
            cursors[local.directory] = (index, 0)
        }
        var at = 0
        var missing: Set<[UInt8]> = []
        var lacking: Set<[UInt8]> = []
        var lost: [OwnershipRow] = []
        var lastDirectory: [UInt8]?
        var cursor: (local: Int, row: Int)?
        for path in state.tree.paths {
            let directory = path.parent?.bytes ?? []
            if directory != lastDirectory {
                if let lastDirectory { cursors[lastDirectory] = cursor }
                cursor = cursors[directory]
                lastDirectory = directory
            }
            judgeCompiledWithoutFile(upTo: path, &at, &missing, &lost)
            let row = compiledRow(at: path, &at)
            if RegistryCompiler.isKeptByCompiler(path) {
                judgeKept(path, row)
            } else if let local = localRow(of: path, &cursor, &missing) {
                judge(local, at: path, row)
            } else if row != nil && state.brokenDirectories.contains(directory) {
                // Its registry is broken, and that has been said.
                continue
            } else if cursor == nil && row != nil {
                lacking.insert(directory)
            } else {
                refuse(
                    .orphan,
                    path.bytes,
                    "\(Printable(path.text)) is registered by nobody."
                        + state.scan.note(on: path)
                )
            }
        }
        if let lastDirectory { cursors[lastDirectory] = cursor }
        for (index, row) in cursors.values {
            let local = state.locals[index]
            for rest in local.rows.dropFirst(row) { note(missing: rest, of: local, &missing) }
        }
        judgeCompiledWithoutFile(upTo: nil, &at, &missing, &lost)
        judge(lacking: lacking)
        for row in lost where !lacking.contains(row.path.parent?.bytes ?? []) {
            refuse(missing: row)
        }
    }

    /// Whether all names agree and everybody who owns something exists: then nothing can be found.
    private var agrees: Bool {
        guard violations.isEmpty, isComparable, let packages, let specs,
            let agreement = state.agreement
        else { return false }
        return agreement.owners.union(agreement.keepers).allSatisfy { owner in
            switch owner.registry {
            case .framework: false
            case .package: packages.contains(owner.id)
            case .spec: specs.contains(owner.id)
            }
        }
    }

    /// A row of something that a policy has taken out of sight is not forgotten in silence.
    ///
    /// Whether that is so; then it has been said.
    private mutating func refuseExempt(_ path: [UInt8], of owner: String) -> Bool {
        guard let exemption = state.exemptions.exemption(of: path) else { return false }
        violations.append(
            Violation(
                .ownership,
                .exemptOwned,
                path: Printable(bytes: path).description,
                rule: exemption.policy,
                reason: "\(Printable(bytes: path)) is registered for \(Printable(owner)), and "
                    + "\(exemption.policy) exempts it, so nobody looks at it any more."
            )
        )
        return true
    }

    private mutating func refuse(missing row: OwnershipRow) {
        if refuseExempt(row.path.bytes, of: row.owner) { return }
        refuse(
            .missing,
            row.path.bytes,
            "\(Printable(row.path.text)) is registered for \(Printable(row.owner)) "
                + "and does not exist." + LocalRegistry.hint(for: Array(row.path.name.utf8))
        )
    }

    /// Directories whose files are compiled although nobody there says who owns them.
    private mutating func judge(lacking: Set<[UInt8]>) {
        for directory in lacking {
            let shown = directory.isEmpty ? "." : Printable(bytes: directory).description
            refuse(
                .noLocalRegistry,
                directory.isEmpty ? [UInt8(ascii: ".")] : directory,
                "The directory \(shown) holds registered files and has no "
                    + "\(RootLayout.localRegistryName)."
            )
        }
    }

    private func compiledRow(at path: RelativePath, _ at: inout Int) -> OwnershipRow? {
        guard at < compiled.rows.count, compiled.rows[at].path == path else { return nil }
        at += 1
        return compiled.rows[at - 1]
    }

    /// Compiled rows that stand before the next file have no file.
    ///
    /// Lost local registries are put aside: their directory may say it better.
    private mutating func judgeCompiledWithoutFile(
        upTo path: RelativePath?,
        _ at: inout Int,
        _ missing: inout Set<[UInt8]>,
        _ lost: inout [OwnershipRow]
    ) {
        while at < compiled.rows.count, path.map({ compiled.rows[at].path < $0 }) ?? true {
            let row = compiled.rows[at]
            at += 1
            // A symbolic link or an unreadable thing in its place is a finding of the walk.
            guard !state.scan.isStray(row.path.bytes), missing.insert(row.path.bytes).inserted
            else { continue }
            if row.path.name == RootLayout.localRegistryName {
                lost.append(row)
            } else if RegistryCompiler.isKeptByCompiler(row.path)
                || state.local(of: row.path)?.row(named: row.path.name.utf8) != nil
            {
                refuse(missing: row)
            } else if !refuseExempt(row.path.bytes, of: row.owner) {
                refuse(
                    .missing,
                    row.path.bytes,
                    "\(Printable(row.path.text)) stands in the compiled registry, but neither on "
                        + "disk nor in a local registry.",
                    next: "Restore it, or run 'charter registry compile'."
                )
            }
        }
    }

    private mutating func localRow(
        of path: RelativePath,
        _ cursor: inout (local: Int, row: Int)?,
        _ missing: inout Set<[UInt8]>
    ) -> LocalRegistry.Row? {
        guard var position = cursor else { return nil }
        defer { cursor = position }
        let local = state.locals[position.local]
        let start = local.directory.isEmpty ? 0 : local.directory.count + 1
        let name = path.bytes[start...]
        while position.row < local.rows.count,
            local.rows[position.row].name.lexicographicallyPrecedes(name)
        {
            note(missing: local.rows[position.row], of: local, &missing)
            position.row += 1
        }
        guard position.row < local.rows.count,
            local.rows[position.row].name.elementsEqual(name)
        else { return nil }
        position.row += 1
        return local.rows[position.row - 1]
    }

    private mutating func note(
        missing row: LocalRegistry.Row,
        of local: LocalRegistry,
        _ missing: inout Set<[UInt8]>
    ) {
        let path = LocalRegistry.join(local.directory, row.name)
        guard missing.insert(path).inserted,
            (try? RelativePath(bytes: path))
                .map({ state.tree.contains($0) }) != true,
            !state.scan.isStray(path), !refuseExempt(path, of: row.owner)
        else { return }
        refuse(
            .missing,
            path,
            "\(Printable(bytes: path)) is registered for \(Printable(row.owner)) "
                + "and does not exist." + LocalRegistry.hint(for: row.name)
        )
    }

    private mutating func judge(
        _ local: LocalRegistry.Row,
        at path: RelativePath,
        _ row: OwnershipRow?
    ) {
        if local.registry == .framework {
            refuse(
                .frameworkOwner,
                path.bytes,
                "The framework \(Printable(local.owner)) may not own a file."
            )
        } else if let known = local.registry == .spec ? specs : packages,
            !known.contains(local.owner)
        {
            refuse(
                .unknownOwner,
                path.bytes,
                "The \(local.registry.rawValue) \(Printable(local.owner)) that owns it "
                    + "does not exist."
            )
        }
        guard let row else {
            guard isComparable else { return }
            refuse(
                .staleRegistry,
                path.bytes,
                "\(Printable(path.text)) has an owner in its local registry but is not compiled."
            )
            return
        }
        let isSame =
            row.owner == local.owner && row.registry == local.registry
            && local.digest.map { row.content == .digest($0) } ?? false
        if !isSame {
            refuse(
                .staleRegistry,
                path.bytes,
                "The compiled registry says otherwise about \(Printable(path.text)) "
                    + "than its local registry."
            )
        }
    }

    private mutating func judgeKept(_ path: RelativePath, _ row: OwnershipRow?) {
        guard let row else {
            guard isComparable else { return }
            refuse(
                .staleRegistry,
                path.bytes,
                "\(Printable(path.text)) is not in the compiled registry."
            )
            return
        }
        if let packages, !packages.contains(row.owner) {
            refuse(
                .unknownOwner,
                path.bytes,
                "The package \(Printable(row.owner)) that owns it does not exist."
            )
        }
    }

    /// The compiled registry, or `nil` where it cannot be read as a table.
    private static func compiledTable(
        _ state: RootState,
        _ violations: inout [Violation]
    ) -> OwnershipTable? {
        guard let path = try? RelativePath(RootLayout.ownershipRegistry),
            state.tree.contains(path)
        else {
            violations.append(
                Violation(
                    .ownership,
                    .missing,
                    path: RootLayout.ownershipRegistry,
                    reason: "The root has no compiled ownership registry.",
                    next: "Run 'charter registry compile'."
                )
            )
            return nil
        }
        if let compiled = state.compiled, compiled.digest == state.tree.digest(of: path) {
            violations += compiled.violations
            return compiled.table
        }
        switch state.tree.document(path) {
        case .success(let bytes): return OwnershipTable(parsing: bytes, violations: &violations)
        case .failure(let fault):
            violations.append(
                Violation(
                    .ownership,
                    .badRegistry,
                    path: RootLayout.ownershipRegistry,
                    reason: fault.description
                )
            )
            return nil
        }
    }

    private static func ids(
        _ registry: String,
        _ state: RootState,
        _ violations: inout [Violation]
    ) -> Set<String>? {
        func refuse(_ reason: String) {
            violations.append(
                Violation(.ownership, .badRegistry, path: registry, reason: reason)
            )
        }
        // That it is missing is found by its row.
        guard let path = try? RelativePath(registry), state.tree.contains(path) else { return nil }
        switch state.tree.document(path) {
        case .failure(let fault): refuse(fault.description)
        case .success(let bytes):
            do {
                let table = try CSVTable(parsing: bytes)
                try table.requireHeader(RootLayout.columns[registry] ?? [])
                var ids: Set<String> = []
                for row in 0..<table.rowCount { ids.insert(try table.text(row: row, column: 0)) }
                return ids
            } catch {
                refuse(error.description)
            }
        }
        return nil
    }
}
