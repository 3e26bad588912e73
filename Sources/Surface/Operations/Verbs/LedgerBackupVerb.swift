import Canon
import Host
import Ledger

/// `charter ledger backup DIR`.
enum LedgerBackupVerb {
    static let operation = Operation(
        words: ["ledger", "backup"],
        summary: "copy a log as it stands, while it is written",
        details: """
            The copy is a database like the log's own, as it stood at one moment. Put in the log's place it
            goes on from there; 'charter ledger verify DIR --key VKEY' verifies it where it lies.
            Example: charter ledger backup /mnt/backup/root-2026-11-20
            """,
        operands: [.init(name: "DIR", summary: "a new directory, or an empty one")],
        options: [LedgerView.option]
    ) { request, surroundings throws(OperationFault) in
        let reader = try LedgerView(request, surroundings).reader()
        let path = surroundings.absolute(request.operands[0])
        do {
            let directory = try Directory.openMaking(path, mode: 0o700)
            try reader.backUp(to: directory)
            guard let copy = try LedgerReader(directory) else {
                throw LedgerFault.noCheckpoint(origin: reader.origin)
            }
            let size = try copy.size()
            return Answer(
                json: ["entries": .integer(size), "path": .string(path)],
                lines: ["copied: \(Report.count(size, "entry", "entries")) to \(Printable(path))"]
            )
        } catch {
            throw OperationFault(error)
        }
    }
}
