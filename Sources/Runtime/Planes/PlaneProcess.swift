import Canon
import Crypto
import Host
import Ledger
import Wire

/// One plane as a process: its ledger, its links, its mailbox and its loop, on one event loop.
///
/// Whatever it does in a turn is one transaction of its ledger: the messages that came, what follows
/// from them, and the messages that leave because of them. Nothing is confirmed and nothing leaves
/// before that is on the disk. Where the ledger cannot be written, the plane stops serving and says
/// so, and what it holds in memory is worth nothing any more: it starts anew from the ledger.
actor PlaneProcess: LoopBound {
    nonisolated let loop: EventLoop
    let birth: PlaneBirth
    let manifest: TierManifest
    let boundary: BoundaryTable
    let prompts: PromptBook
    let logic: any TierLogic
    let clock: Clock
    let randomness: Randomness
    let key: SigningKey
    let started: Timestamp

    let control: LoopLocal<Link>
    let ledgerDirectory: Directory
    var ledger: LedgerWriter?
    var mailbox: Mailbox
    var links: [Party: PeerLink] = [:]
    var desk: AgentDesk?

    /// Whether the mailbox has been read out of the ledger; before that nothing is done.
    var isOpen = false
    /// Orders that came before, in their order.
    var early: [Frame] = []

    /// What this turn has gathered for the ledger.
    var turn = Turn()
    var isTurnDue = false
    /// Turns that are being written, oldest first.
    var writing: [Turn] = []
    /// How many entries the log is known to have.
    var entries = 0
    var active: [String] = []
    var halt: Refusal?
    var isDraining = false
    var exitStatus: Int32 = 0
    /// Who waits for the answer to a question that came from no plane.
    var waiting: [String: (JSONValue) -> Void] = [:]
    /// A run of questions to a peer that somebody asked for.
    var exercise: Exercise?
    var ticked: Set<String> = []
    var intrusions = IntrusionLog()
    /// Who waits for what comes of a memory ledger, in the order in which they asked.
    var admissions: [(JSONValue) -> Void] = []
    let report: JSONValue

    /// A plane that was told all it needs.
    init(
        _ birth: PlaneBirth,
        on loop: EventLoop,
        control: LoopLocal<Link>,
        ledger: Directory,
        listener: UnixListener?,
        clock: Clock,
        randomness: Randomness,
        report: JSONValue
    ) throws(PlanesFault) {
        self.loop = loop
        self.birth = birth
        self.control = control
        self.clock = clock
        self.randomness = randomness
        self.report = report
        ledgerDirectory = ledger
        var manifests: [TierManifest] = []
        for document in birth.manifests {
            guard let party = document["tier"]?.string.flatMap(Party.init(rawValue:)) else {
                throw .birthMalformed(reason: "a manifest names no plane")
            }
            manifests.append(try TierManifest(document, of: party))
        }
        guard let own = manifests.first(where: { $0.party == birth.party }) else {
            throw .birthMalformed(reason: "the manifest of the plane itself is missing")
        }
        manifest = own
        boundary = BoundaryTable(manifests)
        var book: [PromptBook.Prompt] = []
        for (path, bytes) in birth.prompts {
            book.append(try PromptBook.Prompt(parsing: bytes, path: path))
        }
        prompts = PromptBook(book)
        logic = TierLogics.of(birth.party)
        do { key = try SigningKey(pem: birth.messageKey) } catch { throw .crypto(error) }
        let others = Party.planes.filter { birth.peerKeys[$0] != nil && $0 != birth.party }
        mailbox = Mailbox(with: others)
        for other in others { links[other] = PeerLink() }
        started = Timestamp(nanoseconds: clock.now)
        if let listener { desk = AgentDesk(listener) }
    }

    var party: Party { birth.party }
    var now: Timestamp { Timestamp(nanoseconds: clock.now) }
    var actor: EntryActor { EntryActor(party.rawValue, .builder) }

    var view: PlaneView {
        PlaneView(
            manifest: manifest,
            active: active,
            entries: entries,
            openQuestions: mailbox.open.count,
            now: now
        )
    }

    // MARK: - The ledger

    /// Opens the log, compares it with what was signed last, and reads the mailbox out of it.
    func begin() {
        let place: LedgerLog.Place
        do throws(PlanesFault) { place = try logPlace() } catch { return fail(error) }
        let (directory, birth, others) = (ledgerDirectory, birth, Array(links.keys))
        let result = Handed<(Mailbox, Int, [String])>()
        ledger = LedgerWriter.open(
            place,
            making: { () throws(LedgerFault) in
                let log = try LedgerLog(holding: directory, place)
                try PlaneProcess.compare(log, with: birth)
                do {
                    try log.adopt(try SigningKey(pem: birth.logKey))
                } catch let fault as CryptoFault {
                    throw LedgerFault.crypto(fault)
                } catch let fault as LedgerFault {
                    throw fault
                } catch {
                    preconditionFailure("Every error of these modules has a type: \(error)")
                }
                try log.start()
                let mailbox = try PlaneProcess.mailbox(in: directory, with: others)
                let active = log.allLedgers.filter { $0.kind != .governance && $0.state == .open }
                result.set((mailbox, log.size, active.map(\.name.text)))
                return log
            },
            opened: { [loop] outcome in
                loop.submit { self.assumeIsolated { $0.opened(outcome, result.take()) } }
            }
        )
    }

    private func logPlace() throws(PlanesFault) -> LedgerLog.Place {
        do throws(LedgerFault) {
            let parameters = try ChainParameters(parsing: birth.chain)
            let events = try EventMap(parsing: birth.events, defaultDays: parameters.bodyDays)
            var place = LedgerLog.Place(
                plane: manifest.plane,
                origin: birth.origin,
                parameters: parameters,
                events: events,
                clock: clock
            )
            place.activeMax = manifest.activeMax
            return place
        } catch {
            throw .ledger(error)
        }
    }

    private static func compare(
        _ log: LedgerLog,
        with birth: PlaneBirth
    ) throws(LedgerFault) {
        guard let head = birth.logHead else { return }
        guard try log.genesis() == head.genesis, try log.root(of: head.size) == head.root else {
            throw .damaged(
                path: "ledger/\(birth.party.rawValue)",
                reason:
                    "it does not lead to the head over \(head.size) entries that was signed last"
            )
        }
    }

    private static func mailbox(
        in directory: Directory,
        with others: [Party]
    ) throws(LedgerFault) -> Mailbox {
        var mailbox = Mailbox(with: others)
        guard let reader = try LedgerReader(directory) else { return mailbox }
        var query = LedgerQuery()
        query.event = PlaneEvent.mailbox
        query.isReversed = true
        var next = 0
        if let last = try reader.page(query, limit: 1).entries.first {
            next = last.index + 1
            let body = try reader.entry(last.index).body ?? []
            if let value = try? JSONValue(parsing: body),
                let kept = Mailbox(value, with: others)
            {
                mailbox = kept
                let first = value["outbox_from"]?.integer ?? last.index
                for index in first..<max(first, last.index) {
                    let (entry, body) = try reader.entry(index)
                    if entry.event == PlaneEvent.sent, let body {
                        mailbox.refill(body, at: index)
                    }
                }
            }
        }
        let size = try reader.size()
        while next < size {
            let (entry, body) = try reader.entry(next)
            try mailbox.replay(entry) { body }
            next += 1
        }
        try reader.close()
        return mailbox
    }

    private func opened(
        _ outcome: Result<Void, LedgerFault>,
        _ found: (Mailbox, Int, [String])?
    ) {
        switch outcome {
        case .failure(let fault): fail(.ledger(fault))
        case .success:
            guard let found else { return }
            (mailbox, entries, active) = found
            for (party, other) in mailbox.correspondents {
                links[party]?.receivedThrough = other.received
            }
            boot()
            isOpen = true
            let waited = early
            early = []
            for frame in waited { obey(frame) }
        }
    }

    /// The first entry of this start: what runs, behind which walls.
    private func boot() {
        let body: JSONValue = [
            "round": .integer(birth.round), "version": .string(birth.version),
            "executable_digest": .string(birth.executableDigest.hex),
            "tier": .string(party.rawValue), "manifest_version": .string(manifest.version),
            "confinement": report, "message_key": .string(key.verifyingKey.keyID.hex),
            "message_public_key": .string(
                String(decoding: Base64.encode(key.verifyingKey.bytes), as: UTF8.self)
            ),
        ]
        note(
            EntryDraft(
                PlaneEvent.boot,
                by: actor,
                about: ["plane:\(party.rawValue)"],
                body: .json(body)
            )
        )
        turn.whenWritten.append { [weak self] in
            self?.assumeIsolated { plane in
                plane.tell(["say": "ready", "entries": .integer(plane.entries)])
                plane.wakeLoop()
                if let desk = plane.desk { plane.listen(desk) }
                plane.watchQuestions()
            }
        }
    }

    // MARK: - A turn

    /// Adds an entry to what this turn writes.
    func note(_ draft: EntryDraft) {
        turn.facts.append(draft)
        endTurnLater()
    }

    func endTurnLater() {
        guard !isTurnDue else { return }
        isTurnDue = true
        loop.atEndOfTurn { [weak self] in self?.assumeIsolated { $0.endTurn() } }
    }

    /// Hands everything that this turn gathered to the ledger, as one transaction.
    private func endTurn() {
        isTurnDue = false
        guard let ledger else { return }
        var ending = Turn()
        swap(&ending, &turn)
        if mailbox.changes >= Mailbox.changesMax || ending.wantsSnapshot {
            ending.facts.append(
                EntryDraft(
                    PlaneEvent.mailbox,
                    by: actor,
                    body: .json(mailbox.snapshot(written: entries))
                )
            )
        }
        var drafts = ending.received
        for batch in ending.sending.chunks(of: SignedPrompt.batchMax) {
            for prompt in SignedPrompt.signing(batch, with: key) {
                mailbox.sent(prompt.message, prompt.bytes)
                drafts.append(sentDraft(prompt))
                ending.sent.append(prompt)
            }
        }
        ending.sentFrom = ending.received.count
        drafts += ending.facts
        ending.sending = []
        writing.append(ending)
        guard !drafts.isEmpty else { return written(.success([])) }
        ledger.record(all: drafts) { [loop] result in
            loop.submit { self.assumeIsolated { $0.written(result) } }
        }
    }

    private func sentDraft(_ prompt: SignedPrompt) -> EntryDraft {
        let message = prompt.message
        var draft = EntryDraft(
            PlaneEvent.sent,
            by: actor,
            about: subjects(of: message) + ["to:\(message.to.rawValue)"],
            body: EntryBody(prompt.bytes, mediaType: PlaneProcess.mediaType)
        )
        draft.prompt = message.prompt
        draft.trace = message.trace
        draft.workOrder = message.workOrder
        return draft
    }

    static let mediaType = "application/vnd.charter.prompt+json"

    /// What a message can be found by.
    func subjects(of message: PromptMessage) -> [String] {
        [
            "message:\(message.id)", "thread:\(message.thread)",
            "trace:" + String(decoding: message.trace.utf8.dropFirst(3).prefix(32), as: UTF8.self),
        ]
    }

    /// The oldest turn is on the disk: now others may know of it.
    private func written(_ result: Result<[Receipt], LedgerFault>) {
        let ended = writing.removeFirst()
        switch result {
        case .failure(let fault): return fail(.ledger(fault))
        case .success(let receipts):
            if let last = receipts.last { entries = max(entries, last.index + 1) }
            for (offset, prompt) in ended.sent.enumerated() {
                mailbox.placed(
                    prompt.message.sequence,
                    to: prompt.message.to,
                    at: receipts[ended.sentFrom + offset].index
                )
                deliver(prompt)
            }
        }
        for (party, sequence) in ended.receipts {
            links[party]?.receivedThrough = sequence
            confirm(party, dead: ended.buried[party] ?? [])
        }
        for party in Set(ended.sent.map(\.message.to)) { push(to: party) }
        for body in ended.whenWritten { body() }
    }

    /// The plane cannot go on: it says why, and ends; the supervisor decides what comes next.
    func fail(_ fault: PlanesFault) {
        guard exitStatus == 0 else { return }
        exitStatus = 2
        abandon()
        tell([
            "say": "failed", "code": .string(fault.code), "reason": .string(fault.description),
        ])
        for link in links.values { link.link?.drop() }
        control.value.finish(nil)
        loop.atEndOfTurn { [loop] in loop.stop() }
    }

    /// Says something to the supervisor.
    func tell(_ value: JSONValue) {
        control.value.send(Frame(.call, [UInt8](repeating: 0, count: 8) + value.line))
    }

    /// Writes what is left, signs the head, and ends.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        for link in links.values { link.link?.pause() }
        turn.wantsSnapshot = true
        note(EntryDraft(PlaneEvent.drained, by: actor, about: ["plane:\(party.rawValue)"]))
        turn.whenWritten.append { [weak self] in self?.assumeIsolated { $0.close() } }
    }

    /// The supervisor is gone: what is under way is written, and nothing is said to anybody.
    func abandon() {
        ledger?.closeNow { _ in }
        ledger = nil
    }

    private func close() {
        let head = Handed<JSONValue>()
        ledger?.closeNow { log in head.set(PlaneProcess.head(of: log)) }
        ledger = nil
        if let head = head.take() { tell(["say": "head", "head": head]) }
        tell(["say": "drained"])
        control.value.finish(nil)
        loop.atEndOfTurn { [loop] in loop.atEndOfTurn { loop.stop() } }
    }

    static func head(of log: LedgerLog) -> JSONValue {
        guard let head = try? log.signedHead(), let genesis = try? log.genesis() else {
            return .null
        }
        return [
            "genesis": .string(genesis.hex), "size": .integer(head.size),
            "root": .string(head.root.hex),
        ]
    }
}

