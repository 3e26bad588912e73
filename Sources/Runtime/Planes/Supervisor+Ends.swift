import Canon
import Host
import Ledger
import Wire

// How planes end, are started again, are halted and resumed, and how everything comes down.
extension Supervisor {
    /// The process of a plane has ended.
    func ended(_ party: Party) {
        guard let keeper = keepers[party], let process = keeper.process else { return }
        let status = (try? process.wait(milliseconds: 0)) ?? nil
        // What it said last has come before its end is seen, and is heard now.
        loop.atEndOfTurn { [weak self] in
            self?.assumeIsolated { $0.ended(party, process, status) }
        }
    }

    func ended(_ party: Party, _ process: ChildProcess, _ status: ExitStatus?) {
        guard let keeper = keepers[party], keeper.process === process else { return }
        if let watch = keeper.watch { loop.forget(watch) }
        keeper.control?.drop()
        keepers[party]?.process = nil
        keepers[party]?.watch = nil
        keepers[party]?.control = nil
        keepers[party]?.linked = []
        for (_, order) in keeper.orders { order(["fault": "The plane ended before it answered."]) }
        keepers[party]?.orders = [:]
        let words = keeper.lastWords
        if isDraining || keeper.state == .draining {
            keepers[party]?.state = .down
            return endIfAllEnded()
        }
        record(
            PlaneEvent.ended,
            about: ["plane:\(party.rawValue)"],
            [
                "status": .string(status.map { "\($0)" } ?? "unknown"),
                "reason": words?.json ?? .null, "round": .integer(keeper.round),
            ]
        )
        guard isReady || words == nil else {
            return endAll(.startFailed(plane: party.title, reason: words?.reason ?? ""))
        }
        guard keeper.state != .halted else { return }
        let now = clock.monotonic
        keepers[party]?.starts.removeAll { now - $0 > 60_000_000_000 }
        let isIncurable = words.map {
            $0.code.hasPrefix("planes.") || $0.code == "ledger.damaged"
                || $0.code == "ledger.other-key" || $0.code == "ledger.other-log"
        }
        if let words, isIncurable == true { return halt(party, words) }
        guard (keepers[party]?.starts.count ?? 0) < PlaneKeeper.startsMax else {
            return halt(
                party,
                Refusal(
                    code: "planes.crash-loop",
                    rule: "FMWK-PLANE: a plane that cannot live is halted",
                    reason:
                        "\(party.title) was started \(PlaneKeeper.startsMax) times in a minute.",
                    next: "See 'charter logs'; then 'charter resume \(party.rawValue)'."
                )
            )
        }
        keepers[party]?.state = .down
        let wait = keepers[party]?.backOffNanoseconds(at: now) ?? 0
        loop.schedule(afterNanoseconds: wait) { [weak self] in
            self?.assumeIsolated { $0.restart(party) }
        }
    }

    /// Starts a plane again, once that is on the disk.
    func restart(_ party: Party) {
        guard keepers[party]?.state == .down, !isDraining else { return }
        record(PlaneEvent.start, about: ["plane:\(party.rawValue)"], .null) { [weak self] in
            self?.assumeIsolated { supervisor in
                guard supervisor.keepers[party]?.state == .down, !supervisor.isDraining else {
                    return
                }
                do throws(PlanesFault) {
                    try supervisor.start(party)
                    for peer in Supervisor.neighbours(of: party) {
                        supervisor.reconnect(party, peer)
                    }
                } catch {
                    supervisor.halt(
                        party,
                        Refusal(
                            code: error.code,
                            rule: "FMWK-PLANE: a plane serves only as the law has it",
                            reason: error.description,
                            next: "Mend it, then 'charter resume \(party.rawValue)'."
                        )
                    )
                }
            }
        }
    }

    // MARK: - Halting

