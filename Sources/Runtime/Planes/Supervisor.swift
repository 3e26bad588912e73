package import Canon
import Crypto
package import Host
package import Integrity
import Keys
import Ledger
import Wire

/// Verifies a root, starts its three planes behind their walls, watches them, and halts one that is
/// not what the law says.
///
/// It runs on the main thread of its process, which never ends before it does: the kernel kills every
/// plane when that thread is gone. What it does to planes is in the root's log before it happens.
package actor Supervisor: LoopBound {
    /// What an operator chose.
    package struct Settings: Sendable {
        /// Planes run as users of their own, where the supervisor may change users.
        package var hasOwnUsers = true
        /// Less confinement than the manifests ask for is accepted.
        package var isReduced = false
        package var version: String
        package var runtimeHome: String
        /// Told once the planes are ready, with the status of all.
        package var ready: @Sendable (JSONValue) -> Void = { _ in }
        /// How often everything is checked again although nothing seems to have changed.
        package var checkSeconds = 60

        /// The settings that nobody has to spell.
        package init(version: String, runtimeHome: String) {
            self.version = version
            self.runtimeHome = runtimeHome
        }
    }

    /// A check that somebody waits for.
    struct Check: Sendable {
        let withLogs: Bool
        let found = Handed<Result<CheckedLaw, PlanesFault>>()
    }

    package nonisolated let loop: EventLoop
    let root: GovernedRoot
    let settings: Settings
    let clock: Clock
    let randomness: Randomness
    let place: RuntimePlace
    let image: Executable
    let signals: SignalQueue

    var lock: FileLock?
    var digest: Digest?
    var law: CheckedLaw?
    var keepers: [Party: PlaneKeeper] = [:]
    var users: [Party: UserIdentity] = [:]
    var messageKeys: [Party: SigningKey] = [:]
    var metaListener: UnixListener?
    var controlListener: UnixListener?
    var visitors: [Swift.ObjectIdentifier: Link] = [:]
    var intrusions = IntrusionLog()
    var linksDue: Set<String> = []

    /// The root's log while the planes are started the first time.
    var startLog: LedgerLog?
    var startAttempt: Attempt?
    /// Entries for the root's log that wait until it is free, with what may happen after them.
    var records: [(draft: EntryDraft, then: () -> Void)] = []
    var isRecording = false

    var isDraining = false
    var isReady = false
    var began: UInt64
    var upSince: Timestamp
    var failure: PlanesFault?
    var watch: TreeWatch?
    var checker: BatchThread<Check>?
    /// What waits for the checks that are under way, in their order.
    var checks: [(isolated Supervisor, Result<CheckedLaw, PlanesFault>) -> Void] = []
    var isCheckDue = false
    var lastCheck: Timestamp?

    /// A supervisor of a root that is not up yet.
    ///
    /// It must be made while the process has one thread.
    package init(
        _ root: GovernedRoot,
        _ settings: Settings,
        clock: Clock = .system,
        randomness: Randomness = .system
    ) throws(PlanesFault) {
        self.root = root
        self.settings = settings
        self.clock = clock
        self.randomness = randomness
        began = clock.monotonic
        upSince = Timestamp(nanoseconds: clock.now)
        place = try RuntimePlace(root, runtimeHome: settings.runtimeHome)
        do {
            signals = try SignalQueue()
            loop = try EventLoop()
            image = try .ownImage()
        } catch {
            throw .host(error)
        }
    }

    /// How a supervisor ended.
    package struct End: Sendable {
        /// Whether the planes ever served.
        package let wasUp: Bool
        /// What the check before the start found.
        package let report: IntegrityReport?
    }

    /// Brings everything up and serves until it is told to end.
    ///
    /// Where the law refuses the start nothing is started, and the report says why.
    package nonisolated func run() throws(PlanesFault) -> End {
        let result: Result<Void, PlanesFault> = assumeIsolated { supervisor in
            Result { () throws(PlanesFault) in try supervisor.bringUp() }
        }
        try result.get()
        if !assumeIsolated({ $0.keepers.isEmpty }) { loop.run() }
        let fault = assumeIsolated { $0.failure }
        if let fault { throw fault }
        return assumeIsolated { End(wasUp: $0.isReady, report: $0.law?.report) }
    }

    // MARK: - Up

    func bringUp() throws(PlanesFault) {
        let directory: Directory
        do throws(HostFault) {
            directory = try place.open()
            do throws(HostFault) {
                lock = try FileLock.acquire(RuntimePlace.lockName, in: directory)
            } catch .locked(_, let holder) {
                throw HostFault.locked(path: root.directory.path, holder: holder)
            }
            // What a supervisor left that was killed: nobody listens there, because we have the lock.
            for name in RuntimePlace.socketNames where try directory.facts(of: name) != nil {
                try DurableFile.removeFile(name, in: directory)
            }
        } catch .locked(_, let holder) {
            throw .alreadyUp(root: root.directory.path, holder: holder)
        } catch {
            throw .host(error)
        }
        let (root, image) = (root, image)
        let (checked, digest) = WorkerThreads.both(
            {
                Result { () throws(PlanesFault) in
                    try CheckedLaw(root, threads: WorkerThreads.available)
                }
            },
            { Result { () throws(HostFault) in try image.digest() } }
        )
        let law = try checked.get()
        self.law = law
        lastCheck = Timestamp(nanoseconds: clock.now)
        do { self.digest = try digest.get() } catch { throw .host(error) }
        guard law.rootHalt == nil else { return }
        try prepare()
        for party in Party.planes {
            var keeper = PlaneKeeper(party)
            keeper.manifest = law.law?.manifests.first { $0.party == party }
            if let halt = law.halts[party] {
                keeper.state = .halted
                keeper.halt = halt
                keeper.haltedAt = lastCheck
            }
            keepers[party] = keeper
        }
        try recordStart()
        do throws(PlanesFault) {
            for party in Party.planes where keepers[party]?.state != .halted { try start(party) }
        } catch {
            endAll(error)
        }
        connectAll()
        listenForSignals()
        announceIfReady()
        // A plane that says nothing would hold up everything.
        loop.schedule(afterNanoseconds: 15_000_000_000) { [weak self] in
            self?.assumeIsolated { supervisor in
                if !supervisor.isReady {
                    supervisor.endAll(
                        .startFailed(plane: "A plane", reason: "it said nothing for 15 s")
                    )
                }
            }
        }
    }

    func prepare() throws(PlanesFault) {
        do {
            let state = try root.openState()
            if settings.hasOwnUsers, HostFacts.probe().effectiveUser == 0 {
                users = try PlaneUsers.users(in: state, randomness: randomness)
            }
            for party in Party.planes {
                messageKeys[party] = try MachineKey("messages-\(party.rawValue)", in: state)
                    .signing(
                        origin: "charter/\(root.id)/\(party.rawValue)/messages",
                        randomness: randomness
                    )
            }
            let meta = try UnixListener.listen(place.metaPath)
            try meta.stopBlocking()
            metaListener = meta
            let control = try UnixListener.listen(place.controlPath)
            try control.stopBlocking()
            controlListener = control
            _ = try loop.watch(control.descriptor, .readable) { [weak self] _ in
                self?.assumeIsolated { $0.welcome() }
            }
        } catch let fault as HostFault {
            throw .host(fault)
        } catch let fault as IntegrityFault {
            throw .integrity(fault)
        } catch let fault as KeysFault {
            throw .keys(fault)
        } catch let fault as PlanesFault {
            throw fault
        } catch {
            preconditionFailure("Every error of these modules has a type: \(error)")
        }
    }

    /// The start is on the disk before the first plane is.
    func recordStart() throws(PlanesFault) {
        let planes = keepers.values.filter { $0.state != .halted }.map {
            "plane:\($0.party.rawValue)"
        }
        var draft = EntryDraft(
            PlaneEvent.up,
            by: RootLedger.actor,
            about: planes.sorted(),
            body: .json([
                "version": .string(settings.version),
                "executable_digest": .string(digest?.hex ?? ""),
                "state_root": law?.report.stateRoot.map { .string($0.hex) } ?? .null,
                "confinement": .string(settings.isReduced ? "reduced" : "full"),
                "users": .string(users.isEmpty ? "shared" : "own"),
            ])
        )
        draft.trace = nil
        do {
            let log = try RootLedger(root, clock: clock, randomness: randomness).open(.root)
            startAttempt = .some(try log.attempt(draft))
            startLog = log
        } catch let fault as IntegrityFault {
            throw .integrity(fault)
        } catch let fault as LedgerFault {
            throw .ledger(fault)
        } catch {
            preconditionFailure("Every error of these modules has a type: \(error)")
        }
    }

    func recordEndOfStart(_ outcome: AttemptOutcome, _ body: JSONValue) {
        guard let log = startLog else { return }
        startLog = nil
        do {
            if let attempt = startAttempt.take() {
                try log.outcome(of: attempt, outcome, body: .json(body))
            }
            try RootLedger(root, clock: clock, randomness: randomness).finish(log)
        } catch {
            failure = failure ?? .startFailed(plane: "The supervisor", reason: "\(error)")
        }
        recordSoon()
    }

    // MARK: - One plane

    func start(_ party: Party) throws(PlanesFault) {
        guard let manifest = keepers[party]?.manifest, let law = law?.law, let digest else {
            return
        }
        do {
            let handover = try RootLedger(root, clock: clock, randomness: randomness)
                .handover(of: manifest.plane)
            let user = users[party]
            if HostFacts.probe().effectiveUser == 0 {
                try handover.directory.give(to: user ?? UserIdentity(user: 0, group: 0))
            }
            guard let messageKey = messageKeys[party] else { return }
            var peerKeys: [Party: VerifyingKey] = [:]
            for other in Supervisor.neighbours(of: party) {
                peerKeys[other] = messageKeys[other]?.verifyingKey
            }
            keepers[party]?.round += 1
            let birth = PlaneBirth(
                rootID: root.id,
                party: party,
                round: keepers[party]?.round ?? 1,
                version: settings.version,
                executableDigest: digest,
                law: law,
                origin: handover.origin,
                keys: (handover.key, messageKey.exportPEM()),
                logHead: handover.head,
                peerKeys: peerKeys,
                confinement: manifest.document["confinement"] ?? .null,
                isReduced: settings.isReduced
            )
            let (ours, theirs) = try UnixSocket.pair()
            try ours.stopBlocking()
            try theirs.stopBlocking()
            let child = try launch(manifest, handover.directory, theirs, user)
            let control = try Link(ours, on: loop, .trusted)
            control.onFrame = { [weak self] frame in
                self?.assumeIsolated { $0.hear(frame, from: party) }
            }
            let watch = try loop.watch(child.handle, .readable) { [weak self] _ in
                self?.assumeIsolated { $0.ended(party) }
            }
            control.send(Supervisor.order(birth.json))
            keepers[party]?.process = child
            keepers[party]?.lawDigest = law.digest
            keepers[party]?.control = control
            keepers[party]?.watch = watch
            keepers[party]?.state = .starting
            keepers[party]?.linked = []
            let held = keepers[party]?.held ?? []
            keepers[party]?.held = []
            keepers[party]?.startedAt = Timestamp(nanoseconds: clock.now)
            keepers[party]?.starts.append(clock.monotonic)
            keepers[party]?.lastWords = nil
            for (order, reply) in held { tell(party, order, reply) }
        } catch let fault as PlanesFault {
            throw fault
        } catch let fault as HostFault {
            throw .host(fault)
        } catch let fault as IntegrityFault {
            throw .integrity(fault)
        } catch {
            preconditionFailure("Every error of these modules has a type: \(error)")
        }
    }

    /// Starts the process of a plane: its walls stand before its image does.
    func launch(
        _ manifest: TierManifest,
        _ ledger: Directory,
        _ control: UnixSocket,
        _ user: UserIdentity?
    ) throws(HostFault) -> ChildProcess {
        let base = root.directory.path
        let run = PlaneWalls.run(of: manifest.party)
        let state = try root.directory.openMakingBeneath(run, mode: 0o700)
        if HostFacts.probe().effectiveUser == 0 {
            try state.give(to: user ?? UserIdentity(user: 0, group: 0))
        }
        let walls = try PlaneWalls(root: base, isReduced: settings.isReduced)
            .walls(of: manifest, hasOwnUser: user != nil)
        let hasListener = manifest.party == .meta
        var start = ChildProcess.Start(
            image,
            arguments: ["charter", "role", "plane", manifest.party.rawValue]
                + (manifest.mayExecute ? ["--executes"] : [])
        )
        // A backtrace would need another program, which no plane may start.
        start.environment = ["SWIFT_BACKTRACE": "enable=no"]
        start.descriptors = [
            nil, nil, try PlaneLogs.open(manifest.party, of: root), control.descriptor,
            try ledger.duplicate(),
            hasListener ? metaListener?.descriptor : nil,
        ]
        if !hasListener { start.descriptors.removeLast() }
        start.diesWithParent = true
        start.confinement = walls
        start.user = user
        start.dropsCapabilities = true
        return try ChildProcess.start(start)
    }

    /// The planes that a plane has a connection to: those that the law lets it speak to.
    static func neighbours(of party: Party) -> [Party] {
        party == .meta ? [.hot, .firstOrder] : [.meta]
    }

    // MARK: - Connections between planes

    func connectAll() {
        connect(.hot, .meta)
        connect(.meta, .firstOrder)
    }

    /// Makes a pair of ends and hands one to each, where both are there to take it.
    func connect(_ first: Party, _ second: Party) {
        guard let one = keepers[first], let other = keepers[second], one.process != nil,
            other.process != nil, let left = one.control, let right = other.control
        else { return }
        do throws(HostFault) {
            let (a, b) = try UnixSocket.pair()
            func link(_ peer: Party, _ side: String) -> Frame {
                Supervisor.order([
                    "do": "link", "peer": .string(peer.rawValue), "side": .string(side),
                ])
            }
            left.send(link(second, "opening"), passing: a.descriptor)
            right.send(link(first, "answering"), passing: b.descriptor)
        } catch {
            record(PlaneEvent.intrusion, about: ["code:\(error.code)"], .null)
        }
    }

    func reconnect(_ party: Party, _ peer: Party) {
        let pair = party == .hot || peer == .hot ? (Party.hot, Party.meta) : (.meta, .firstOrder)
        let key = pair.0.rawValue + pair.1.rawValue
        // Both ends say that it is lost; one new pair is made, when what ended is known to have ended.
        guard linksDue.insert(key).inserted else { return }
        loop.schedule(afterNanoseconds: 2_000_000) { [weak self] in
            self?.assumeIsolated { supervisor in
                supervisor.linksDue.remove(key)
                if !supervisor.isDraining { supervisor.connect(pair.0, pair.1) }
            }
        }
    }

    // MARK: - What planes say

    func hear(_ frame: Frame, from party: Party) {
        guard let number = PlaneProcess.number(in: frame.payload),
            let said = try? JSONValue(parsing: Array(frame.payload.dropFirst(8)))
        else { return }
        if frame.kind == .reply {
            keepers[party]?.orders.removeValue(forKey: number)?(said)
            return
        }
        switch said["say"]?.string {
        case "ready":
            if keepers[party]?.state == .starting { keepers[party]?.state = .up }
            announceIfReady()
        case "failed":
            keepers[party]?.lastWords = Refusal(
                code: said["code"]?.string ?? "planes.start-failed",
                rule: "FMWK-PLANE: a plane serves only as the law has it",
                reason: said["reason"]?.string ?? "It gave no reason.",
                next: "See 'charter logs' and 'charter doctor'."
            )
        case "linked":
            if let peer = said["peer"]?.string.flatMap(Party.init(rawValue:)) {
                keepers[party]?.linked.insert(peer)
                announceIfReady()
            }
        case "link_lost":
            if let peer = said["peer"]?.string.flatMap(Party.init(rawValue:)) {
                reconnect(party, peer)
            }
        case "head": remember(said["head"], of: party)
        default: break
        }
    }

    func remember(_ head: JSONValue?, of party: Party) {
        guard let plane = keepers[party]?.manifest?.plane,
            let genesis = head?["genesis"]?.string.flatMap({ Digest(hex: $0) }),
            let size = head?["size"]?.integer,
            let top = head?["root"]?.string.flatMap({ Digest(hex: $0) })
        else { return }
        try? RootLedger(root, clock: clock, randomness: randomness)
            .remember(plane, genesis: genesis, size: size, root: top)
    }

    func announceIfReady() {
        guard !isReady, keepers.values.allSatisfy({ $0.state == .up || $0.state == .halted })
        else { return }
        for keeper in keepers.values where keeper.state == .up {
            let peers = Supervisor.neighbours(of: keeper.party).filter { keepers[$0]?.state == .up }
            guard keeper.linked.isSuperset(of: peers) else { return }
        }
        isReady = true
        recordEndOfStart(
            .succeeded,
            ["nanoseconds": .integer(Int(clock.monotonic - began))]
        )
        for keeper in keepers.values.sorted(by: { $0.party.rawValue < $1.party.rawValue }) {
            if let halt = keeper.halt {
                record(
                    PlaneEvent.halt,
                    about: ["plane:\(keeper.party.rawValue)", "code:\(halt.code)"],
                    halt.json
                )
            }
        }
        watchTree()
        status { [settings] in settings.ready($0) }
    }

    /// Asks a plane for something and hears the reply.
    func tell(_ party: Party, _ order: JSONValue, _ reply: @escaping (JSONValue) -> Void) {
        guard let control = keepers[party]?.control, keepers[party]?.process != nil else {
            guard keepers[party]?.state == .down, !isDraining,
                (keepers[party]?.held.count ?? 0) < PlaneKeeper.heldMax
            else { return reply(["fault": "The plane is not up."]) }
            // It is being started again, and will be asked then.
            keepers[party]?.held.append((order, reply))
            return
        }
        let number = keepers[party]?.nextOrder ?? 1
        keepers[party]?.nextOrder = number + 1
        keepers[party]?.orders[number] = reply
        control.send(Supervisor.order(order, number))
    }

    /// An order to a plane; one without a number gets no reply.
    static func order(_ order: JSONValue, _ number: UInt64 = 0) -> Frame {
        Frame(.call, PlaneProcess.numbered(number, order.line))
    }

    // MARK: - The root's log

    /// Records something in the root's log, in its order; what follows waits for it.
    func record(
        _ event: String,
        about subjects: [String],
        _ body: JSONValue,
        then: @escaping () -> Void = {}
    ) {
        let draft = EntryDraft(
            event,
            by: EntryActor("supervisor", .builder),
            about: subjects,
            body: body == .null ? nil : .json(body)
        )
        records.append((draft, then))
        recordSoon()
    }

    func recordSoon() {
        guard !isRecording, startLog == nil, !records.isEmpty else { return }
        isRecording = true
        loop.atEndOfTurn { [weak self] in self?.assumeIsolated { $0.writeRecords() } }
    }

    func writeRecords() {
        isRecording = false
        let batch = records
        records = []
        do {
            let ledger = RootLedger(root, clock: clock, randomness: randomness)
            let log = try ledger.open(.root)
            try log.record(all: batch.map(\.draft))
            try ledger.finish(log)
        } catch {
            // A command has the log, or the disk is full: nothing is done before it is recorded, so
            // it is tried again, for as long as it takes.
            records = batch + records
            loop.schedule(afterNanoseconds: 100_000_000) { [weak self] in
                self?.assumeIsolated { $0.recordSoon() }
            }
            return
        }
        for (_, then) in batch { then() }
    }
}
