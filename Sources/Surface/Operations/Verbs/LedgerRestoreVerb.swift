import Canon
import Crypto
import Host
import Integrity
import Ledger

/// `charter ledger restore DIR`.
enum LedgerRestoreVerb {
    static let operation = Operation(
        words: ["ledger", "restore"],
        summary: "make a plane's log of an archive, where it has none",
        details: """
            The archive is verified first, with the key of this machine or the one that --key gives; one that
            does not verify is refused, and so is a plane that has a log: move that away, and keep it.
            Example: charter ledger restore /mnt/archive/root
            """,
        power: .author,
        operands: [.init(name: "DIR", summary: "an archive")],
        options: [
            LedgerView.option,
            .init(name: "key", value: "VKEY", summary: "the log's key"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let view = try LedgerView(request, surroundings)
        do {
            let source = ArchivedLog(
                try Directory.open(surroundings.absolute(request.operands[0]))
            )
            var verifier = LedgerVerifier()
            if let text = request.option("key") {
                verifier.key = try LedgerView.logKey(text)
            } else if let genesis = try LedgerArchive.genesis(of: source) {
                verifier.key = try view.ledgers.verifier(of: view.plane, genesis: genesis)
            }
            guard verifier.key != nil else {
                throw OperationFault.usage("Say the key of the log: --key VKEY.")
            }
            verifier.plane = view.plane
            verifier.events = try view.ledgers.events()
            let origin = try view.ledgers.origin(of: view.plane)
            guard verifier.key?.name == origin else {
                throw OperationFault.usage(
                    "The key is of another log than \(Printable(origin)), which is the one that belongs "
                        + "here."
                )
            }
            let report = try verifier.verify(source)
            if let finding = report.findings.first {
                return Answer(
                    .refused,
                    json: [
                        "verdict": "refused", "code": .string(finding.code.rawValue),
                        "reason": .string(finding.reason),
                    ],
                    lines: [
                        "not restored: the archive does not verify.",
                        "  \(finding.code.rawValue)  \(finding.reason)",
                    ]
                )
            }
            let place = try view.ledgers.place(view.plane, signer: nil)
            let directory = try view.root.directory.openMakingBeneath(
                RootLedger.folder + "/" + view.plane.rawValue,
                mode: 0o700
            )
            try LedgerArchive.restore(source, into: directory, place)
            let size = try view.reader().size()
            return Answer(
                json: ["verdict": "restored", "entries": .integer(size)],
                lines: ["restored: \(Report.count(size, "entry", "entries"))"]
            )
        } catch {
            throw OperationFault(error)
        }
    }
}
