import Canon
import Host
import Policy
import Rego

/// `charter policy diff A B --inputs FILE`.
struct PolicyDiffVerb {
    static let operation = Operation(
        words: ["policy", "diff"],
        summary: "show which recorded decisions other policies would make otherwise",
        details: """
            Asks the policies A and B, directories or files, for every line of --inputs. A line is a
            record of 'policy decide --log', asked again at its own time; or any JSON object with a
            'query' and an 'input'; or, with --query, the input itself. A record in which something was
            masked is asked with the mask in place, and counted.

            Exit status 0 where every verdict stays, 1 where one changes; each change is shown with the
            reasons of the stricter side.
            Example: charter policy diff build/app policy --inputs decisions.jsonl
            """,
        operands: [
            .init(name: "A", summary: "the policies as they are"),
            .init(name: "B", summary: "the policies as they would be"),
        ],
        options: [
            .init(name: "inputs", value: "FILE", summary: "one JSON object a line; '-' as input"),
            .init(
                name: "query",
                value: "QUERY",
                summary: "what is asked where a line does not say"
            ),
            PolicySources.v0,
        ]
    ) { request, surroundings throws(OperationFault) in
        try PolicyDiffVerb(request, surroundings).answer()
    }

    private static let bytesMax = 256 << 20

    private let request: Request
    private let surroundings: Surroundings

    private init(_ request: Request, _ surroundings: Surroundings) {
        self.request = request
        self.surroundings = surroundings
    }

    private func answer() throws(OperationFault) -> Answer {
        let (requests, maskedCount) = try requests()
        let difference = DecisionDifference(
            requests,
            before: try point(request.operands[0]),
            after: try point(request.operands[1])
        )
        let flips = difference.flips
        var json = difference.json.object ?? JSONObject()
        json["verdict"] = flips.isEmpty ? "same" : "differs"
        json["masked"] = .integer(maskedCount)
        let masked = maskedCount == 0 ? "" : "; \(maskedCount) had masks in their inputs"
        return Answer(
            flips.isEmpty ? .done : .refused,
            json: .object(json),
            lines: flips.prefix(Report.findingsMax).flatMap(PolicyDiffVerb.lines)
                + (flips.count > Report.findingsMax ? [Report.more(flips.count)] : [])
                + [
                    "\(flips.count) of \(Report.count(requests.count, "decision")) would change"
                        + masked
                ]
        )
    }

    private func point(_ path: String) throws(OperationFault) -> BundleDecisionPoint {
        let sources = try PolicySources(operands: [path], request, surroundings)
        return BundleDecisionPoint(.ready(try sources.loaded()))
    }

    private static func lines(_ flip: DecisionDifference.Flip) -> [String] {
        let (before, after) = (flip.before.verdict.sentence, flip.after.verdict.sentence)
        let stricter = flip.after.verdict == .allow ? flip.before : flip.after
        return ["\(flip.id)  \(before) → \(after)"]
            + stricter.reasons.flatMap { Report.reason($0, as: "reason") }
    }

    // MARK: - What is asked

    private func requests() throws(OperationFault) -> ([DecisionRequest], masked: Int) {
        guard let path = request.option("inputs") else {
            throw .usage("Say what to ask both: --inputs FILE, with one JSON object a line.")
        }
        let bytes: [UInt8]
        if path == "-" {
            do {
                bytes = try surroundings.readInput(PolicyDiffVerb.bytesMax)
            } catch {
                throw .host(error)
            }
        } else {
            bytes = try surroundings.bytes(of: path, limit: PolicyDiffVerb.bytesMax)
        }
        var requests: [DecisionRequest] = []
        var masked = 0
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() where !line.isEmpty {
            let value: JSONValue
            do {
                value = try JSONValue(parsing: Array(line))
            } catch {
                throw .input(path: "\(path), line \(number + 1),", .json(error))
            }
            if value["masked"]?.array?.isEmpty == false { masked += 1 }
            requests.append(try asked(value, number + 1))
        }
        return (requests, masked)
    }

    private func asked(_ line: JSONValue, _ number: Int) throws(OperationFault) -> DecisionRequest {
        let isWhole = request.option("query") != nil && line["query"] == nil
        guard let text = line["query"]?.string ?? request.option("query"),
            let query = QueryPath(text)
        else {
            throw .usage(
                "Line \(number) of --inputs does not say its \"query\"; name one with --query."
            )
        }
        let input = isWhole ? line : line["input"]
        let time = line["time"]?.string.flatMap { Timestamp($0) }
        return DecisionRequest(
            id: line["id"]?.string ?? "line \(number)",
            query: query,
            input: input.map { .text($0.line) } ?? .none,
            time: time ?? Timestamp(nanoseconds: surroundings.clock.now),
            subject: line["subject"]?.string ?? ""
        )
    }
}
