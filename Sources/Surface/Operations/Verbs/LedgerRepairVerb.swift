import Canon
import Integrity
import Ledger

/// `charter ledger repair`.
enum LedgerRepairVerb {
    static let operation = Operation(
        words: ["ledger", "repair"],
        summary: "cut a torn end off a log, and record that it was cut",
        details: """
            Only entries behind the last signed head can be cut; they are kept in a file beside the log, and
            the cut is recorded in it. Damage in front of that head is never repaired: it is evidence, and
            the log is restored from an archive.
            Example: charter ledger repair --plane meta
            """,
        power: .author,
        options: [LedgerView.option]
    ) { request, surroundings throws(OperationFault) in
        let view = try LedgerView(request, surroundings)
        _ = try view.directory()
        do throws(IntegrityFault) {
            switch try view.ledgers.repair(view.plane, by: RootLedger.actor) {
            case nil, .nothingToDo:
                return Answer(
                    json: ["verdict": "whole"],
                    lines: ["the log is whole; nothing was changed"]
                )
            case .cut(let index, let entries, let kept):
                return Answer(
                    json: [
                        "verdict": "repaired", "cut_from": .integer(index),
                        "entries": .integer(entries), "kept_in": .string(kept),
                    ],
                    lines: [
                        "cut: \(Report.count(entries, "entry", "entries")) from \(index) on",
                        "kept in \(Printable(kept))",
                    ]
                )
            case .refused(let finding):
                return Answer(
                    .refused,
                    json: [
                        "verdict": "refused", "code": .string(finding.code.rawValue),
                        "entry": finding.index.map { .integer($0) } ?? .null,
                        "reason": .string(finding.reason), "next": .string(finding.next),
                    ],
                    lines: [
                        "not repaired: the damage lies where a head was signed.",
                        "  \(finding.code.rawValue)  \(finding.reason)", "  next: \(finding.next)",
                    ]
                )
            }
        } catch {
            throw .integrity(error)
        }
    }
}
