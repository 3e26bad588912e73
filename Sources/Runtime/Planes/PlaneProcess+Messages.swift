import Canon
import Crypto
import Host
import Ledger
import Wire

// Messages: what comes is judged, recorded together with what follows from it, and confirmed; what
// leaves is recorded first, and sent again until it is confirmed.
extension PlaneProcess {
    /// How many messages may be on their way to another plane without its confirmation.
    private static let windowMax = 1024
    /// How much of them goes in one frame.
    private static let frameBytes = 1 << 20

    // MARK: - Connections

    /// Takes a new end of the connection to another plane; the old one, if there is one, is gone.
    func connect(_ party: Party, _ side: Handshake.Side, _ socket: UnixSocket) {
        guard let peerKey = birth.peerKeys[party], links[party] != nil else { return }
        links[party]?.link?.drop()
        do {
            let handshake = try Handshake(
                side,
                own: self.party,
                key: key,
                peer: party,
                peerKey: peerKey,
                seed: randomness.bytes(AgreementKey.byteCount),
                nonce: randomness.bytes(32)
            )
            let link = try Link(socket, on: loop, .proved(handshake))
            links[party]?.link = link
            links[party]?.verifier = SignedPrompt.Verifier(peerKey)
            links[party]?.isKnown = false
            links[party]?.calls = [:]
            link.onOpen = { [weak self] in
                self?.assumeIsolated { plane in
                    plane.confirm(party, dead: [])
                    plane.tell(["say": "linked", "peer": .string(party.rawValue)])
                }
            }
            link.onFrame = { [weak self] frame throws(WireFault) in
                try self?.enter(frame, from: party)
            }
            let mark = Swift.ObjectIdentifier(link)
            link.onEnd = { [weak self] fault in
                self?.assumeIsolated { $0.lost(party, mark, fault) }
            }
            if halt != nil { link.pause() }
        } catch {
            intrude("planes.link-failed", party.rawValue, "\(error)")
        }
    }

    private nonisolated func enter(_ frame: Frame, from party: Party) throws(WireFault) {
        let result: Result<Void, WireFault> = assumeIsolated { plane in
            Result { () throws(WireFault) in try plane.take(frame, from: party) }
        }
        try result.get()
    }

    private func lost(_ party: Party, _ mark: Swift.ObjectIdentifier, _ fault: WireFault?) {
        guard links[party]?.link.map(Swift.ObjectIdentifier.init) == mark else { return }
        links[party]?.link = nil
        links[party]?.isKnown = false
        for (_, body) in links[party]?.calls ?? [:] { body(Frame(.bye, [])) }
        links[party]?.calls = [:]
        exerciseInterrupted(party)
        if let fault, fault != .closed {
            intrude(fault.code, party.rawValue, fault.description)
        }
        guard !isDraining else { return }
        // The supervisor makes new ends; whoever asks twice gets one pair.
        tell(["say": "link_lost", "peer": .string(party.rawValue)])
    }

    private func take(_ frame: Frame, from party: Party) throws(WireFault) {
        switch frame.kind {
        case .prompts: try receive(frame.payload, from: party)
        case .receipt: try takeReceipt(frame.payload, from: party)
        case .call: try answerCall(frame.payload, from: party)
        case .reply:
            guard let number = PlaneProcess.number(in: frame.payload) else {
                throw .messageMalformed(reason: "a reply has no number")
            }
            links[party]?.calls.removeValue(forKey: number)?(frame)
        case .hello, .proof, .bye:
            throw .frameOutOfPlace(kind: "\(frame.kind)", state: "open")
        }
    }

