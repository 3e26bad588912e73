import Archives
package import Canon
import Crypto
package import Host
package import Integrity
import Law
import Ledger
package import Registry

/// Brings the files of installed packages back to what the registries say they are.
///
/// Only bytes change, and only to what is registered: ownership, registries and seal stay as they are, so
/// a root that was whole before it was damaged is whole again, under the seal that it had.
package struct PackageSync: Sendable {
    private let root: GovernedRoot
    private let clock: Clock
    private let subject: PackageDecision.Subject

    /// The restoring of one root, for somebody.
    package init(
        _ root: GovernedRoot,
        clock: Clock,
        for subject: PackageDecision.Subject
    ) {
        self.root = root
        self.clock = clock
        self.subject = subject
    }

    /// What came of it.
    package enum Outcome: Sendable {
        /// The files that were restored, or would be, and what still stands against the root.
        case done([RelativePath], left: [Violation])
        case refused([PackageRefusal])
    }

    /// Restores the files of these packages, or of all that were installed.
    package func run(_ ids: [String], isDryRun: Bool) throws(PackageFault) -> Outcome {
        do {
            if isDryRun {
                switch try judge(ids) {
                case .refused(let refusals): return .refused(refusals)
                case .placing(let files): return .done(files.map(\.file.path), left: [])
                }
            }
            var judged = Judged.refused([])
            let passed = try PristineGuard(root, clock: clock)
                .installing("package sync", seal: .makes) { mode throws(IntegrityFault) in
                    do throws(PackageFault) { judged = try judge(ids) } catch {
                        throw error.integrity
                    }
                    guard case .placing(let files) = judged else { return }
                    for id in Set(files.map(\.package)).sorted() { mode.names("package:" + id) }
                    for item in files {
                        mode.place(
                            item.file.path,
                            item.member,
                            of: item.archive,
                            content: item.file.digest
                        )
                    }
                }
            if case .denied(let denial) = passed {
                return .refused([PackageRefusal(denial, about: "package sync")])
            }
            switch judged {
            case .refused(let refusals): return .refused(refusals)
            case .placing(let files):
                let report = try IntegrityCheck(root).run()
                return .done(files.map(\.file.path), left: report.violations)
            }
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    /// A file to be restored, and where its bytes are.
    private struct Restored: Sendable {
        let package: String
        let file: PackedManifest.File
        let member: ArchiveMember
        let archive: Digest
    }

    private enum Judged: Sendable {
        case placing([Restored])
        case refused([PackageRefusal])
    }

    private func judge(_ wanted: [String]) throws(PackageFault) -> Judged {
        do {
            let state = try RootState(root, threads: WorkerThreads.available)
            let decision = PackageDecision(
                JudgedLaw(state),
                subject,
                at: Timestamp(nanoseconds: clock.now)
            )
            let shelf = try PackageShelf(root)
            let ids =
                wanted.isEmpty
                ? state.book.packages.keys.filter { InstalledPackage($0, in: state) != nil }
                    .sorted()
                : wanted
            var refusals: [PackageRefusal] = []
            var restored: [Restored] = []
            for id in ids {
                guard let package = state.book.packages[id],
                    let installed = InstalledPackage(id, in: state),
                    let archive = Digest(hex: installed.archive)
                else {
                    refusals.append(
                        PackageRefusal(
                            .noSuchPackage,
                            path: id,
                            "\(Printable(id)) was not installed from an archive here.",
                            next: "'charter package list' shows which packages were."
                        )
                    )
                    continue
                }
                refusals += try decision.refusals(.sync, PackageDecision.Target(package))
                guard try shelf.shelf.has(archive) else {
                    refusals.append(PackageSync.archiveGone(id, archive))
                    continue
                }
                switch try shelf.contents(archive) {
                case .failure(let refused): refusals.append(refused.refusal)
                case .success(let contents): restored += damaged(contents, id, state)
                }
            }
            return refusals.isEmpty ? .placing(restored) : .refused(refusals)
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    static func archiveGone(_ id: String, _ archive: Digest) -> PackageRefusal {
        PackageRefusal(
            .archiveGone,
            path: id,
            "The archive \(archive.hex) of \(Printable(id)) is not on this machine any more.",
            next: "Go back with 'charter version rollback', or restore the files by hand."
        )
    }

    /// The files that are not what is registered, where the archive has what is.
    private func damaged(
        _ contents: PackageContents,
        _ id: String,
        _ state: RootState
    ) -> [Restored] {
        (contents.manifest.files + contents.manifest.documents).compactMap { file in
            let isSame = state.tree.digest(of: file.path) == file.digest
            guard !isSame || ((try? root.differs(file)) ?? false),
                state.registeredDigest(of: file.path) == file.digest,
                let member = contents.members[file.path]
            else { return nil }
            return Restored(package: id, file: file, member: member, archive: contents.archive)
        }
    }
}
