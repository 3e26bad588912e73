import Canon
import Crypto
import Host
import Ledger
import Wire

// What the supervisor asks of a plane, over the socket that it handed over.
extension PlaneProcess {
    /// Does what a frame of the supervisor asks, and replies.
    func obey(_ frame: Frame) {
        guard isOpen else { return early.append(frame) }
        guard frame.kind == .call, let number = PlaneProcess.number(in: frame.payload),
            let order = try? JSONValue(parsing: Array(frame.payload.dropFirst(8)))
        else { return }
        let control = control.value
        func reply(_ value: JSONValue) {
            control.send(Frame(.reply, PlaneProcess.numbered(number, value.line)))
        }
        switch order["do"]?.string {
        case "link":
            guard let peer = order["peer"]?.string.flatMap(Party.init(rawValue:)),
                let side = order["side"]?.string.flatMap(Handshake.Side.init(rawValue:)),
                let descriptor = control.takeDescriptor()
            else { return }
            connect(peer, side, UnixSocket(descriptor))
        case "status": reply(status)
        case "halt": if let refusal = Refusal(order["refusal"]) { stop(refusal) }
        case "resume": goOn()
        case "drain": drain()
        case "ask": take(order, reply)
        case "bench":
            guard let peer = order["peer"]?.string.flatMap(Party.init(rawValue:)) else { return }
            begin(
                peer,
                count: order["count"]?.integer ?? 1,
                outstanding: max(1, min(1024, order["outstanding"]?.integer ?? 1)),
                isKept: order["kept"]?.bool ?? true,
                reply
            )
        case "memory": admit(order, reply)
        case "head":
            let head = Handed<JSONValue>()
            ledger?.perform { [loop] log in
                if let log { head.set(PlaneProcess.head(of: log)) }
                loop.submit {
                    self.assumeIsolated { plane in
                        if let head = head.take() { plane.tell(["say": "head", "head": head]) }
                    }
                }
            }
        default: reply(["fault": "The plane does not know this order."])
        }
    }

    /// What the plane says of itself; the supervisor adds what it knows.
    private var status: JSONValue {
        var queues = JSONObject()
        for (peer, other) in mailbox.correspondents {
            queues[peer.rawValue] = [
                "sent": .integer(other.sent), "confirmed": .integer(other.confirmed),
                "received": .integer(other.received), "waiting": .integer(other.outbox.count),
                "connected": .bool(links[peer]?.link?.isOpen ?? false),
            ]
        }
        return [
            "entries": .integer(entries), "active": .array(active.map { .string($0) }),
            "limit": .integer(manifest.activeMax), "queues": .object(queues),
            "open_questions": .integer(mailbox.open.count),
            "asked": .integer(mailbox.asked.count),
            "agents": .integer(desk?.visitors.count ?? 0),
            "halted": halt?.json ?? .null, "confinement": report,
            "started_at": .string(started.description),
        ]
    }

    /// Stops serving: nothing is read from other planes, who keep what they send, and agents are told.
    private func stop(_ refusal: Refusal) {
        guard halt == nil else { return }
        halt = refusal
        for peer in links.values { peer.link?.pause() }
        note(
            EntryDraft(
                PlaneEvent.halted,
                by: EntryActor("supervisor", .builder),
                about: ["plane:\(party.rawValue)", "code:\(refusal.code)"],
                body: .json(refusal.json)
            )
        )
        turn.whenWritten.append { [weak self] in
            self?.assumeIsolated { $0.tell(["say": "halted"]) }
        }
    }

    private func goOn() {
        guard halt != nil else { return }
        halt = nil
        note(
            EntryDraft(
                PlaneEvent.resumed,
                by: EntryActor("supervisor", .builder),
                about: ["plane:\(party.rawValue)"]
            )
        )
        turn.whenWritten.append { [weak self] in
            self?.assumeIsolated { plane in
                for peer in plane.links.values { peer.link?.resume() }
                plane.tell(["say": "resumed"])
            }
        }
    }

    /// A question of a human, whom the supervisor has heard.
    private func take(_ order: JSONValue, _ reply: @escaping (JSONValue) -> Void) {
        let route = (order["route"]?.array ?? [])
            .compactMap { $0.string.flatMap(Party.init(rawValue:)) }
        let slots = JSONObject([
            ("question", order["words"] ?? ""),
            ("route", .array(route.map { .string($0.rawValue) })),
        ])
        guard let prompt = prompts.prompt(verb: "ask", from: .human, to: party),
            let words = prompt.words(slots), PromptMessage.areWords(words)
        else {
            return reply([
                "refusal": Refusal(
                    code: "planes.prompt-missing",
                    rule: "FMWK-AI-001: a message is an instance of a prompt in force",
                    reason: "The words do not fill the prompt for questions to \(party.title).",
                    next: "Ask in at least three words, and at most 4,000 characters."
                ).json
            ])
        }
        var message = made(
            prompt,
            to: party,
            thread: newID("t-"),
            words: words,
            trace: order["trace"]?.string ?? newTrace(),
            attention: attention(for: party, about: "human"),
            expires: Timestamp(
                nanoseconds: clock.now
                    + Int64(max(1, min(86_400, order["seconds"]?.integer ?? 60))) * 1_000_000_000
            ),
            isKept: false
        )
        message.from = .human
        message.slots = slots
        let who = order["by"]?.string ?? "human"
        if let refusal = takeFromOutside(message, claiming: .human, by: who, reply) {
            reply(["refusal": refusal.json])
        }
    }

    /// Opens, parks, resumes or closes a memory ledger, within the limit of the tier.
    private func admit(_ order: JSONValue, _ reply: @escaping (JSONValue) -> Void) {
        guard let verb = order["verb"]?.string,
            let name = order["name"]?.string.flatMap({ LedgerName($0) }),
            let kind = manifest.plane.memoryKind, halt == nil
        else { return reply(["fault": "The order names no ledger, or the plane is halted."]) }
        let actor = EntryActor(order["by"]?.string ?? "human", .human)
        let result = Handed<(Result<LedgerAdmission, LedgerFault>, Int, [String])>()
        ledger?.perform { [loop] log in
            if let log {
                let done = Result { () throws(LedgerFault) -> LedgerAdmission in
                    switch verb {
                    case "open": try log.open(name, for: kind, from: "human", by: actor)
                    case "park": try log.park(name, by: actor)
                    case "resume": try log.resume(name, by: actor)
                    default: try log.finish(name, by: actor)
                    }
                }
                let active = log.allLedgers.filter {
                    $0.kind != .governance && $0.state == .open
                }
                result.set((done, log.size, active.map(\.name.text)))
            }
            loop.submit {
                self.assumeIsolated { plane in
                    guard let (done, size, active) = result.take() else { return }
                    plane.entries = size
                    plane.active = active
                    plane.ticked.formIntersection(active)
                    plane.answer(done)
                }
            }
        }
        admissions.append(reply)
    }

    private func answer(_ done: Result<LedgerAdmission, LedgerFault>) {
        let reply = admissions.removeFirst()
        switch done {
        case .success(.done(let receipt)):
            reply([
                "index": .integer(receipt.index), "digest": .string(receipt.digest.hex),
                "active": .array(active.map { .string($0) }),
            ])
        case .success(.refused(let refusal)):
            reply([
                "refusal": Refusal(
                    code: "planes.ledger-limit",
                    rule: refusal.rule,
                    reason: refusal.reason,
                    next: refusal.next
                ).json
            ])
        case .failure(let fault):
            reply(["fault": .string(fault.description), "code": .string(fault.code)])
        }
    }
}