/// What happens between two waits of the loop, and is written as one.
struct Turn {
    /// Messages that came, as entries.
    var received: [EntryDraft] = []
    /// Messages that shall leave, not signed yet.
    var sending: [PromptMessage] = []
    /// Messages that leave, once this is written.
    var sent: [SignedPrompt] = []
    var facts: [EntryDraft] = []
    /// Where the receipts of `sent` begin.
    var sentFrom = 0
    /// How far each plane's messages are received by this turn.
    var receipts: [Party: Int] = [:]
    /// Messages of each plane that are among the dead letters.
    var buried: [Party: [JSONValue]] = [:]
    var whenWritten: [() -> Void] = []
    var wantsSnapshot = false
}

/// The connection to another plane.
struct PeerLink {
    var link: Link?
    var verifier: SignedPrompt.Verifier?
    /// Whether the other plane has said how far it is.
    var isKnown = false
    /// The last message that went over this connection.
    var pushed = 0
    /// The last message of the other plane that is on our disk.
    var receivedThrough = 0
    /// Calls that wait for a reply, by their number.
    var calls: [UInt64: (Frame) -> Void] = [:]
    var nextCall: UInt64 = 1
}

extension Array {
    /// Pieces of at most so many elements.
    func chunks(of count: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: self.count, by: count).map {
            self[$0..<Swift.min($0 + count, self.count)]
        }
    }
}
