import Canon
import Host
import Integrity
import Ledger
import Registry
import Wire

// What the operator asks of the supervisor, at its named socket.
extension Supervisor {
    private static let visitorsMax = 32

    func welcome() {
        guard let controlListener else { return }
        for _ in 0..<16 {
            do throws(HostFault) {
                guard let socket = try controlListener.acceptNow() else { return }
                let peer = try socket.peer()
                guard peer.user == HostFacts.currentUser || peer.user == 0,
                    visitors.count < Supervisor.visitorsMax
                else {
                    intrude("planes.desk-refused", "uid:\(peer.user)")
                    continue
                }
                let link = try Link(
                    socket,
                    on: loop,
                    .vouched(own: .supervisor, nonce: randomness.bytes(32), hearing: [.human])
                )
                let key = Swift.ObjectIdentifier(link)
                visitors[key] = link
                let local = LoopLocal(link, on: loop)
                link.onFrame = { [weak self] frame in
                    self?.assumeIsolated { $0.obey(frame, local, "uid:\(peer.user)") }
                }
                link.onEnd = { [weak self] fault in
                    self?.assumeIsolated { supervisor in
                        supervisor.visitors[key] = nil
                        if let fault, fault != .closed {
                            supervisor.intrude(fault.code, "uid:\(peer.user)")
                        }
                    }
                }
            } catch {
                intrude("planes.desk-failed", error.code)
                return
            }
        }
    }

    private func intrude(_ code: String, _ who: String) {
        guard let count = intrusions.count(code, who, at: clock.monotonic) else { return }
        record(
            PlaneEvent.intrusion,
            about: ["from:\(who)", "code:\(code)"],
            ["code": .string(code), "from": .string(who), "times": .integer(count)]
        )
    }

    private func obey(_ frame: Frame, _ link: LoopLocal<Link>, _ who: String) {
        guard frame.kind == .call, let number = PlaneProcess.number(in: frame.payload),
            let wish = try? JSONValue(parsing: Array(frame.payload.dropFirst(8)))
        else { return }
        @Sendable func reply(_ value: JSONValue) {
            link.value.send(Frame(.reply, PlaneProcess.numbered(number, value.line)))
        }
        let party = wish["plane"]?.string.flatMap(Party.init(rawValue:))
        switch (wish["do"]?.string, party) {
        case ("status", _): status(reply)
        case ("down", _):
            reply(["done": true])
            bringDown()
        case ("halt", .some(let party)):
            halt(
                party,
                Refusal(
                    code: "planes.halted-by-operator",
                    rule: "an operator's word",
                    reason: wish["reason"]?.string ?? "An operator halted it.",
                    next: "charter resume \(party.rawValue)"
                )
            )
            reply(["done": true])
        case ("resume", .some(let party)): resumeIfWhole(party, reply)
        case ("restart", .some(let party)):
            guard keepers[party]?.state == .up, let process = keepers[party]?.process else {
                return reply([
                    "fault": "The plane is not up; 'charter resume' lets a halted one go on."
                ])
            }
            // It is killed and not asked: what a plane holds is in its ledger.
            record(
                PlaneEvent.ended,
                about: ["plane:\(party.rawValue)"],
                ["reason": "An operator restarts it."]
            ) { process.kill() }
            reply(["done": true])
        case ("ask", .some(let party)), ("bench", .some(let party)), ("memory", .some(let party)):
            guard case .object(var order) = wish else { return }
            order["by"] = .string(who)
            self.tell(party, .object(order), reply)
        default: reply(["fault": "The supervisor does not know this wish."])
        }
    }

    /// Resumes a plane only when a check finds nothing against it.
    private func resumeIfWhole(
        _ party: Party,
        _ reply: @escaping @Sendable (JSONValue) -> Void
    ) {
        guard keepers[party]?.state == .halted else {
            return reply(["fault": "The plane is not halted."])
        }
        checkNow(withLogs: true) { supervisor, result in
            supervisor.judge(result)
            guard case .success(let law) = result else {
                return reply(["fault": "The root cannot be checked; see 'charter doctor'."])
            }
            if let refusal = law.rootHalt ?? law.halts[party] {
                return reply(["refusal": refusal.json])
            }
            supervisor.resume(party)
            reply(["done": true])
        }
    }