    /// A plane serves no more until it is resumed; the others go on.
    func halt(_ party: Party, _ refusal: Refusal) {
        guard keepers[party]?.halt == nil else { return }
        keepers[party]?.halt = refusal
        keepers[party]?.haltedAt = Timestamp(nanoseconds: clock.now)
        keepers[party]?.state = .halted
        record(
            PlaneEvent.halt,
            about: ["plane:\(party.rawValue)", "code:\(refusal.code)"],
            refusal.json
        )
        guard let control = keepers[party]?.control, let process = keepers[party]?.process else {
            return
        }
        control.send(Supervisor.order(["do": "halt", "refusal": refusal.json]))
        // One that does not even answer is no plane any more.
        keepers[party]?.hasAnsweredHalt = false
        tell(party, ["do": "status"]) { [weak self] _ in
            self?.assumeIsolated { $0.keepers[party]?.hasAnsweredHalt = true }
        }
        loop.schedule(afterNanoseconds: 500_000_000) { [weak self] in
            self?.assumeIsolated { supervisor in
                guard let keeper = supervisor.keepers[party], keeper.process === process,
                    keeper.halt != nil, !keeper.hasAnsweredHalt
                else { return }
                process.kill()
            }
        }
    }

    /// Lets a plane serve again; only where nothing stands against it any more.
    func resume(_ party: Party) {
        guard keepers[party]?.state == .halted else { return }
        keepers[party]?.halt = nil
        keepers[party]?.haltedAt = nil
        record(PlaneEvent.resume, about: ["plane:\(party.rawValue)"], .null)
        let isSameLaw = keepers[party]?.lawDigest == law?.law?.digest
        if let control = keepers[party]?.control, isSameLaw {
            keepers[party]?.state = .up
            return control.send(Supervisor.order(["do": "resume"]))
        }
        // Under another law it begins anew; its end leads to its start.
        keepers[party]?.state = .down
        keepers[party]?.starts = []
        if let process = keepers[party]?.process { process.kill() } else { restart(party) }
    }

    // MARK: - Down

    func listenForSignals() {
        do {
            _ = try loop.watch(signals.descriptor, .readable) { [weak self] _ in
                self?.assumeIsolated { supervisor in
                    while let signal = supervisor.signals.next() {
                        if signal != .hangUp {
                            supervisor.bringDown()
                        } else {
                            supervisor.checkSoon()
                        }
                    }
                }
            }
        } catch {
            endAll(.host(error))
        }
    }

    /// Has every plane write what it has and end, and ends when they have.
    func bringDown() {
        guard !isDraining else { return }
        isDraining = true
        for party in Party.planes {
            guard let keeper = keepers[party], keeper.process != nil else { continue }
            keepers[party]?.state = .draining
            keeper.control?.send(Supervisor.order(["do": "drain"]))
        }
        loop.schedule(afterNanoseconds: 10_000_000_000) { [weak self] in
            self?.assumeIsolated { supervisor in
                for keeper in supervisor.keepers.values { keeper.process?.kill() }
            }
        }
        endIfAllEnded()
    }

    /// It cannot be brought up, or not be held up: everything is ended, and it is said why.
    func endAll(_ fault: PlanesFault) {
        failure = failure ?? fault
        recordEndOfStart(
            .failed,
            ["fault": .string(fault.code), "reason": .string(fault.description)]
        )
        bringDown()
    }

    func endIfAllEnded() {
        guard isDraining, keepers.values.allSatisfy({ $0.process == nil }) else { return }
        checker?.stop()
        checker = nil
        record(PlaneEvent.down, about: [], .null) { [weak self] in
            self?.assumeIsolated { $0.leave() }
        }
    }

    func leave() {
        if let directory = try? place.open() {
            for name in RuntimePlace.socketNames {
                try? DurableFile.removeFile(name, in: directory)
            }
            try? DurableFile.removeFile(RuntimePlace.lockName, in: directory)
        }
        lock = nil
        for link in visitors.values { link.finish(nil) }
        loop.atEndOfTurn { [loop] in loop.stop() }
    }
}
