import Canon
import Host
import Policy
import Rego

/// `charter policy bench QUERY`.
struct PolicyBenchVerb {
    static let operation = Operation(
        words: ["policy", "bench"],
        summary: "measure how long a decision takes",
        details: """
            Reads the policies once, and asks them again and again on one thread. One decision is what a
            caller waits for: the JSON text of the input goes in, the JSON text of the result comes out.

            Cold is from the first byte of the policies on disk to the first result. The shortest time
            is what the machine can do, the median what it did; p99 shows what disturbed it.
            Example: charter policy bench data.rbac.allow --bundle rbac --input request.json
            """,
        operands: [.init(name: "QUERY", summary: "what to ask, most often data.PACKAGE.RULE")],
        options: [PolicyInput.option] + PolicySources.options + [
            .init(name: "seconds", value: "N", summary: "how long to measure; 2 where not said"),
            .init(name: "count", value: "N", summary: "how many decisions to make instead"),
        ]
    ) { request, surroundings throws(OperationFault) in
        try PolicyBenchVerb(request, surroundings).answer()
    }

    /// Times are kept one by one: 8 bytes each.
    private static let decisionsMax = 10_000_000

    private let request: Request
    private let surroundings: Surroundings
    private let seconds: Int
    private let count: Int?

    private init(_ request: Request, _ surroundings: Surroundings) throws(OperationFault) {
        self.request = request
        self.surroundings = surroundings
        seconds = try PolicyBenchVerb.number("seconds", upTo: 600, request) ?? 2
        count = try PolicyBenchVerb.number("count", upTo: PolicyBenchVerb.decisionsMax, request)
    }

    private static func number(
        _ name: String,
        upTo max: Int,
        _ request: Request
    ) throws(OperationFault) -> Int? {
        guard let text = request.option(name) else { return nil }
        guard let number = Int(text), (1...max).contains(number) else {
            throw .usage("--\(name) takes a number from 1 to \(max).")
        }
        return number
    }

    /// What is asked over and over: a document where the query names one, else a body.
    private enum Question {
        case document(PreparedEntryPoint)
        case body(PreparedQuery)

        func result(_ input: [UInt8]?, at time: Int64) throws(BenchFault) -> [UInt8] {
            let value: Value?
            do {
                value = try input.map { bytes throws(InputFault) in try Value(parsing: bytes) }
            } catch {
                throw .input(error)
            }
            let context = DecisionContext(nowNanoseconds: time)
            do {
                switch self {
                case .document(let question):
                    let value = try question.evaluate(input: value, in: context)
                    return value?.json ?? Array("undefined".utf8)
                case .body(let question):
                    let rows = try question.evaluate(input: value, in: context)
                    return Array("[".utf8)
                        + rows.map { Value.array(ArrayValue($0.expressions)).json }
                        .joined(separator: [UInt8(ascii: ",")]) + Array("]".utf8)
                }
            } catch {
                throw .evaluation(error)
            }
        }
    }

    private enum BenchFault: Error {
        case input(InputFault)
        case evaluation(EvaluationError)
    }

    private func answer() throws(OperationFault) -> Answer {
        let input = try PolicyInput(request, surroundings)
        let clock = surroundings.clock
        let begin = clock.monotonic
        let question = try question()
        do throws(BenchFault) {
            let result = try question.result(input.bytes, at: clock.now)
            let cold = clock.monotonic - begin
            let times = try times { () throws(BenchFault) in
                try question.result(input.bytes, at: clock.now)
            }
            return answer(times, cold: cold, result)
        } catch {
            switch error {
            case .input(let fault): throw .input(path: input.name, fault)
            case .evaluation(let fault): throw .evaluation(fault)
            }
        }
    }

    private func question() throws(OperationFault) -> Question {
        let loaded = try PolicySources(request, surroundings).loaded()
        do {
            if let path = QueryPath(request.operands[0]),
                let question = try loaded.question(path)
            {
                return .document(question)
            }
            return .body(try loaded.policy.prepare(query: request.operands[0]))
        } catch {
            throw .query(error)
        }
    }

    /// The nanoseconds of each decision, shortest first.
    private func times(
        _ decide: () throws(BenchFault) -> [UInt8]
    ) throws(BenchFault) -> [UInt64] {
        var times: [UInt64] = []
        let most = count ?? PolicyBenchVerb.decisionsMax
        times.reserveCapacity(min(most, 1 << 20))
        var now = surroundings.clock.monotonic
        let end = count == nil ? now + UInt64(seconds) * 1_000_000_000 : .max
        while times.count < most, now < end {
            _ = try decide()
            let then = surroundings.clock.monotonic
            times.append(then - now)
            now = then
        }
        return times.sorted()
    }

    private func answer(_ times: [UInt64], cold: UInt64, _ result: [UInt8]) -> Answer {
        let rows = [
            ("median", times[times.count / 2]), ("minimum", times[0]),
            ("p99", times[times.count * 99 / 100]), ("cold", cold),
        ]
        var json = JSONObject(rows.map { ("\($0.0)_nanoseconds", .integer(Int($0.1))) })
        json["decisions"] = .integer(times.count)
        json["result"] = .string(String(decoding: result, as: UTF8.self))
        let width = rows.map { microseconds($0.1).count }.max() ?? 0
        let shown = String(decoding: result.prefix(60), as: UTF8.self)
        return Answer(
            json: .object(json),
            lines: rows.map { name, time in
                let text = microseconds(time)
                return HelpText.padded(name, 9) + String(repeating: " ", count: width - text.count)
                    + text + " µs"
            } + [
                "\(Report.count(times.count, "decision")), each with the result "
                    + shown + (result.count > 60 ? "…" : "")
            ]
        )
    }

    /// Microseconds with two decimals.
    private func microseconds(_ nanoseconds: UInt64) -> String {
        let hundredths = (nanoseconds + 5) / 10
        let fraction = String(hundredths % 100)
        return "\(hundredths / 100)." + (fraction.count < 2 ? "0" : "") + fraction
    }
}