    // MARK: - Watching

    /// Looks at the tree whenever something in it changes, and from time to time.
    func watchTree() {
        do throws(HostFault) {
            let watch = try TreeWatch()
            self.watch = watch
            for directory in law?.directories ?? [] { try watch.add(directory, in: root.directory) }
            _ = try loop.watch(watch.descriptor, .readable) { [weak self] _ in
                self?.assumeIsolated { supervisor in
                    if supervisor.watch?.drain() == true { supervisor.checkSoon() }
                }
            }
        } catch {
            // Without a watch, looking from time to time is what remains; it is said in the log.
            record(PlaneEvent.intrusion, about: ["code:\(error.code)"], .null)
        }
        checkAgain()
    }

    private func checkAgain() {
        loop.schedule(afterNanoseconds: UInt64(settings.checkSeconds) * 1_000_000_000) {
            [weak self] in
            self?.assumeIsolated { supervisor in
                guard supervisor.isReady, !supervisor.isDraining else { return }
                // The logs as well, and the heads that were signed since are remembered.
                supervisor.checkNow(withLogs: true) { supervisor, result in
                    supervisor.judge(result)
                }
                for party in Party.planes {
                    supervisor.keepers[party]?.control?.send(Supervisor.order(["do": "head"]))
                }
                supervisor.checkAgain()
            }
        }
    }

    /// Checks the root beside everything else, a moment from now, since changes come in swarms.
    func checkSoon() {
        guard !isCheckDue, !isDraining, isReady else { return }
        isCheckDue = true
        loop.schedule(afterNanoseconds: 20_000_000) { [weak self] in
            self?.assumeIsolated { supervisor in
                supervisor.isCheckDue = false
                supervisor.checkNow { supervisor, result in supervisor.judge(result) }
            }
        }
    }

    /// Checks on a thread of its own, and tells what it found here.
    private func checkNow(
        withLogs: Bool = false,
        _ then: @escaping (isolated Supervisor, Result<CheckedLaw, PlanesFault>) -> Void
    ) {
        if checker == nil {
            let (root, loop) = (root, loop)
            checker = BatchThread(name: "check", waitingMax: 64, make: { () }) { _, wishes in
                for wish in wishes {
                    wish.found.set(
                        Result { () throws(PlanesFault) in
                            try CheckedLaw(
                                root,
                                threads: WorkerThreads.available,
                                withLogs: wish.withLogs
                            )
                        }
                    )
                    loop.submit {
                        self.assumeIsolated { supervisor in
                            guard let result = wish.found.take() else { return }
                            supervisor.checks.removeFirst()(supervisor, result)
                        }
                    }
                }
            }
        }
        checks.append(then)
        if checker?.submit(Check(withLogs: withLogs)) != true { checks.removeLast() }
    }

    private func judge(_ result: Result<CheckedLaw, PlanesFault>) {
        lastCheck = Timestamp(nanoseconds: clock.now)
        guard !isDraining else { return }
        switch result {
        case .failure(let fault):
            let refusal = Refusal(
                code: fault.code,
                rule: "FMWK-REG: what cannot be checked is not whole",
                reason: fault.description,
                next: "Run 'charter integrity check'."
            )
            for party in Party.planes where keepers[party]?.state == .up { halt(party, refusal) }
        case .success(let law):
            self.law = law
            for manifest in law.law?.manifests ?? [] {
                keepers[manifest.party]?.manifest = manifest
            }
            for directory in law.directories { try? watch?.add(directory, in: root.directory) }
            for party in Party.planes {
                guard let refusal = law.rootHalt ?? law.halts[party] else { continue }
                halt(party, refusal)
            }
        }
    }

    // MARK: - Status

