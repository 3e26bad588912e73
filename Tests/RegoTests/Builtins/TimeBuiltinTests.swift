import Rego
import Support
import Testing

private let noon = "1517832000000000000"  // 2018-02-05T12:00:00Z, a Monday

struct `A built-in on times` {
    @Test(arguments: [
        "time.format", "time.date", "time.clock", "time.add_date", "time.parse_ns",
        "time.parse_duration_ns",
    ])
    func `answers as Go's library does`(name: String) throws {
        let calls = try GoVectors.calls(of: name)
        #expect(calls.count >= 120)
        for call in calls {
            let answer = GoVectors.answer(call)
            #expect(answer == call.wanted, "\(call)")
        }
    }

    @Test(arguments: [
        ("time.now_ns()", "42"),
        ("time.date(\(noon))", "[2018, 2, 5]"),
        ("time.date([\(noon), \"\"])", "[2018, 2, 5]"),
        ("time.clock([\(noon), \"America/New_York\"])", "[7, 0, 0]"),
        ("time.weekday(\(noon))", "\"Monday\""),
        ("time.weekday([\(noon), \"Pacific/Apia\"])", "\"Tuesday\""),
        ("time.format(\(noon))", "\"2018-02-05T12:00:00Z\""),
        (
            "time.format([\(noon), \"Asia/Kolkata\", \"RFC1123Z\"])",
            "\"Mon, 05 Feb 2018 17:30:00 +0530\""
        ),
        ("time.diff([\(noon), \"UTC\"], [0, \"Asia/Kolkata\"])", "[48, 1, 4, 12, 0, 0]"),
        ("time.parse_rfc3339_ns(\"1970-01-01T00:00:01.5+00:00\")", "1500000000"),
        ("time.parse_duration_ns(\"1h15m30.918273645s\")", "4530918273645"),
    ])
    func `answers`(call: String, wanted: String) {
        let context = BuiltinContext(nowNanoseconds: 42, zones: GoVectors.zones)
        #expect(Call.outcome(call, context: context) == wanted)
    }

    @Test(arguments: [
        ("time.date(1582977600000000000000)", "error: timestamp too big"),
        ("time.date(1.5)", "error: timestamp too big"),
        ("time.date([\(noon), \"Mars/Olympus\"])", "error: unknown time zone Mars/Olympus"),
        ("time.date([\(noon), \"Local\"])", "error: unknown time zone Local"),
        (
            "time.date([])",
            "type error: operand 1 must be either number (ns) or [number (ns), string (tz)] but "
                + "got array"
        ),
        ("time.date([\"1\"])", "type error: operand 1 must be number but got string"),
        ("time.date([1, 2])", "type error: operand 1 must be string but got number"),
        ("time.add_date(0, 2262, 1, 1)", "error: time outside of valid range"),
        ("time.add_date(0, 9223372036854775807, 0, 0)", "error: time outside of valid range"),
        ("time.add_date(0, 0, -9223372036854775808, 0)", "error: time outside of valid range"),
        (
            "time.add_date(0, 1.5, 0, 0)",
            "type error: operand 2 must be integer number but got floating-point number"
        ),
        (
            "time.parse_ns(\"2006-01-02T15:04:05Z07:00\", \"2262-04-11T23:47:16.854775808Z\")",
            "error: time outside of valid range"
        ),
        ("time.parse_duration_ns(\"1\")", "error: time: missing unit in duration \"1\""),
        ("time.parse_duration_ns(\"1d\")", "error: time: unknown unit \"d\" in duration \"1d\""),
        ("time.parse_duration_ns(\"\")", "error: time: invalid duration \"\""),
    ])
    func `refuses what it cannot answer`(call: String, wanted: String) {
        let context = BuiltinContext(zones: GoVectors.zones)
        #expect(Call.outcome(call, context: context) == wanted)
    }

    @Test func `knows no zone but UTC that nobody gave it`() {
        let said = Call.outcome("time.date([0, \"Europe/Berlin\"])")
        #expect(said == "error: unknown time zone Europe/Berlin")
        #expect(Call.outcome("time.date([0, \"UTC\"])") == "[1970, 1, 1]")
    }

    @Test func `pays for long texts`() {
        let digits = String(repeating: "1", count: 100_000)
        let context = BuiltinContext(budget: WorkBudget(stepsMax: 1_000, bytesMax: 1_000))
        for call in [
            "time.parse_ns(\"\(digits)\", \"\(digits)\")", "time.format([0, \"\", \"\(digits)\"])",
        ] {
            #expect(Call.outcome(call, context: context).hasPrefix("exhausted"))
        }
    }
}

struct `A zone file` {
    @Test func `that is damaged is refused or read, and never ends the process`() throws {
        let file = try Repository.vector("go/zones/New_York")
        var generator = Generator(seed: 21)
        for _ in 0..<3_000 {
            var table = TimeZoneTable()
            guard table.add("X", file: file.mutated(by: &generator)) else { continue }
            let context = BuiltinContext(zones: table)
            _ = Call.outcome("time.format([\(noon), \"X\"])", context: context)
            _ = Call.outcome("time.add_date([\(noon), \"X\"], 1, 1, 1)", context: context)
        }
        for count in file.indices {
            var table = TimeZoneTable()
            // Without the line at its end the file still says what was.
            let isRead = table.add("X", file: Array(file[..<count]))
            #expect(!isRead || count >= file.count - 30)
        }
    }
}
