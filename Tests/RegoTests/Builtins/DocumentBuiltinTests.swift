import Rego
import Support
import Testing

struct `A built-in on documents` {
    @Test(arguments: [
        ("json.marshal([{\"foo\": {1, 2}}])", "[{\"foo\":[1,2]}]"),
        ("json.marshal(\"<&>\")", "\"\\u003c\\u0026\\u003e\""),
        ("json.marshal(1.50)", "1.50"),
        ("json.marshal_with_options([1, {}], {\"indent\": \" \"})", "[\n 1,\n {}\n]"),
        (
            "json.marshal_with_options({\"b\": [], \"a\": 1}, {\"prefix\": \"> \"})",
            "> {\n> \t\"a\": 1,\n> \t\"b\": []\n> }"
        ),
        ("json.marshal_with_options([1], {\"pretty\": false, \"indent\": \"x\"})", "[1]"),
    ])
    func `writes JSON as other engines do`(call: String, wanted: String) {
        #expect(Call.outcome(call) == Value.text(wanted).source)
    }

    @Test(arguments: [
        ("json.unmarshal(\"[1.0, {}]\")", "[1.0, {}]"), ("json.is_valid(\"{\")", "false"),
        ("json.is_valid(1)", "false"),
        (
            "json.unmarshal(\"{\\\"a\\\":1,\\\"a\\\":2}\")",
            "error: The key \"a\" stands twice in the object that ends at byte 13."
        ),
        ("json.unmarshal(1)", "type error: operand 1 must be string but got number"),
        (
            "json.marshal_with_options(1, {\"x\": 1})",
            "type error: operand 2 object contained unknown key \"x\""
        ),
        ("yaml.is_valid(\"foo:\\n- qux: bar\\n- baz: {\")", "false"),
        ("yaml.is_valid(\"{\\\"json\\\": \\\"ok\\\"}\")", "true"),
        ("yaml.unmarshal(\"[1,2,3\")", "error: yaml: line 1: did not find expected ',' or ']'"),
    ])
    func `reads JSON and refuses what it must`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }

    @Test(arguments: [
        (
            "a: 1\nb:\n  c: [x, \"y: z\", {d: e}]\n",
            "{\"a\": 1, \"b\": {\"c\": [\"x\", \"y: z\", {\"d\": \"e\"}]}}"
        ),
        ("- 1\n- - 2\n  - 3\n- a: b\n  c: d\n", "[1, [2, 3], {\"a\": \"b\", \"c\": \"d\"}]"),
        (
            "list:\n- x\n- y # comment\nempty:\nnext: ~\n",
            "{\"empty\": null, \"list\": [\"x\", \"y\"], \"next\": null}"
        ),
        (
            "t: |\n  one\n   two\n\n  three\nf: >-\n  a\n  b\n\n  c\n",
            "{\"f\": \"a b\\nc\", \"t\": \"one\\n two\\n\\nthree\\n\"}"
        ),
        ("s: 'it''s'\nd: \"a\\tb\\u00e9\"\np: plain text: no\n", "refused"),
        (
            "s: 'it''s'\nd: \"a\\tb\\u00e9\"\np: a:b http://x\n",
            "{\"d\": \"a\\tb\u{E9}\", \"p\": \"a:b http://x\", \"s\": \"it's\"}"
        ),
        (
            "n: [1, -2.5, 0x1F, 010, 1e3, 1.2.3, yes, \"yes\", null]",
            "{\"n\": [1, -2.5, 31, 8, 1e3, \"1.2.3\", true, \"yes\", null]}"
        ),
        ("a: \"one\nb: two\"\nc: d\n", "{\"a\": \"one b: two\", \"c\": \"d\"}"),
        ("plain\n...\n", "\"plain\""), ("|\n a\n...\n", "\"a\\n\""),
        ("on: {yes: 0x1F}", "{\"true\": {\"true\": 31}}"),
        ("---\na: b\n...\n", "{\"a\": \"b\"}"), ("", "null"), ("# nothing\n", "null"),
        ("plain\n  more\n", "\"plain more\""),
        ("\"multi\n  line\n\n  text\"\n", "\"multi line\\ntext\""),
        ("{\n  \"a\": [\n    1,\n    2\n  ]\n}\n", "{\"a\": [1, 2]}"),
        ("? a\n: b", "refused"), ("a: *x", "refused"), ("a: &x 1", "refused"),
        ("a: !!str 1", "refused"),
        ("a: 1\na: 2", "refused"), ("a: 1\n  b: 2", "refused"), ("a: [1\nb: 2", "refused"),
        ("\tx: 1", "refused"),
        ("a: b\n---\nc: d", "refused"), ("- a\nb: c", "refused"), ("'a", "refused"),
        ("a: 'b' c", "refused"),
        (
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: web\n    image: \"nginx:1.2\"\n    ports:\n    - containerPort: 80\n      protocol: TCP\n    args: [\"--a\", \"b\"]\n  volumes: []\n",
            "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"containers\": [{\"args\": [\"--a\", \"b\"], \"image\": \"nginx:1.2\", \"name\": \"web\", \"ports\": [{\"containerPort\": 80, \"protocol\": \"TCP\"}]}], \"volumes\": []}}"
        ),
    ])
    func `reads the YAML that people write`(yaml: String, wanted: String) {
        let outcome = Call.outcome("yaml.unmarshal(\(Value.text(yaml).source))")
        #expect((outcome.hasPrefix("error") ? "refused" : outcome) == wanted)
    }

    @Test(arguments: [
        "[{\"foo\": [1, 2, 3]}]",
        "{\"a\": {\"b\": [[1, 2], [], {}]}, \"c\": \"yes\", \"d\": \"1\", \"e\": null}",
        "\"- x: y #\"", "{\"key: odd\": \"a\\nb\", \"\": \" pad \"}",
        "[[[[1]]], {\"a\": [{\"b\": {\"c\": 1.5}}]}]", "\"\"", "[]",
        "{\"1\": true, \"true\": \"null\"}", "\"12:30\"",
        "[\"=\", \"<<\", \".inf\", \"a\\u2028b\", \"\\u007f\"]",
    ])
    func `reads back the YAML that it wrote`(value: String) {
        var context = BuiltinContext()
        let wanted = ConstantReader.value(value)
        let text = try? BuiltinTable.standard["yaml.marshal"]?.evaluate([wanted].span, &context)
        let back = text.flatMap {
            try? BuiltinTable.standard["yaml.unmarshal"]?.evaluate([$0].span, &context)
        }
        #expect(back == wanted, "\(text?.source ?? "nothing")")
    }

    @Test(arguments: [
        ("semver.compare(\"1.0.0\", \"1.0.0-rc.1\")", "1"),
        ("semver.compare(\"1.0.0-a.9\", \"1.0.0-a.10\")", "-1"),
        ("semver.compare(\"1.0.0+a\", \"1.0.0+b\")", "0"),
        ("semver.compare(\"1.0.0-1\", \"1.0.0-a\")", "-1"),
        (
            "semver.compare(\"1\", \"1.0.0\")",
            "error: operand 1: string \"1\" is not a valid SemVer"
        ),
        ("semver.is_valid(\"1.2.3-x.7.z.92+b\")", "true"), ("semver.is_valid(\"01.2.3\")", "false"),
        ("semver.is_valid(1)", "false"),
        (
            "uuid.parse(\"{00000000-0000-4000-8000-000000000000}\")",
            "{\"variant\": \"RFC4122\", \"version\": 4}"
        ),
        (
            "uuid.parse(\"urn:uuid:000003e8-48b9-21ee-b200-325096b39f47\")",
            "{\"clocksequence\": 12800, \"domain\": \"Person\", \"id\": 1000, \"macvariables\": \"local:unicast\", \"nodeid\": \"32-50-96-b3-9f-47\", \"time\": 1693566990121469600, \"variant\": \"RFC4122\", \"version\": 2}"
        ),
        ("uuid.parse(\"nonsense\")", "undefined"),
        ("uuid.parse(\"0000000000004000-8000-000000000000ab\")", "undefined"),
    ])
    func `takes versions and identifiers apart`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }

    @Test func `makes chance of the seed and the key alone`() {
        let one = BuiltinContext(seed: 1)
        let two = BuiltinContext(seed: 2)
        #expect(
            Call.outcome("rand.intn(\"k\", 1000000)", context: one)
                == Call.outcome("rand.intn(\"k\", 1000000)", context: one)
        )
        #expect(
            Call.outcome("rand.intn(\"k\", 1000000)", context: one)
                != Call.outcome("rand.intn(\"k\", 1000000)", context: two)
        )
        let identifier = Call.outcome("uuid.rfc4122(\"k\")", context: one)
        #expect(
            Call.outcome("uuid.parse(\(identifier))")
                == "{\"variant\": \"RFC4122\", \"version\": 4}"
        )
    }
}

