import Canon
import Integrity
import Ledger

/// `charter trace ID`.
enum TraceVerb {
    static let operation = Operation(
        words: ["trace"],
        summary: "follow one trace through the ledgers of all planes, in the order of time",
        details: """
            A question and everything that follows from it carry one trace id, from plane to plane and
            into each ledger. The id is what 'charter ask' prints, or the 32 hex digits in the
            traceparent of an entry.
            Example: charter trace 0af7651916cd43dd8448eb211c80319c
            """,
        operands: [.init(name: "ID", summary: "32 hex digits")],
        options: [.init(name: "limit", value: "N", summary: "the most entries of a plane; 1,000")]
    ) { request, surroundings throws(OperationFault) in
        let id = request.operands[0]
        guard id.utf8.count == 32,
            id.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { throw .usage("\"\(Printable(id))\" is no trace id; it has 32 small hex digits.") }
        let limit = try LedgerView.number("limit", 1...100_000, request) ?? 1000
        let view = try LedgerView(request, surroundings)
        var query = LedgerQuery()
        query.subject = "trace:\(id)"
        var found: [LedgerEntry] = []
        var hasMore = false
        for plane in LogPlane.allCases {
            let reader: LedgerReader?
            do { reader = try view.ledgers.reader(of: plane) } catch { throw OperationFault(error) }
            guard let reader else { continue }
            do throws(LedgerFault) {
                let page = try reader.page(query, limit: limit)
                found += page.entries
                hasMore = hasMore || page.entries.count == limit
            } catch {
                throw .ledger(error)
            }
        }
        // Times of one machine, and within a plane the order of its log.
        found.sort {
            ($0.time, $0.plane.rawValue, $0.index) < ($1.time, $1.plane.rawValue, $1.index)
        }
        let lines = found.map { entry in
            let way = entry.subjects.first { $0.hasPrefix("to:") || $0.hasPrefix("from:") } ?? ""
            return "\(HelpText.padded(entry.time, 26))\(HelpText.padded(entry.plane.rawValue, 13))"
                + "\(HelpText.padded(entry.event, 17))\(HelpText.padded(way, 18))entry \(entry.index)"
        }
        return Answer(
            found.isEmpty ? .refused : .done,
            json: [
                "trace": .string(id), "entries": .array(found.map(\.document)),
                "more": .bool(hasMore),
            ],
            lines: found.isEmpty
                ? ["no ledger has an entry of this trace"]
                : lines + (hasMore ? ["there may be more: --limit N"] : [])
        )
    }
}
