import Canon
import Crypto
import Host
import Integrity
import Ledger

/// What the commands for ledgers share: which log is meant, and how entries are said.
struct LedgerView {
    let root: GovernedRoot
    let ledgers: RootLedger
    let plane: LogPlane

    /// The option that says whose log is meant.
    static let option = Operation.Option(
        name: "plane",
        value: "PLANE",
        summary: "whose log: root (where not said), hot, meta or first_order"
    )

    init(_ request: Request, _ surroundings: Surroundings) throws(OperationFault) {
        root = try surroundings.root()
        ledgers = RootLedger(
            root,
            clock: surroundings.clock,
            randomness: surroundings.randomness
        )
        plane = try LedgerView.plane(request) ?? .root
        let isKept: Bool
        do { isKept = try ledgers.isKept() } catch { throw .integrity(error) }
        guard isKept else {
            throw .notInLaw(
                "The law of this root keeps no ledgers: \(ChainParameters.path) is not there."
            )
        }
    }

    static func plane(_ request: Request) throws(OperationFault) -> LogPlane? {
        guard let text = request.option("plane") else { return nil }
        guard let plane = LogPlane(rawValue: text) else {
            throw .usage("--plane takes root, hot, meta or first_order.")
        }
        return plane
    }

    /// The log, open for reading; one that was never begun is said to be so.
    func reader() throws(OperationFault) -> LedgerReader {
        do throws(IntegrityFault) {
            if let reader = try ledgers.reader(of: plane) { return reader }
        } catch {
            throw .integrity(error)
        }
        throw .usage(
            "The \(plane.rawValue) of \(Printable(root.directory.path)) has no log yet; it begins "
                + "with its first act."
        )
    }

    /// Opens the log for writing, and closes it behind the body.
    func writing<Value>(
        _ body: (LedgerLog) throws(LedgerFault) -> Value
    ) throws(OperationFault) -> Value {
        let log: LedgerLog
        do { log = try ledgers.open(plane) } catch { throw .integrity(error) }
        let value: Value
        do { value = try body(log) } catch { throw .ledger(error) }
        do { try ledgers.finish(log) } catch { throw .integrity(error) }
        return value
    }

    /// The directory of the log, which must be there.
    func directory() throws(OperationFault) -> Directory {
        do throws(IntegrityFault) {
            if let directory = try ledgers.directory(of: plane) { return directory }
        } catch {
            throw .integrity(error)
        }
        _ = try reader()
        preconditionFailure("A log without a directory has no reader.")
    }

    // MARK: - Entries

    /// The index that a reference stands for: a number, or the beginning of a digest.
    static func index(
        _ text: String,
        in reader: LedgerReader
    ) throws(OperationFault) -> Int {
        if let index = Int(text), index >= 0, text.utf8.count < 12 { return index }
        let isHex = text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard isHex, (6...64).contains(text.utf8.count) else {
            throw .usage(
                "\"\(Printable(text))\" names no entry: give its index, or at least 6 hex digits of "
                    + "its digest."
            )
        }
        do throws(LedgerFault) {
            if let index = try reader.find(digest: text) { return index }
        } catch {
            throw .ledger(error)
        }
        throw .usage("No entry, or more than one, has a digest that begins with \(text).")
    }

    static func header() -> String {
        [
            column("index", 8), column("time", 24), column("ledger", 12), column("event", 20),
            column("phase", 9), column("actor", 12), "about",
        ].joined(separator: "  ")
    }

    static func line(_ entry: LedgerEntry) -> String {
        let phase = entry.outcome.map(\.rawValue) ?? entry.phase.rawValue
        let about =
            entry.subjects.count > 2
            ? "\(entry.subjects[0]) and \(entry.subjects.count - 1) more"
            : entry.subjects.joined(separator: " ")
        return Printable(
            [
                column("\(entry.index)", 8), column(entry.time, 24),
                column(entry.ledger.text, 12), column(entry.event, 20), column(phase, 9),
                column(entry.actor.id, 12), about,
            ].joined(separator: "  ")
        ).description
    }