struct `A built-in on patterns` {
    @Test(arguments: [
        ("regex.match(\"^[a-z]+\\\\[[0-9]+\\\\]$\", \"foo[1]\")", "true"),
        ("regex.match(\"^$\", \"x\")", "false"),
        ("regex.is_valid(\"++\")", "false"), ("regex.is_valid(7)", "false"),
        ("regex.is_valid(\".+\")", "true"),
        ("regex.find_n(\"a.\", \"paranormal\", -1)", "[\"ar\", \"an\", \"al\"]"),
        ("regex.find_n(\"a.\", \"paranormal\", 0)", "[]"),
        ("regex.find_n(\"a*\", \"baac\", -1)", "[\"\", \"aa\", \"\"]"),
        (
            "regex.find_all_string_submatch_n(\"[^aouiye]([aouiye])([^aouiye])?\", \"somestri\", -1)",
            "[[\"som\", \"o\", \"m\"], [\"ri\", \"i\", \"\"]]"
        ),
        ("regex.split(\"a\", \"banana\")", "[\"b\", \"n\", \"n\", \"\"]"),
        ("regex.split(\"^[a-z]+\", \"foobar baz\")", "[\"\", \" baz\"]"),
        ("regex.split(\"x\", \"\")", "[\"\"]"),
        ("regex.split(\"\", \"abc\")", "[\"a\", \"b\", \"c\"]"),
        ("regex.split(\"z+\", \"pizza\")", "[\"pi\", \"a\"]"),
        ("regex.replace(\"-wy-wxxy-\", \"w(x*)y\", \"0\")", "\"-0-0-\""),
        ("regex.replace(\"foo\", \"(foo)\", \"$1$1\")", "\"foofoo\""),
        ("regex.replace(\"foo\", \"(?P<n>o)\", \"<${n}>$$$9\")", "\"f<o>$<o>$\""),
        ("regex.replace(\"abc\", \"x*\", \"-\")", "\"-a-b-c-\""),
        ("regex.template_match(\"urn:foo:{.*}\", \"urn:foo:bar:baz\", \"{\", \"}\")", "true"),
        ("regex.template_match(\"urn.{a}\", \"urnxa\", \"{\", \"}\")", "false"),
        (
            "regex.template_match(\"urn{\", \"urn\", \"{\", \"}\")",
            "error: unbalanced braces in \"urn{\""
        ),
        ("regex.globs_match(\"a.a.[0-9]+z\", \".b.b2359825792*594823z\")", "true"),
        ("regex.globs_match(\"[a-z]+\", \"[0-9]*\")", "false"),
        (
            "regex.globs_match(\"pqrs]\", \"[a-b]+\")",
            "error: input:pqrs], pos:5, set-close ']' with no preceding '[': the input provided is invalid"
        ),
        ("glob.match(\"*.github.com\", [\".\"], \"api.github.com\")", "true"),
        ("glob.match(\"*.github.com\", [\".\"], \"a.b.github.com\")", "false"),
        ("glob.match(\"api.**.com\", [\".\"], \"api.cdn.github.com\")", "true"),
        ("glob.match(\"*\", [], \"foo.bar\")", "false"),
        ("glob.match(\"*\", null, \"foo.bar\")", "true"),
        ("glob.match(\"[!a-c]at\", [], \"fat\")", "true"),
        ("glob.match(\"[a-c]at\", [], \"bat\")", "true"),
        ("glob.match(\"{cat,bat,[fr]at}\", [], \"rat\")", "true"),
        ("glob.match(\"?at\", [\"f\"], \"fat\")", "false"),
        ("glob.match(\"\\\\*a\", [], \"*a\")", "true"),
        ("glob.match(\"a(b\", [], \"a(b\")", "true"),
        ("glob.match(\"*\", null, \"a\\nb\")", "true"),
        (
            "glob.match(\"*\", 1, \"a\")",
            "type error: operand 2 must be one of {array, null} but got number"
        ), ("glob.match(\"{a\", [], \"a\")", "error: expected close brace in glob pattern"),
        ("glob.quote_meta(\"*.github.com\")", "\"\\\\*.github.com\""),
    ])
    func `matches in linear time, with RE2's meaning`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }

    @Test func `is known before the decision when it stands in the policy`() {
        var library = PatternLibrary()
        library.add("regex.match", ["^a+$", nil])
        library.add("glob.match", ["a*", [], nil])
        // A budget that no pattern could be compiled with.
        let context = BuiltinContext(budget: WorkBudget(stepsMax: 90), patterns: library)
        #expect(Call.outcome("regex.match(\"^a+$\", \"aa\")", context: context) == "true")
        #expect(Call.outcome("glob.match(\"a*\", [], \"ab\")", context: context) == "true")
        #expect(
            Call.outcome("regex.match(\"^b+$\", \"aa\")", context: context) == "exhausted: steps"
        )
    }
}

struct `The table of built-ins` {
    @Test func `says of what it leaves out that it is left out on purpose`() {
        #expect(BuiltinTable.standard["http.send"] == nil)
        #expect(BuiltinTable.reasonLeftOut("http.send") != nil)
        #expect(BuiltinTable.reasonLeftOut("graphql.parse") != nil)
        #expect(BuiltinTable.reasonLeftOut("net.cidr_contains") == nil)
    }

    @Test func `declares what may be asked before evaluation`() {
        let count = BuiltinTable.standard["count"]
        #expect(count?.arguments.first?.overlaps(.number) == false)
        #expect(count?.arguments.first?.overlaps(.string) == true)
        #expect(BuiltinTable.standard["minus"]?.arguments.first?.overlaps(.anySet) == true)
    }
}
