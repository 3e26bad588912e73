import Canon
import Crypto
import Host
import Integrity
import Ledger
import Registry

/// What the ledger knows of packages that were installed before, also of those that are gone.
struct PackageMemory {
    private let root: GovernedRoot
    private let clock: Clock

    init(_ root: GovernedRoot, clock: Clock) {
        self.root = root
        self.clock = clock
    }

    /// A version that was installed here once is never another archive afterwards, and to take a package
    /// out is no way to go back to an older version of it.
    func refusals(
        _ manifest: PackedManifest,
        _ archive: Digest,
        isHere: Bool
    ) throws(PackageFault) -> [PackageRefusal] {
        let version = "package:\(manifest.id)@\(manifest.version)"
        do {
            guard
                let reader = try RootLedger(root, clock: clock).reader(of: .root)
            else { return [] }
            if !isHere, let last = try removed(manifest.id.text, reader), manifest.version < last {
                return [
                    PackageRefusal(
                        .downgrade,
                        path: manifest.archiveName,
                        "\(manifest.id) \(manifest.version) is older than \(last), which was here until it "
                            + "was uninstalled.",
                        next: "To go back, use 'charter version rollback'."
                    )
                ]
            }
            var query = LedgerQuery()
            query.subject = version
            query.event = "package_install"
            query.phase = .attempt
            var cursor: LedgerCursor?
            while true {
                let page = try reader.page(query, from: cursor, limit: 100)
                for entry in page.entries {
                    let archives = entry.subjects.filter { $0.hasPrefix("archive:") }
                    guard !archives.isEmpty, !archives.contains("archive:" + archive.hex) else {
                        continue
                    }
                    return [
                        PackageRefusal(
                            .otherDigest,
                            path: manifest.archiveName,
                            "\(manifest.id) \(manifest.version) was installed here before from another "
                                + "archive (\(Printable(archives[0])), entry \(entry.index)).",
                            next: "Install that archive, or pack the change in a new version."
                        )
                    ]
                }
                cursor = page.cursor
                if !page.hasMore { return [] }
            }
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    /// The version in which a package was uninstalled last.
    private func removed(
        _ id: String,
        _ reader: LedgerReader
    ) throws -> SemanticVersion? {
        var query = LedgerQuery()
        query.subject = "package:" + id
        query.event = "package_uninstall"
        query.outcome = .succeeded
        query.isReversed = true
        let start = "package:\(id)@"
        return try reader.page(query, from: nil, limit: 1).entries.first?.subjects
            .first { $0.hasPrefix(start) }
            .flatMap { SemanticVersion(String($0.dropFirst(start.count))) }
    }
}
