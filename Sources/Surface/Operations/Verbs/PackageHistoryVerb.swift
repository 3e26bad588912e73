import Canon
import Ledger

/// `charter package history ID`.
enum PackageHistoryVerb {
    static let operation = Operation(
        words: ["package", "history"],
        summary: "show what was done with one package, also when it is gone",
        details: """
            Every operation that the log of the root knows, oldest first, with what came of it: succeeded,
            failed, denied or unknown; 'charter ledger show INDEX' tells more. An archive that was refused
            is not believed to be this package: 'charter ledger query --event package_install --outcome
            denied' shows those.
            Example: charter package history PKG-CANARY
            """,
        operands: [.init(name: "ID", summary: "the id of a package that is, or was, in this root")]
    ) { request, surroundings throws(OperationFault) in
        let id = request.operands[0]
        let reader = try LedgerView(request, surroundings).reader()
        var query = LedgerQuery()
        query.subject = "package:" + id
        query.phase = .outcome
        var rows: [JSONValue] = []
        var lines: [String] = []
        do throws(LedgerFault) {
            var cursor: LedgerCursor?
            repeat {
                let page = try reader.page(query, from: cursor, limit: 1_000)
                for entry in page.entries {
                    let version = version(of: id, in: entry)
                    rows.append([
                        "index": .integer(entry.index), "time": .string(entry.time),
                        "event": .string(entry.event), "actor": .string(entry.actor.id),
                        "outcome": .string(entry.outcome?.rawValue ?? ""),
                        "version": version.map { .string($0) } ?? .null,
                    ])
                    lines.append(
                        HelpText.padded(String(entry.index), 9) + HelpText.padded(entry.time, 30)
                            + HelpText.padded(entry.event, 19)
                            + HelpText.padded(entry.outcome?.rawValue ?? "", 11)
                            + HelpText.padded(Printable(version ?? "").description, 10)
                            + Printable(entry.actor.id).description
                    )
                }
                cursor = page.hasMore ? page.cursor : nil
            } while cursor != nil
        } catch {
            throw .ledger(error)
        }
        if lines.isEmpty {
            lines.append(
                "The log knows nothing of \(Printable(id)); 'charter package list' shows what is here."
            )
        }
        return Answer(json: ["id": .string(id), "operations": .array(rows)], lines: lines)
    }

    /// The version that the entry is about, where it names one.
    private static func version(of id: String, in entry: LedgerEntry) -> String? {
        let start = "package:\(id)@"
        return entry.subjects.first { $0.hasPrefix(start) }.map {
            String($0.dropFirst(start.count))
        }
    }
}
