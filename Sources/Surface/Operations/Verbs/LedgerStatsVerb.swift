import Canon
import Ledger

/// `charter ledger stats`.
enum LedgerStatsVerb {
    static let operation = Operation(
        words: ["ledger", "stats"],
        summary: "say how large a log is, and what of it is signed",
        details: """
            Entries, ledgers, attempts without outcome, the last signed head and how many entries came since,
            closed segments, and the size of the file.
            Example: charter ledger stats --json
            """,
        options: [LedgerView.option]
    ) { request, surroundings throws(OperationFault) in
        let reader = try LedgerView(request, surroundings).reader()
        do throws(LedgerFault) {
            let facts = try reader.statistics()
            let lag = facts.entries - (facts.checkpointSize ?? 0)
            return Answer(
                json: [
                    "plane": .string(reader.plane.rawValue), "origin": .string(reader.origin),
                    "entries": .integer(facts.entries), "ledgers": .integer(facts.ledgers),
                    "active_ledgers": .integer(facts.activeLedgers),
                    "open_attempts": .integer(facts.openAttempts),
                    "checkpoint_size": facts.checkpointSize.map { .integer($0) } ?? .null,
                    "checkpoint_time": facts.checkpointTime.map { .string($0) } ?? .null,
                    "checkpoint_lag": .integer(lag),
                    "last_time": facts.lastTime.map { .string($0) } ?? .null,
                    "segments": .integer(facts.segments), "file_bytes": .integer(facts.fileBytes),
                ],
                lines: [
                    "\(Printable(reader.origin))",
                    "  entries   \(facts.entries), the last of \(facts.lastTime ?? "never")",
                    "  ledgers   \(facts.ledgers), \(facts.activeLedgers) memory ledgers open",
                    "  attempts  \(facts.openAttempts) without outcome",
                    "  head      "
                        + (facts.checkpointSize.map {
                            "signed over \($0) entries at \(facts.checkpointTime ?? "")"
                        } ?? "never signed") + ", \(lag) entries since",
                    "  file      \(facts.fileBytes) bytes, "
                        + Report.count(facts.segments, "closed segment"),
                ]
            )
        } catch {
            throw .ledger(error)
        }
    }
}
