package import Canon
import Crypto
import Patterns

/// Makes the compiled registries of a root from its law, its local registries and its files.
///
/// The result is a function of these alone: no order of directories, no locale and no clock takes
/// part, so that two people who compile the same tree get the same bytes.
package struct RegistryCompiler: Sendable {
    /// What compiling gave.
    package struct Result: Sendable {
        /// The compiled registries by path, in the order in which they are made.
        package let files: [(path: String, bytes: [UInt8])]
        package let ownership: OwnershipTable
        /// Everything that stands against the tree.
        ///
        /// With any of these nothing may be written.
        package let violations: [Violation]
    }

    private let tree: TreeSnapshot
    private let book: LawBook
    private let locals: [LocalRegistry]

    /// `locals` holds the registry of every directory that has one.
    package init(tree: TreeSnapshot, book: LawBook, locals: [LocalRegistry]) {
        self.tree = tree
        self.book = book
        self.locals = locals
    }

    /// The rows of an ownership registry that are not as the compiler makes them, and the registries
    /// that follow from it and the law.
    ///
    /// For a check that has already held every other row against its local registry: it gives what
    /// `compile` gives, without making 100,000 rows a second time.
    ///
    /// `isCanonical` says that the ownership registry on disk is known to be its rows, byte for byte.
    /// `directories` are those that have a registry, in order.
    package static func compileLaw(
        _ tree: TreeSnapshot,
        _ book: LawBook,
        directories: [[UInt8]],
        over ownership: OwnershipTable,
        isCanonical: Bool
    ) -> (files: [(path: String, bytes: [UInt8])], wrong: [RelativePath]) {
        RegistryCompiler(tree: tree, book: book, locals: [])
            .compileLaw(directories, ownership, isCanonical)
    }

    private func compileLaw(
        _ directories: [[UInt8]],
        _ ownership: OwnershipTable,
        _ isCanonical: Bool
    ) -> (files: [(path: String, bytes: [UInt8])], wrong: [RelativePath]) {
        var ignored: [Violation] = []
        let documents = documents(&ignored)
        let known = (try? RelativePath(RootLayout.ownershipRegistry)).flatMap {
            isCanonical ? tree.digest(of: $0) : nil
        }
        let bytes = known == nil ? ownership.bytes : []
        var listed = documents.map { ($0.0, Digest.sha256(of: $0.1)) }
        listed.append((RootLayout.ownershipRegistry, known ?? .sha256(of: bytes)))
        let controlPlane = controlPlane(of: listed, directories, ownership)
        let ownershipFile = known == nil ? [(RootLayout.ownershipRegistry, bytes)] : []
        let keeper = book.root?.registryOwner ?? ""
        var expected: [String: OwnershipRow.Content] = [
            RootLayout.ownershipRegistry: .controlPlane, RootLayout.controlPlaneRegistry: .seal,
            RootLayout.seal: .seal,
        ]
        for (path, bytes) in documents { expected[path] = .digest(.sha256(of: bytes)) }
        let wrong = ownership.rows.filter { row in
            guard RegistryCompiler.isKeptByCompiler(row.path) else { return false }
            let content =
                expected[row.path.text] ?? tree.digest(of: row.path).map { .digest($0) }
            return row.owner != keeper || row.registry != .package || row.content != content
        }
        return (
            (documents + ownershipFile).map { (path: $0.0, bytes: $0.1) }
                + [(path: RootLayout.controlPlaneRegistry, bytes: controlPlane)],
            wrong.map(\.path)
        )
    }

    /// Compiles everything.
    package func compile() -> Result {
        var violations: [Violation] = []
        checkKeeper(&violations)
        let documents = documents(&violations)
        let ownership = ownership(of: documents, &violations)
        let ownershipBytes = ownership.bytes
        let listed = documents + [(RootLayout.ownershipRegistry, ownershipBytes)]
        let controlPlane = controlPlane(
            of: listed.map { ($0.0, .sha256(of: $0.1)) },
            locals.map(\.directory),
            ownership
        )
        return Result(
            files: listed.map { (path: $0.0, bytes: $0.1) }
                + [(path: RootLayout.controlPlaneRegistry, bytes: controlPlane)],
            ownership: ownership,
            violations: violations.sorted()
        )
    }

    private func documents(_ violations: inout [Violation]) -> [(String, [UInt8])] {
        [
            (RootLayout.frameworksRegistry, frameworks()),
            (RootLayout.specsRegistry, specs(&violations)),
            (RootLayout.packagesRegistry, packages()),
            (RootLayout.gatesRegistry, gates()),
            (RootLayout.policyRegistry, policies()),
        ]
    }

    // MARK: - Ownership

    /// The rows that no person writes: the local registries and the compiled ones themselves.
    private func ownership(
        of documents: [(String, [UInt8])],
        _ violations: inout [Violation]
    ) -> OwnershipTable {
        let keeper = book.root?.registryOwner ?? ""
        var rows: [OwnershipRow] = []
        rows.reserveCapacity(tree.paths.count + 8)
        for local in locals {
            for row in local.rows {
                guard
                    let path = try? RelativePath(
                        bytes: LocalRegistry.join(local.directory, row.name)
                    )
                else { continue }
                check(row, at: path, &violations)
                guard let digest = row.digest ?? tree.digest(of: path) else { continue }
                rows.append(
                    OwnershipRow(
                        path: path,
                        owner: row.owner,
                        registry: row.registry,
                        content: .digest(digest)
                    )
                )
            }
            if let path = try? RelativePath(bytes: local.path),
                let digest = tree.digest(of: path)
            {
                rows.append(kept(path, by: keeper, .digest(digest)))
            }
        }
        for (path, bytes) in documents {
            rows.append(kept(path, by: keeper, .digest(.sha256(of: bytes))))
        }
        rows.append(kept(RootLayout.ownershipRegistry, by: keeper, .controlPlane))
        rows.append(kept(RootLayout.controlPlaneRegistry, by: keeper, .seal))
        if let seal = try? RelativePath(RootLayout.seal), tree.contains(seal) {
            rows.append(kept(seal, by: keeper, .seal))
        }
        return OwnershipTable(rows: rows)
    }

    /// Registries have an owner like every file, and it must exist.
    private func checkKeeper(_ violations: inout [Violation]) {
        guard let keeper = book.root?.registryOwner, book.packages[keeper] == nil else { return }
        violations.append(
            Violation(
                .ownership,
                .unknownOwner,
                path: RootLayout.rootManifest,
                reason: "The package \(Printable(keeper)) that shall own the registries does not "
                    + "exist."
            )
        )
    }

    private func kept(
        _ path: RelativePath,
        by keeper: String,
        _ content: OwnershipRow.Content
    ) -> OwnershipRow {
        OwnershipRow(path: path, owner: keeper, registry: .package, content: content)
    }

    private func kept(
        _ path: String,
        by keeper: String,
        _ content: OwnershipRow.Content
    ) -> OwnershipRow {
        guard let path = try? RelativePath(path) else {
            preconditionFailure("The names of RootLayout are paths.")
        }
        return kept(path, by: keeper, content)
    }

    private func check(
        _ row: LocalRegistry.Row,
        at path: RelativePath,
        _ violations: inout [Violation]
    ) {
        func refuse(_ code: ViolationCode, _ reason: String) {
            violations.append(
                Violation(.ownership, code, path: Printable(path.text).description, reason: reason)
            )
        }
        if RegistryCompiler.isKeptByCompiler(path) {
            refuse(
                .duplicate,
                "The compiler registers \(Printable(path.text)) itself; it needs no row here."
            )
        }
        let isKnown =
            row.registry == .spec
            ? book.specs[row.owner] != nil : book.packages[row.owner] != nil
        if row.registry == .framework {
            refuse(.frameworkOwner, "The framework \(Printable(row.owner)) may not own a file.")
        } else if !isKnown {
            refuse(
                .unknownOwner,
                "The \(row.registry.rawValue) \(Printable(row.owner)) does not exist."
            )
        }
    }

    /// Whether the compiler makes a path's row itself.
    package static func isKeptByCompiler(_ path: RelativePath) -> Bool {
        let bytes = path.bytes
        if bytes.starts(with: registriesPrefix) {
            return isLocalRegistry(bytes) || keptPaths.contains(path)
        }
        return isLocalRegistry(bytes)
    }

    // Asked for every file of a root: bytes are compared, and no text is made.
    private static let localName = Array(RootLayout.localRegistryName.utf8)
    private static let registriesPrefix = Array((RootLayout.registries + "/").utf8)
    private static let keptPaths = Set(
        (RootLayout.compiled + [RootLayout.seal]).compactMap { try? RelativePath($0) }
    )

    private static func isLocalRegistry(_ path: [UInt8]) -> Bool {
        guard path.count >= localName.count, path.suffix(localName.count).elementsEqual(localName)
        else { return false }
        return path.count == localName.count
            || path[path.count - localName.count - 1] == UInt8(ascii: "/")
    }

    // MARK: - The registries of the law

    private func frameworks() -> [UInt8] {
        var writer = CSVWriter(header: RootLayout.columns[RootLayout.frameworksRegistry] ?? [])
        for framework in book.frameworks.values.sorted(by: { $0.id < $1.id }) {
            writer.row([
                framework.id.text, framework.name, framework.version.description,
                framework.purpose, framework.path, list(framework.allowedSpecTypes),
                list(framework.requiredGates), list(framework.requiredMetadata),
                digest(framework.path),
            ])
        }
        return writer.bytes
    }

    private func specs(_ violations: inout [Violation]) -> [UInt8] {
        var writer = CSVWriter(header: RootLayout.columns[RootLayout.specsRegistry] ?? [])
        for spec in book.specs.values.sorted(by: { $0.id < $1.id }) {
            let (assets, missing) = spec.resolvedAssets(in: tree)
            for asset in missing {
                violations.append(
                    Violation(
                        .links,
                        .missingAsset,
                        path: spec.path,
                        rule: spec.id.text,
                        reason: "The asset \(Printable(asset)) of \(spec.id) does not exist."
                    )
                )
            }
            writer.row([
                spec.id.text, spec.frameworkID.text, spec.name, spec.version.description,
                spec.entityType, spec.path, list(assets.map(\.text)), list(spec.gates),
                String(decoding: JSONValue.object(spec.metadata).line, as: UTF8.self),
                digest(spec.path),
            ])
        }
        return writer.bytes
    }

    private func packages() -> [UInt8] {
        var writer = CSVWriter(header: RootLayout.columns[RootLayout.packagesRegistry] ?? [])
        for item in book.packages.values.sorted(by: { $0.id < $1.id }) {
            writer.row([
                item.id.text, item.name, item.version.description, item.specID.text,
                item.frameworkID.text, item.path, digest(item.path), "",
                item.status.rawValue,
                list(item.dependencies.map { "\($0.id)@\($0.range)" }),
            ])
        }
        return writer.bytes
    }

    private func gates() -> [UInt8] {
        var writer = CSVWriter(header: RootLayout.columns[RootLayout.gatesRegistry] ?? [])
        for gate in book.gates.values.sorted(by: { $0.id.precedesInBytes($1.id) }) {
            writer.row([
                gate.id, gate.name, gate.version.description, gate.status.rawValue, gate.trigger,
                gate.subject.rawValue, gate.path, digest(gate.path),
            ])
        }
        return writer.bytes
    }

    private func policies() -> [UInt8] {
        var writer = CSVWriter(header: RootLayout.columns[RootLayout.policyRegistry] ?? [])
        for policy in book.policies.values.sorted(by: { $0.id < $1.id }) {
            writer.row([
                policy.id.text, policy.name, policy.version.description, policy.status.rawValue,
                policy.scope, policy.effect, policy.gate, list(policy.stages), policy.path,
                digest(policy.path),
            ])
        }
        return writer.bytes
    }

    // MARK: - The registry of registries

    private func controlPlane(
        of compiled: [(String, Digest)],
        _ directories: [[UInt8]],
        _ ownership: OwnershipTable
    ) -> [UInt8] {
        var rows = ControlPlaneRows(book: book, tree: tree, ownership: ownership)
        rows.addLaw()
        for directory in directories { rows.addLocal(in: directory) }
        let keeper = book.root?.registryOwner ?? ""
        for (path, digest) in compiled {
            rows.addCompiled(path, digest: digest, keeper: keeper)
        }
        return rows.bytes
    }

    private func list(_ items: [String]) -> String {
        items.joined(separator: RootLayout.listSeparator)
    }

    private func digest(_ path: String) -> String {
        (try? RelativePath(path)).flatMap { tree.digest(of: $0) }?.hex ?? ""
    }
}

extension Specification {
    /// The exact files that the assets stand for, in order, and the assets that match nothing.
    package func resolvedAssets(
        in tree: TreeSnapshot
    ) -> (assets: [RelativePath], missing: [String]) {
        var assets: Set<RelativePath> = []
        var missing: [String] = []
        for text in requiredAssets {
            guard let pattern = try? PathPattern(text) else {
                missing.append(text)
                continue
            }
            let files = tree.files(matching: pattern)
            if files.isEmpty { missing.append(text) }
            assets.formUnion(files)
        }
        return (assets.sorted(), missing)
    }
}
