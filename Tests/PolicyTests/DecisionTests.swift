import Canon
import Crypto
import Policy
import Rego
import Support
import Testing

@Suite(.covers("G10", "G12", "D48"))
struct `A decision` {
    private let point: BundleDecisionPoint

    init() throws { point = BundleDecisionPoint(.ready(try SampleBundle.loaded())) }

    private func decide(_ query: String, _ input: String) throws -> PolicyDecision {
        point.decide(try SampleBundle.request(query, input))
    }

    /// What a one-rule policy answers, by verdict and codes.
    private func answer(_ rules: String, _ input: String = "{}") throws -> (String, [String]) {
        let bundle = try SampleBundle.loaded(["try.rego": "package doors.tried\n\n" + rules])
        let decision = BundleDecisionPoint(.ready(bundle))
            .decide(try SampleBundle.request("doors/tried/answer", input))
        return (decision.verdict.word, decision.reasons.map(\.code))
    }

    @Test func `allows what the policy allows, and says by which`() throws {
        let decision = try decide("doors/decision", #"{"user": {"name": "ann"}, "door": 1}"#)
        #expect(decision.verdict == .allow)
        #expect(decision.mayProceed)
        #expect(decision.reasons == [])
        #expect(decision.source.bundle == "doors")
        #expect(decision.source.revision == "1")
        #expect(decision.steps > 0)
    }

    @Test func `denies with rule, file, line, reason and next step`() throws {
        let decision = try decide("doors/decision", #"{"user": {"name": "eve"}, "door": 4}"#)
        #expect(decision.verdict == .deny)
        #expect(!decision.mayProceed)
        let reason = try #require(decision.reasons.first)
        #expect(reason.message == "eve has no key of door 4")
        #expect(reason.code == "doors.no-key")
        #expect(reason.file == "doors.rego")
        #expect(reason.rule == "data.doors.reasons")
        #expect(reason.line == 15)
    }

    @Test func `names the rule of each reason where several refuse`() throws {
        let decision = try decide(
            "doors/checks",
            #"{"window": "open", "hour": 23, "lamp": true}"#
        )
        let reasons = decision.reasons.sorted { $0.line < $1.line }
        #expect(reasons.map(\.message) == ["a window stands open", "it is 23 o'clock, and night"])
        #expect(reasons.map(\.line) == [6, 14])
        #expect(reasons.map(\.next) == ["Close the window first.", "Come back in the morning."])
        #expect(reasons.map(\.rule) == ["data.doors.checks.deny", "data.doors.checks.deny"])
        #expect(decision.warnings.map(\.message) == ["the lamp is on"])
        #expect(try decide("doors/checks", #"{"window": "shut", "hour": 2}"#).verdict == .allow)
        #expect(try decide("doors/checks/deny", #"{"window": "open"}"#).verdict == .deny)
    }

    @Test func `is read from each form that an answer has`() throws {
        let forms: [(String, String, [String])] = [
            ("answer := true", "allow", []),
            ("answer := false", "deny", ["policy.decision.denied"]),
            (#"answer := {"verdict": "allow"}"#, "allow", []),
            (#"answer := {"verdict": "deny", "msg": "no"}"#, "deny", ["policy.decision.denied"]),
            (
                #"answer := {"verdict": "needs_approval"}"#, "needs_approval",
                ["policy.decision.needs-approval"]
            ),
            (
                #"answer := {"verdict": "narrowed", "to": ["a"]}"#, "narrowed",
                ["policy.decision.narrowed"]
            ),
            (#"answer := {"verdict": "deferred"}"#, "deferred", ["policy.decision.deferred"]),
            (#"answer contains "no" if true"#, "deny", ["policy.decision.denied"]),
            (#"answer contains "no" if false"#, "allow", []),
            (#"answer contains {"msg": "no", "code": "a.b"} if true"#, "deny", ["a.b"]),
            (
                #"answer := ["no", "never"]"#, "deny",
                ["policy.decision.denied", "policy.decision.denied"]
            ),
            (#"answer := {"allow": true, "deny": {"no"}}"#, "deny", ["policy.decision.denied"]),
            (#"answer := {"allow": true, "violation": set()}"#, "allow", []),
            (#"answer := {"deny_night": {"no"}}"#, "deny", ["policy.decision.denied"]),
        ]
        for (rules, verdict, codes) in forms {
            let found = try answer(rules)
            #expect(found.0 == verdict, "\(rules)")
            #expect(found.1 == codes, "\(rules)")
        }
    }

    @Test func `denies whatever is no answer`() throws {
        let shapes = [
            "answer := 1", "answer := null", #"answer := "allow""#, "answer := {}",
            #"answer := {"verdict": "maybe"}"#, #"answer := {"verdict": true}"#,
            #"answer := {"verdict": "narrowed"}"#, "answer contains 1 if true",
            #"answer contains {"text": "no"} if true"#, #"answer contains "" if true"#,
            #"answer := {"verdict": "allow", "reasons": ["but"]}"#, #"answer := {"warn": {"w"}}"#,
            #"answer := {"allow": "yes"}"#, #"answer := {"deny": "no"}"#,
            #"answer := {"deny": true}"#,
            #"answer := {"verdict": "allow", "obligations": "x"}"#,
        ]
        for shape in shapes {
            let found = try answer(shape)
            #expect(found.0 == "deny", "\(shape)")
            #expect(found.1 == ["policy.decision.wrong-shape"], "\(shape)")
        }
    }

    @Test func `denies whatever cannot be decided`() throws {
        let cases: [(String, String, String)] = [
            ("answer if input.x", "{}", "policy.decision.undefined"),
            ("answer := 1 if true\nanswer := 2 if true", "{}", "rego.eval.conflict"),
            ("answer if not to_number(input.x) == 1", #"{"x": "a"}"#, "rego.eval.builtin"),
            ("answer if count(numbers.range(1, 100000000)) > 1", "{}", "rego.eval.memory"),
            ("answer := true", #"{"a": 1, "a": 2}"#, "canon.json.duplicate-key"),
            ("answer := true", #"{"a": "\udc00"}"#, "canon.json.lone-surrogate"),
            ("answer := true", String(repeating: "[", count: 200), "canon.json.too-deep"),
            ("answer := true", String(repeating: "1", count: 5_000), "rego.input.number-too-long"),
            ("answer := true", "", "canon.json.unexpected-byte"),
        ]
        for (rules, input, code) in cases {
            let found = try answer(rules, input)
            #expect(found.0 == "deny", "\(rules)")
            #expect(
                found.1 == [code] || code == "rego.eval.memory" && found.1 == ["rego.eval.steps"],
                "\(rules): \(found)"
            )
        }
        var request = try SampleBundle.request("doors/decision", "{}")
        request.budget = WorkBudget(stepsMax: 1)
        #expect(point.decide(request).reasons.map(\.code) == ["rego.eval.steps"])
        #expect(
            try decide("doors/nothing", "{}").reasons.map(\.code)
                == ["policy.decision.unknown-query"]
        )
    }

    @Test func `is a denial where there is no bundle, or one that was refused`() throws {
        let request = try SampleBundle.request("doors/decision", "{}")
        let missing = BundleDecisionPoint(.missing(bundle: "doors")).decide(request)
        #expect(missing.reasons.map(\.code) == ["policy.decision.no-bundle"])
        #expect(missing.source.revision == "none")
        let unsigned = BundleRefusal.unsigned(bundle: "doors")
        let refused = BundleDecisionPoint(.refused("doors", unsigned)).decide(request)
        #expect(refused.reasons.map(\.code) == ["policy.signature.missing"])
        #expect(refused.verdict == .deny)
    }

    @Test func `does not change with time, thread or the way its input is written`() throws {
        let one = try decide("doors/decision", #"{"user":{"name":"eve"},"door":4}"#)
        let other = try decide("doors/decision", #"{ "door": 4, "user": {"name": "\u0065ve"} }"#)
        #expect(one.inputDigest == other.inputDigest)
        #expect(one.reasons == other.reasons)
    }

    @Test(.covers("D48"))
    func `for any input, if it is no, says rule, version, reason and next step`() throws {
        var generator = Generator(seed: 48)
        let words = [
            "\"ann\"", "\"eve\"", "1", "null", "[]", "{}", "\"\"", "1e9999", "{\"name\":", "23",
        ]
        let queries = [
            "doors/decision", "doors/checks", "doors", "doors/allow", "doors/none", "x/y",
        ]
        var denials = 0
        for _ in 0..<300 {
            let input =
                #"{"user": {"name": \#(generator.pick(words))}, "door": \#(generator.pick(words)), "#
                + #""hour": \#(generator.pick(words)), "window": \#(generator.pick(words))}"#
            var request = try SampleBundle.request(generator.pick(queries), input)
            request.mode = generator.pick(DecisionMode.allCases)
            if generator.int(0...9) == 0 {
                request.budget = WorkBudget(stepsMax: generator.int(0...40))
            }
            let decision = point.decide(request)
            guard decision.verdict != .allow else { continue }
            denials += 1
            #expect(!decision.reasons.isEmpty)
            #expect(!decision.source.revision.isEmpty)
            for reason in decision.reasons {
                #expect(!reason.rule.isEmpty && !reason.message.isEmpty && !reason.next.isEmpty)
                #expect(reason.code.split(separator: ".").count >= 2)
            }
            let isAudit = request.mode == .audit
            #expect(decision.mayProceed == isAudit)
        }
        #expect(denials > 100)
    }
}

@Suite(.covers("D42", "D46", "G10"))
struct `A candidate beside the active policies` {
    private let active: LoadedBundle
    private let strict: LoadedBundle

    init() throws {
        active = try SampleBundle.loaded()
        strict = try SampleBundle.loaded([
            ".manifest": SampleBundle.manifest.replacing(#""1""#, with: #""2""#),
            "doors/data.json": #"{"keepers": []}"#,
            "doors_test.rego": "package doors.tests\n\ntest_it if not data.doors.allow\n",
        ])
    }

    private let ann = #"{"user": {"name": "ann"}, "door": 1}"#

    @Test func `is recorded in a dry run and decides nothing`() throws {
        let point = BundleDecisionPoint(.ready(active), candidate: strict, canaryPercent: 100)
        let decision = point.decide(try SampleBundle.request("doors/decision", ann, mode: .dryRun))
        #expect(decision.verdict == .allow)
        #expect(decision.source.revision == "1")
        #expect(decision.shadow?.verdict == .deny)
        #expect(decision.shadow?.source.revision == "2")
        #expect(decision.shadow?.source.isCandidate == true)
    }

    @Test func `decides for its share, the same each time`() throws {
        let point = BundleDecisionPoint(.ready(active), candidate: strict, canaryPercent: 30)
        var candidates = 0
        for door in 0..<400 {
            let input = #"{"user": {"name": "ann"}, "door": \#(door)}"#
            let decision = point.decide(try SampleBundle.request("doors/decision", input))
            let again = point.decide(try SampleBundle.request("doors/decision", input))
            #expect(decision == again)
            #expect(decision.verdict == (decision.source.isCandidate ? .deny : .allow))
            if decision.source.isCandidate { candidates += 1 }
        }
        #expect((80...160).contains(candidates))
        for (share, revision) in [(0, "1"), (100, "2")] {
            let all = BundleDecisionPoint(.ready(active), candidate: strict, canaryPercent: share)
            let decision = all.decide(try SampleBundle.request("doors/decision", ann))
            #expect(decision.source.revision == revision)
        }
    }

    @Test func `shows which decisions would flip`() throws {
        let requests = try ["ann", "bob", "eve"].map { name in
            try SampleBundle.request(
                "doors/decision",
                #"{"user": {"name": "\#(name)"}, "door": 1}"#
            )
        }
        let difference = DecisionDifference(
            requests,
            before: BundleDecisionPoint(.ready(active)),
            after: BundleDecisionPoint(.ready(strict))
        )
        #expect(difference.flips.count == 2)
        #expect(difference.unchanged == 1)
        #expect(difference.flips.first?.after.verdict == .deny)
    }

    @Test func `an audit says what it would have done, and stops nothing`() throws {
        let point = BundleDecisionPoint(.ready(strict))
        let decision = point.decide(try SampleBundle.request("doors/decision", ann, mode: .audit))
        #expect(decision.verdict == .deny)
        #expect(decision.mayProceed)
    }
}

@Suite
struct `The record of a decision` {
    @Test func `shows everything but what is masked`() throws {
        let bundle = try SampleBundle.loaded()
        let request = try SampleBundle.request(
            "doors/decision",
            #"{"user": {"name": "eve", "token": "secret"}, "door": 1}"#
        )
        let decision = BundleDecisionPoint(.ready(bundle)).decide(request)
        let record = DecisionRecord(request, decision, masks: bundle.bundle.manifest.masks)
        let text = String(decoding: record.line, as: UTF8.self)
        #expect(!text.contains("secret"))
        let json = record.json
        #expect(json["input"]?["user"]?["token"] == "**")
        #expect(json["masked"] == ["/user/token"])
        #expect(json["verdict"] == "deny")
        #expect(json["subject"] == "tester")
        #expect(json["input_sha256"]?.string == decision.inputDigest.hex)
        let plain = DecisionRecord(request, decision, masks: [])
        #expect(String(decoding: plain.line, as: UTF8.self).contains("secret"))
    }

    @Test func `leaves out an input that could not be read`() throws {
        let bundle = try SampleBundle.loaded()
        let request = try SampleBundle.request("doors/decision", #"{"token": "secret""#)
        let decision = BundleDecisionPoint(.ready(bundle)).decide(request)
        let record = DecisionRecord(request, decision, masks: [])
        #expect(!String(decoding: record.line, as: UTF8.self).contains("secret"))
    }
}

@Suite
struct `A trace of a decision` {
    @Test func `shows which lines were reached and which held`() throws {
        let query = try #require(QueryPath("data.doors.checks.deny"))
        let trace = try DecisionTrace(
            of: query,
            in: SampleBundle.loaded(),
            input: ["hour": 23, "window": "shut"]
        )
        let shown = trace.lines.map { "\($0.line) \($0.text) \($0.reached) \($0.held)" }
        #expect(shown.contains(#"7 input.window == "open" 1 0"#))
        #expect(shown.contains("15 input.hour > 22 1 1"))
        #expect(trace.lines.contains { $0.isRule && $0.line == 14 && $0.held == 1 })
    }
}
