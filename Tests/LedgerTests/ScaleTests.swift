import Canon
import Crypto
import Foundation
import Host
import Ledger
import Support
import Telemetry
import Testing

@Suite(.covers("B14"))
struct `The metrics of a log` {
    @Test func `move under load`() async throws {
        let fixture = try LogFixture()
        let registry = MetricRegistry()
        var place = try fixture.place()
        place.metrics = try LedgerMetrics(registry, plane: .meta)
        let writer = try await LedgerWriter.open(fixture.directory(), place)
        let attempt = try await writer.attempt(
            EntryDraft("work", by: LogFixture.operatorActor)
        )
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    _ = try? await writer.record(EntryDraft("note", by: LogFixture.operatorActor))
                }
            }
        }
        let text = String(decoding: Exposition.openMetrics.render(registry), as: UTF8.self)
        func value(_ name: String) -> Double? {
            text.split(separator: "\n").first { $0.hasPrefix(name + "{") }
                .flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
        }
        #expect(value("charter_ledger_entries_total") == 41)
        #expect(value("charter_ledger_size_entries") == 42)
        #expect(value("charter_ledger_checkpoint_lag_entries") == 42)
        #expect(value("charter_ledger_open_attempts") == 1)
        #expect((value("charter_ledger_commit_seconds_count") ?? 0) >= 2)
        try await writer.outcome(of: attempt, .succeeded)
        try await writer.close()
    }
}

/// A million entries: what holds for a few must hold for many.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["CHARTER_LONG_TESTS"] != nil,
        "a million entries take minutes in a debug build; CHARTER_LONG_TESTS=1 writes them"
    ),
    .covers("B15")
)
struct `A log of a million entries` {
    @Test func `is read, verified and archived in memory that does not grow`() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        for _ in 0..<1000 { try fixture.fill(log, 1000) }
        _ = try log.checkpoint()
        try log.close()
        let reader = try fixture.reader()
        #expect(try reader.size() >= 1_000_000)
        try expectFlat("query") {
            var cursor: LedgerCursor?
            var query = LedgerQuery()
            query.subject = "file:src/3.txt"
            while true {
                let page = try reader.page(query, from: cursor, limit: 1000)
                cursor = page.cursor
                if !page.hasMore { break }
            }
        }
        try expectFlat("verify") {
            let findings = try fixture.verify().findings
            #expect(findings == [])
        }
        let place = TemporaryDirectory()
        try expectFlat("archive") {
            _ = try LedgerArchive.write(reader, to: Directory.open(place.path))
        }
    }

    private func expectFlat(_ name: String, _ body: () throws -> Void) throws {
        let before = try resident()
        try body()
        let grown = try resident() - before
        #expect(grown < 64 << 20, "\(name) grew by \(grown >> 20) MiB")
    }

    /// The bytes of this process that lie in memory.
    private func resident() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
    }
}
