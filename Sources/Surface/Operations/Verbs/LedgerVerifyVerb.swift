import Canon
import Crypto
import Host
import Integrity
import Ledger

/// `charter ledger verify`.
enum LedgerVerifyVerb {
    static let operation = Operation(
        words: ["ledger", "verify"],
        summary: "prove a log from its bytes and a public key",
        details: """
            Reads every entry and body, hashes them, and compares: with the tree, with each ledger's chain,
            with every signed head. The first bad entry is named, with what is wrong: edited, deleted,
            inserted, reordered, truncated, forked, replaced, signed by another key, without its witnesses.

            Without PATH it verifies the logs of this root. PATH may be an archive, or a directory with a
            database, anywhere and without a root around it. Say the key that you were given with --key;
            without it the key that this machine made is taken, and named.
            --known FILE is a head from before, perhaps from another place: the log must lead to it.
            Example: charter ledger verify /mnt/archive --key charter/app/root+9f…
            """,
        operands: [
            .init(name: "PATH", summary: "an archive, or a directory with a log", isRequired: false)
        ],
        options: [
            LedgerView.option,
            .init(name: "key", value: "VKEY", summary: "the log's key, as you were given it"),
            .init(name: "policy", value: "FILE", summary: "whose signatures a head must have"),
            .init(name: "known", value: "FILE", summary: "a signed head from before"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let run = try Run(request, surroundings)
        if let path = request.operands.first { return try run.path(path) }
        return try run.root()
    }

    private struct Run {
        let request: Request
        let surroundings: Surroundings
        let key: NoteVerifier?
        let policy: WitnessPolicy?

        init(_ request: Request, _ surroundings: Surroundings) throws(OperationFault) {
            self.request = request
            self.surroundings = surroundings
            policy = try request.option("policy").map { (file: String) throws(OperationFault) in
                try LedgerView.policy(file, surroundings)
            }
            if let text = request.option("key") {
                key = try LedgerView.logKey(text)
            } else {
                key = policy?.logs.count == 1 ? policy?.logs.first : nil
            }
        }

        /// A log by its place alone: nothing is asked of any root.
        func path(_ path: String) throws(OperationFault) -> Answer {
            guard let key else {
                throw .usage(
                    "Whoever verifies a log from elsewhere says whose it is: --key VKEY, or --policy "
                        + "FILE with one 'log' line."
                )
            }
            var verifier = LedgerVerifier()
            verifier.key = key
            do {
                let directory = try Directory.open(surroundings.absolute(path))
                let report =
                    ArchivedLog.isOne(directory)
                    ? try verify(verifier, ArchivedLog(directory))
                    : try verify(verifier, DatabaseLog(directory))
                return answer([(path, key, false, report)])
            } catch {
                throw OperationFault(error)
            }
        }

        func root() throws(OperationFault) -> Answer {
            let view = try LedgerView(request, surroundings)
            let wanted = try LedgerView.plane(request)
            var reports: [(String, NoteVerifier?, Bool, LedgerVerifier.Report)] = []
            var used = key == nil
            do {
                for plane in LogPlane.allCases where wanted == nil || wanted == plane {
                    guard let directory = try view.ledgers.directory(of: plane),
                        try LedgerReader(directory) != nil
                    else {
                        if let gone = try view.ledgers.rememberedHead(of: plane) {
                            var report = LedgerVerifier.Report()
                            report.miss(gone)
                            reports.append((plane.rawValue, nil, false, report))
                        }
                        continue
                    }
                    var verifier = LedgerVerifier()
                    let own = try view.ledgers.verifier(of: plane)
                    let origin = try view.ledgers.origin(of: plane)
                    let isGiven = key?.name == origin
                    verifier.key = isGiven ? key : own
                    guard verifier.key != nil else {
                        throw OperationFault.usage(
                            "This machine made no key for the log \(Printable(origin)); whoever "
                                + "verifies it says which is trusted: --key VKEY."
                        )
                    }
                    used = used || isGiven
                    verifier.plane = plane
                    verifier.events = try view.ledgers.events()
                    if let head = try view.ledgers.rememberedHead(of: plane) {
                        verifier.known = [head]
                    }
                    let report = try verify(verifier, DatabaseLog(directory))
                    reports.append((plane.rawValue, verifier.key, !isGiven, report))
                }
            } catch {
                throw OperationFault(error)
            }
            guard used else {
                throw .usage(
                    "The key that was given is of none of these logs; a key has the name of its log."
                )
            }
            guard !reports.isEmpty else {
                return Answer(
                    json: ["verdict": "verified", "logs": []],
                    lines: ["no log was begun in this root yet; there is nothing to verify"]
                )
            }
            return answer(reports)
        }

        private func verify(
            _ verifier: LedgerVerifier,
            _ source: some LogSource
        ) throws(OperationFault) -> LedgerVerifier.Report {
            var verifier = verifier
            verifier.policy = policy
            if let file = request.option("known") {
                let note = try surroundings.bytes(of: file, limit: SignedNote.bytesMax)
                guard let key = verifier.key else {
                    throw .usage("--known needs the key that signed it: --key VKEY.")
                }
                do {
                    verifier.known.append(try Checkpoint.verified(note, log: key))
                } catch {
                    throw .crypto(error)
                }
            }
            if let progress = surroundings.counted {
                verifier.progress = { progress("entries", $0, $1) }
            }
            do { return try verifier.verify(source) } catch { throw .ledger(error) }
        }

        private func answer(
            _ reports: [(name: String, key: NoteVerifier?, isOwn: Bool, LedgerVerifier.Report)]
        ) -> Answer {
            var lines: [String] = []
            var logs: [JSONValue] = []
            for (name, key, isOwn, report) in reports {
                let verdict = report.isWhole ? "verified" : "NOT VERIFIED"
                lines.append(
                    "\(Printable(name)): \(verdict), "
                        + "\(Report.count(report.entries, "entry", "entries")), "
                        + "\(Report.count(report.checkpoints, "signed head")) over "
                        + "\(report.coveredEntries) of them"
                )
                if let key {
                    lines.append("  key \(key)" + (isOwn ? " (made by this machine)" : ""))
                }
                if report.openAttempts > 0 {
                    lines.append(
                        "  \(Report.count(report.openAttempts, "attempt")) without outcome"
                    )
                }
                if report.droppedBodies > 0 {
                    lines.append(
                        "  \(Report.count(report.droppedBodies, "body", "bodies")) dropped by "
                            + "retention; their digests stay"
                    )
                }
                if !report.witnesses.isEmpty {
                    lines.append(
                        "  witnesses \(Printable(report.witnesses.joined(separator: ", ")))"
                    )
                }
                for finding in report.findings {
                    lines.append(
                        "  \(finding.code.rawValue)"
                            + (finding.index.map { "  entry \($0)" } ?? "")
                            + (finding.ledger.map { "  ledger \($0)" } ?? "")
                    )
                    lines.append("      \(finding.reason)")
                    lines.append("      next: \(finding.next)")
                }
                logs.append(LedgerVerifyVerb.json(name, key, isOwn, report))
            }
            let isWhole = reports.allSatisfy(\.3.isWhole)
            return Answer(
                isWhole ? .done : .refused,
                json: [
                    "verdict": isWhole ? "verified" : "not_verified", "logs": .array(logs),
                ],
                lines: lines
            )
        }
    }

    private static func json(
        _ name: String,
        _ key: NoteVerifier?,
        _ isOwn: Bool,
        _ report: LedgerVerifier.Report
    ) -> JSONValue {
        [
            "log": .string(name), "verified": .bool(report.isWhole),
            "entries": .integer(report.entries), "ledgers": .integer(report.ledgers),
            "signed_heads": .integer(report.checkpoints),
            "covered_entries": .integer(report.coveredEntries),
            "root": report.root.map { .string($0.hex) } ?? .null,
            "open_attempts": .integer(report.openAttempts),
            "dropped_bodies": .integer(report.droppedBodies),
            "key": key.map { .string($0.description) } ?? .null,
            "key_is_of_this_machine": .bool(isOwn),
            "keys": .array(report.keys.map { .string($0.description) }),
            "witnesses": .array(report.witnesses.map { .string($0) }),
            "findings": .array(
                report.findings.map { finding -> JSONValue in
                    [
                        "code": .string(finding.code.rawValue),
                        "entry": finding.index.map { .integer($0) } ?? .null,
                        "ledger": finding.ledger.map { .string($0) } ?? .null,
                        "reason": .string(finding.reason), "next": .string(finding.next),
                    ]
                }
            ),
        ]
    }
}
