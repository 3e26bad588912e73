import Canon
import Crypto
import Host
import Integrity
import Ledger

/// `charter ledger archive DIR`.
enum LedgerArchiveVerb {
    static let operation = Operation(
        words: ["ledger", "archive"],
        summary: "write a log as files that anybody can verify",
        details: """
            The archive is a C2SP tlog-tiles log up to the last signed head, with the bodies beside it; any
            client of that format verifies it, and 'charter ledger verify DIR --key VKEY' does. Calling it
            again adds what is new. 'charter ledger restore DIR' makes a log of it.

            --close-segment then moves what is covered by a signed head out of the file that is written.
            --drop-bodies then drops the bodies that the law keeps no longer; all proofs stay.
            Example: charter ledger archive /mnt/archive/root
            """,
        power: .author,
        operands: [
            .init(name: "DIR", summary: "where the archive lies; made where it is not there")
        ],
        options: [
            LedgerView.option,
            .init(name: "close-segment", value: nil, summary: "start a new file for new entries"),
            .init(name: "drop-bodies", value: nil, summary: "drop bodies as old as the law says"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let view = try LedgerView(request, surroundings)
        var lines: [String] = []
        var json = JSONObject([])
        do {
            _ = try view.writing { (log) throws(LedgerFault) in try log.checkpoint() }
            let path = surroundings.absolute(request.operands[0])
            let directory = try Directory.openMaking(path, mode: 0o755)
            let counted = surroundings.counted
            let result = try LedgerArchive.write(view.reader(), to: directory) {
                counted?("entries", $0, $1)
            }
            lines.append(
                "archived: \(Report.count(result.size, "entry", "entries")), "
                    + "\(Report.count(result.files, "file")) written to \(Printable(path))"
            )
            json["entries"] = .integer(result.size)
            json["files"] = .integer(result.files)
            if let vkey = try view.ledgers.verifier(of: view.plane) {
                lines.append("key \(vkey)")
                json["verifier"] = .string(vkey.description)
            }
            if request.has("close-segment") || request.has("drop-bodies") {
                // What is about to be dropped must be somewhere else, whole.
                var verifier = LedgerVerifier()
                verifier.key = try view.ledgers.verifier(of: view.plane)
                if let finding = try verifier.verify(ArchivedLog(directory)).findings.first {
                    throw LedgerFault.archiveDamaged(path: path, reason: finding.reason)
                }
            }
            if request.has("close-segment") {
                let closed = try view.writing { (log) throws(LedgerFault) in
                    try log.closeSegment(by: RootLedger.actor)
                }
                lines.append(
                    closed.map { "segment \($0.name): entries \($0.first) to \($0.past - 1)" }
                        ?? "no segment closed: no whole block is covered by a signed head"
                )
                json["segment"] = closed.map { .string($0.name) } ?? .null
            }
            if request.has("drop-bodies") {
                let dropped = try view.writing { (log) throws(LedgerFault) in
                    try log.dropBodies(by: RootLedger.actor)
                }
                lines.append("\(Report.count(dropped, "body", "bodies")) dropped")
                json["dropped_bodies"] = .integer(dropped)
            }
            return Answer(json: .object(json), lines: lines)
        } catch {
            throw OperationFault(error)
        }
    }
}
