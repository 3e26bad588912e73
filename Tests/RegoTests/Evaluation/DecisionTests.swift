import Rego
import Support
import Testing

struct `A decision` {
    /// What a `not` says of an argument that is missing: undefined, never true.
    @Test(arguments: [
        ("not f(input.x)", false),
        ("not startswith(input.x, \"/admin\")", false),
        ("not f(g(input.x))", false),
        ("not input.x in {1, 2}", false),
        ("not s[input.x]", false),
        ("not input.x != 1", false),
        ("not count(input.x) > 1", false),
        ("not [input.x] == [1]", false),
        ("not input.x", true),
        ("not input.x == 1", true),
        ("not input.x = 1", true),
        ("not data.none.such", true),
    ])
    func `is undefined where a negated line needs what is missing`(line: String, holds: Bool) throws
    {
        let text = """
            package t
            s := {1, 2}
            f(x) if x == 1
            g(x) := x
            p if { \(line) }
            """
        let answer = try Asked.value("p", of: text, input: [:])
        #expect(answer == (holds ? true : nil))
    }

    @Test func `takes every alternative, and one value only`() throws {
        let text = """
            package t
            p := 1 if input.a
            p := 2 if input.b
            q := 1 if input.a
            else := 2 if input.b
            """
        #expect(try Asked.value("p", of: text, input: ["a": true]) == 1)
        #expect(try Asked.value("p", of: text, input: ["b": true]) == 2)
        #expect(try Asked.failure("p", of: text, input: ["a": true, "b": true]) == .conflict)
        #expect(try Asked.value("q", of: text, input: ["a": true, "b": true]) == 1)
        #expect(try Asked.value("q", of: text, input: ["b": true]) == 2)
        #expect(try Asked.value("q", of: text, input: [:]) == nil)
    }

    @Test func `is strict unless told otherwise: a failing built-in ends it`() throws {
        let text = """
            package t
            p if not to_number(input.x) == 1
            """
        #expect(try Asked.failure("p", of: text, input: ["x": "one"]) == .builtin)
        let lenient = DecisionContext(isStrict: false)
        #expect(try Asked.value("p", of: text, input: ["x": "one"], in: lenient) == nil)
        #expect(try Asked.value("p", of: text, input: ["x": "2"]) == true)
    }

    @Test func `ends when its steps are used up, under a negation too`() throws {
        let text = """
            package t
            slow if {
                some i in numbers.range(1, 1000)
                some j in numbers.range(1, 1000)
                i * j == -1
            }
            p if not slow
            """
        let context = DecisionContext(budget: WorkBudget(stepsMax: 20_000))
        #expect(try Asked.failure("p", of: text, in: context) == .steps)
        #expect(
            try Asked.failure(
                "p",
                of: text,
                in: DecisionContext(budget: WorkBudget(stepsMax: 20_000), isStrict: false)
            ) == .steps
        )
    }

    @Test func `ends when its values grow beyond its memory`() throws {
        let text = """
            package t
            p := [[i, j] | some i in numbers.range(1, 1000); some j in numbers.range(1, 1000)]
            """
        let context = DecisionContext(
            budget: WorkBudget(stepsMax: 100_000_000, bytesMax: 1 << 20)
        )
        #expect(try Asked.failure("p", of: text, in: context) == .memory)
    }

    @Test func `makes no value that is nested without end`() throws {
        var text = "package t\nf0(x) := [x]\n"
        for level in 1...12 { text += "f\(level)(x) := f\(level - 1)(f\(level - 1)(x))\n" }
        text += "p := f12(1)\nq := f4(1)\n"
        #expect(try Asked.failure("p", of: text) == .depth)
        #expect(try Asked.value("q", of: text) != nil)
    }

    @Test func `sees time and chance only as values that came with it`() throws {
        let text = "package t\np := time.now_ns()\nq := rand.intn(\"a\", 1000000)\n"
        let one = DecisionContext(nowNanoseconds: 5, seed: 1)
        let other = DecisionContext(nowNanoseconds: 6, seed: 2)
        #expect(try Asked.value("p", of: text, in: one) == 5)
        #expect(try Asked.value("p", of: text, in: other) == 6)
        let first = try Asked.value("q", of: text, in: one)
        let again = try Asked.value("q", of: text, in: one)
        let another = try Asked.value("q", of: text, in: other)
        #expect(first == again)
        #expect(first != another)
    }

    @Test func `forgets what with has put in place, and backtracks into it`() throws {
        let text = """
            package t
            r := input.x
            pairs contains [a, b, c] if {
                a := r with input.x as 1
                b := input.list[_] with input.list as [10, 20]
                c := r
            }
            """
        let answer = try Asked.value("pairs", of: text, input: ["x": 3])
        #expect(answer == .set(SetValue([[1, 10, 3], [1, 20, 3]])))
    }

    @Test func `answers a query with all ways in which it holds`() throws {
        let policy = try Asked.policy("package t\np := [3, 4]\n")
        let rows = try policy.prepare(query: "x = data.t.p[i]; x > 3").evaluate(input: nil)
        #expect(rows.map(\.bindings) == [["i": 1, "x": 4]])
        #expect(rows.map(\.expressions) == [[true, true]])
        let value = try policy.prepare(query: "data.t.p").evaluate(input: nil)
        #expect(value.map(\.expressions) == [[[3, 4]]])
    }

    @Test func `asks for what with replaces in a query that names something new`() throws {
        let policy = try Asked.policy("package t\np := data.t.q + 1\nq := 1\n")
        let rows = try policy.prepare(query: "x = data.t.p with data.t.q as 41").evaluate(
            input: nil
        )
        #expect(rows.map(\.bindings) == [["x": 42]])
    }
}

