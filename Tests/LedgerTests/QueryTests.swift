import Canon
import Crypto
import Host
import Ledger
import Support
import Testing

@Suite(.covers("B11"))
struct `A query` {
    private func pages(
        _ reader: LedgerReader,
        _ query: LedgerQuery,
        by limit: Int
    ) throws -> [[LedgerEntry]] {
        var pages: [[LedgerEntry]] = []
        var cursor: LedgerCursor?
        while true {
            let page = try reader.page(query, from: cursor, limit: limit)
            if !page.entries.isEmpty { pages.append(page.entries) }
            if !page.hasMore { return pages }
            cursor = page.cursor
        }
    }

    private func query(_ change: (inout LedgerQuery) -> Void) -> LedgerQuery {
        var query = LedgerQuery()
        change(&query)
        return query
    }

    @Test func `gives 250 events as 100, 100 and 50`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        try fixture.fill(log, 250)
        try log.close()
        let reader = try fixture.reader()
        let found = try pages(reader, query { $0.event = "note" }, by: 100)
        #expect(found.map(\.count) == [100, 100, 50])
        #expect(found.joined().map(\.index) == found.joined().map(\.index).sorted())
        let back = try pages(
            reader,
            query {
                $0.event = "note"
                $0.isReversed = true
            },
            by: 100
        )
        #expect(back.map(\.count) == [100, 100, 50])
        #expect(Array(back.joined().map(\.index).reversed()) == found.joined().map(\.index))
    }

    @Test func `answers each condition, and several together, exactly`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        try fixture.fill(log, 900)
        let open = try log.attempt(
            EntryDraft("work", by: EntryActor("agent:1", .built), about: ["file:b"])
        )
        let done = try log.attempt(EntryDraft("work", by: EntryActor("agent:2", .built)))
        try log.outcome(of: done, .denied)
        let place = open.receipt.index
        try log.close()
        let reader = try fixture.reader()
        let all = try pages(reader, LedgerQuery(), by: 1000).joined()
        func check(_ name: String, _ query: LedgerQuery, _ matches: (LedgerEntry) -> Bool) throws {
            let found = try pages(reader, query, by: 37).joined().map(\.index)
            #expect(Array(found) == all.filter(matches).map(\.index), "\(name)")
            #expect(!found.isEmpty, "\(name)")
        }
        try check("event", query { $0.event = "checkpoint" }) { $0.event == "checkpoint" }
        try check("actor", query { $0.actor = "agent:1" }) { $0.actor.id == "agent:1" }
        try check("order", query { $0.workOrder = "WO-3" }) { $0.workOrder == "WO-3" }
        try check("subject", query { $0.subject = "file:src/2.txt" }) {
            $0.subjects.contains("file:src/2.txt")
        }
        try check("ledger", query { $0.ledger = "governance" }) { $0.ledger == .governance }
        try check("outcome", query { $0.outcome = .denied }) { $0.outcome == .denied }
        try check("phase", query { $0.phase = .attempt }) { $0.phase == .attempt }
        try check("open", query { $0.isOpen = true }) { $0.index == place }
        try check(
            "both",
            query {
                $0.workOrder = "WO-3"
                $0.subject = "file:src/2.txt"
            }
        ) { $0.workOrder == "WO-3" && $0.subjects.contains("file:src/2.txt") }
        let (low, high) = (Array(all)[300].time, Array(all)[500].time)
        try check(
            "time",
            query {
                $0.since = Timestamp(low)
                $0.until = Timestamp(high)
            }
        ) {
            guard let time = Timestamp($0.time), let low = Timestamp(low),
                let high = Timestamp(high)
            else { return false }
            return time >= low && time <= high
        }
    }

    @Test func `stays stable while entries are added`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        try fixture.fill(log, 300)
        let reader = try fixture.reader()
        let wanted = query { $0.event = "note" }
        let first = try reader.page(wanted, limit: 200)
        try fixture.fill(log, 300)
        let second = try reader.page(wanted, from: first.cursor, limit: 1000)
        let together = (first.entries + second.entries).map(\.index)
        #expect(together.count == 600 && Set(together).count == 600)
        // And goes on from where it ended, once there is more: the cursor as text.
        #expect(!second.hasMore)
        try fixture.fill(log, 5)
        let cursor = try LedgerCursor(second.cursor.description)
        #expect(try reader.page(wanted, from: cursor, limit: 10).entries.count == 5)
        try log.close()
        for text in ["", "c", "c-1", "7", "c07", "cx"] {
            let fault = #expect(throws: LedgerFault.self) { _ = try LedgerCursor(text) }
            #expect(fault?.code == "ledger.cursor")
        }
    }

    @Test func `finds an entry by the beginning of its digest`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        try fixture.fill(log, 600)
        try log.close()
        let reader = try fixture.reader()
        for index in [0, 100, 255, 256, 590] {
            let digest = try reader.entry(index).entry.digest.hex
            #expect(try reader.find(digest: digest) == index)
            #expect(try reader.find(digest: String(digest.prefix(12))) == index)
        }
        #expect(try reader.find(digest: "") == nil)
        let fault = #expect(throws: LedgerFault.self) { _ = try reader.entry(10_000) }
        #expect(fault?.code == "ledger.no-such-entry")
    }
}
