package import Canon
import Crypto
package import Host
import Keys
package import Registry

/// A root as an operation would leave it, judged whole before anything is written.
///
/// The same stages judge it that judge a root on a disk: what a plan lets pass, the integrity check will
/// find whole.
package struct RootPlan: Sendable {
    /// A file that the operation puts there.
    private struct Placed: Sendable {
        let owner: String
        let digest: Digest
        let byteCount: Int
        let document: @Sendable () -> Result<[UInt8], DocumentFault>
    }

    /// The root as it is.
    private let before: TreeSnapshot
    /// Its law, where there is a root.
    private let law: LawBook?
    private let locals: [LocalRegistry]
    private let byteCount: UInt64
    private let exemptions: Exemptions
    private var placed: [RelativePath: Placed] = [:]
    private var removed: Set<RelativePath> = []

    /// A plan that changes nothing yet.
    package init(_ state: RootState) {
        before = state.tree
        law = state.book
        locals = state.locals
        byteCount = state.scan.byteCount
        exemptions = state.exemptions
    }

    /// A plan of a root that is not there yet: of these files, under the law among them.
    ///
    /// A seal, where there is one, has its row as in the root that it seals, and is no file of a package.
    package init(founding items: [RootGenesis.Item], under seal: [UInt8]? = nil) {
        if let seal, let path = try? RelativePath(RootLayout.seal) {
            before = RootPlan.nothing.changed(by: [path: .some(.sha256(of: seal))]) {
                $0 == path ? .success(seal) : nil
            }
        } else {
            before = RootPlan.nothing
        }
        law = nil
        locals = []
        byteCount = 0
        let book = LawBook(reading: RootPlan.tree(of: items))
        exemptions = Exemptions(book.exemptions.filter { $0.problem == nil })
        for item in items {
            guard let path = try? RelativePath(item.path) else { continue }
            put(path, owner: item.owner, item.bytes)
        }
    }

    /// The tree that files make, registries left out.
    package static func tree(of items: [RootGenesis.Item]) -> TreeSnapshot {
        var documents: [RelativePath: [UInt8]] = [:]
        for item in items {
            guard let path = try? RelativePath(item.path) else { continue }
            documents[path] = item.bytes
        }
        let known = documents
        return nothing.changed(by: known.mapValues { .some(.sha256(of: $0)) }) {
            known[$0].map { .success($0) }
        }
    }

    private static let nothing = TreeSnapshot(paths: [], digests: []) { path in
        .failure(
            DocumentFault(
                code: "integrity.missing",
                description: "\(Printable(path.text)) is in none of the packages."
            )
        )
    }

    /// Plans a file; `document` gives its bytes to whoever must read them to judge.
    package mutating func put(
        _ path: RelativePath,
        owner: String,
        digest: Digest,
        byteCount: Int,
        document: @escaping @Sendable () -> Result<[UInt8], DocumentFault>
    ) {
        removed.remove(path)
        placed[path] = Placed(
            owner: owner,
            digest: digest,
            byteCount: byteCount,
            document: document
        )
    }

    /// Plans a file whose bytes are at hand.
    package mutating func put(_ path: RelativePath, owner: String, _ bytes: [UInt8]) {
        put(path, owner: owner, digest: .sha256(of: bytes), byteCount: bytes.count) {
            .success(bytes)
        }
    }

    /// Plans that a file is gone.
    package mutating func remove(_ path: RelativePath) {
        placed[path] = nil
        removed.insert(path)
    }

    /// What comes of the plan.
    package struct Judged: Sendable {
        /// Everything that stands against the root as it would be; with any of these nothing is written.
        package let violations: [Violation]
        package let ownership: OwnershipTable
        /// Files that follow from the plan: registries that change, by path; `nil` where one goes away.
        package let consequences: [(path: RelativePath, bytes: [UInt8]?)]
        /// The root hash that the root would have.
        package let stateRoot: Digest
        fileprivate let stateTree: StateTree
    }

    /// Judges the root as it would be; gates are asked about these specs, or about all.
    package func judged(
        specs: Set<String>? = nil,
        threads: Int = WorkerThreads.available
    ) -> Judged {
        var violations = judgePlaces()
        let (locals, changed, gone) = localsAfter()
        var digests: [RelativePath: Digest?] = [:]
        var consequences: [(path: RelativePath, bytes: [UInt8]?)] = []
        for (path, file) in placed { digests[path] = .some(file.digest) }
        for path in removed { digests[path] = .some(nil) }
        for local in changed {
            guard let path = try? RelativePath(bytes: local.path) else { continue }
            let bytes = local.bytes
            digests[path] = .some(.sha256(of: bytes))
            if before.digest(of: path) != .sha256(of: bytes) {
                consequences.append((path, bytes))
            }
        }
        for path in gone {
            digests[path] = .some(nil)
            consequences.append((path, nil))
        }
        let placed = placed
        let rewritten = RootPlan.documents(consequences)
        let planned = before.changed(by: digests) {
            placed[$0]?.document() ?? rewritten[$0].map { .success($0) }
        }
        let book = LawBook(reading: planned, knowing: law.map { ($0, before) })
        let compiled = RegistryCompiler(tree: planned, book: book, locals: locals).compile()
        var registries: [RelativePath: Digest?] = [:]
        for (name, bytes) in compiled.files {
            guard let path = try? RelativePath(name) else { continue }
            registries[path] = .some(.sha256(of: bytes))
            if before.digest(of: path) != .sha256(of: bytes) {
                consequences.append((path, bytes))
            }
        }
        let made = RootPlan.documents(consequences)
        let tree = planned.changed(by: registries) { made[$0].map { .success($0) } }
        let added = placed.values.reduce(0) { $0 + UInt64($1.byteCount) }
        let judged = JudgedTree(tree: tree, book: book, byteCount: byteCount + added)
        violations += RootPlan.later(judged, compiled, specs: specs, threads)
        let stateTree = StateTree(
            ownership: compiled.ownership,
            tree: tree,
            leavingOut: RootLayout.seal
        )
        return Judged(
            violations: violations.sorted(),
            ownership: compiled.ownership,
            consequences: consequences,
            stateRoot: stateTree.root,
            stateTree: stateTree
        )
    }

    /// Files that follow from the plan, for whoever must read them to judge.
    private static func documents(
        _ consequences: [(path: RelativePath, bytes: [UInt8]?)]
    ) -> [RelativePath: [UInt8]] {
        Dictionary(
            consequences.compactMap { path, bytes in bytes.map { (path, $0) } },
            uniquingKeysWith: { $1 }
        )
    }

    /// The stages that rest on nothing but the tree and its law; later ones only where earlier ones pass.
    static func later(
        _ judged: JudgedTree,
        _ compiled: RegistryCompiler.Result,
        specs: Set<String>?,
        _ threads: Int
    ) -> [Violation] {
        let ownership = compiled.ownership
        let links = LinkRules(book: judged.book, tree: judged.tree, ownership: ownership).judge()
        var violations = compiled.violations
        violations += links.filter { !violations.contains($0) }
        let schemas = Schemas(judged.book)
        let isSealed =
            (try? RelativePath(RootLayout.seal)).map { judged.tree.contains($0) } ?? false
        violations += PackagePass(judged.book, ownership: ownership, schemas: schemas)
            .judge(isSealed: isSealed)
        let gates = GatePass(judged, ownership: ownership, schemas: schemas, specs: specs)
            .judge(threads: threads) {}
        return violations + gates.verdict.violations
    }

    /// What is wrong with the places that files are given, whatever is in them.
    private func judgePlaces() -> [Violation] {
        var violations: [Violation] = []
        func refuse(
            _ code: ViolationCode,
            _ path: RelativePath,
            rule: String = "",
            _ reason: String
        ) {
            violations.append(
                Violation(
                    .ownership,
                    code,
                    path: Printable(path.text).description,
                    rule: rule,
                    reason: reason
                )
            )
        }
        var folded: [String: RelativePath] = [:]
        for path in before.paths where !removed.contains(path) {
            folded[FoldedText(bytes: path.bytes[...]).text] = path
        }
        for path in placed.keys.sorted() {
            let shown = Printable(path.text).description
            if RegistryCompiler.isKeptByCompiler(path) {
                refuse(
                    .duplicate,
                    path,
                    "\(shown) is made by the compiler, and no package brings it."
                )
            }
            if let exemption = exemptions.exemption(of: path.bytes) {
                refuse(
                    .exemptOwned,
                    path,
                    rule: exemption.policy,
                    "\(shown) lies where \(exemption.policy) exempts everything; nobody would look at it."
                )
            }
            let key = FoldedText(bytes: path.bytes[...]).text
            if let other = folded[key], other != path {
                refuse(
                    .twin,
                    path,
                    "\(shown) and \(Printable(other.text)) differ only in case or in how an accent is "
                        + "written."
                )
            }
            folded[key] = path
        }
        return violations
    }

    /// The registries of directories as they will be: all of them, those that change, and the paths of
    /// those that go away with their last file.
    private func localsAfter() -> (
        all: [LocalRegistry], changed: [LocalRegistry], gone: [RelativePath]
    ) {
        var all: [[UInt8]: LocalRegistry] = [:]
        for local in locals { all[local.directory] = local }
        var rows: [[UInt8]: [LocalRegistry.Row]] = [:]
        for (path, file) in placed where !RegistryCompiler.isKeptByCompiler(path) {
            rows[path.parent?.bytes ?? [], default: []].append(
                LocalRegistry.Row(
                    name: Array(path.name.utf8),
                    owner: file.owner,
                    registry: .package,
                    digest: file.digest
                )
            )
        }
        var names: [[UInt8]: Set<[UInt8]>] = [:]
        for path in removed {
            names[path.parent?.bytes ?? [], default: []].insert(Array(path.name.utf8))
        }
        var changed: [LocalRegistry] = []
        var gone: [RelativePath] = []
        for directory in Set(rows.keys).union(names.keys) {
            let known = all[directory]
            var local = known ?? LocalRegistry(directory: directory)
            local.remove(names[directory] ?? [])
            local.put(rows[directory] ?? [])
            if local.rows.isEmpty {
                all[directory] = nil
                if known != nil, let path = try? RelativePath(bytes: local.path) {
                    gone.append(path)
                }
            } else {
                all[directory] = local
                changed.append(local)
            }
        }
        func precede(_ left: [UInt8], _ right: [UInt8]) -> Bool {
            left.lexicographicallyPrecedes(right)
        }
        return (
            all.values.sorted { precede($0.directory, $1.directory) },
            changed.sorted { precede($0.directory, $1.directory) }, gone.sorted()
        )
    }
}

extension PristineGuard.InstallMode {
    /// Puts everything that follows from a plan into the operation: the registries that change, and a
    /// new seal where the root has one.
    package mutating func follow(
        _ judged: RootPlan.Judged,
        of root: GovernedRoot,
        randomness: Randomness
    ) throws(IntegrityFault) {
        precondition(
            judged.violations.isEmpty,
            "A plan that stands against the law is not followed."
        )
        for (path, bytes) in judged.consequences {
            if let bytes { write(path, bytes) } else { remove(path) }
        }
        guard let path = try? RelativePath(RootLayout.seal),
            judged.ownership.row(of: path) != nil
        else { return }
        let key = try SealKey(state: try root.openState()).signing(
            origin: Seal.origin(of: root),
            randomness: randomness
        )
        do throws(CryptoFault) {
            write(path, try Seal(judged.stateTree, of: root, with: key).note.bytes)
        } catch {
            throw .crypto(error)
        }
    }
}
