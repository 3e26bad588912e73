import Canon
import Host
import Operations
import Support
import Testing

struct `Asking policies` {
    @Test func `prints a value, or each way in which lines hold`() {
        let world = PolicyWorld()
        let value = world.policy("eval", "data.app.readers", "--bundle", "app")
        #expect(value.status == 1 && value.said == "undefined\n")
        let data = world.policy("eval", "data.readers", "--bundle", "app")
        #expect(data.status == 0 && data.said == "[\n  \"ann\",\n  \"bob\"\n]\n")
        let rows = world.policy(
            "eval",
            "some name in data.readers; n := count(name)",
            "--bundle",
            "app"
        )
        #expect(rows.said == "n = 3; name = \"ann\"\nn = 3; name = \"bob\"\n")
        let json = world.policy("eval", "x := 1 + 1", "--json").json
        #expect(json?["result"]?.array?.first?["bindings"]?["x"]?.integer == 2)
    }

    @Test func `takes its input from a file or the standard input`() {
        var world = PolicyWorld()
        let file = world.policy("eval", "data.app.allow", "--bundle", "app", "--input", "ann.json")
        #expect(file.status == 0 && file.said == "true\n")
        world.world.surroundings.readInput = { _ throws(HostFault) in
            Array("{\"user\": \"root\"}".utf8)
        }
        let stream = world.policy("eval", "data.app.allow", "--bundle", "app", "--input", "-")
        #expect(stream.said == "true\n")
    }

    @Test func `takes YAML where the name of the input says so`() {
        let world = PolicyWorld()
        world.write("ann.yaml", "method: GET\nuser: ann\n")
        let asked = world.policy(
            "decide",
            "data.app.allow",
            "--bundle",
            "app",
            "--input",
            "ann.yaml"
        )
        #expect(asked.status == 0, "\(asked.text)")
        world.write("twice.yml", "user: ann\nuser: eve\n")
        let twice = world.policy("eval", "input", "--input", "twice.yml", "--json")
        #expect(twice.status == 2 && twice.faultCode == "rego.input.yaml", "\(twice.text)")
    }

    @Test func `takes data that stands in for the bundle's own`() {
        let world = PolicyWorld()
        world.write("other.json", "{\"readers\": [\"eve\"]}")
        let asked = world.policy(
            "eval",
            "data.app.allow",
            "--bundle",
            "app",
            "--data",
            "other.json",
            "--input",
            "eve.json"
        )
        #expect(asked.said == "true\n")
    }

    @Test func `shows what policies print`() {
        let said = PolicyWorld().policy("eval", "print(\"a\", 1)").said
        #expect(said == "query:1: a 1\ntrue\n")
    }

    @Test(.covers("J13"))
    func `tells a question without an answer from one that makes no sense`() {
        let world = PolicyWorld()
        world.write("twice.json", "{\"a\": 1, \"a\": 2}")
        world.write("long.json", "{\"n\": 1e999999999}")
        let calls: [(words: [String], status: Int32, code: String?)] = [
            (["data.app.nothing"], 1, nil),
            (["input.x["], 64, "rego.parse.unexpected-token"),
            (["nope(1)"], 64, "rego.compile.unknown-function"),
            (["1 / 0"], 2, "rego.eval.builtin"),
            (["1 / 0", "--lenient"], 1, nil),
            (["input", "--input", "twice.json"], 2, "canon.json.duplicate-key"),
            (["input", "--input", "long.json"], 2, "rego.input.number-too-long"),
            (["input", "--input", "none.json"], 2, "host.missing"),
            (["1", "--bundle", "none"], 2, "host.missing"),
            (["numbers.range(1, 100000000)"], 2, "rego.eval.memory"),
        ]
        for call in calls {
            let answer = world.world.call(["policy", "eval"] + call.words + ["--json"])
            #expect(answer.status == call.status, "\(call.words): \(answer.text)")
            #expect(answer.faultCode == call.code, "\(call.words)")
        }
    }

    @Test func `quotes a query that it does not understand`() {
        let said = PolicyWorld().policy("eval", "input.x[").complained
        let lines = said.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(
            lines[0] == "charter: The query cannot be understood. [rego.parse.unexpected-token]"
        )
        #expect(lines[1].hasPrefix("query:1:9: Expected a value"))
        #expect(lines[2...] == ["    input.x[", "            ^"])
    }

    @Test func `decides as conftest would`() {
        let world = PolicyWorld()
        func decide(_ input: String) -> CommandLineDoor.Response {
            world.policy("decide", "data.app", "--bundle", "app", "--input", input)
        }
        let denied = decide("eve.json")
        #expect(denied.status == 1)
        #expect(denied.said.hasPrefix("denied by the bundle app, revision "))
        #expect(
            denied.said.contains(
                "    reason: hidden part .b\n      rule: data.app.deny at app/app.rego:12\n"
            )
        )
        #expect(decide("ann.json").status == 0)
        world.write("none.json", "{}")
        let warned = decide("none.json")
        #expect(warned.status == 1 && warned.said.contains("    warning: nobody is named\n"))
        world.write("twice.json", "{\"a\": 1, \"a\": 2}")
        let unclear = decide("twice.json")
        #expect(unclear.status == 1 && unclear.said.contains("The input cannot be judged."))
    }
}

