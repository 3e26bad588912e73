import Canon
import Host
import Ledger
import Wire

/// The named socket at which agents reach a plane: who comes, and how many at a time.
final class AgentDesk {
    let listener: UnixListener
    var visitors: [ObjectIdentifier: Visitor] = [:]
    var watch: EventLoop.Watch?

    /// One connection, and who the kernel says is there.
    struct Visitor {
        let link: Link
        let user: UInt32
        var calls = 0
    }

    /// More than these are sent away; each costs a descriptor and little else.
    static let visitorsMax = 64
    /// Calls of one visitor that may wait at a time.
    static let callsMax = 64

    init(_ listener: UnixListener) { self.listener = listener }
}

extension PlaneProcess {
    /// Serves the named socket from now on.
    func listen(_ desk: AgentDesk) {
        do {
            desk.watch = try loop.watch(desk.listener.descriptor, .readable) { [weak self] _ in
                self?.assumeIsolated { $0.welcome() }
            }
        } catch {
            fail(.host(error))
        }
    }

    private func welcome() {
        guard let desk else { return }
        // Some at a time, so that who is already here has a turn as well.
        for _ in 0..<16 {
            do throws(HostFault) {
                guard let socket = try desk.listener.acceptNow() else { return }
                guard desk.visitors.count < AgentDesk.visitorsMax else {
                    intrude(
                        "planes.desk-full",
                        "agent",
                        "more than \(AgentDesk.visitorsMax) connections at once"
                    )
                    continue
                }
                try welcome(socket, at: desk)
            } catch {
                intrude("planes.desk-failed", "agent", error.description)
                return
            }
        }
    }

    private func welcome(_ socket: UnixSocket, at desk: AgentDesk) throws(HostFault) {
        let peer = try socket.peer()
        var limits = Link.Limits()
        limits.payloadMax = PromptMessage.bytesMax + 8
        limits.outputMax = 1 << 20
        let nonce = randomness.bytes(32)
        let link = try Link(
            socket,
            on: loop,
            .vouched(own: party, nonce: nonce, hearing: [.agent]),
            limits: limits
        )
        let key = ObjectIdentifier(link)
        desk.visitors[key] = AgentDesk.Visitor(link: link, user: peer.user)
        link.onFrame = { [weak self] frame throws(WireFault) in
            guard let self else { return }
            let result: Result<Void, WireFault> = self.assumeIsolated { plane in
                Result { () throws(WireFault) in try plane.hear(frame, of: key) }
            }
            try result.get()
        }
        link.onEnd = { [weak self] fault in
            self?.assumeIsolated { plane in
                plane.desk?.visitors[key] = nil
                if let fault, fault != .closed {
                    plane.intrude(fault.code, "uid:\(peer.user)", fault.description)
                }
            }
        }
    }

    private func hear(_ frame: Frame, of key: ObjectIdentifier) throws(WireFault) {
        guard let visitor = desk?.visitors[key] else { return }
        guard frame.kind == .call, let number = PlaneProcess.number(in: frame.payload) else {
            throw .frameOutOfPlace(kind: "\(frame.kind)", state: "serving an agent")
        }
        let message = try PromptMessage(parsing: Array(frame.payload.dropFirst(8)))
        let who = "uid:\(visitor.user)"
        func reply(_ value: JSONValue) {
            desk?.visitors[key]?.calls -= 1
            visitor.link.send(Frame(.reply, PlaneProcess.numbered(number, value.line)))
        }
        desk?.visitors[key]?.calls += 1
        guard visitor.calls < AgentDesk.callsMax else {
            return reply([
                "refusal": Refusal(
                    code: "planes.desk-busy",
                    rule: "FMWK-PLANE: an agent's calls have a bound",
                    reason: "\(AgentDesk.callsMax) calls of this connection wait already.",
                    next: "Wait for their answers."
                ).json
            ])
        }
        if let refusal = takeFromOutside(message, claiming: .agent, by: who, reply) {
            intrude(refusal.code, who, refusal.reason)
            reply(["refusal": refusal.json])
        }
    }

    /// Takes a question of somebody who is no plane, and answers when there is an answer; gives the
    /// refusal where it is not taken.
    func takeFromOutside(
        _ message: PromptMessage,
        claiming expected: Party,
        by who: String,
        _ reply: @escaping (JSONValue) -> Void
    ) -> Refusal? {
        guard message.from == expected, message.to == party, message.sequence == 0,
            message.kind == .question, mailbox.open[message.id] == nil
        else {
            return Refusal(
                code: "planes.sender-forged",
                rule: "FMWK-IAM: identity comes from the connection, never from a claim",
                reason: "On this connection \(expected.title) asks \(party.title), and the message "
                    + "says it is from \(message.from.title) to \(message.to.title).",
                next: "Ask as who you are."
            )
        }
        if let refusal = refusal(of: message) { return refusal }
        turn.received.append(
            receivedDraft(
                message,
                message.bytes,
                by: EntryActor(who, expected == .human ? .human : .builder)
            )
        )
        mailbox.received(message)
        waiting[message.id] = reply
        act(on: message)
        endTurnLater()
        return nil
    }

    /// Records that somebody tried what is not allowed, within bounds.
    func intrude(_ code: String, _ who: String, _ reason: String) {
        guard ledger != nil, let count = intrusions.count(code, who, at: clock.monotonic) else {
            return
        }
        note(
            EntryDraft(
                PlaneEvent.intrusion,
                by: actor,
                about: ["from:\(who)", "code:\(code)"],
                body: .json([
                    "code": .string(code), "from": .string(who), "reason": .string(reason),
                    "times": .integer(count),
                ])
            )
        )
    }
}

/// How often attempts are recorded: each kind of each sender once in a while, with their number.
struct IntrusionLog: Sendable {
    private var seen: [String: (since: UInt64, count: Int)] = [:]
    private static let kindsMax = 256
    private static let windowNanoseconds: UInt64 = 10_000_000_000

    /// Counts an attempt; gives how many to record now, or `nil` where that was done just before.
    mutating func count(_ code: String, _ who: String, at now: UInt64) -> Int? {
        let key = code + " " + who
        guard let last = seen[key] else {
            if seen.count >= IntrusionLog.kindsMax { seen.removeAll() }
            seen[key] = (now, 0)
            return 1
        }
        guard now - last.since >= IntrusionLog.windowNanoseconds else {
            seen[key]?.count += 1
            return nil
        }
        seen[key] = (now, 0)
        return last.count + 1
    }
}
