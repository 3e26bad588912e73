package import Canon
package import Rego

/// Which lines of the policies a decision came by, and which of them held: why it fell.
package struct DecisionTrace: Sendable, Equatable {
    /// One line of a body, or a rule.
    package struct Line: Sendable, Hashable {
        package let rule: String
        package let file: String
        package let line: Int
        /// The text of the line.
        package let text: String
        /// How often it was reached.
        package let reached: Int
        /// How often it held; a rule, how often its body held to the end.
        package let held: Int
        /// Whether this is the rule itself, not a line of its body.
        package let isRule: Bool
    }

    /// The lines, ordered by file and line.
    package let lines: [Line]

    /// What the policies printed.
    package let printed: [String]

    /// The value of the document, or why there is none.
    package let outcome: Result<Value?, EvaluationError>

    /// Evaluates a document and listens.
    package init(
        of query: QueryPath,
        in bundle: LoadedBundle,
        input: Value?,
        context: DecisionContext = DecisionContext()
    ) throws(PolicyErrors) {
        let question = try bundle.observedQuestion(query)
        self.init(of: question, in: bundle.bundle, input: input, context: context)
    }

    /// Evaluates a question that was compiled for observation, and listens.
    init(
        of question: PreparedEntryPoint,
        in bundle: PolicyBundle,
        input: Value?,
        context: DecisionContext
    ) {
        let listener = TraceListener()
        outcome = question.measured(input: input, in: context, observer: listener).outcome
        printed = listener.printed
        let texts = Dictionary(
            bundle.policies.map { ($0.path, $0.bytes) },
            uniquingKeysWith: { first, _ in first }
        )
        lines = listener.counts.map { key, counts in
            let text = texts[key.file].flatMap { SourceText.line(key.range.start.line, of: $0) }
            return Line(
                rule: key.rule,
                file: key.file,
                line: key.range.start.line,
                text: (text ?? "").trimmed,
                reached: counts.reached,
                held: counts.held,
                isRule: key.isRule
            )
        }
        .sorted {
            ($0.file, $0.line, $0.isRule ? 0 : 1, $0.text)
                < ($1.file, $1.line, $1.isRule ? 0 : 1, $1.text)
        }
    }

    /// The trace as `--json` shows it.
    package var json: JSONValue {
        .array(
            lines.map { line in
                [
                    "rule": .string(line.rule), "file": .string(line.file),
                    "line": .integer(line.line), "text": .string(line.text),
                    "reached": .integer(line.reached), "held": .integer(line.held),
                    "kind": line.isRule ? "rule" : "line",
                ]
            }
        )
    }
}

/// Counts what an observed decision passes.
private final class TraceListener: DecisionObserver {
    struct Key: Hashable {
        let rule: String
        let file: String
        let range: SourceRange
        let isRule: Bool
    }

    private(set) var counts: [Key: (reached: Int, held: Int)] = [:]
    private(set) var printed: [String] = []

    func passed(_ spot: Spot) {
        let key = Key(
            rule: spot.rule,
            file: spot.file,
            range: spot.range,
            isRule: spot.kind == .fired
        )
        switch spot.kind {
        case .reached: counts[key, default: (0, 0)].reached += 1
        case .held: counts[key, default: (0, 0)].held += 1
        case .fired:
            counts[key, default: (0, 0)].reached += 1
            counts[key, default: (0, 0)].held += 1
        }
    }

    func printed(_ text: String, file: String, line: Int) {
        printed.append("\(file):\(line): \(text)")
    }
}

extension String {
    /// The text without blanks around it.
    fileprivate var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }),
            let last = lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }
}