    static func number(in payload: [UInt8]) -> UInt64? {
        guard payload.count >= 8 else { return nil }
        return payload[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    }

    static func numbered(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
        var payload: [UInt8] = []
        payload.reserveCapacity(8 + content.count)
        payload.append(bigEndian: number)
        payload += content
        return payload
    }

    // MARK: - What leaves

    /// Sends what another plane has not got yet, as far as it is on the disk and there is room.
    func push(to party: Party) {
        guard var peer = links[party], let link = peer.link, link.isOpen, peer.isKnown,
            let other = mailbox.correspondents[party]
        else { return }
        var payload: [UInt8] = []
        let limit = other.confirmed + PlaneProcess.windowMax
        guard let first = other.outbox.first?.sequence else { return }
        var place = max(0, peer.pushed + 1 - first)
        while place < other.outbox.count, link.hasRoom {
            let next = other.outbox[place]
            // Without a place it is not on the disk yet.
            guard next.sequence <= limit, next.index != nil else { break }
            payload.append(bigEndian: UInt64(next.bytes.count))
            payload += next.bytes
            peer.pushed = next.sequence
            place += 1
            if payload.count >= PlaneProcess.frameBytes {
                link.send(Frame(.prompts, payload))
                payload = []
            }
        }
        if !payload.isEmpty { link.send(Frame(.prompts, payload)) }
        links[party]?.pushed = peer.pushed
    }

    /// Tells another plane how far its messages are on our disk, and which of them were buried.
    func confirm(_ party: Party, dead: [JSONValue]) {
        guard let peer = links[party], let link = peer.link, link.isOpen else { return }
        var receipt = JSONObject([("through", .integer(peer.receivedThrough))])
        if !dead.isEmpty { receipt["dead"] = .array(dead) }
        link.send(Frame(.receipt, JSONValue.object(receipt).line))
    }

    private func takeReceipt(_ payload: [UInt8], from party: Party) throws(WireFault) {
        guard let value = try? JSONValue(parsing: payload), let through = value["through"]?.integer
        else { throw .messageMalformed(reason: "a receipt says nothing") }
        let sent = mailbox.correspondents[party]?.sent ?? 0
        guard (0...sent).contains(through) else {
            throw .messageMalformed(reason: "a receipt confirms what was never sent")
        }
        mailbox.confirmed(by: party, through: through)
        if links[party]?.isKnown == false {
            links[party]?.isKnown = true
            links[party]?.pushed = through
        }
        for row in value["dead"]?.array ?? [] {
            guard let id = row["id"]?.string, let refusal = Refusal(row["refusal"]) else {
                continue
            }
            lay(dead: id, to: party, refusal)
        }
        push(to: party)
    }

    /// A question of ours came to nothing.
    private func lay(dead id: String, to party: Party, _ refusal: Refusal) {
        guard let asked = mailbox.asked[id] else { return }
        mailbox.gaveUp(id)
        var draft = EntryDraft(
            PlaneEvent.dead,
            by: actor,
            about: ["message:\(id)", "thread:\(asked.thread)", "to:\(party.rawValue)"],
            body: .json(["refusal": refusal.json])
        )
        draft.trace = nil
        note(draft)
        exerciseAnswered(id, isGood: false)
        if let open = mailbox.openQuestion(in: asked.thread) {
            answer(open, "\(party.title) did not take the question: \(refusal.reason)")
        }
    }

    // MARK: - What comes

    private func receive(_ payload: [UInt8], from party: Party) throws(WireFault) {
        var place = 0
        while place < payload.count {
            guard payload.count - place >= 8,
                let length = PlaneProcess.number(in: Array(payload[place..<(place + 8)])),
                length <= UInt64(SignedPrompt.bytesMax),
                payload.count - place - 8 >= Int(length)
            else { throw .messageMalformed(reason: "its length is not that of a message") }
            place += 8
            let prompt = try SignedPrompt(parsing: Array(payload[place..<(place + Int(length))]))
            place += Int(length)
            try receive(prompt, from: party)
        }
        endTurnLater()
    }

    private func receive(_ prompt: SignedPrompt, from party: Party) throws(WireFault) {
        let message = prompt.message
        guard message.from == party, message.to == self.party else {
            throw .partyOther(found: message.from.rawValue, expected: party.rawValue)
        }
        let received = mailbox.correspondents[party]?.received ?? 0
        // What was received before comes again after a crash, and has had its effect.
        guard message.sequence > received else {
            if links[party]?.receivedThrough ?? 0 >= message.sequence {
                turn.receipts[party] = max(
                    turn.receipts[party] ?? 0,
                    links[party]?.receivedThrough ?? 0
                )
            }
            return
        }
        guard message.sequence == received + 1 else {
            throw .messageMalformed(
                reason: "message \(received + 1) is missing before message \(message.sequence)"
            )
        }
        try links[party]?.verifier?.check(prompt)
        turn.receipts[party] = message.sequence
        if let refusal = refusal(of: message) { return bury(prompt, refusal) }
        turn.received.append(
            receivedDraft(message, prompt.bytes, by: EntryActor(party.rawValue, .builder))
        )
        mailbox.received(message)
        act(on: message)
    }

    /// Why a message is not taken; `nil` where it is.
    func refusal(of message: PromptMessage) -> Refusal? {
        if let halt { return halt }
        if let refusal = boundary.refusal(from: message.from, to: party, verb: message.verb) {
            return refusal
        }
        if let refusal = prompts.refusal(of: message) { return refusal }
        if let refusal = overBudget(message.attention) { return refusal }
        guard message.expires > now else {
            return Refusal(
                code: "planes.message-expired",
                rule: "FMWK-PLANE: a message has a time to live",
                reason: "It was worth something until \(message.expires), and it is \(now).",
                next: "Ask again, with more time."
            )
        }
        if message.kind == .statement, message.inReplyTo.map({ mailbox.asked[$0] == nil }) ?? true {
            return Refusal(
                code: "planes.answer-unasked",
                rule: "FMWK-PLANE: a statement answers a question that waits",
                reason: "No question of \(party.title) waits for this answer.",
                next: "Answer in the thread of the question, and in time."
            )
        }
        if message.kind == .question, mailbox.openCount(from: message.from) >= Mailbox.openMax {
            return Refusal(
                code: "planes.mailbox-full",
                rule: "FMWK-PLANE: questions that wait have a bound",
                reason: "\(Mailbox.openMax) questions of \(message.from.title) wait already.",
                next: "Wait for answers before asking more."
            )
        }
        return nil
    }

    private func overBudget(_ attention: AttentionEnvelope) -> Refusal? {
        let maxima = birth.attention["attention"]?["maxima"]?[party.rawValue]
        let asked = [
            ("tokens", attention.tokens), ("items", attention.items),
            ("seconds", attention.seconds),
        ]
        for (name, value) in asked {
            guard let most = maxima?[name]?.integer, value <= most else {
                let most = maxima?[name]?.integer.map { "\($0)" } ?? "none"
                return Refusal(
                    code: "planes.attention-exceeded",
                    rule: "POL-ATTENTION-001: attention is bounded",
                    reason: "It asks for \(value) \(name) of the attention of \(party.title), and "
                        + "\(most) are the most.",
                    next: "Ask for less, or in several questions."
                )
            }
        }
        return nil
    }

    func receivedDraft(
        _ message: PromptMessage,
        _ bytes: [UInt8],
        by actor: EntryActor
    ) -> EntryDraft {
        var draft = EntryDraft(
            PlaneEvent.received,
            by: actor,
            about: subjects(of: message) + ["from:\(message.from.rawValue)"],
            body: EntryBody(bytes, mediaType: PlaneProcess.mediaType)
        )
        draft.prompt = message.prompt
        draft.trace = message.trace
        draft.workOrder = message.workOrder
        return draft
    }

    /// A message that is not taken is kept with the reason, and its sender is told.
    private func bury(_ prompt: SignedPrompt, _ refusal: Refusal) {
        let message = prompt.message
        var draft = EntryDraft(
            PlaneEvent.dead,
            by: EntryActor(message.from.rawValue, .builder),
            about: subjects(of: message)
                + ["from:\(message.from.rawValue)", "code:\(refusal.code)"],
            body: EntryBody(prompt.bytes, mediaType: PlaneProcess.mediaType)
        )
        draft.trace = message.trace
        turn.received.append(draft)
        mailbox.buried(message)
        turn.buried[message.from, default: []].append(
            ["id": .string(message.id), "refusal": refusal.json]
        )
    }

    // MARK: - What follows

    /// Acts on a message that is received: all that follows is written with it.
    func act(on message: PromptMessage) {
        switch message.kind {
        case .question:
            let route = (message.slots["route"]?.array ?? [])
                .compactMap { $0.string.flatMap(Party.init(rawValue:)) }
            guard let next = route.first else { return answer(message) }
            let words = message.slots["question"]?.string ?? ""
            if let refusal = ask(
                next,
                words,
                route: Array(route.dropFirst()),
                thread: message.thread,
                trace: message.trace,
                attention: message.attention,
                expires: message.expires
            ).refusal {
                let open = mailbox.open[message.id]
                if let open { answer(open, "It could not be put on. \(refusal.reason)") }
            }
        case .statement:
            guard let asked = message.inReplyTo else { return }
            exerciseAnswered(asked, isGood: true)
            if let open = mailbox.openQuestion(in: message.thread) {
                let said = message.slots["answer"]?.string ?? ""
                answer(open, "\(logic.account(of: view)) \(message.from.title) says: \(said)")
            }
        }
    }

    private func answer(_ question: PromptMessage) {
        guard let open = mailbox.open[question.id] else { return }
        answer(open, logic.account(of: view))
    }

    /// Answers a question in words, in its thread.
    func answer(_ open: Mailbox.Open, _ words: String) {
        // What a human asked came by way of the supervisor, and goes back that way.
        let to: Party = open.from == .human ? .supervisor : open.from
        let slots = JSONObject([("answer", .string(PlaneProcess.cut(words)))])
        guard
            let prompt = prompts.prompt(
                verb: "answer",
                from: party,
                to: to == .supervisor ? .human : to
            ),
            let words = prompt.words(slots)
        else {
            // The question then waits until its time is over, and is given up with a reason.
            return
        }
        var message = made(
            prompt,
            to: to,
            thread: open.thread,
            words: words,
            trace: child(of: open.trace),
            attention: attention(for: to, about: open.id),
            expires: Timestamp(
                nanoseconds: max(open.expires.nanoseconds, clock.now + 60_000_000_000)
            )
        )
        message.slots = slots
        message.inReplyTo = open.id
        mailbox.note(sent: message)
        turn.sending.append(message)
        endTurnLater()
    }

    /// Asks somebody a question in words; gives its id, or why it was not asked.
    func ask(
        _ to: Party,
        _ words: String,
        route: [Party],
        thread: String? = nil,
        trace: String? = nil,
        attention: AttentionEnvelope? = nil,
        expires: Timestamp? = nil
    ) -> (id: String?, refusal: Refusal?) {
        if let refusal = boundary.refusal(from: party, to: to, verb: "ask") {
            return (nil, refusal)
        }
        guard mailbox.asked.count < Mailbox.askedMax else {
            return (
                nil,
                Refusal(
                    code: "planes.mailbox-full",
                    rule: "FMWK-PLANE: questions that wait have a bound",
                    reason: "\(Mailbox.askedMax) questions of \(party.title) wait for answers.",
                    next: "Wait for answers before asking more."
                )
            )
        }
        let slots = JSONObject([
            ("question", .string(words)), ("route", .array(route.map { .string($0.rawValue) })),
        ])
        guard let prompt = prompts.prompt(verb: "ask", from: party, to: to),
            let words = prompt.words(slots)
        else {
            return (
                nil,
                Refusal(
                    code: "planes.prompt-missing",
                    rule: "FMWK-AI-001: a message is an instance of a prompt in force",
                    reason: "No prompt in force lets \(party.title) ask \(to.title) this.",
                    next: "Install a prompt with the verb \"ask\" for them, or fill its slots."
                )
            )
        }
        var message = made(
            prompt,
            to: to,
            thread: thread ?? newID("t-"),
            words: words,
            trace: trace.map(child) ?? newTrace(),
            attention: attention ?? self.attention(for: to, about: party.rawValue),
            expires: expires ?? Timestamp(nanoseconds: clock.now + 600_000_000_000)
        )
        message.slots = slots
        mailbox.note(sent: message)
        turn.sending.append(message)
        endTurnLater()
        return (message.id, nil)
    }

    func made(
        _ prompt: PromptBook.Prompt,
        to: Party,
        thread: String,
        words: String,
        trace: String,
        attention: AttentionEnvelope,
        expires: Timestamp,
        isKept: Bool = true
    ) -> PromptMessage {
        var message = PromptMessage(
            id: newID("m-"),
            thread: thread,
            from: party,
            to: to,
            prompt: prompt.reference,
            verb: prompt.verb,
            kind: prompt.kind,
            words: words,
            attention: attention,
            trace: trace,
            sent: now,
            expires: expires
        )
        if isKept { message.sequence = mailbox.nextSequence(to: to) }
        return message
    }

    func attention(for to: Party, about id: String) -> AttentionEnvelope {
        let defaults = birth.attention["attention"]?["defaults"]?[
            Party.planes.contains(to) ? to.rawValue : party.rawValue
        ]
        return AttentionEnvelope(
            policy: manifest.attention.policy,
            tokens: defaults?["tokens"]?.integer ?? manifest.attention.tokens,
            items: defaults?["items"]?.integer ?? manifest.attention.items,
            seconds: defaults?["seconds"]?.integer ?? 1,
            sources: [.init(kind: "ledger", id: "\(party.rawValue)/governance")]
        )
    }

    func newID(_ prefix: String) -> String { prefix + PlaneProcess.hex(randomness.bytes(16)) }

    static func hex(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        appendHex(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private static func appendHex(_ bytes: [UInt8], to text: inout [UInt8]) {
        for byte in bytes {
            let (high, low) = (byte >> 4, byte & 15)
            text.append(high + (high < 10 ? 48 : 87))
            text.append(low + (low < 10 ? 48 : 87))
        }
    }

    func newTrace() -> String {
        "00-\(PlaneProcess.hex(randomness.bytes(16)))-\(PlaneProcess.hex(randomness.bytes(8)))-03"
    }

    /// The same trace, one span further down.
    ///
    /// By bytes: a traceparent is ASCII, and walking over characters costs more than the rest.
    private func child(of trace: String) -> String {
        var text = Array(trace.utf8.prefix(36))
        PlaneProcess.appendHex(randomness.bytes(8), to: &text)
        text += trace.utf8.suffix(3)
        return String(decoding: text, as: UTF8.self)
    }

    /// An answer as long as its slot allows.
    private static func cut(_ words: String) -> String {
        words.utf8.count <= 8000 ? words : String(words.prefix(2000))
    }

    /// A message of ours is on the disk and is for somebody who is no plane.
    func deliver(_ prompt: SignedPrompt) {
        guard let asked = prompt.message.inReplyTo, let body = waiting.removeValue(forKey: asked)
        else { return }
        body(["message": .string(String(decoding: prompt.bytes, as: UTF8.self))])
    }

    // MARK: - Time

    /// Looks every second whether a question is past its time, as long as any waits.
    func watchQuestions() {
        loop.schedule(afterNanoseconds: 1_000_000_000) { [weak self] in
            self?.assumeIsolated { plane in
                plane.giveUpExpired()
                plane.watchQuestions()
            }
        }
    }

    private func giveUpExpired() {
        guard !mailbox.asked.isEmpty || !mailbox.open.isEmpty, halt == nil else { return }
        let now = now
        let refusal = Refusal(
            code: "planes.message-expired",
            rule: "FMWK-PLANE: a message has a time to live",
            reason: "No answer came in time.",
            next: "Ask again; 'charter status' says who is up."
        )
        for asked in mailbox.asked.values where asked.expires <= now {
            lay(dead: asked.id, to: asked.to, refusal)
        }
        for open in mailbox.open.values where open.expires <= now {
            mailbox.closed(open.id)
            waiting.removeValue(forKey: open.id)?(["refusal": refusal.json])
            note(
                EntryDraft(
                    PlaneEvent.dead,
                    by: actor,
                    about: ["message:\(open.id)", "thread:\(open.thread)"],
                    body: .json(["refusal": refusal.json])
                )
            )
        }
    }

    /// The loop of the tier, where it has one.
    func wakeLoop() {
        guard let cadence = manifest.cadence else { return }
        loop.schedule(afterNanoseconds: UInt64(cadence.periodMilliseconds) * 1_000_000) {
            [weak self] in
            self?.assumeIsolated { plane in
                plane.tick(cadence)
                plane.wakeLoop()
            }
        }
    }

    private func tick(_ cadence: TierManifest.Cadence) {
        guard halt == nil, !isDraining else { return }
        // The slow loop asks each time; the medium one takes up what has come since.
        let subjects =
            cadence.loop == "slow" ? active : active.filter { !ticked.contains($0) }
        for subject in subjects.prefix(cadence.workPerTickMax) {
            ticked.insert(subject)
            guard let question = logic.question(for: subject, view) else { continue }
            note(
                EntryDraft(
                    PlaneEvent.tick,
                    by: actor,
                    about: [question.subject],
                    body: .json([
                        "loop": .string(cadence.loop), "subject": .string(question.subject),
                        "asks": .string(question.to.rawValue),
                    ])
                )
            )
            _ = ask(question.to, question.words, route: question.route)
        }
    }
}
