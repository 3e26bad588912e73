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
        let scan = state.scan
        for oddity in scan.oddities { judge(oddity, scan.paths[oddity.index]) }
        var at = 0
        for (index, path) in scan.paths.enumerated() {
            while at < ownership.rows.count && ownership.rows[at].path < path { at += 1 }
            guard at < ownership.rows.count, ownership.rows[at].path == path,
                case .digest(let registered) = ownership.rows[at].content,
                let found = scan.digests[index], found != registered
            else { continue }
            refuse(
                .tampered,
                path,
                "\(Printable(path.text)) is not what was registered for "
                    + "\(Printable(ownership.rows[at].owner)): "
                    + "\(registered.hex.prefix(12))… is registered, "
                    + "\(found.hex.prefix(12))… is there."
            )
        }
    }

    private mutating func judge(_ oddity: TreeScan.Oddity, _ path: RelativePath) {
        let shown = Printable(path.text).description
        switch oddity.kind {
        case .unreadable(let fault): refuse(.unreadable, path, fault.description)
        case .changing: refuse(.changing, path, "\(shown) changes while it is read.")
        case .large(let size):
            refuse(.unreadable, path, "\(shown) has \(size) bytes and was not read.")
        case .facts(let facts):
            if facts.links > 1 {
                refuse(
                    .hardLink,
                    path,
                    "\(shown) has \(facts.links) names; through another one it can be changed "
                        + "from outside the root."
                )
            }
            if facts.permissions & 0o6000 != 0 {
                refuse(.mode, path, "\(shown) runs as its owner or group whoever starts it.")
            }
        }
    }

    /// With every document as registered, compiling again must give the registries that are there,
    /// byte for byte: their line ends, their order and the rows that the compiler makes itself.
    private mutating func judgeRegistries() {
        let compiled = RegistryCompiler.compileLaw(
            state.tree,
            state.book,
            directories: state.registryDirectories,
            over: ownership,
            isCanonical: state.agreement != nil
        )
        for path in compiled.wrong {
            refuse(
                .staleRegistry,
                path,
                "The row of \(Printable(path.text)) is not the one that the compiler makes."
            )
        }
        for (name, bytes) in compiled.files {
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
