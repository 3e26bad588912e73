import Canon
import Host
import Ledger
import Support
import Testing

@Suite(.covers("B04"))
struct `The ledgers of a plane` {
    private let actor = LogFixture.operatorActor

    private func name(_ number: Int) throws -> LedgerName {
        try #require(LedgerName("WO-\(number)"))
    }

    private func open(_ log: LedgerLog, _ number: Int) throws -> LedgerAdmission {
        try log.open(name(number), for: .workOrder, from: "meta/governance", by: actor)
    }

    private func refusal(_ admission: LedgerAdmission) -> LedgerRefusal? {
        if case .refused(let refusal) = admission { refusal } else { nil }
    }

    @Test func `begin with a genesis that names tier, plane and parent`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        guard case .done(let receipt) = try open(log, 1) else {
            Issue.record("The first ledger was refused.")
            return
        }
        let named = try name(1)
        try log.record(EntryDraft("note", by: actor, in: named))
        try log.close()
        let (entry, body) = try fixture.reader().entry(receipt.index)
        #expect(entry.ledger == named && entry.sequence == 0)
        let document = try JSONValue(parsing: body ?? [])
        #expect(document["tier"]?.string == "meta")
        #expect(document["parent"]?.string == "meta/governance")
        #expect(try fixture.verify { $0.key = nil }.findings == [])
    }

    @Test(
        .covers("A05", "A06", "A07"),
        arguments: [(LogPlane.hot, 1), (.meta, 7), (.firstOrder, 1024)]
    )
    func `are no more than their tier allows`(_ plane: LogPlane, _ limit: Int) throws {
        let fixture = try LogFixture(plane, activeMax: limit)
        let kind = try #require(plane.memoryKind)
        let log = try fixture.open()
        func open(_ number: Int) throws -> LedgerAdmission {
            try log.open(name(number), for: kind, from: "x/governance", by: actor)
        }
        for number in 0..<limit { #expect(refusal(try open(number)) == nil) }
        let size = log.size
        let refused = try #require(refusal(open(limit)))
        #expect(refused.rule == "FMWK-200: the tier's limit on active ledgers")
        #expect(log.activeCount == limit)
        // The refusal is in the log.
        #expect(log.size >= size + 1)
        _ = try log.park(name(0), by: actor)
        #expect(refusal(try open(limit)) == nil)
        #expect(refusal(try log.resume(name(0), by: actor)) != nil)
        _ = try log.finish(name(limit), by: actor)
        #expect(refusal(try log.resume(name(0), by: actor)) == nil)
        #expect(log.activeCount == limit)
        try log.close()
        #expect(try fixture.verify { $0.key = nil }.findings == [])
        let page = try fixture.reader().page(
            {
                var query = LedgerQuery()
                query.event = "ledger_limit"
                return query
            }(),
            limit: 10
        )
        #expect(page.entries.count == 2)
    }

    @Test func `belong to one tier`() throws {
        let fixture = try LogFixture(.hot)
        let log = try fixture.open()
        let refused = try #require(refusal(open(log, 1)))
        #expect(refused.rule == "FMWK-200: the tier of a ledger")
        let root = try LogFixture(.root, activeMax: 0)
        #expect(refusal(try open(root.open(), 1)) != nil)
    }

    @Test func `take entries only while they are open`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        _ = try open(log, 1)
        let named = try name(1)
        let again = #expect(throws: LedgerFault.self) { _ = try open(log, 1) }
        #expect(again?.code == "ledger.ledger-exists")
        let attempt = try log.attempt(EntryDraft("work", by: actor, in: named))
        #expect(refusal(try log.finish(named, by: actor)) != nil)
        _ = try log.park(named, by: actor)
        let parked = #expect(throws: LedgerFault.self) {
            try log.record(EntryDraft("note", by: actor, in: named))
        }
        #expect(parked?.code == "ledger.ledger-not-open")
        // What was begun is ended, whatever became of the ledger.
        try log.outcome(of: attempt, .succeeded)
        _ = try log.finish(named, by: actor)
        let closed = #expect(throws: LedgerFault.self) { _ = try log.resume(named, by: actor) }
        #expect(closed?.code == "ledger.ledger-not-open")
        try log.close()
        let reopened = try fixture.open()
        #expect(reopened.allLedgers.map(\.state) == [.closed, .open])
        try reopened.close()
    }
}