    private static func column(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// A whole number that an option gives.
    static func number(
        _ name: String,
        _ range: ClosedRange<Int>,
        _ request: Request
    ) throws(OperationFault) -> Int? {
        guard let text = request.option(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .usage(
                "--\(name) takes a number from \(range.lowerBound) to \(range.upperBound)."
            )
        }
        return number
    }

    /// The policy for witnesses in a file that the caller named.
    static func policy(
        _ file: String,
        _ surroundings: Surroundings
    ) throws(OperationFault) -> WitnessPolicy {
        let bytes = try surroundings.bytes(of: file, limit: 1 << 20)
        do {
            return try WitnessPolicy(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw .ledger(error)
        }
    }

    /// A verifier key that an option or an operand gives.
    static func verifier(_ text: String) throws(OperationFault) -> NoteVerifier {
        do { return try NoteVerifier(vkey: text) } catch { throw .crypto(error) }
    }

    /// The key of a log, as an option gives it; that of a witness is none.
    static func logKey(_ text: String) throws(OperationFault) -> NoteVerifier {
        let key = try verifier(text)
        guard key.algorithm == .log else {
            throw .usage("\(Printable(text)) is the key of a witness, and that of a log is due.")
        }
        return key
    }
}

/// The conditions of a query, as options say them.
struct LedgerFilter {
    let query: LedgerQuery

    static let options: [Operation.Option] = [
        .init(name: "ledger", value: "NAME", summary: "only entries of one ledger"),
        .init(name: "event", value: "KIND", summary: "only one kind of event"),
        .init(name: "actor", value: "ID", summary: "only what one principal did"),
        .init(name: "work-order", value: "ID", summary: "only one work order"),
        .init(name: "turn", value: "ID", summary: "only one turn"),
        .init(name: "file", value: "PATH", summary: "only what is about one file of the root"),
        .init(name: "subject", value: "TEXT", summary: "only what is about this, as kind:name"),
        .init(name: "phase", value: "PHASE", summary: "only attempt, outcome or fact"),
        .init(name: "outcome", value: "WORD", summary: "succeeded, failed, denied or unknown"),
        .init(name: "since", value: "TIME", summary: "not before, as 2026-11-20T08:00:00Z"),
        .init(name: "until", value: "TIME", summary: "not after"),
        .init(name: "open", value: nil, summary: "only attempts that have no outcome"),
    ]

    init(_ request: Request) throws(OperationFault) {
        var query = LedgerQuery()
        query.ledger = request.option("ledger")
        query.event = request.option("event")
        query.actor = request.option("actor")
        query.workOrder = request.option("work-order")
        query.turn = request.option("turn")
        query.subject = request.option("subject")
        if let file = request.option("file") {
            guard query.subject == nil else {
                throw .usage("--file and --subject say the same; give one of them.")
            }
            query.subject = "file:" + file
        }
        if let text = request.option("phase") {
            guard let phase = EntryPhase(rawValue: text) else {
                throw .usage("--phase takes attempt, outcome or fact.")
            }
            query.phase = phase
        }
        if let text = request.option("outcome") {
            guard let outcome = AttemptOutcome(rawValue: text) else {
                throw .usage("--outcome takes succeeded, failed, denied or unknown.")
            }
            query.outcome = outcome
        }
        query.since = try LedgerFilter.time("since", request)
        query.until = try LedgerFilter.time("until", request)
        query.isOpen = request.has("open")
        self.query = query
    }

    private static func time(
        _ name: String,
        _ request: Request
    ) throws(OperationFault) -> Timestamp? {
        guard let text = request.option(name) else { return nil }
        guard let time = Timestamp(text) else {
            throw .usage("--\(name) takes a time such as 2026-11-20T08:00:00Z.")
        }
        return time
    }
}
