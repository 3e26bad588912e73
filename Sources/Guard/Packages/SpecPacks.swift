package import Canon
import Crypto
package import Host
package import Integrity
import Registry

/// Makes specs, with their packages and first files, from templates of the law.
///
/// The pack is judged as part of the root that it would make, by every gate, before it is written; made
/// twice it is the same pack, and nothing that is there is ever overwritten.
package struct SpecPacks: Sendable {
    private let root: GovernedRoot
    private let clock: Clock
    private let randomness: Randomness

    /// The packs of one root.
    package init(_ root: GovernedRoot, clock: Clock, randomness: Randomness = .system) {
        self.root = root
        self.clock = clock
        self.randomness = randomness
    }

    /// What came of it.
    package enum Outcome: Sendable {
        /// The files that were made, or would be.
        case made([RelativePath])
        /// Every file is there as the template makes it.
        case unchanged([RelativePath])
        case refused([PackageRefusal])
    }

    /// Makes a pack; with `isDryRun` it is judged and not written.
    package func make(
        _ slots: SpecSlots,
        from template: String,
        isDryRun: Bool = false
    ) throws(PackageFault) -> Outcome {
        do {
            if isDryRun { return try judge(slots, template).outcome }
            let passed = try PristineGuard(root, clock: clock).installing("spec new") {
                mode throws(IntegrityFault) -> Outcome in
                let judged: Judged
                do throws(PackageFault) { judged = try judge(slots, template) } catch {
                    throw error.integrity
                }
                guard case .made = judged.outcome, let plan = judged.plan else {
                    return judged.outcome
                }
                for file in judged.files { mode.write(file.path, file.bytes) }
                mode.names("spec:\(slots.spec)")
                mode.names("package:\(slots.packageID)")
                try mode.follow(plan, of: root, randomness: randomness)
                return judged.outcome
            }
            switch passed {
            case .done(let outcome): return outcome
            case .denied(let denial):
                return .refused([PackageRefusal(denial, about: slots.spec.text)])
            }
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private struct Judged {
        let outcome: Outcome
        var files: [SpecTemplate.Made] = []
        var plan: RootPlan.Judged?
    }

    private func judge(
        _ slots: SpecSlots,
        _ template: String
    ) throws(PackageFault) -> Judged {
        do {
            let state = try RootState(root, threads: WorkerThreads.available)
            let report = try IntegrityCheck(root).run(state, through: .packages)
            guard report.isWhole else {
                let found = report.violations.map { PackageRefusal($0, as: .rootNotWhole) }
                return Judged(outcome: .refused(found))
            }
            let files: [SpecTemplate.Made]
            do throws(PackageContents.Refused) {
                files = try SpecTemplate(template, in: state.tree).pack(slots)
            } catch {
                return Judged(outcome: .refused([error.refusal]))
            }
            let keeper = state.book.root?.registryOwner ?? ""
            var plan = RootPlan(state)
            var missing: [SpecTemplate.Made] = []
            var refusals: [PackageRefusal] = []
            for file in files {
                let owner = file.isDocument ? keeper : slots.packageID.text
                guard state.tree.contains(file.path) else {
                    missing.append(file)
                    plan.put(file.path, owner: owner, file.bytes)
                    continue
                }
                let known = state.owner(of: file.path)
                if state.tree.digest(of: file.path) != .sha256(of: file.bytes)
                    || !(known ?? "").hasSameBytes(as: owner)
                {
                    refusals.append(SpecPacks.conflict(file.path, known))
                }
            }
            guard refusals.isEmpty else { return Judged(outcome: .refused(refusals)) }
            let paths = files.map(\.path)
            guard !missing.isEmpty else { return Judged(outcome: .unchanged(paths)) }
            let judged = plan.judged()
            guard judged.violations.isEmpty else {
                return Judged(outcome: .refused(judged.violations.map { PackageRefusal($0) }))
            }
            return Judged(
                outcome: .made(missing.map(\.path)),
                files: missing,
                plan: judged
            )
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private static func conflict(_ path: RelativePath, _ owner: String?) -> PackageRefusal {
        PackageRefusal(
            .conflict,
            path: Printable(path.text).description,
            "\(Printable(path.text)) is there already, is not what the template makes, and belongs to "
                + "\(owner ?? "nobody").",
            next: "Choose another id or module; nothing that is there is overwritten.",
            rule: "FMWK-REG: a file has one owner, and nobody overwrites another's"
        )
    }
}
