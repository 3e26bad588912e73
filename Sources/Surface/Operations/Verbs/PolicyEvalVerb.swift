import Canon
import Host
import Policy
import Rego

/// `charter policy eval QUERY`.
struct PolicyEvalVerb {
    static let operation = Operation(
        words: ["policy", "eval"],
        summary: "ask policies a question and print what they say",
        details: """
            QUERY is a document, such as data.app.allow, or any lines that a rule's body may have, with
            ';' between them. Every way in which they hold together is printed with its variables.
            Exit status 1 when there is none: the answer is undefined.

            A built-in that fails ends the evaluation with a fault, as in a decision that binds;
            --lenient makes it undefined instead, as OPA does. 'charter policy decide' reads what a
            document is as a decision, such as deny, violation and warn in the manner of conftest.
            Example: charter policy eval data.app --bundle policy --input request.json
            """,
        operands: [.init(name: "QUERY", summary: "what to ask")],
        options: [PolicyInput.option] + PolicySources.options + [
            PolicySources.lenient
        ]
    ) { request, surroundings throws(OperationFault) in
        try PolicyEvalVerb(request, surroundings).answer()
    }

    private let query: String
    private let sources: PolicySources
    private let input: PolicyInput
    private let request: Request
    private let surroundings: Surroundings

    private init(_ request: Request, _ surroundings: Surroundings) throws(OperationFault) {
        query = request.operands[0]
        sources = try PolicySources(request, surroundings)
        input = try PolicyInput(request, surroundings)
        self.request = request
        self.surroundings = surroundings
    }

    private func answer() throws(OperationFault) -> Answer {
        let policy = try sources.loaded().policy
        let prepared: PreparedQuery
        do {
            prepared = try policy.prepare(query: query)
        } catch {
            throw .query(error.quoting([BundleFile(path: "query", text: query)]))
        }
        let printed = PrintedLines()
        let rows: [PreparedQuery.Row]
        do {
            rows = try prepared.evaluate(
                input: try input.value(),
                in: DecisionContext(
                    nowNanoseconds: surroundings.clock.now,
                    isStrict: !request.has("lenient")
                ),
                observer: printed
            )
        } catch let fault as OperationFault {
            throw fault
        } catch let fault as EvaluationError {
            throw .evaluation(fault)
        } catch {
            preconditionFailure("Every error above has a type: \(error)")
        }
        return Answer(
            rows.isEmpty ? .refused : .done,
            json: [
                "verdict": rows.isEmpty ? "undefined" : "defined",
                "result": .array(rows.map(json)),
                "printed": .array(printed.lines.map { .string($0) }),
            ],
            lines: printed.lines + lines(rows)
        )
    }

    private func json(_ row: PreparedQuery.Row) -> JSONValue {
        [
            "expressions": .array(row.expressions.map(\.jsonValue)),
            "bindings": .object(
                JSONObject(row.bindings.map { ($0.key, $0.value.jsonValue) })
            ),
        ]
    }

    /// One value as JSON for people; of several ways each on its line.
    private func lines(_ rows: [PreparedQuery.Row]) -> [String] {
        if rows.isEmpty { return ["undefined"] }
        if rows.count == 1, rows[0].bindings.isEmpty, rows[0].expressions.count == 1 {
            let pretty = String(decoding: rows[0].expressions[0].jsonValue.pretty, as: UTF8.self)
            return pretty.split(separator: "\n").map(String.init)
        }
        return rows.map { row in
            guard !row.bindings.isEmpty else {
                return row.expressions.map(\.source).joined(separator: "; ")
            }
            return row.bindings.sorted { $0.key.precedesInBytes($1.key) }
                .map { "\($0.key) = \($0.value.source)" }.joined(separator: "; ")
        }
    }
}

/// Keeps what policies say with `print`.
private final class PrintedLines: DecisionObserver {
    private(set) var lines: [String] = []

    func passed(_ spot: Spot) {}

    func printed(_ text: String, file: String, line: Int) {
        lines.append("\(file):\(line): \(text)")
    }
}
