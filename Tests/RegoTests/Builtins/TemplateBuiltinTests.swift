import Rego
import Support
import Testing

private func render(_ template: String, _ data: Value, stepsMax: Int = 100_000) -> String {
    var context = BuiltinContext(budget: WorkBudget(stepsMax: stepsMax, bytesMax: 1 << 20))
    let arguments: [Value] = [.text(template), data]
    do {
        let value = try BuiltinTable.standard["strings.render_template"]?
            .evaluate(arguments.span, &context)
        guard case .string(let text)? = value ?? nil else { return "undefined" }
        return text.string
    } catch {
        return "\(error)"
    }
}

struct `A template` {
    @Test func `is rendered as Go's library does`() throws {
        let calls = try GoVectors.calls(of: "strings.render_template")
        #expect(calls.count >= 120)
        for call in calls {
            let answer = GoVectors.answer(call)
            #expect(answer == call.wanted, "\(call)")
        }
    }

    @Test(arguments: [
        ("{{.n}} {{.f}} {{.l}} {{.m}} {{.t}}", "7 1.5 [1 2] map[a:1 b:x] true"),
        ("{{.missing}} {{.none}}", "<undefined> <no value>"),
        ("{{range .l}}<{{.}}>{{end}}", "<1><2>"),
        ("{{range $k, $v := .m}}{{$k}}={{$v}};{{end}}", "a=1;b=x;"),
        ("{{range .empty}}x{{else}}none{{end}}", "none"),
        ("{{with .m}}{{.b}}{{end}}", "x"),
        ("{{$x := .n}}{{range .l}}{{$x}}{{$x = .}}{{end}}{{$x}}", "712"),
        ("{{if and .t (gt .n 5)}}yes{{else if .t}}half{{else}}no{{end}}", "yes"),
        ("{{if lt .n 5}}yes{{else if .t}}half{{else}}no{{end}}", "half"),
        ("{{index .m \"b\"}}{{index .l 1}}{{len .l}}", "x22"),
        ("a {{- \" b \" -}} c", "a b c"),
        ("{{range .l}}{{if eq . 2}}{{break}}{{end}}{{.}}{{end}}", "1"),
        ("{{ne .n 7}} {{le 1 2}} {{ge 1 2}} {{not .t}}", "false true false false"),
    ])
    func `is rendered`(template: String, wanted: String) {
        let data: Value = [
            "n": 7, "f": .number(RegoNumber(1.5) ?? 0), "l": [1, 2], "m": ["a": 1, "b": "x"],
            "t": true, "none": .null, "empty": [],
        ]
        #expect(render(template, data) == wanted)
    }

    @Test(arguments: [
        "{{", "{{}}", "{{.a", "{{end}}", "{{if .a}}", "{{range}}{{end}}", "{{.a.b.c}}", "{{$x}}",
        "{{nosuch .a}}", "{{template \"x\"}}", "{{define \"x\"}}{{end}}", "{{break}}",
        "{{index .l 9}}", "{{lt .l 1}}", "{{\"a}}", "{{/* a}}", "{{(.a}}", "{{.a b}}", "{{len 1}}",
        "{{range .n}}{{end}}", "{{if .a}}{{else}}{{else}}{{end}}", "{{;}}",
    ])
    func `is refused in any other form`(template: String) {
        let said = render(template, ["a": "s", "l": [1], "n": 1])
        #expect(said.hasPrefix("failed(\"template:"), "\(said)")
    }

    @Test func `pays for its loops, and does not nest without end`() {
        let loops = String(repeating: "{{range .l}}", count: 8)
        let ends = String(repeating: "{{end}}", count: 8)
        let list = Value.array(ArrayValue([Value](repeating: 1, count: 100)))
        let said = render(loops + "x" + ends, ["l": list])
        // Inside the second loop the point is a number, which has no members; `$` still has.
        #expect(said.hasPrefix("failed"))
        let dollar = loops.replacing(".l", with: "$.l") + "x" + ends
        #expect(render(dollar, ["l": list]) == "exhausted(Rego.WorkBudget.Resource.steps)")
        for (open, close) in [("{{if .a}}", "{{end}}"), ("{{if .a}}x{{else if .a}}", "{{end}}")] {
            let deep = String(repeating: open, count: 10_000) + close
            #expect(render(deep, ["a": true]).hasPrefix("failed(\"template:"))
        }
        let groups = "{{" + String(repeating: "(", count: 10_000) + "}}"
        #expect(render(groups, ["a": true]).hasPrefix("failed(\"template:"))
    }

    @Test func `for any damage is refused or rendered, and never ends the process`() {
        let template = Array(
            "{{range $i, $e := .l}}{{if $i}},{{end}}{{$e | len}}{{- .x.y -}}{{end}}".utf8
        )
        var generator = Generator(seed: 8)
        for _ in 0..<3_000 {
            let damaged = String(decoding: template.mutated(by: &generator), as: UTF8.self)
            _ = render(damaged, ["l": ["a", "bc"], "x": ["y": 1]])
        }
    }
}
