import Canon
import Ledger

/// `charter ledger query`.
enum LedgerQueryVerb {
    static let operation = Operation(
        words: ["ledger", "query"],
        summary: "find entries by time, event, actor, work order, file",
        details: """
            Every condition that is given must hold. Entries come oldest first, a page at a time; the page
            ends with a cursor, and --cursor goes on from there however much was added meanwhile.
            --newest begins at the end.
            Example: charter ledger query --event registry_compile --since 2026-11-20T00:00:00Z
            """,
        options: [LedgerView.option] + LedgerFilter.options + [
            .init(name: "limit", value: "N", summary: "the most entries of a page; 100"),
            .init(name: "cursor", value: "CURSOR", summary: "where the page before this one ended"),
            .init(name: "newest", value: nil, summary: "newest first"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let reader = try LedgerView(request, surroundings).reader()
        var query = try LedgerFilter(request).query
        query.isReversed = request.has("newest")
        let limit = try LedgerView.number("limit", 1...10_000, request) ?? 100
        do throws(LedgerFault) {
            var cursor: LedgerCursor?
            if let text = request.option("cursor") { cursor = try LedgerCursor(text) }
            let page = try reader.page(query, from: cursor, limit: limit)
            var lines = page.entries.map(LedgerView.line)
            if !lines.isEmpty { lines.insert(LedgerView.header(), at: 0) }
            lines.append(
                page.hasMore
                    ? "more: --cursor \(page.cursor)"
                    : "\(Report.count(page.entries.count, "entry", "entries")); that is all"
            )
            return Answer(
                json: [
                    "entries": .array(page.entries.map(\.document)),
                    "cursor": .string(page.cursor.description), "more": .bool(page.hasMore),
                ],
                lines: lines
            )
        } catch {
            throw .ledger(error)
        }
    }
}
