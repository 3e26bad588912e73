import Canon
import Ledger
import Wire

/// What a plane has sent and received, and which questions wait for an answer.
///
/// It is a view of the ledger and nothing else: each change follows from an entry, so that whoever
/// reads the entries again has the same mailbox. A message counts as received when its entry is
/// written, together with everything that follows from it; that makes it happen exactly once.
struct Mailbox: Sendable {
    /// A message that the other plane has not confirmed.
    struct Outgoing: Sendable {
        let sequence: Int
        let bytes: [UInt8]
        /// Where its entry stands; not known before it is written.
        var index: Int?
    }

    /// One other plane.
    struct Correspondent: Sendable {
        /// The last number given to a message to it.
        var sent = 0
        /// The last message of it that is received.
        var received = 0
        /// The last message that it confirmed.
        var confirmed = 0
        /// What it has not confirmed, in order.
        var outbox: [Outgoing] = []
    }

    /// A question that waits for our answer.
    struct Open: Sendable {
        let id: String
        let thread: String
        let from: Party
        let trace: String
        let expires: Timestamp
    }

    /// A question of ours that waits for an answer.
    struct Asked: Sendable {
        let id: String
        let thread: String
        let to: Party
        let expires: Timestamp
    }

    private(set) var correspondents: [Party: Correspondent]
    private(set) var open: [String: Open] = [:]
    /// The question that waits in each thread, and how many wait of each party.
    private var threads: [String: String] = [:]
    private var openCounts: [Party: Int] = [:]
    private(set) var asked: [String: Asked] = [:]
    /// How many messages were received or sent since the last snapshot.
    private(set) var changes = 0

    /// Questions of ours that may wait at a time.
    static let askedMax = 4096
    /// Questions of one other that may wait at a time.
    static let openMax = 8192
    /// A snapshot is written after so many messages, which bounds what a start has to read.
    static let changesMax = 4096

    init(with others: [Party]) {
        correspondents = Dictionary(uniqueKeysWithValues: others.map { ($0, Correspondent()) })
    }

    /// The question that waits in a thread.
    func openQuestion(in thread: String) -> Open? { threads[thread].flatMap { open[$0] } }

    func openCount(from party: Party) -> Int { openCounts[party] ?? 0 }

    private mutating func add(_ question: Open) {
        if open.updateValue(question, forKey: question.id) == nil {
            openCounts[question.from, default: 0] += 1
        }
        threads[question.thread] = question.id
    }

    private mutating func remove(_ id: String) {
        guard let question = open.removeValue(forKey: id) else { return }
        openCounts[question.from, default: 1] -= 1
        if threads[question.thread] == id { threads[question.thread] = nil }
    }

    // MARK: - Changes

    /// The number of the next message to a plane; others are not counted.
    mutating func nextSequence(to party: Party) -> Int {
        guard correspondents[party] != nil else { return 0 }
        correspondents[party]?.sent += 1
        return correspondents[party]?.sent ?? 0
    }

    /// A message of ours is written, or is about to be.
    mutating func sent(_ message: PromptMessage, _ bytes: [UInt8], at index: Int? = nil) {
        changes += 1
        if correspondents[message.to] != nil {
            correspondents[message.to]?.sent = message.sequence
            correspondents[message.to]?.outbox.append(
                Outgoing(sequence: message.sequence, bytes: bytes, index: index)
            )
        }
        note(sent: message)
    }

    /// What a message of ours opens and closes.
    mutating func note(sent message: PromptMessage) {
        if let answered = message.inReplyTo { remove(answered) }
        if message.kind == .question {
            asked[message.id] = Asked(
                id: message.id,
                thread: message.thread,
                to: message.to,
                expires: message.expires
            )
        }
    }

    /// A message of somebody else is received.
    mutating func received(_ message: PromptMessage) {
        count(message)
        if let answered = message.inReplyTo { asked[answered] = nil }
        if message.kind == .question {
            add(
                Open(
                    id: message.id,
                    thread: message.thread,
                    from: message.from,
                    trace: message.trace,
                    expires: message.expires
                )
            )
        }
    }

    /// A message of somebody else came and is laid among the dead letters.
    mutating func buried(_ message: PromptMessage) { count(message) }

    private mutating func count(_ message: PromptMessage) {
        changes += 1
        if message.sequence > 0 { correspondents[message.from]?.received = message.sequence }
    }

    /// A question of ours will not be answered any more.
    mutating func gaveUp(_ id: String) { asked[id] = nil }

    /// A question that waited for our answer is past its time.
    mutating func closed(_ id: String) { remove(id) }

    /// Another plane has everything up to a number.
    mutating func confirmed(by party: Party, through sequence: Int) {
        guard var other = correspondents[party], sequence > other.confirmed else { return }
        other.confirmed = min(sequence, other.sent)
        let kept = other.outbox.firstIndex { $0.sequence > sequence } ?? other.outbox.count
        // In one go: an outbox is short, or it is emptied by large steps.
        correspondents[party]?.outbox.removeFirst(kept)
        correspondents[party]?.confirmed = other.confirmed
    }

    // MARK: - The ledger

