import Canon
import Crypto
import Host
import Registry

/// Stage 2: every byte is the registered one, and the registries are what the compiler makes.
struct HashPass {
    private let state: RootState
    private let ownership: OwnershipTable
    private var violations: [Violation] = []

    init(_ state: RootState, ownership: OwnershipTable) {
        self.state = state
        self.ownership = ownership
    }

    func judge() -> [Violation] {
        var pass = self
        pass.judgeFiles()
        if pass.violations.isEmpty { pass.judgeRegistries() }
        return pass.violations.sorted()
    }

    private mutating func refuse(
        _ code: ViolationCode,
        _ path: RelativePath,
        _ reason: String
    ) {
        violations.append(
            Violation(
                .hashes,
                code,
                path: Printable(path.text).description,
                reason: reason
            )
        )
    }

    /// Files and rows are both in the order of their paths; stage 1 has shown that they match.
    private mutating func judgeFiles() {
        var at = 0
        for file in state.scan.files {
            while at < ownership.rows.count && ownership.rows[at].path < file.path { at += 1 }
            guard at < ownership.rows.count, ownership.rows[at].path == file.path else { continue }
            judge(file, ownership.rows[at])
        }
    }

    private mutating func judge(_ file: TreeScan.File, _ row: OwnershipRow) {
        if case nil = file.problem, let facts = file.facts, facts.links == 1,
            facts.permissions & 0o6000 == 0
        {
            guard case .digest(let registered) = row.content, file.digest != registered else {
                return
            }
        }
        // Only what is wrong costs words.
        let shown = Printable(file.path.text).description
        switch file.problem {
        case .unreadable(let fault):
            refuse(.unreadable, file.path, fault.description)
            return
        case .changing:
            refuse(.changing, file.path, "\(shown) changes while it is read.")
            return
        case nil: break
        }
        if let facts = file.facts {
            if facts.links > 1 {
                refuse(
                    .hardLink,
                    file.path,
                    "\(shown) has \(facts.links) names; through another one it can be changed "
                        + "from outside the root."
                )
            }
            if facts.permissions & 0o6000 != 0 {
                refuse(.mode, file.path, "\(shown) runs as its owner or group whoever starts it.")
            }
        }
        if case .digest(let registered) = row.content, file.digest != registered {
            refuse(
                .tampered,
                file.path,
                "\(shown) is not what was registered for \(Printable(row.owner)): "
                    + "\(registered.hex.prefix(12))… is registered, "
                    + "\(file.digest?.hex.prefix(12) ?? "nothing")… is there."
            )
        }
    }

    /// With every document as registered, compiling again must give the registries that are there.
    private mutating func judgeRegistries() {
        guard let path = try? RelativePath(RootLayout.ownershipRegistry),
            let digest = state.tree.digest(of: path)
        else { return }
        let compiler = RegistryCompiler(
            tree: state.tree,
            book: state.book,
            locals: state.locals
        )
        for (name, bytes) in compiler.compileLaw(over: ownership, digest: digest) {
            guard let path = try? RelativePath(name) else { continue }
            guard let found = state.tree.digest(of: path) else {
                refuse(.missing, path, "The compiled registry \(name) does not exist.")
                continue
            }
            if found != .sha256(of: bytes) {
                refuse(
                    .staleRegistry,
                    path,
                    "\(name) is not what compiling the law gives: it was edited by hand, or the "
                        + "law changed since."
                )
            }
        }
    }
}