struct `Explaining a decision` {
    @Test(.covers("D48"))
    func `shows which line did not hold, and why`() {
        let world = PolicyWorld()
        let said = world.policy(
            "explain",
            "data.app.allow",
            "--bundle",
            "app",
            "--input",
            "eve.json"
        ).said
        #expect(said.hasPrefix("data.app.allow is false\ndenied by the bundle app, revision "))
        #expect(
            said.hasSuffix(
                """

                app/app.rego:3   default  default allow := false
                app/app.rego:5   no       allow if {
                app/app.rego:6   yes          input.method == "GET"
                app/app.rego:7   no           input.user in data.readers
                                                  input.user is "eve"
                                                  data.readers is ["ann", "bob"]
                app/app.rego:10  no       allow if input.user == "root"
                                                  input.user is "eve"

                """
            )
        )
    }

    @Test func `shows what held as well`() throws {
        let world = PolicyWorld()
        let json = world.policy(
            "explain",
            "data.app.deny",
            "--bundle",
            "app",
            "--input",
            "eve.json",
            "--json"
        ).json
        #expect(json?["decision"]?["verdict"]?.string == "deny")
        let lines = try #require(json?["lines"]?.array)
        #expect(lines.count == 4 && lines.allSatisfy { $0["held"]?.bool == true })
        #expect(json?["value"]?.array?.compactMap(\.string) == ["hidden part .b"])
    }

    @Test func `says that a part is undefined`() {
        let world = PolicyWorld()
        world.write("empty.json", "{}")
        let said = world.policy(
            "explain",
            "data.app.allow",
            "--bundle",
            "app",
            "--input",
            "empty.json"
        ).said
        #expect(said.contains("input.method is undefined\n"))
    }

    @Test func `explains as far as a failing policy came`() {
        let world = PolicyWorld()
        world.write(
            "fails.rego",
            "package f\n\nallow if {\n\tinput.x == 0\n\t1 / input.x == 1\n}\n"
        )
        world.write("zero.json", "{\"x\": 0}")
        let said = world.policy(
            "explain",
            "data.f.allow",
            "--bundle",
            "fails.rego",
            "--input",
            "zero.json"
        )
        #expect(said.status == 0)
        #expect(said.said.hasPrefix("data.f.allow could not be evaluated: fails.rego:5:"))
        #expect(said.said.contains("yes          input.x == 0\n"))
    }

    @Test func `has nothing to say of what is no rule`() {
        let world = PolicyWorld()
        for query in ["1 + 1", "data.app.nothing", ""] {
            let refused = world.policy("explain", query, "--bundle", "app", "--json")
            #expect(refused.status == 64 && refused.faultCode == "operations.usage", "\(query)")
        }
        world.write("twice.json", "{\"a\": 1, \"a\": 2}")
        let unclear = world.policy(
            "explain",
            "data.app.allow",
            "--bundle",
            "app",
            "--input",
            "twice.json",
            "--json"
        )
        #expect(unclear.status == 2 && unclear.faultCode == "canon.json.duplicate-key")
    }
}

struct `Measuring policies` {
    @Test func `asks as often as it is told to, and shows the result`() {
        let world = PolicyWorld()
        let measured = world.policy(
            "bench",
            "data.app.allow",
            "--bundle",
            "app",
            "--input",
            "ann.json",
            "--count",
            "5",
            "--json"
        )
        #expect(measured.status == 0)
        #expect(measured.json?["decisions"]?.integer == 5)
        #expect(measured.json?["result"]?.string == "true")
        // The clock of this world stands still.
        #expect(measured.json?["median_nanoseconds"]?.integer == 0)
        let body = world.policy("bench", "x := data.app.allow", "--bundle", "app", "--count", "1")
        #expect(body.said.hasSuffix("1 decision, each with the result [[true]]\n"))
    }

    @Test func `measures nothing that fails`() {
        let world = PolicyWorld()
        let calls: [(words: [String], status: Int32, code: String)] = [
            (["1 / 0", "--count", "1"], 2, "rego.eval.builtin"),
            (["input.x["], 64, "rego.parse.unexpected-token"),
            (["1", "--seconds", "0"], 64, "operations.usage"),
            (["1", "--count", "many"], 64, "operations.usage"),
            (["1", "--input", "none.json"], 2, "host.missing"),
        ]
        for call in calls {
            let answer = world.world.call(["policy", "bench"] + call.words + ["--json"])
            #expect(answer.status == call.status && answer.faultCode == call.code, "\(call.words)")
        }
    }
}