    /// The entries of messages that were on their way have these places now.
    mutating func placed(_ sequence: Int, to party: Party, at index: Int) {
        guard let first = correspondents[party]?.outbox.first?.sequence,
            let place = correspondents[party]?.outbox.indices.contains(sequence - first),
            place
        else { return }
        correspondents[party]?.outbox[sequence - first].index = index
    }

    /// The mailbox as an entry keeps it; `written` is how far the log is known to be written.
    mutating func snapshot(written: Int) -> JSONValue {
        changes = 0
        let oldest = correspondents.values.compactMap {
            $0.outbox.first.map { $0.index ?? written }
        }
        return [
            "outbox_from": oldest.min().map { .integer($0) } ?? .null,
            "correspondents": .object(
                JSONObject(
                    correspondents.map { party, other in
                        (
                            party.rawValue,
                            [
                                "sent": .integer(other.sent), "received": .integer(other.received),
                                "confirmed": .integer(other.confirmed),
                            ]
                        )
                    }
                )
            ),
            "open": .array(
                open.values.map {
                    [
                        "id": .string($0.id), "thread": .string($0.thread),
                        "from": .string($0.from.rawValue), "trace": .string($0.trace),
                        "expires": .string($0.expires.description),
                    ]
                }
            ),
            "asked": .array(
                asked.values.map {
                    [
                        "id": .string($0.id), "thread": .string($0.thread),
                        "to": .string($0.to.rawValue), "expires": .string($0.expires.description),
                    ]
                }
            ),
        ]
    }

    /// The mailbox that a snapshot kept; `nil` where it is none.
    init?(_ value: JSONValue, with others: [Party]) {
        self.init(with: others)
        for party in others {
            let stored = value["correspondents"]?[party.rawValue]
            guard let sent = stored?["sent"]?.integer, let received = stored?["received"]?.integer,
                let confirmed = stored?["confirmed"]?.integer
            else { continue }
            correspondents[party] = Correspondent(
                sent: sent,
                received: received,
                confirmed: confirmed
            )
        }
        guard let open = value["open"]?.array, let asked = value["asked"]?.array else { return nil }
        for row in open {
            guard let id = row["id"]?.string, let thread = row["thread"]?.string,
                let from = row["from"]?.string.flatMap(Party.init(rawValue:)),
                let trace = row["trace"]?.string,
                let expires = row["expires"]?.string.flatMap({ Timestamp($0) })
            else { return nil }
            add(Open(id: id, thread: thread, from: from, trace: trace, expires: expires))
        }
        for row in asked {
            guard let id = row["id"]?.string, let thread = row["thread"]?.string,
                let to = row["to"]?.string.flatMap(Party.init(rawValue:)),
                let expires = row["expires"]?.string.flatMap({ Timestamp($0) })
            else { return nil }
            self.asked[id] = Asked(id: id, thread: thread, to: to, expires: expires)
        }
    }

    /// Takes in what was on its way when a snapshot was written: an entry in front of it.
    mutating func refill(_ body: [UInt8], at index: Int) {
        guard let prompt = try? SignedPrompt(parsing: body),
            let other = correspondents[prompt.message.to],
            prompt.message.sequence > other.confirmed
        else { return }
        correspondents[prompt.message.to]?.outbox.append(
            Outgoing(sequence: prompt.message.sequence, bytes: body, index: index)
        )
    }

    /// Takes in an entry that stands in the log.
    mutating func replay(
        _ entry: LedgerEntry,
        body: () throws(LedgerFault) -> [UInt8]?
    ) throws(LedgerFault) {
        switch entry.event {
        case PlaneEvent.sent:
            if let prompt = try Mailbox.prompt(try body()) {
                sent(prompt.message, prompt.bytes, at: entry.index)
            }
        case PlaneEvent.received:
            if let prompt = try Mailbox.prompt(try body()) { received(prompt.message) }
        case PlaneEvent.dead:
            if entry.subject("from") != nil, let prompt = try Mailbox.prompt(try body()) {
                buried(prompt.message)
            } else if let id = entry.subject("message") {
                gaveUp(id)
                closed(id)
            }
        default: break
        }
    }

    private static func prompt(_ body: [UInt8]?) throws(LedgerFault) -> SignedPrompt? {
        guard let body else { return nil }
        return try? SignedPrompt(parsing: body)
    }
}

/// The kinds of entries that planes write; `ledger/event_map.json` describes each.
package enum PlaneEvent {
    package static let boot = "plane_boot"
    package static let drained = "plane_drained"
    package static let halted = "plane_halted"
    package static let resumed = "plane_resumed"
    package static let sent = "prompt_sent"
    package static let received = "prompt_received"
    package static let dead = "prompt_dead"
    package static let mailbox = "mailbox_state"
    package static let tick = "loop_tick"
    package static let intrusion = "wire_refused"
    // Of the root's log, by the supervisor.
    package static let start = "plane_start"
    package static let halt = "plane_halt"
    package static let resume = "plane_resume"
    package static let ended = "plane_ended"
    package static let up = "supervisor_up"
    package static let down = "supervisor_down"
}
