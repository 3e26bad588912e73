package import Canon
import Crypto
package import Host
package import Integrity
import Law
import Ledger
import Registry
import Trust

/// The only way governed files change: whole packages in, over, and out of a root.
///
/// Each operation is one transition that is judged before anything is written, decided by one function,
/// recorded before and after, and wholly done or not at all.
package struct PackageInstaller: Sendable {
    private let root: GovernedRoot
    private let clock: Clock
    private let randomness: Randomness
    private let subject: PackageDecision.Subject

    /// Installs in one root, for somebody.
    package init(
        _ root: GovernedRoot,
        clock: Clock,
        randomness: Randomness = .system,
        for subject: PackageDecision.Subject
    ) {
        self.root = root
        self.clock = clock
        self.randomness = randomness
        self.subject = subject
    }

    /// What came of it.
    package enum Outcome: Sendable {
        /// Done; or what would be done, where only that was asked.
        case done(PackageTransition)
        /// The root is as asked already.
        case unchanged(package: String, version: String)
        case refused([PackageRefusal])
    }

    /// Installs an archive, or upgrades to it.
    ///
    /// With `isDryRun` everything is judged and nothing is done. With a plan it is done only as planned.
    package func install(
        _ name: String,
        in directory: Directory,
        isDryRun: Bool = false,
        as plan: [UInt8]? = nil
    ) throws(PackageFault) -> Outcome {
        guard !isDryRun else { return try rehearse(name, in: directory) }
        let shelf = try PackageShelf(root)
        return try run("package install", about: name, isDryRun: false, as: plan) {
            (state, stateRoot) throws(PackageFault) in
            // Under the root's lock, so that what a crash left on the shelf can go.
            try shelf.tidy()
            let brought: PackageBrought
            switch try PackageBrought.find(name, in: directory) {
            case .failure(let refused): return .refused([refused.refusal])
            case .success(let found): brought = found
            }
            let taken = try shelf.take(brought)
            let judged: Judged
            switch try shelf.contents(of: taken) {
            case .failure(let refused): judged = .refused([refused.refusal])
            case .success(let contents):
                judged = try installation(of: contents, taken.attestations, state, stateRoot)
            }
            // Only what was refused goes, and only while nobody else can want it: what was decided may
            // have to be completed from it, whatever happens from here on.
            if case .refused = judged { try shelf.drop(taken) }
            return judged
        }
    }

    /// What proving an archive comes to.
    package enum Proof: Sendable {
        case verified(PackedManifest, archive: Digest, PackageAttestations.Verified)
        case refused([PackageRefusal])
    }

    /// Proves an archive where it lies: who signed it, and every file in it.
    package func verify(_ name: String, in directory: Directory) throws(PackageFault) -> Proof {
        let brought: PackageBrought
        switch try PackageBrought.find(name, in: directory) {
        case .failure(let refused): return .refused([refused.refusal])
        case .success(let found): brought = found
        }
        let contents: PackageContents
        switch try PackageShelf.contents(of: brought) {
        case .failure(let refused): return .refused([refused.refusal])
        case .success(let read): contents = read
        }
        let state: RootState
        do { state = try RootState(root, threads: WorkerThreads.available) } catch {
            throw .integrity(error)
        }
        switch try PackageAttestations.verify(
            brought.attestations,
            of: contents,
            in: state,
            at: Timestamp(nanoseconds: clock.now)
        ) {
        case .failure(let refused): return .refused([refused.refusal])
        case .success(let verified):
            return .verified(contents.manifest, archive: contents.archive, verified)
        }
    }

    /// Judges an archive where it lies.
    private func rehearse(
        _ name: String,
        in directory: Directory
    ) throws(PackageFault) -> Outcome {
        try run("package install", about: name, isDryRun: true) {
            (state, stateRoot) throws(PackageFault) in
            let brought: PackageBrought
            switch try PackageBrought.find(name, in: directory) {
            case .failure(let refused): return .refused([refused.refusal])
            case .success(let found): brought = found
            }
            switch try PackageShelf.contents(of: brought) {
            case .failure(let refused): return .refused([refused.refusal])
            case .success(let contents):
                return try installation(of: contents, brought.attestations, state, stateRoot)
            }
        }
    }

    /// Takes a package out of the root.
    package func uninstall(
        _ id: String,
        isDryRun: Bool = false,
        as plan: [UInt8]? = nil
    ) throws(PackageFault) -> Outcome {
        try run("package uninstall", about: id, isDryRun: isDryRun, as: plan) {
            (state, stateRoot) throws(PackageFault) in try removal(of: id, state, stateRoot)
        }
    }

    /// What one attempt to change the root comes to.
    private enum Judged {
        case transition(PackageTransition)
        case unchanged(PackedManifest)
        case refused([PackageRefusal])
    }

    private func run(
        _ purpose: String,
        about id: String,
        isDryRun: Bool,
        as plan: [UInt8]? = nil,
        _ judge: (RootState, Digest?) throws(PackageFault) -> Judged
    ) throws(PackageFault) -> Outcome {
        func judged() throws(PackageFault) -> Judged {
            do {
                let state = try RootState(root, threads: WorkerThreads.available)
                // Gates are asked about the root as it would be, and so about everything, once.
                let report = try IntegrityCheck(root).run(state, through: .packages)
                guard report.isWhole else {
                    return .refused(
                        report.violations.map { PackageRefusal($0, as: .rootNotWhole) }
                    )
                }
                let judged = try judge(state, report.stateRoot)
                guard let plan else { return judged }
                if case .transition(let transition) = judged, transition.plan(of: root) == plan {
                    return judged
                }
                if case .refused = judged { return judged }
                return .refused([
                    PackageRefusal(
                        .planStale,
                        path: id,
                        "The plan does not fit this root as it is: something has changed since it was made.",
                        next: "Make the plan again with --plan FILE, and look at what is different."
                    )
                ])
            } catch {
                throw PackageFault(carrying: error)
            }
        }
        if isDryRun { return try outcome(of: judged()) }
        let door = PristineGuard(root, clock: clock)
        var result: Judged?
        do {
            let isSealed = try root.directory.facts(of: RootLayout.seal) != nil
            let passed = try door.installing(purpose, seal: isSealed ? .makes : .keeps) {
                mode throws(IntegrityFault) in
                let found: Judged
                do throws(PackageFault) { found = try judged() } catch { throw error.integrity }
                if case .transition(let transition) = found {
                    try transition.stage(into: &mode, of: root, randomness: randomness)
                }
                result = found
            }
            if case .denied(let denial) = passed {
                return .refused([PackageRefusal(denial, about: id)])
            }
        } catch {
            throw PackageFault(carrying: error)
        }
        guard let result else { preconditionFailure("The door runs its body, or says why not.") }
        if case .refused(let refusals) = result { return try refuse(purpose, id, refusals) }
        return outcome(of: result)
    }

    private func outcome(of judged: Judged) -> Outcome {
        switch judged {
        case .transition(let transition): .done(transition)
        case .unchanged(let manifest):
            .unchanged(package: manifest.id.text, version: manifest.version.description)
        case .refused(let refusals): .refused(refusals)
        }
    }

    /// A refusal is recorded like everything that was asked for.
    private func refuse(
        _ purpose: String,
        _ what: String,
        _ refusals: [PackageRefusal]
    ) throws(PackageFault) -> Outcome {
        let draft = EntryDraft(
            purpose.split(separator: " ").joined(separator: "_"),
            by: RootLedger.actor,
            about: ["package:" + what]
        )
        do throws(IntegrityFault) {
            try RootLedger(root, clock: clock).acting(draft) {
                () throws(IntegrityFault) -> (Void, AttemptOutcome, JSONValue?) in
                ((), .denied, ["refusals": .array(refusals.prefix(20).map(\.json))])
            }
        } catch {
            throw .integrity(error)
        }
        return .refused(refusals)
    }

    // MARK: - Installing

    private func installation(
        of contents: PackageContents,
        _ signed: [UInt8],
        _ state: RootState,
        _ stateRoot: Digest?
    ) throws(PackageFault) -> Judged {
        let manifest = contents.manifest
        let time = Timestamp(nanoseconds: clock.now)
        let keeper = state.book.root?.registryOwner ?? ""
        let verified = try PackageAttestations.verify(signed, of: contents, in: state, at: time)
        if case .failure(let refused) = verified {
            return .refused([refused.refusal])
        }
        let known = state.book.packages[manifest.id.text]
        let decision = PackageDecision(JudgedLaw(state), subject, at: time)
        var refusals = try decision.refusals(
            known == nil ? .install : .upgrade,
            PackageDecision.Target(manifest)
        )
        refusals += InstallRules.refusals(contents, state, keeper)
        if let known {
            if try isInstalled(manifest, state) { return .unchanged(manifest) }
            refusals += InstallRules.refusals(replacing: known, by: manifest, state)
        }
        if refusals.isEmpty {
            refusals = try PackageMemory(root, clock: clock).refusals(manifest, contents.archive)
        }
        guard refusals.isEmpty else { return .refused(refusals) }
        let transition = try PackageTransition(
            installing: contents,
            attestations: signed,
            over: state,
            stateRoot: stateRoot,
            keeper: keeper,
            in: root
        )
        let against = transition.refusals
        return against.isEmpty ? .transition(transition) : .refused(against)
    }

    /// Whether exactly this manifest is installed: the root is whole, so its files are there.
    private func isInstalled(
        _ manifest: PackedManifest,
        _ state: RootState
    ) throws(PackageFault) -> Bool {
        let path = try RelativePath(text: PackedManifest.installedPath(manifest.id.text))
        return state.tree.digest(of: path) == .sha256(of: manifest.bytes)
    }

    // MARK: - Uninstalling

    private func removal(
        of id: String,
        _ state: RootState,
        _ stateRoot: Digest?
    ) throws(PackageFault) -> Judged {
        guard let package = state.book.packages[id] else {
            return .refused([PackageFactory.unknown(id)])
        }
        var refusals = try PackageDecision(
            JudgedLaw(state),
            subject,
            at: Timestamp(nanoseconds: clock.now)
        )
        .refusals(.uninstall, PackageDecision.Target(package))
        if state.book.root?.registryOwner.hasSameBytes(as: id) ?? false {
            refusals.append(
                PackageRefusal(
                    .keeper,
                    path: package.path,
                    "\(id) keeps the registries of this root; without it there is no law.",
                    next: "Leave it installed."
                )
            )
        }
        let dependents = state.book.packages.values.filter { item in
            item.dependencies.contains { $0.id.hasSameBytes(as: id) }
        }
        if !dependents.isEmpty {
            let names = dependents.map(\.id.text).sorted().joined(separator: ", ")
            refusals.append(
                PackageRefusal(
                    .dependents,
                    path: package.path,
                    "\(id) cannot go: \(names) depend\(dependents.count == 1 ? "s" : "") on it.",
                    next:
                        "Uninstall what depends on it first, or upgrade it to a version that does not."
                )
            )
        }
        guard refusals.isEmpty else { return .refused(refusals) }
        let transition = try PackageTransition(
            uninstalling: package,
            from: state,
            stateRoot: stateRoot
        )
        let against = transition.refusals
        return against.isEmpty ? .transition(transition) : .refused(against)
    }
}
