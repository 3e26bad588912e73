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
        return try run(
            "package install",
            about: name,
            isDryRun: false,
            as: plan,
            bringing: { () throws(PackageFault) in
                // Under the root's lock, so that what a crash left on the shelf can go.
                try shelf.tidy()
                let brought: PackageBrought
                switch try PackageBrought.find(name, in: directory) {
                case .failure(let refused): return .refused(refused.refusal, nil)
                case .success(let found): brought = found
                }
                let taken = try shelf.take(brought)
                switch try shelf.contents(of: taken) {
                case .failure(let refused): return .refused(refused.refusal, taken)
                case .success(let contents):
                    return .here(contents, taken.attestations, taken)
                }
            },
            judging: { (incoming, state, stateRoot) throws(PackageFault) in
                try installation(of: incoming, state, stateRoot)
            },
            // Only what was refused goes, and only while nobody else can want it: what was decided
            // may have to be completed from it, whatever happens from here on.
            refusing: { (incoming) throws(PackageFault) in
                if let taken = incoming.taken { try shelf.drop(taken) }
            }
        )
    }

    /// An archive as it came, before anything of the root was held against it.
    private enum Incoming: Sendable {
        case here(PackageContents, [UInt8], PackageShelf.Taken?)
        case refused(PackageRefusal, PackageShelf.Taken?)

        var taken: PackageShelf.Taken? {
            switch self {
            case .here(_, _, let taken), .refused(_, let taken): taken
            }
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
        try run(
            "package install",
            about: name,
            isDryRun: true,
            bringing: { () throws(PackageFault) in
                let brought: PackageBrought
                switch try PackageBrought.find(name, in: directory) {
                case .failure(let refused): return .refused(refused.refusal, nil)
                case .success(let found): brought = found
                }
                switch try PackageShelf.contents(of: brought) {
                case .failure(let refused): return .refused(refused.refusal, nil)
                case .success(let contents): return .here(contents, brought.attestations, nil)
                }
            },
            judging: { (incoming, state, stateRoot) throws(PackageFault) in
                try installation(of: incoming, state, stateRoot)
            }
        )
    }

    /// Takes a package out of the root.
    package func uninstall(
        _ id: String,
        isDryRun: Bool = false,
        as plan: [UInt8]? = nil
    ) throws(PackageFault) -> Outcome {
        try run(
            "package uninstall",
            about: id,
            isDryRun: isDryRun,
            as: plan,
            bringing: { () throws(PackageFault) in },
            judging: { (_, state, stateRoot) throws(PackageFault) in
                try removal(of: id, state, stateRoot)
            }
        )
    }

    /// What one attempt to change the root comes to.
    private enum Judged {
        case transition(PackageTransition)
        case unchanged(PackedManifest)
        case refused([PackageRefusal])
    }

    /// What is brought is looked at while the root is read: neither asks anything of the other.
    private func run<Brought: Sendable>(
        _ purpose: String,
        about id: String,
        isDryRun: Bool,
        as plan: [UInt8]? = nil,
        bringing bring: @Sendable () throws(PackageFault) -> Brought,
        judging judge: (Brought, RootState, Digest?) throws(PackageFault) -> Judged,
        refusing refuse: (Brought) throws(PackageFault) -> Void = { _ in }
    ) throws(PackageFault) -> Outcome {
        func judged() throws(PackageFault) -> Judged {
            let (brought, read) = WorkerThreads.both(
                { Result { () throws(PackageFault) in try bring() } },
                { Result { () throws(PackageFault) in try rootAsItIs() } }
            )
            // What stands against the root is said first, whatever was brought to it.
            let state: RootState
            let report: IntegrityReport
            do throws(PackageFault) {
                (state, report) = try read.get()
            } catch {
                if let incoming = try? brought.get() { try refuse(incoming) }
                throw error
            }
            guard report.isWhole else {
                if let incoming = try? brought.get() { try refuse(incoming) }
                return .refused(report.violations.map { PackageRefusal($0, as: .rootNotWhole) })
            }
            let incoming = try brought.get()
            let judged = try fitting(judge(incoming, state, report.stateRoot))
            if case .refused = judged { try refuse(incoming) }
            return judged
        }
        func fitting(_ judged: Judged) -> Judged {
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
        if case .refused(let refusals) = result { return try record(purpose, id, refusals) }
        return outcome(of: result)
    }

    /// The root, and every stage but the gates: these are asked about the root as it would be, and so
    /// about everything, once.
    private func rootAsItIs() throws(PackageFault) -> (state: RootState, report: IntegrityReport) {
        do throws(IntegrityFault) {
            let state = try RootState(root, threads: WorkerThreads.available)
            return (state, try IntegrityCheck(root).run(state, through: .packages))
        } catch {
            throw .integrity(error)
        }
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
    private func record(
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
        of incoming: Incoming,
        _ state: RootState,
        _ stateRoot: Digest?
    ) throws(PackageFault) -> Judged {
        let contents: PackageContents
        let signed: [UInt8]
        switch incoming {
        case .refused(let refusal, _): return .refused([refusal])
        case .here(let found, let attestations, _): (contents, signed) = (found, attestations)
        }
        let manifest = contents.manifest
        let time = Timestamp(nanoseconds: clock.now)
        let keeper = state.book.root?.registryOwner ?? ""
        let known = state.book.packages[manifest.id.text]
        // Signatures, and what law and memory say: neither asks anything of the other.
        let (signature, said) = WorkerThreads.both(
            {
                Result { () throws(PackageFault) in
                    try PackageAttestations.verify(signed, of: contents, in: state, at: time)
                }
            },
            {
                Result { () throws(PackageFault) in
                    let refusals = try PackageDecision(JudgedLaw(state), subject, at: time)
                        .refusals(
                            known == nil ? .install : .upgrade,
                            PackageDecision.Target(manifest)
                        )
                    let memory = try PackageMemory(root, clock: clock)
                        .refusals(manifest, contents.archive, isHere: known != nil)
                    return (decided: refusals, remembered: memory)
                }
            }
        )
        if case .failure(let refused) = try signature.get() {
            return .refused([refused.refusal])
        }
        let (decided, remembered) = try said.get()
        var refusals = decided + InstallRules.refusals(contents, state, keeper)
        if let known {
            if try isInstalled(manifest, state) { return .unchanged(manifest) }
            refusals += InstallRules.refusals(replacing: known, by: manifest, state)
        }
        if refusals.isEmpty { refusals = remembered }
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
