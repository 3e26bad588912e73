import Canon
import Crypto
import Host
import Ledger
import Support
import Testing

@Suite(.covers("B07"))
struct `An attempt` {
    private let actor = LogFixture.operatorActor

    @Test func `is on the disk before the act, and its outcome after it`() async throws {
        let fixture = try LogFixture()
        let writer = try await LedgerWriter.open(fixture.directory(), fixture.place())
        let seen = try await writer.acting(
            EntryDraft("work", by: actor, about: ["file:a"]),
            faults: { $0 }
        ) { (attempt: borrowing Attempt) throws(LedgerFault) in
            // Another reader sees it while the act is under way.
            let index = attempt.receipt.index
            let entry = try? fixture.reader().entry(index).entry
            return (entry?.phase, .succeeded, nil)
        }
        #expect(seen == .attempt)
        try await writer.close()
        let reader = try fixture.reader()
        let outcome = try reader.entry(2).entry
        #expect(outcome.phase == .outcome && outcome.outcome == .succeeded)
        #expect(outcome.subjects == ["file:a"])
        #expect(try reader.openAttempts() == [])
    }

    @Test func `has the outcome failed where the act throws`() async throws {
        let fixture = try LogFixture()
        let writer = try await LedgerWriter.open(fixture.directory(), fixture.place())
        let fault = await #expect(throws: LedgerFault.self) {
            _ = try await writer.acting(EntryDraft("work", by: actor), faults: { $0 }) {
                (_: borrowing Attempt) throws(LedgerFault) -> (Int, AttemptOutcome, EntryBody?) in
                throw .cursor(text: "?")
            }
        }
        #expect(fault?.code == "ledger.cursor")
        try await writer.close()
        let (entry, body) = try fixture.reader().entry(2)
        #expect(entry.outcome == .failed)
        #expect(String(decoding: body ?? [], as: UTF8.self) == #"{"fault":"ledger.cursor"}"#)
    }

    @Test func `is recorded as unknown when it is let go`() async throws {
        let fixture = try LogFixture()
        let writer = try await LedgerWriter.open(fixture.directory(), fixture.place())
        do { _ = try await writer.attempt(EntryDraft("work", by: actor)) }
        try await writer.close()
        let entry = try fixture.reader().entry(2).entry
        #expect(entry.outcome == .unknown)
        #expect(try fixture.verify().findings == [])
    }

    @Test func `that a crash left open is unknown at the next start`() throws {
        let fixture = try LogFixture()
        // In front of, inside and behind a complete block.
        let log = try fixture.open()
        let first = try log.attempt(EntryDraft("work", by: actor))
        try fixture.fill(log, 300)
        let second = try log.attempt(EntryDraft("work", by: actor))
        let done = try log.attempt(EntryDraft("work", by: actor))
        let places = [first.receipt.index, second.receipt.index]
        try log.outcome(of: done, .succeeded)
        let size = log.size
        try log.close()
        #expect(try fixture.reader().openAttempts().map(\.index) == places)
        let again = try fixture.open()
        #expect(again.size == size + 2)
        try again.close()
        let reader = try fixture.reader()
        #expect(try reader.openAttempts() == [])
        for (offset, place) in places.enumerated() {
            let entry = try reader.entry(size + offset).entry
            #expect(entry.outcome == .unknown)
            #expect(entry.answers == (try reader.entry(place).entry.digest))
        }
        // And not once more.
        let third = try fixture.open()
        #expect(third.size == size + 2)
        try third.close()
        #expect(try fixture.verify().findings == [])
    }

    @Test func `is answered once, by its own log`() throws {
        let fixture = try LogFixture()
        let other = try LogFixture(.hot)
        let log = try fixture.open()
        let elsewhere = try other.open()
        let attempt = try log.attempt(EntryDraft("work", by: actor))
        do throws(LedgerFault) {
            try elsewhere.outcome(of: attempt, .succeeded)
            Issue.record("An attempt of another log was answered.")
        } catch {
            #expect(error.code == "ledger.attempt-not-open")
        }
    }
}

@Suite(.covers("B15"))
struct `Many writers at once` {
    @Test func `share flushes, and each is answered with its own place`() async throws {
        let fixture = try LogFixture()
        let writer = try await LedgerWriter.open(fixture.directory(), fixture.place())
        let receipts = try await withThrowingTaskGroup(of: [Receipt].self) { group in
            for caller in 0..<16 {
                group.addTask {
                    var receipts: [Receipt] = []
                    for number in 0..<50 {
                        let draft = EntryDraft(
                            "note",
                            by: EntryActor("agent:\(caller)", .built),
                            body: .json(.integer(number))
                        )
                        receipts.append(try await writer.record(draft))
                    }
                    return receipts
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await writer.close()
        #expect(Set(receipts.joined().map(\.index)).count == 800)
        for own in receipts {
            // A caller's entries stand in the order in which it wrote them.
            #expect(own.map(\.index) == own.map(\.index).sorted())
        }
        let reader = try fixture.reader()
        for receipt in receipts.joined() {
            #expect(try reader.entry(receipt.index).entry.digest == receipt.digest)
        }
        #expect(try fixture.verify().findings == [])
    }

    @Test func `are refused one by one`() async throws {
        let fixture = try LogFixture()
        let writer = try await LedgerWriter.open(fixture.directory(), fixture.place())
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let draft = EntryDraft(
                        number % 2 == 0 ? "note" : "unheard_of",
                        by: LogFixture.operatorActor
                    )
                    return (try? await writer.record(draft)) != nil
                }
            }
            var done = 0
            for await isDone in group where isDone { done += 1 }
            #expect(done == 20)
        }
        try await writer.close()
        let fault = await #expect(throws: LedgerFault.self) {
            try await writer.record(EntryDraft("note", by: LogFixture.operatorActor))
        }
        #expect(fault?.code == "ledger.stopped")
        #expect(try fixture.verify().findings == [])
    }
}
