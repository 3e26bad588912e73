import Canon
import Host
import Patterns
import Policy
import Rego

/// `charter policy test PATH…`.
struct PolicyTestVerb {
    static let operation = Operation(
        words: ["policy", "test"],
        summary: "run the tests of policies, and show where a failing one fails",
        details: """
            A test is a rule whose name begins with test_; it passes when it is true. Whatever else it
            is, undefined included, fails it. Of a failing test every line is shown with what became of
            it, and under the line that did not hold the values of its parts. Rules whose names begin
            with todo_test_ are not run, and counted as skipped.

            --run PATTERN runs the tests whose names, such as data.app_test.test_admin, have a match of
            the regular expression. --coverage says which lines of the policies no test came by.
            Exit status 1 when a test fails, and also when there was none to run.
            Example: charter policy test policy --coverage
            """,
        operands: [
            .init(name: "PATH", summary: "policies: .rego files or directories", repeats: true)
        ],
        options: [
            .init(name: "run", value: "PATTERN", summary: "run only tests with such names"),
            .init(name: "coverage", value: nil, summary: "say which lines no test came by"),
            PolicySources.v0, PolicySources.lenient,
        ]
    ) { request, surroundings throws(OperationFault) in
        try PolicyTestVerb(request, surroundings).answer()
    }

    private let request: Request
    private let bundle: PolicyBundle
    private let context: DecisionContext

    private init(_ request: Request, _ surroundings: Surroundings) throws(OperationFault) {
        self.request = request
        bundle = try PolicySources(operands: request.operands, request, surroundings).bundle
        context = DecisionContext(
            nowNanoseconds: surroundings.clock.now,
            isStrict: !request.has("lenient")
        )
    }

    private func answer() throws(OperationFault) -> Answer {
        let pattern = try pattern()
        let run: PolicyTestRun
        do {
            run = try PolicyTestRun(of: bundle, in: context) { pattern?.matches($0) ?? true }
        } catch .policies(let errors) {
            return Report.refusal(errors, "not run: the policies do not compile.")
        } catch {
            throw .bundle(error)
        }
        var lines = run.outcomes.flatMap { self.lines($0, run) }
        if request.has("coverage") { lines += self.lines(run.coverage) }
        var json = JSONObject([
            ("verdict", run.hasPassed ? "passed" : run.ranCount == 0 ? "none" : "failed"),
            ("tests", .array(run.outcomes.map(\.json))),
            ("passed", .integer(run.passedCount)),
            ("failed", .integer(run.ranCount - run.passedCount)),
            ("skipped", .integer(run.outcomes.count - run.ranCount)),
        ])
        if request.has("coverage") { json["coverage"] = run.coverage.json }
        return Answer(
            run.hasPassed ? .done : .refused,
            json: .object(json),
            lines: lines + [summary(run)]
        )
    }

    private func pattern() throws(OperationFault) -> RegularExpression? {
        guard let text = request.option("run") else { return nil }
        do {
            return try RegularExpression(text, dialect: .re2)
        } catch {
            throw .usage("--run takes a regular expression. \(error.description)")
        }
    }

    // MARK: - What people read

    private func lines(_ outcome: PolicyTestRun.Outcome, _ run: PolicyTestRun) -> [String] {
        let place = "\(outcome.file):\(outcome.position.line)"
        let printed = outcome.printed.map { "    printed \($0)" }
        switch outcome.result {
        case .passed: return []
        case .skipped: return ["skipped  \(place)  \(outcome.name)"]
        case .error(let error):
            return ["error    \(place)  \(outcome.name)", "    \(error.description)"] + printed
        case .failed(let value):
            let words = value.map { "is \($0.source)" } ?? "is undefined"
            return ["failed   \(place)  \(outcome.name) \(words)"]
                + account(of: outcome, run).map { "    " + $0 } + printed
        }
    }

    private func account(of outcome: PolicyTestRun.Outcome, _ run: PolicyTestRun) -> [String] {
        guard let trace = outcome.trace else { return [] }
        let values = LineValues(run.policy, run.modules, of: bundle, input: nil, in: context)
        return DecisionAccount(of: outcome.path, trace, run.modules, values, withOthers: false)
            .lines
    }

    private func lines(_ coverage: PolicyCoverage) -> [String] {
        coverage.files.filter { !$0.missed.isEmpty }.map { file in
            "not covered  \(file.path):" + PolicyTestVerb.ranges(file.missed)
        } + ["coverage \(coverage.text) %"]
    }

    /// Numbers of lines as people write them: `3-5, 9`.
    private static func ranges(_ lines: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for line in lines {
            if let last = ranges.last, last.upperBound == line - 1 {
                ranges[ranges.count - 1] = last.lowerBound...line
            } else {
                ranges.append(line...line)
            }
        }
        return ranges.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }
        .joined(separator: ", ")
    }

    private func summary(_ run: PolicyTestRun) -> String {
        let skipped = run.outcomes.count - run.ranCount
        let end = skipped == 0 ? "" : ", \(skipped) skipped"
        if run.ranCount == 0 {
            return request.option("run") == nil
                ? "no test was run\(end): a test is a rule whose name begins with test_"
                : "no test was run\(end): none has such a name"
        }
        let failed = run.ranCount - run.passedCount
        return failed == 0
            ? "passed: \(Report.count(run.ranCount, "test"))\(end)"
            : "failed: \(failed) of \(Report.count(run.ranCount, "test"))\(end)"
    }
}

extension PolicyTestRun.Outcome {
    fileprivate var json: JSONValue {
        var members = JSONObject([
            ("test", .string(name)), ("file", .string(file)), ("line", .integer(position.line)),
            ("steps", .integer(steps)), ("printed", .array(printed.map { .string($0) })),
        ])
        switch result {
        case .passed: members["result"] = "passed"
        case .skipped: members["result"] = "skipped"
        case .failed(let value):
            members["result"] = "failed"
            members["value"] = value?.jsonValue ?? .null
        case .error(let error):
            members["result"] = "error"
            members["error"] = ["code": .string(error.code), "message": .string(error.message)]
        }
        return .object(members)
    }
}