    /// The status of the root and its planes, as `cp_status.json` has it and a little more.
    func status(_ reply: @escaping (JSONValue) -> Void) {
        var waiting = Set(Party.planes.filter { keepers[$0]?.isServing == true })
        var isOver = false
        func finish() {
            guard !isOver, waiting.isEmpty else { return }
            isOver = true
            reply(statusDocument())
        }
        guard !waiting.isEmpty else { return finish() }
        for party in waiting {
            tell(party, ["do": "status"]) { [weak self] value in
                self?.assumeIsolated { $0.keepers[party]?.lastStatus = value }
                waiting.remove(party)
                finish()
            }
        }
        // A plane that is stopped does not hold up the answer about the others.
        loop.schedule(afterNanoseconds: 300_000_000) {
            for party in waiting {
                self.assumeIsolated {
                    $0.keepers[party]?.lastStatus = ["silent": true]
                }
            }
            waiting = []
            finish()
        }
    }

    private func statusDocument() -> JSONValue {
        let report = law?.report
        let isWhole = report?.isWhole ?? false
        var integrity = JSONObject()
        integrity["state"] = .string(isWhole ? "intact" : "violated")
        integrity["findings"] = .integer(report?.violations.count ?? 0)
        integrity["checked_at"] = lastCheck.map { .string($0.description) }
        if !isWhole, let stage = report?.stages.last { integrity["stage"] = .string(stage.name) }
        let seal = report?.seal ?? .unchecked
        return [
            "schema_version": "1.0", "type": "cp_status",
            "taken_at": .string(Timestamp(nanoseconds: clock.now).description),
            "root": [
                "id": .string(root.id), "path": .string(root.directory.path),
                "state": .string(
                    isWhole ? (seal == .verified ? "sealed" : "unsealed") : "violated"
                ),
                "files": .integer(report?.fileCount ?? 0),
            ],
            "integrity": .object(integrity),
            "program": [
                "version": .string(settings.version), "digest": .string(digest?.hex ?? ""),
            ],
            "supervisor": [
                "pid": .integer(Int(HostFacts.processNumber)),
                "up_since": .string(upSince.description),
                "control": .string(place.controlPath),
                "ready_nanoseconds": .integer(Int(clock.monotonic - began)),
                "users": .string(users.isEmpty ? "shared" : "own"),
            ],
            "planes": .array(Party.planes.compactMap { keepers[$0].map(planeDocument) }),
        ]
    }

    private func planeDocument(_ keeper: PlaneKeeper) -> JSONValue {
        let said = keeper.lastStatus
        var plane = JSONObject()
        plane["id"] = .string(keeper.party.rawValue)
        plane["tier"] = .string(keeper.party.rawValue)
        plane["root"] = .string("planes/\(keeper.party.rawValue)")
        plane["state"] = .string(keeper.state.rawValue)
        if keeper.party == .meta { plane["socket"] = .string(place.metaPath) }
        if let process = keeper.process {
            plane["process"] = [
                "pid": .integer(Int(process.number)),
                "started_at": .string(keeper.startedAt?.description ?? ""),
                "executable_digest": .string(digest?.hex ?? ""),
            ]
        }
        plane["rounds"] = .integer(keeper.round)
        plane["memory_ledgers"] = [
            "active": .integer(said["active"]?.array?.count ?? 0),
            "limit": .integer(keeper.manifest?.activeMax ?? 1),
        ]
        if let entries = said["entries"] { plane["governance_ledger"] = ["entries": entries] }
        plane["integrity"] = [
            "state": .string(law?.halts[keeper.party] == nil ? "intact" : "violated")
        ]
        if let walls = said["confinement"], walls != .null {
            plane["confinement"] = [
                "configured": walls["configured"] ?? "plane",
                "effective": .string(
                    walls["complete"]?.bool == true ? "all that is configured" : "less"
                ),
                "reduced": walls["reduced"] ?? false,
            ]
            plane["user"] = walls["user"]
        }
        if let halt = keeper.halt {
            plane["halt"] = [
                "reason": .string(halt.reason), "rule": .string(halt.rule),
                "since": .string(keeper.haltedAt?.description ?? ""),
            ]
            plane["next"] = .string(halt.next)
        }
        for key in ["queues", "open_questions", "asked", "agents", "silent"] {
            if let value = said[key] { plane[key] = value }
        }
        return .object(plane)
    }
}
