import Canon
import Host
import Ledger
import Wire

/// Many questions to another plane, one after another or several at once, and how long each took.
///
/// `charter plane bench` asks for it; the questions that are kept are messages like any others.
struct Exercise {
    let peer: Party
    let count: Int
    let outstanding: Int
    let isKept: Bool
    let began: UInt64
    var asked = 0
    var good = 0
    var bad = 0
    var starts: [String: UInt64] = [:]
    var nanoseconds: [UInt64] = []
    let finished: (JSONValue) -> Void

    var ended: Int { good + bad }
    var isOver: Bool { ended == count }

    /// A kept question came to an end.
    mutating func answered(_ id: String, isGood: Bool, at now: UInt64) {
        guard let start = starts.removeValue(forKey: id) else { return }
        nanoseconds.append(now - start)
        if isGood { good += 1 } else { bad += 1 }
    }

    func result(at now: UInt64) -> JSONValue {
        let sorted = nanoseconds.sorted()
        func percentile(_ part: Int) -> JSONValue {
            sorted.isEmpty
                ? .null : .integer(Int(sorted[min(sorted.count - 1, sorted.count * part / 100)]))
        }
        let seconds = max(Double(now - began) / 1e9, 1e-9)
        return [
            "peer": .string(peer.rawValue), "count": .integer(count),
            "outstanding": .integer(outstanding), "kept": .bool(isKept),
            "answered": .integer(good), "failed": .integer(bad),
            "nanoseconds": .integer(Int(now - began)),
            "per_second": .integer(Int(Double(good) / seconds)),
            "p50_nanoseconds": percentile(50), "p99_nanoseconds": percentile(99),
        ]
    }
}

extension PlaneProcess {
    /// Begins a run; gives why not, where it cannot.
    func begin(
        _ peer: Party,
        count: Int,
        outstanding: Int,
        isKept: Bool,
        _ finished: @escaping (JSONValue) -> Void
    ) {
        guard exercise == nil, halt == nil, links[peer]?.link?.isOpen == true, count > 0 else {
            return finished([
                "fault": "Another run is under way, or there is no connection to that plane."
            ])
        }
        exercise = Exercise(
            peer: peer,
            count: count,
            outstanding: outstanding,
            isKept: isKept,
            began: clock.monotonic,
            finished: finished
        )
        goOn()
    }

    /// Asks as many as may be under way at a time.
    private func goOn() {
        guard var run = exercise else { return }
        while run.asked < run.count, run.asked - run.ended < run.outstanding {
            if run.isKept {
                let (id, refusal) = ask(run.peer, "Are you there, and what do you hold?", route: [])
                guard let id else {
                    exercise = nil
                    return run.finished(["refusal": refusal?.json ?? .null])
                }
                run.starts[id] = clock.monotonic
            } else {
                guard call(run.peer) else {
                    exercise = nil
                    return run.finished(["fault": "The connection was lost."])
                }
            }
            run.asked += 1
        }
        exercise = run
    }

    func exerciseAnswered(_ id: String, isGood: Bool) {
        exercise?.answered(id, isGood: isGood, at: clock.monotonic)
        endOrGoOn()
    }

    func exerciseInterrupted(_ peer: Party) {
        guard let run = exercise, run.peer == peer, !run.isKept else { return }
        exercise = nil
        run.finished(["fault": "The connection was lost."])
    }

    private func endOrGoOn() {
        guard let run = exercise else { return }
        guard run.isOver else { return goOn() }
        exercise = nil
        run.finished(run.result(at: clock.monotonic))
    }

    // MARK: - Calls

    /// Asks without a record; the answer is counted for the run that is under way.
    private func call(_ peer: Party) -> Bool {
        guard let link = links[peer]?.link, link.isOpen,
            let message = callMessage(to: peer)
        else { return false }
        let number = links[peer]?.nextCall ?? 1
        links[peer]?.nextCall = number + 1
        let start = clock.monotonic
        links[peer]?.calls[number] = { [weak self] frame in
            self?.assumeIsolated { plane in
                guard var run = plane.exercise, !run.isKept else { return }
                let content = Array(frame.payload.dropFirst(8))
                let answer = try? PromptMessage(parsing: content, isKept: false)
                run.nanoseconds.append(plane.clock.monotonic - start)
                if let answer, plane.isGoodCall(answer, from: run.peer) {
                    run.good += 1
                } else {
                    run.bad += 1
                }
                plane.exercise = run
                plane.endOrGoOn()
            }
        }
        link.send(Frame(.call, PlaneProcess.numbered(number, message.bytes)))
        return true
    }

    private func callMessage(to peer: Party) -> PromptMessage? {
        let slots = JSONObject([
            ("question", "Are you there, and what do you hold?"), ("route", .array([])),
        ])
        guard let prompt = prompts.prompt(verb: "ask", from: party, to: peer),
            let words = prompt.words(slots)
        else { return nil }
        var message = made(
            prompt,
            to: peer,
            thread: newID("t-"),
            words: words,
            trace: newTrace(),
            attention: attention(for: peer, about: party.rawValue),
            expires: Timestamp(nanoseconds: clock.now + 10_000_000_000),
            isKept: false
        )
        message.slots = slots
        return message
    }

    /// Whether what came outside the record is what its sender may say here.
    private func isGoodCall(_ message: PromptMessage, from peer: Party) -> Bool {
        message.from == peer && message.to == party && message.sequence == 0
            && boundary.refusal(from: peer, to: party, verb: message.verb) == nil
            && prompts.refusal(of: message) == nil
    }

    /// Answers a question that is not kept.
    func answerCall(_ payload: [UInt8], from peer: Party) throws(WireFault) {
        guard let number = PlaneProcess.number(in: payload), let link = links[peer]?.link else {
            throw .messageMalformed(reason: "a call has no number")
        }
        let message = try PromptMessage(parsing: Array(payload.dropFirst(8)), isKept: false)
        guard message.from == peer, message.to == party else {
            throw .partyOther(found: message.from.rawValue, expected: peer.rawValue)
        }
        let slots = JSONObject([("answer", .string(logic.account(of: view)))])
        guard isGoodCall(message, from: peer), message.kind == .question, halt == nil,
            let prompt = prompts.prompt(verb: "answer", from: party, to: peer),
            let words = prompt.words(slots)
        else { return link.send(Frame(.reply, PlaneProcess.numbered(number, []))) }
        var answer = made(
            prompt,
            to: peer,
            thread: message.thread,
            words: words,
            trace: message.trace,
            attention: message.attention,
            expires: message.expires,
            isKept: false
        )
        answer.slots = slots
        answer.inReplyTo = message.id
        link.send(Frame(.reply, PlaneProcess.numbered(number, answer.bytes)))
    }
}