struct `A policy` {
    @Test(arguments: [
        ("package t\np if inptu.user", "rego.compile.unsafe-variable"),
        ("package t\np if not x", "rego.compile.unsafe-variable"),
        ("package t\np if not input.x[_]", "rego.compile.unsafe-variable"),
        ("package t\np := x if { x := 1; x := 2 }", "rego.compile.redeclared"),
        ("package t\np if { x == 1; x := 1 }", "rego.compile.redeclared"),
        ("package t\np if nothing(1)", "rego.compile.unknown-function"),
        ("package t\np if count(1, 2, 3)", "rego.compile.arity"),
        ("package t\nf(x) := x\np := f(1, 2, 3)", "rego.compile.arity"),
        ("package t\np if q\nq if r\nr if p", "rego.compile.recursion"),
        ("package t\np if data.t[x] == 1", "rego.compile.recursion"),
        ("package t\np := 1\np contains 2", "rego.compile.conflict"),
        ("package t\ndefault p := 1\ndefault p := 2", "rego.compile.conflict"),
        ("package t\np := 1\np.q := 2", "rego.compile.conflict"),
        ("package t\nf(x) := x\nf(x, y) := x", "rego.compile.conflict"),
        ("package t\np if http.send({})", "rego.compile.left-out-builtin"),
        ("package t\np if count(1) == 0", "rego.compile.type"),
        ("package t\nq := {\"a\": 1}\np if q with data.t.q.a as 2", "rego.compile.bad-with"),
    ])
    func `is refused before it is asked`(text: String, code: String) {
        #expect(Asked.refusal(text) == code)
    }

    @Test func `names the way around of a rule that needs itself`() throws {
        let text = "package t\np if q\nq if r\nr if p\n"
        let module = try Parser.parse(text, file: "a.rego")
        #expect {
            try PolicyCompiler.compile(modules: [module])
        } throws: { error in
            "\(error)".contains("data.t.p -> data.t.q -> data.t.r -> data.t.p")
        }
    }

    @Test func `is refused where base data lies under a rule, or a package in one`() {
        #expect(
            Asked.refusal("package t\np := 1", data: ["t": ["p": 2]]) == "rego.compile.conflict"
        )
        #expect(Asked.refusal("package t\np := 1", data: ["t": ["q": 2]]) == nil)
        #expect(
            Asked.refusal("package t\np := 1", "package t.p\nq := 1") == "rego.compile.conflict"
        )
    }

    @Test func `gives many rules of one name the same answers with a table as without`() throws {
        var text = "package t\n"
        for number in 0..<40 {
            text += "p contains \(number) if { input.a == \(number % 7); input.b >= \(number) }\n"
            if number % 10 == 0 { text += "p contains \(100 + number) if input.b == \(number)\n" }
        }
        // The code for observers has no table.
        let indexed = try Asked.policy(text).prepare(entryPoint: ["t", "p"])
        let plain = try Asked.policy(text, observed: true).prepare(entryPoint: ["t", "p"])
        for a in -1...8 {
            for b in [0, 3, 10, 39, 50] {
                let input: Value = ["a": .integer(a), "b": .integer(b)]
                let one = try indexed.evaluate(input: input)
                let other = try plain.evaluate(input: input)
                #expect(one == other)
            }
        }
        #expect(try indexed.evaluate(input: ["b": 10]) == .set(SetValue([110])))
    }
}
