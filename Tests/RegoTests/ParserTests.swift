import Rego
import Support
import Testing

struct `The parser` {
    @Test(arguments: [
        // Operators bind as in arithmetic, and to the left.
        ("a + b * c - d", "((a + (b * c)) - d)"),
        ("a - b - c", "((a - b) - c)"),
        ("a | b & c + d", "(a | (b & (c + d)))"),
        ("a + b == c | d", "((a + b) == (c | d))"),
        ("a == b != c", "((a == b) != c)"),
        ("(a + b) * c", "((a + b) * c)"),
        ("1 - -1", "(1 - -1)"),
        ("x -1", "(x - 1)"),
        ("7 % 4 / 2", "((7 % 4) / 2)"),
        ("x in xs", "(x in xs)"),
        ("x + 1 in xs | ys", "((x + 1) in (xs | ys))"),
        ("x in xs in ys", "((x in xs) in ys)"),
        ("x in xs == ys", "(x in (xs == ys))"),
        // Numbers and strings.
        ("1.50", "1.50"), ("-0", "-0"), ("1e9", "1e9"), (".5", "0.5"), ("- 3", "-3"),
        (#""a\tA\u0062\ud83d\ude00\/""#, "'a\tAb😀/'"), ("`a\\n\"`", "'a\\n\"'"),
        // References and calls.
        ("a.b[c].d", "<a 'b' c 'd'>"), ("a[\"b\"]", "<a 'b'>"), ("a[b.c + 1]", "<a (<b 'c'> + 1)>"),
        ("f(x)", "f(x)"), ("a.f(x, y,)", "<a 'f'>(x y)"), ("f(x).y[0]", "<f(x) 'y' 0>"),
        ("f(f(x))", "f(f(x))"), ("[1, 2][0]", "<[1 2] 0>"), ("{\"a\": 1}.a", "<object('a':1) 'a'>"),
        ("time.now_ns()", "<time 'now_ns'>()"), ("contains(a, b)", "contains(a b)"),
        ("a.if.in[\"not\"]", "<a 'if' 'in' 'not'>"), ("if.a", "<if 'a'>"),
        // Collections.
        ("[]", "[]"), ("{}", "object()"), ("set()", "set()"), ("[1, 2,]", "[1 2]"),
        ("{1}", "set(1)"), ("{1: 2, a.b: [c],}", "object(1:2 <a 'b'>:[c])"), ("[, 1]", "[1]"),
        ("{a + 1: b | c, 2: 3}", "object((a + 1):(b | c) 2:3)"),
        ("[a | b, c]", "[(a | b) c]"), ("{a | b, c}", "set((a | b) c)"), ("[(a | b)]", "[(a | b)]"),
        ("[x in xs, y]", "[(x in xs) y]"), ("[(k, v in xs)]", "[(k v in xs)]"),
        // Comprehensions.
        ("[a | b]", "[a | {b}]"), ("{a | b}", "set(a | {b})"), ("{a: b | c}", "object(a:b | {c})"),
        ("[x | some x in xs; x > 1]", "[x | {some (x in xs); (x > 1)}]"),
        ("[x | k, v in xs]", "[x | {(k v in xs)}]"),
        ("{(x + 1): y |\n\tx := 1\n\ty := 2\n}", "object((x + 1):y | {x := 1; y := 2})"),
        ("[[a | b, c] | [d | e, f]]", "[[(a | b) c] | {[(d | e) f]}]"),
        // Template strings.
        (#"$"""#, "$()"), (#"$"a {x} \{b}""#, "$('a ' x ' {b}')"), ("$`{x}\n`", "$(x '\n')"),
        (#"$"{$"{a}"}{{"k": 1}}""#, "$($(a) object('k':1))"),
        (#"$"{a with input as 1}""#, "$(a with input as 1)"),
    ])
    func `reads a term`(_ text: String, _ wanted: String) throws {
        let body = try Parser.parseQuery("p := \(text)")
        let outline = SyntaxOutline.of(body.literals[0])
        #expect(outline == "p := \(wanted)")
        let term = try Parser.parseTerm(text)
        #expect(SyntaxOutline.of(term) == wanted)
    }

    @Test(arguments: [
        ("x = y; not z", "{x = y; not z}"),
        ("x\n-1 == y", "{((x - 1) == y)}"),
        ("x\n[a] = y", "{x; [a] = y}"),
        ("some x, y\nz", "{some x y; z}"),
        ("some k, v in xs", "{some (k v in xs)}"),
        ("some [a, 1] in xs with input as 2", "{some ([a 1] in xs) with input as 2}"),
        ("every x in xs { x; y }", "{every (x in xs) {x; y}}"),
        ("every k, _ in f(x) { k }", "{every (k _ in f(x)) {k}}"),
        ("k, v in xs", "{(k v in xs)}"),
        (
            "not f(x) with input.a[b] as 1 with data as {}",
            "{not f(x) with <input 'a' b> as 1 with data as object()}"
        ),
        ("[a, {\"k\": b}] := x", "{[a object('k':b)] := x}"),
        ("x\nin.y", "{x; <in 'y'>}"),
        ("not.x", "{<not 'x'>}"),
    ])
    func `reads a query`(_ text: String, _ wanted: String) throws {
        let outline = SyntaxOutline.of(try Parser.parseQuery(text))
        #expect(outline == wanted)
    }

    @Test(arguments: [
        ("p := 1", "rule p = 1"),
        ("p if x", "rule p {x}"),
        ("p if { x; y }", "rule p {x; y}"),
        ("p if {1} & xs", "rule p {(set(1) & xs)}"),
        ("p if { xs }", "rule p {xs}"),
        ("p contains x", "rule p contains x"),
        ("p contains x.y if z", "rule p contains <x 'y'> {z}"),
        ("p[x] := y if z", "rule <p x> = y {z}"),
        ("p[x] if z", "rule <p x> {z}"),
        ("a.b[x].c contains y if z", "rule <a 'b' x 'c'> contains y {z}"),
        ("f(x, [y, _]) := z if x", "rule f (x [y _]) = z {x}"),
        ("a.f(x)", nil),
        ("f(x) if x", "rule f (x) {x}"),
        ("f() := 1", "rule f = 1"),
        ("default p := {\"a\": [1]}", "default p = object('a':[1])"),
        ("default f(_, x) := 1", "default f (_ x) = 1"),
        ("default a.b := [x | x := 1]", "default <a 'b'> = [x | {x := 1}]"),
        (
            "p := 1 if x else := 2 if y else := 3",
            "rule p = 1 {x} else = 2 {y} else = 3"
        ),
        ("p if { x } else if { y }", "rule p {x} else {y}"),
        ("p if { x } { y }", "rule p {x}\nrule p {y}"),
        ("if.a := 1\nelse.b contains 2", "rule <if 'a'> = 1\nrule <else 'b'> contains 2"),
        ("p := 1 q := 2", "rule p = 1\nrule q = 2"),
        ("p = 1", "rule p = 1"),
    ])
    func `reads a rule of the present dialect`(_ text: String, _ wanted: String?) throws {
        let module = try? Parser.parse("package a\n" + text, file: "a.rego")
        #expect(module.map { SyntaxOutline.of($0) } == wanted)
    }

    @Test(arguments: [
        ("p { x }", "rule p {x}"),
        ("p { x } { y }", "rule p {x}\nrule p {y}"),
        ("deny[msg] { msg := 1 }", "rule deny contains msg {msg := 1}"),
        ("deny[{\"msg\": m}] { m }", "rule deny contains object('msg':m) {m}"),
        ("p[x]", "rule p contains x"),
        ("p[k] = v { x }", "rule <p k> = v {x}"),
        ("p.q { x }", "rule p contains 'q' {x}"),
        ("p.q.r { x }", "rule <p 'q' 'r'> {x}"),
        ("p = x { y } else = z { w } else { v }", "rule p = x {y} else = z {w} else {v}"),
        ("f(x) = y { x = y }", "rule f (x) = y {x = y}"),
        ("f(x)", "rule f (x)"),
        ("f() = 1 { x }", "rule f = 1 {x}"),
        ("default allow = false", "default allow = false"),
        ("p { contains(x, y); in == 1 }", "rule p {contains(x y); (in == 1)}"),
        ("import future.keywords.if\np[x] if y", "rule <p x> {y}"),
        ("import future.keywords.contains\np contains x { y }", "rule p contains x {y}"),
        (
            "import future.keywords.every\np { every x in xs { x } }",
            "rule p {every (x in xs) {x}}"
        ),
        ("import future.keywords\np contains x if x in xs", "rule p contains x {(x in xs)}"),
        ("import rego.v1\np if x", "rule p {x}"),
        ("import rego.v1\np { x }", nil),
        ("import future.keywords.if\np { x }", "rule p {x}"),
        ("p if x", nil),
    ])
    func `reads a rule of the old dialect`(_ text: String, _ wanted: String?) throws {
        let module = try? Parser.parse("package a\n" + text, file: "a.rego", version: .v0)
        #expect(module.map { SyntaxOutline.of($0) } == wanted)
    }

    @Test func `reads packages and imports with words of the language in them`() throws {
        let text = """
            package a.if["x-y"].default
            import data.b.in as c
            import input
            import data.d["e f"]
            p := 1
            import rego.v1
            """
        let module = try Parser.parse(text, file: "a.rego")
        #expect(module.package.path == ["a", "if", "x-y", "default"])
        #expect(
            module.imports.map(\.path) == [
                ["data", "b", "in"], ["input"], ["data", "d", "e f"], ["rego", "v1"],
            ]
        )
        #expect(module.imports.map(\.name) == ["c", "input", "e f", "v1"])
    }

    @Test func `knows where everything stands`() throws {
        let text = "package a\n\np := x if {\n\tx := input.é[1]\n}\n"
        let module = try Parser.parse(
            "package a\n\np := x if {\n\tx := input.e[1] + 2\n}\n",
            file: "f"
        )
        #expect((try? Parser.parse(text, file: "f")) == nil)
        let rule = module.rules[0]
        #expect(rule.range.start == SourcePosition(line: 3, column: 1))
        #expect(rule.range.end == SourcePosition(line: 5, column: 2))
        let literal = try #require(rule.body?.literals.first)
        #expect(literal.range.start == SourcePosition(line: 4, column: 2))
        guard case .assignment(_, let right) = literal.kind,
            case .infix(_, let left, let last) = right.kind
        else { throw Unexpected() }
        #expect(left.range.start == SourcePosition(line: 4, column: 7))
        #expect(left.range.end == SourcePosition(line: 4, column: 17))
        #expect(last.position == SourcePosition(line: 4, column: 20))
    }

    private struct Unexpected: Error {}

    @Test func `tells of several mistakes at once and goes on behind each`() throws {
        let text = """
            package a
            p := )
            q := 1
            r if { x y }
            t if {
              z ==
            }
            s := 2
            """
        let errors = try #require(throws: PolicyErrors.self) {
            try Parser.parse(text, file: "a.rego")
        }
        #expect(errors.errors.map(\.position.line) == [2, 4, 7])
    }

    @Test func `shows the line with a caret under what it stumbled over`() throws {
        let errors = try #require(throws: PolicyErrors.self) {
            try Parser.parse("package a\n\np if {\n\tx == ]\n}", file: "dir/a.rego")
        }
        #expect(
            errors.description == """
                dir/a.rego:4:7: Expected a value, found ']'. (rego.parse.unexpected-token)
                    \tx == ]
                    \t     ^
                """
        )
    }

    @Test func `takes no longer for text that is nested a hundred thousand levels`() throws {
        for open in ["[", "{", "(", "[a|", "{1:", "f(", "a[", "$\"{", "x in (", "{a|b,", "not "] {
            let text = "package a\np := " + String(repeating: open, count: 20_000)
            let errors = try #require(throws: PolicyErrors.self) {
                try Parser.parse(text, file: "a.rego")
            }
            let code = errors.first.code
            #expect(code == .tooDeep || code == .reservedWord, "\(open): \(errors.first)")
        }
    }

    @Test func `keeps a tree from growing tall by a long chain`() throws {
        let long = String(repeating: " + 1", count: 1000)
        let errors = try #require(throws: PolicyErrors.self) { try Parser.parseTerm("1" + long) }
        #expect(errors.first.code == .tooDeep)
        let sums = String(repeating: "1 + 1, ", count: 1000)
        #expect((try? Parser.parseTerm("[\(sums)]")) != nil)
    }
}
