package import Canon
package import Crypto
import Host
package import Registry

/// Proves that a root is what its law says, in five stages, and stops at the first that fails.
///
/// Filesystem and ownership, hashes, links, packages, gates: each stage rests on the one before, so a
/// finding of a later stage would mean nothing while an earlier one fails (requirement D01).
package struct IntegrityCheck: Sendable {
    private let root: GovernedRoot
    private let threads: Int
    private let verifier: NoteVerifier?

    /// `verifier` is the key that the caller trusts for the seal; without one, the machine's own.
    package init(
        _ root: GovernedRoot,
        threads: Int = WorkerThreads.available,
        trusting verifier: NoteVerifier? = nil
    ) {
        self.root = root
        self.threads = threads
        self.verifier = verifier
    }

    /// Runs the stages up to and including `last`.
    package func run(
        through last: Violation.Stage = .gates,
        progress: (@Sendable (TreeScan.Progress) -> Void)? = nil
    ) throws(IntegrityFault) -> IntegrityReport {
        try run(RootState(root, threads: threads, progress: progress), through: last)
    }

    /// Runs the stages over a root that has been read already.
    package func run(
        _ state: RootState,
        through last: Violation.Stage = .gates
    ) throws(IntegrityFault) -> IntegrityReport {
        try run(state, through: last, judgesSeal: true)
    }

    /// Runs one gate over every spec that it is required of, after all stages before the gates.
    ///
    /// It proves that gate and not the root; `nil` where the law has no gate of that id.
    package func run(
        _ state: RootState,
        gate id: String
    ) throws(IntegrityFault) -> IntegrityReport? {
        guard state.book.gates[id] != nil else { return nil }
        return try run(state, through: .gates, judgesSeal: true, gate: id)
    }

    /// Asks the gates of one spec about a root whose earlier stages hold, and does something meanwhile.
    ///
    /// `held` gives the bytes of files that were read already.
    package func judge<Extra: Sendable>(
        spec id: String,
        in state: RootState,
        holding held: @escaping @Sendable (RelativePath) -> [UInt8]?,
        alongside: @Sendable () -> Extra
    ) -> (violations: [Violation], extra: Extra) {
        let tree = state.tree.reading { path in held(path).map { .success($0) } }
        let pass = GatePass(
            JudgedTree(tree: tree, book: state.book, byteCount: state.scan.byteCount),
            ownership: OwnershipPass(state).judge().ownership,
            schemas: Schemas(state.book),
            specs: [id]
        )
        let (verdict, extra) = pass.judge(threads: threads, alongside: alongside)
        return (verdict.violations, extra)
    }

    /// `judgesSeal` is false only for whoever is about to replace the seal: everything else must hold.
    func run(
        _ state: RootState,
        through last: Violation.Stage,
        judgesSeal: Bool,
        gate only: String? = nil
    ) throws(IntegrityFault) -> IntegrityReport {
        var report = IntegrityReport(
            rootID: root.id,
            path: root.directory.path,
            stages: [],
            violations: [],
            fileCount: state.scan.paths.count,
            byteCount: state.scan.byteCount,
            directoryCount: state.scan.directories.count,
            ownerCount: 0,
            frameworkCount: state.book.frameworks.count,
            packageCount: state.book.packages.count,
            gateRuns: 0,
            stateRoot: nil,
            seal: .unchecked
        )
        report.stages.append(.ownership)
        let (violations, ownership) = OwnershipPass(state).judge()
        // Nothing is read there, so looking costs little beside the files.
        let census = try ExemptCensus(root.directory, state.exemptions.all)
        report.exempt = census.places
        report.violations =
            census.violations.isEmpty ? violations : (violations + census.violations).sorted()
        report.ownerCount = ownerCount(state, ownership)
        guard report.isWhole && last > .ownership else { return report }
        let schemas = Schemas(state.book)
        guard last == .gates else {
            return try judgeLater(state, ownership, schemas, through: last, judgesSeal, report)
                .get()
        }
        // Gates take longest and rest on nothing that the other stages find, so they are judged beside
        // them; what they say counts only when nothing earlier stands against the root.
        let known = report
        let pass = GatePass(state.judged, ownership: ownership, schemas: schemas, only: only)
        let (verdict, later) = pass.judge(threads: threads) {
            judgeLater(state, ownership, schemas, through: .packages, judgesSeal, known)
        }
        report = try later.get()
        if report.isWhole {
            report.stages.append(.gates)
            report.violations = verdict.violations
            report.gateRuns = verdict.runs
        }
        return report
    }

    /// The stages between the first and the last, up to the first that fails.
    private func judgeLater(
        _ state: RootState,
        _ ownership: OwnershipTable,
        _ schemas: Schemas,
        through last: Violation.Stage,
        _ judgesSeal: Bool,
        _ report: IntegrityReport
    ) -> Result<IntegrityReport, IntegrityFault> {
        var report = report
        for stage in [Violation.Stage.hashes, .links, .packages] where stage <= last {
            report.stages.append(stage)
            switch stage {
            case .hashes:
                report.violations = HashPass(state, ownership: ownership).judge()
                if report.isWhole {
                    do throws(IntegrityFault) {
                        try judgeSeal(state, ownership, &report, judgesSeal)
                    } catch {
                        return .failure(error)
                    }
                }
            case .links:
                report.violations =
                    LinkRules(book: state.book, tree: state.tree, ownership: ownership).judge()
            default:
                report.violations =
                    PackagePass(state.book, ownership: ownership, schemas: schemas)
                    .judge(isSealed: report.seal == .verified)
            }
            if !report.isWhole { break }
        }
        return .success(report)
    }

    private func ownerCount(_ state: RootState, _ ownership: OwnershipTable) -> Int {
        guard let agreement = state.agreement else {
            return Set(ownership.rows.map(\.owner)).count
        }
        return Set(agreement.owners.union(agreement.keepers).map(\.id)).count
    }

    private func judgeSeal(
        _ state: RootState,
        _ ownership: OwnershipTable,
        _ report: inout IntegrityReport,
        _ judgesSeal: Bool
    ) throws(IntegrityFault) {
        let tree = StateTree(
            ownership: ownership,
            tree: state.tree,
            leavingOut: RootLayout.seal,
            // Stage 2 has just shown that each registered digest is the one on disk.
            known: state.agreement?.leaves ?? []
        )
        report.stateRoot = tree.root
        guard judgesSeal else { return }
        let trusted = if let verifier { verifier } else { try machineVerifier() }
        (report.seal, report.violations) = try SealPass(
            state,
            tree: tree,
            trusting: trusted,
            isDemanded: verifier != nil
        ).judge()
    }

    /// The verifier key in this machine's state directory; making the directory is not our business.
    private func machineVerifier() throws(IntegrityFault) -> NoteVerifier? {
        guard !root.holdsOwnState, let directory = try? Directory.open(root.statePath)
        else { return nil }
        return try SealKey(state: directory).verifier()
    }
}
