import Canon
import Integrity
import Ledger

/// `charter ledger reconcile`.
enum LedgerReconcileVerb {
    static let operation = Operation(
        words: ["ledger", "reconcile"],
        summary: "prove that what each plane says it sent is what its peer says it received",
        details: """
            For each pair of planes and each direction the messages of the sender's ledger are held
            against those of the receiver's: the same messages, byte for byte, in the same order, none
            twice and none left out. What was sent and has not arrived yet is on its way and is counted.
            Exit status 1 when the two do not agree.
            """
    ) { request, surroundings throws(OperationFault) in
        let view = try LedgerView(request, surroundings)
        let pairs: [(LogPlane, LogPlane)] = [
            (.hot, .meta), (.meta, .hot), (.meta, .firstOrder), (.firstOrder, .meta),
        ]
        var rows: [JSONValue] = []
        var lines: [String] = []
        var isClean = true
        for (from, to) in pairs {
            let comparison = try Comparison(from, to, view)
            isClean = isClean && comparison.problem == nil
            rows.append(comparison.json)
            lines.append(comparison.line)
        }
        return Answer(
            isClean ? .done : .refused,
            json: ["verdict": isClean ? "reconciled" : "differs", "ways": .array(rows)],
            lines: lines + [isClean ? "reconciled" : "the ledgers do NOT agree"]
        )
    }

    /// One direction between two planes.
    private struct Comparison {
        let from: LogPlane
        let to: LogPlane
        private(set) var agreed = 0
        private(set) var underWay = 0
        private(set) var problem: String?

        init(_ from: LogPlane, _ to: LogPlane, _ view: LedgerView) throws(OperationFault) {
            self.from = from
            self.to = to
            var sent = try Messages(of: from, events: ["prompt_sent"], "to:\(to.rawValue)", view)
            var taken = try Messages(
                of: to,
                events: ["prompt_received", "prompt_dead"],
                "from:\(from.rawValue)",
                view
            )
            while let entry = try taken.next() {
                guard let origin = try sent.next() else {
                    problem =
                        "\(to.rawValue) has \(Self.name(entry)) at \(entry.index), which "
                        + "\(from.rawValue) never sent"
                    return
                }
                guard origin.bodyDigest == entry.bodyDigest else {
                    problem =
                        "\(from.rawValue) sent \(Self.name(origin)) at \(origin.index), and "
                        + "\(to.rawValue) has \(Self.name(entry)) in its place at \(entry.index)"
                    return
                }
                agreed += 1
            }
            while try sent.next() != nil { underWay += 1 }
        }

        private static func name(_ entry: LedgerEntry) -> String {
            entry.subject("message") ?? "a message"
        }

        var json: JSONValue {
            [
                "from": .string(from.rawValue), "to": .string(to.rawValue),
                "agreed": .integer(agreed), "under_way": .integer(underWay),
                "problem": problem.map { .string($0) } ?? .null,
            ]
        }

        var line: String {
            let way = HelpText.padded("\(from.rawValue) to \(to.rawValue)", 24)
            return problem.map { "BAD   \(way)\($0)" }
                ?? "ok    \(way)\(agreed) agree, \(underWay) on their way"
        }
    }

    /// The messages of one ledger in their order, a page at a time.
    private struct Messages {
        private let reader: LedgerReader?
        private let events: Set<String>
        private var query = LedgerQuery()
        private var cursor: LedgerCursor?
        private var page: [LedgerEntry] = []
        private var isOver: Bool

        init(
            of plane: LogPlane,
            events: Set<String>,
            _ subject: String,
            _ view: LedgerView
        ) throws(OperationFault) {
            do { reader = try view.ledgers.reader(of: plane) } catch { throw OperationFault(error) }
            self.events = events
            query.subject = subject
            isOver = reader == nil
        }

        mutating func next() throws(OperationFault) -> LedgerEntry? {
            while true {
                if let entry = page.popLast() {
                    // A question that came to nothing has a dead entry at its sender too.
                    if events.contains(entry.event) { return entry }
                    continue
                }
                guard !isOver, let reader else { return nil }
                do throws(LedgerFault) {
                    let next = try reader.page(query, from: cursor, limit: 1000)
                    page = next.entries.reversed()
                    cursor = next.cursor
                    isOver = !next.hasMore
                } catch {
                    throw .ledger(error)
                }
            }
        }
    }
}
