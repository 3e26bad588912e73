import Canon
import Policy
import Rego

/// Why a decision fell, line by line: which lines of the policies were come by, which of them held,
/// and what stood on the two sides of those that did not.
struct DecisionAccount {
    /// What became of a line.
    enum Mark: String {
        case held = "yes"
        case failed = "no"
        case notReached = "-"
        /// A default that gave the value, because nothing else did.
        case standard = "default"
    }

    /// One line, as it stands in its file.
    struct Row {
        let rule: String
        let file: String
        let line: Int
        let text: String
        let mark: Mark
        /// Of a line that did not hold: its parts and their values.
        var values: [LineValues.Part] = []
    }

    let rows: [Row]

    /// The account of all rules below the query, and of all others that a trace came by.
    init(
        of query: QueryPath,
        _ trace: DecisionTrace,
        _ modules: [PolicyModule],
        _ values: LineValues,
        withOthers: Bool = true
    ) {
        let counts = Dictionary(grouping: trace.lines) { Key(file: $0.file, line: $0.line) }
        var rows: [Row] = []
        for module in modules {
            let text = values.text(of: module.file)
            for rule in module.rules {
                let writer = RuleWriter(module, rule, text, counts)
                let path = module.package.path + rule.names
                let isAsked = path.starts(with: query.names) { $0.hasSameBytes(as: $1) }
                guard isAsked || withOthers && writer.wasReached else { continue }
                guard !rule.isDefault else {
                    // Only where no other body of the rule held does its default say anything.
                    let name = (["data"] + path).joined(separator: ".")
                    let hasHeld = trace.lines.contains {
                        $0.isRule && $0.rule.hasSameBytes(as: name)
                    }
                    if isAsked, !hasHeld { rows.append(writer.row(at: rule.range, .standard)) }
                    continue
                }
                rows += writer.rows(values)
            }
        }
        self.rows = rows
    }

    fileprivate struct Key: Hashable {
        let file: String
        let line: Int
    }

    /// The account as people read it: a column of places, one of marks, and the lines.
    var lines: [String] {
        let places = rows.map { Printable("\($0.file):\($0.line)").description }
        let width = (places.map(\.count).max() ?? 0) + 2
        let indent = String(repeating: " ", count: width + 9)
        return zip(rows, places).flatMap { row, place in
            [HelpText.padded(place, width) + HelpText.padded(row.mark.rawValue, 9) + row.text]
                + row.values.map { indent + "        " + $0.sentence }
        }
    }

    var json: JSONValue {
        .array(
            rows.map { row in
                [
                    "rule": .string(row.rule), "file": .string(row.file),
                    "line": .integer(row.line), "text": .string(row.text),
                    "held": row.mark == .held ? true : row.mark == .failed ? false : .null,
                    "values": .array(row.values.map(\.json)),
                ]
            }
        )
    }
}

/// Writes the rows of one rule.
private struct RuleWriter {
    private let module: PolicyModule
    private let rule: Rule
    private let text: PolicyText
    private let counts: [DecisionAccount.Key: [DecisionTrace.Line]]

    init(
        _ module: PolicyModule,
        _ rule: Rule,
        _ text: PolicyText,
        _ counts: [DecisionAccount.Key: [DecisionTrace.Line]]
    ) {
        self.module = module
        self.rule = rule
        self.text = text
        self.counts = counts
    }

    private var bodies: [Body] {
        [rule.body].compactMap(\.self) + rule.alternatives.compactMap(\.body)
    }

    private func passed(_ line: Int) -> [DecisionTrace.Line] {
        counts[.init(file: module.file, line: line)] ?? []
    }

    /// Whether the rule itself was told of: its body held.
    private var hasHeld: Bool { passed(rule.range.start.line).contains(where: \.isRule) }

    var wasReached: Bool {
        hasHeld
            || bodies.contains { body in
                body.literals.contains { mark($0) != .notReached }
            }
    }

    private func mark(_ literal: Literal) -> DecisionAccount.Mark {
        let told = passed(literal.range.start.line).filter { !$0.isRule && $0.reached > 0 }
        if told.isEmpty { return .notReached }
        return told.allSatisfy { $0.held > 0 } ? .held : .failed
    }

    func row(at range: SourceRange, _ mark: DecisionAccount.Mark) -> DecisionAccount.Row {
        DecisionAccount.Row(
            rule: (["data"] + module.package.path + rule.names).joined(separator: "."),
            file: module.file,
            line: range.start.line,
            text: text.line(range.start.line),
            mark: mark
        )
    }

    func rows(_ values: LineValues) -> [DecisionAccount.Row] {
        let ruleMark: DecisionAccount.Mark =
            hasHeld ? .held : wasReached ? .failed : .notReached
        var rows = [row(at: rule.range, ruleMark)]
        for body in bodies {
            for literal in body.literals {
                if case .declaration = literal.kind { continue }
                let mark = mark(literal)
                // A body on the line of its head has one row with it.
                let isOwnLine = literal.range.start.line != rows.last?.line
                if isOwnLine { rows.append(row(at: literal.range, mark)) }
                guard mark == .failed, rule.head.parameters == nil else { continue }
                rows[rows.count - 1].values += values.parts(
                    of: literal,
                    behind: body.literals.prefix { $0.range.start < literal.range.start },
                    in: module
                )
            }
        }
        return rows
    }
}
