import Canon
import Crypto
import Host
import Registry

/// Brings the rows of local registries up to what lies in their directories, as far as it is allowed.
///
/// Rows get new digests and lose files that are gone; no row is ever made here, because ownership is
/// given by somebody and never guessed.
struct RowRefresh {
    private let state: RootState
    private let accept: Bool
    private(set) var locals: [LocalRegistry] = []
    private(set) var changed: [LocalRegistry] = []
    private(set) var accepted: [String] = []
    private(set) var dropped: [String] = []
    private(set) var violations: [Violation]

    init(state: RootState, accept: Bool) {
        self.state = state
        self.accept = accept
        violations =
            state.scan.violations + state.localViolations + state.exemptionViolations
            + state.sealViolations
    }

    mutating func run() {
        for local in state.locals { refresh(local) }
        judgeLostRegistries()
        judgeOrphans()
        for oddity in state.scan.oddities {
            let path = state.scan.paths[oddity.index]
            switch oddity.kind {
            case .unreadable(let fault): refuse(.unreadable, path.bytes, fault.description)
            case .changing:
                refuse(
                    .changing,
                    path.bytes,
                    "\(Printable(path.text)) changes while it is read."
                )
            // A large file that was not read is nobody's, which is said of it.
            case .facts, .large: break
            }
        }
    }

    /// The tree with the local registries as they will be written.
    func treeAfter() -> TreeSnapshot {
        var changes: [RelativePath: Digest?] = [:]
        for local in changed {
            if let path = try? RelativePath(bytes: local.path) {
                changes[path] = .some(.sha256(of: local.bytes))
            }
        }
        return changes.isEmpty ? state.tree : state.tree.changed(by: changes)
    }

    private mutating func refuse(_ code: ViolationCode, _ path: [UInt8], _ reason: String) {
        violations.append(
            Violation(
                code == .tampered ? .hashes : .ownership,
                code,
                path: Printable(bytes: path).description,
                reason: reason
            )
        )
    }

    private mutating func refresh(_ local: LocalRegistry) {
        var rows: [LocalRegistry.Row] = []
        rows.reserveCapacity(local.rows.count)
        var isChanged = false
        for row in local.rows {
            let path = LocalRegistry.join(local.directory, row.name)
            let shown = Printable(bytes: path).description
            let index = (try? RelativePath(bytes: path)).flatMap { state.tree.index(of: $0) }
            guard let index else {
                if state.scan.isStray(path) {
                    rows.append(row)
                } else if accept {
                    dropped.append(shown)
                    isChanged = true
                } else if let exemption = state.exemptions.exemption(of: path) {
                    refuse(exempt: path, exemption)
                } else {
                    refuse(
                        .missing,
                        path,
                        "\(shown) is registered and does not exist."
                            + LocalRegistry.hint(for: row.name)
                    )
                }
                continue
            }
            guard let digest = state.tree.digests[index], digest != row.digest else {
                rows.append(row)
                continue
            }
            guard accept || row.digest == nil else {
                refuse(.tampered, path, "\(shown) is not what its local registry says.")
                rows.append(row)
                continue
            }
            accepted.append(shown)
            isChanged = true
            rows.append(
                LocalRegistry.Row(
                    name: row.name,
                    owner: row.owner,
                    registry: row.registry,
                    digest: digest
                )
            )
        }
        // A registry that a person wrote with other line ends or in another order is made canonical.
        let refreshed = LocalRegistry(directory: local.directory, rows: rows)
        let isCanonical =
            (try? RelativePath(bytes: local.path)).flatMap { state.tree.digest(of: $0) }
            == .sha256(of: refreshed.bytes)
        if isChanged || !isCanonical { changed.append(refreshed) }
        locals.append(refreshed)
    }

    private mutating func refuse(
        exempt path: [UInt8],
        _ exemption: PolicyDocument.Exemption
    ) {
        let shown = Printable(bytes: path).description
        violations.append(
            Violation(
                .ownership,
                .exemptOwned,
                path: shown,
                rule: exemption.policy,
                reason: "\(shown) is registered, and \(exemption.policy) exempts it."
            )
        )
    }

    /// A directory that is gone with its registry, or that became exempt with it, must not be forgotten
    /// in silence: only the compiled registry still knows of it.
    private mutating func judgeLostRegistries() {
        guard let path = try? RelativePath(RootLayout.ownershipRegistry),
            case .success(let bytes) = state.tree.document(path)
        else { return }
        // What is wrong with a compiled registry is no matter here: it is made anew.
        var ignored: [Violation] = []
        for row in OwnershipTable(parsing: bytes, violations: &ignored).rows
        where !state.tree.contains(row.path) && !state.scan.isStray(row.path.bytes) {
            if let exemption = state.exemption(of: row.path) {
                // A row that a registry in sight still has was judged with that registry.
                if state.local(of: row.path)?.row(named: row.path.name.utf8) != nil { continue }
                if accept {
                    dropped.append(Printable(row.path.text).description)
                } else {
                    refuse(exempt: row.path.bytes, exemption)
                }
                continue
            }
            guard row.path.name == RootLayout.localRegistryName else { continue }
            let shown = Printable(row.path.text).description
            if accept {
                dropped.append(shown)
            } else if !state.scan.directories.contains(row.path.parent?.bytes ?? []) {
                refuse(
                    .missing,
                    row.path.bytes,
                    "\(shown) is registered, and it is gone with its whole directory."
                )
            }
        }
    }

    private mutating func judgeOrphans() {
        var lacking: Set<[UInt8]> = []
        for path in state.tree.paths where !RegistryCompiler.isKeptByCompiler(path) {
            let directory = path.parent?.bytes ?? []
            // A registry that is broken has been refused; its files are not unowned for that.
            if state.brokenDirectories.contains(directory) { continue }
            guard let local = state.local(in: directory) else {
                lacking.insert(directory)
                continue
            }
            if local.row(named: path.name.utf8) == nil {
                refuse(
                    .orphan,
                    path.bytes,
                    "\(Printable(path.text)) is registered by nobody."
                        + state.scan.note(on: path)
                )
            }
        }
        for directory in lacking {
            let shown = directory.isEmpty ? "." : Printable(bytes: directory).description
            refuse(
                .noLocalRegistry,
                directory.isEmpty ? Array(".".utf8) : directory,
                "The directory \(shown) holds files and has no \(RootLayout.localRegistryName)."
            )
        }
    }
}
