import Rego
import Support
import Testing

struct `A built-in on collections` {
    @Test(arguments: [
        ("count({\"a\": 1})", "1"),
        (
            "count(null)",
            "type error: operand 1 must be one of {array, object, set, string} but got null"
        ),
        ("sum([1, 2.5])", "3.5"), ("sum(set())", "0"), ("product([2, 3])", "6"),
        (
            "sum([\"a\"])",
            "type error: operand 1 must be array of numbers but got array containing string"
        ),
        ("max([3, \"a\", 1])", "\"a\""), ("min({3, 1})", "1"), ("max([])", "undefined"),
        ("sort([3, \"a\", 1])", "[1, 3, \"a\"]"), ("any([false, true])", "true"),
        ("all([])", "true"),
        ("array.concat([1], [2])", "[1, 2]"),
        ("array.concat({}, [2])", "type error: operand 1 must be array but got object"),
        ("array.slice([1, 2, 3], -1, 2)", "[1, 2]"), ("array.slice([1, 2, 3], 2, 1)", "[]"),
        ("array.slice([1, 2], 5, 9)", "[]"), ("array.reverse([1, 2])", "[2, 1]"),
        ("array.flatten([[1, [2]], 3])", "[1, [2], 3]"),
        ("and({1, 2}, {2, 3})", "{2}"), ("or({1}, {2})", "{1, 2}"),
        ("union({{1}, {2}})", "{1, 2}"), ("intersection({{1, 2}, {2}})", "{2}"),
        ("intersection(set())", "set()"),
        ("internal.member_2(1, {\"a\": 1})", "true"), ("internal.member_2(1, \"a\")", "false"),
        ("internal.member_3(0, \"a\", [\"a\"])", "true"), ("internal.member_3(1, 1, {1})", "true"),
        ("equal(1, 1.0)", "true"), ("lt(\"a\", [1])", "true"), ("gte(2, 2)", "true"),
        ("neq(1, 2)", "true"),
        ("object.get({\"a\": {\"b\": [7]}}, [\"a\", \"b\", 0], 1)", "7"),
        ("object.get({\"a\": 1}, [], 2)", "{\"a\": 1}"),
        ("object.get({\"a\": false}, \"a\", 2)", "false"),
        ("object.get({\"a\": 1}, \"b\", 2)", "2"),
        ("object.get(\"a\", \"b\", 2)", "type error: operand 1 must be object but got string"),
        ("object.keys({\"b\": 1, \"a\": 2})", "{\"a\", \"b\"}"),
        ("object.filter({\"a\": 1, \"b\": 2}, {\"a\": 0})", "{\"a\": 1}"),
        ("object.remove({\"a\": 1, \"b\": 2}, [\"a\"])", "{\"b\": 2}"),
        (
            "object.remove({}, 1)",
            "type error: operand 2 must be one of {object, set, array} but got number"
        ),
        ("object.union({\"a\": {\"b\": 1}}, {\"a\": {\"c\": 2}})", "{\"a\": {\"b\": 1, \"c\": 2}}"),
        ("object.union_n([{\"a\": 1}, {\"a\": {\"b\": 2}}])", "{\"a\": {\"b\": 2}}"),
        ("object.subset({\"a\": {1, 2}, \"b\": [1, 2, 3]}, {\"a\": {2}, \"b\": [2, 3]})", "true"),
        ("object.subset([1, 2, 3], {3, 1})", "true"), ("object.subset([1, 2, 3], [1, 3])", "false"),
        ("graph.reachable({\"a\": [\"b\"], \"b\": [\"a\", \"x\"]}, [\"a\"])", "{\"a\", \"b\"}"),
        (
            "graph.reachable_paths({\"a\": [\"b\", \"c\"], \"b\": [\"c\"], \"c\": []}, {\"a\"})",
            "{[\"a\", \"b\", \"c\"], [\"a\", \"c\"]}"
        ),
        ("graph.reachable_paths({\"a\": [\"b\"], \"b\": [\"x\"]}, {\"a\"})", "{[\"a\", \"b\"]}"),
        ("graph.reachable(1, [])", "type error: operand 1 must be object but got number"),
        ("walk({\"a\": [1]})", "[[[], {\"a\": [1]}], [[\"a\"], [1]], [[\"a\", 0], 1]]"),
        ("type_name({1})", "\"set\""), ("is_null(null)", "true"), ("is_array({1})", "false"),
        ("opa.runtime()", "{}"), ("cast_array({1})", "[1]"),
    ])
    func `answers as other engines do`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }

    @Test func `follows a chain as long as an input without a stack as deep`() {
        let count = 20_000
        let members = (0..<count).map { index in
            ObjectValue.Member(key: .integer(index), value: [.integer(index + 1)])
        }
        var context = BuiltinContext()
        let arguments: [Value] = [.object(ObjectValue(members)), [0]]
        let walk = BuiltinTable.standard["graph.reachable_paths"]
        let paths = try? walk?.evaluate(arguments.span, &context)
        #expect(paths?.memberCount == 1)
    }

    @Test(arguments: [
        (
            "json.filter({\"a\": {\"b\": {\"c\": 7, \"d\": 8}}, \"e\": 9}, {\"a/b/c\", [\"e\"]})",
            "{\"a\": {\"b\": {\"c\": 7}}, \"e\": 9}"
        ),
        (
            "json.filter({\"a\": [{\"b\": 7, \"c\": 8}, {\"d\": 9}]}, {\"a/0/b\", \"a/1\"})",
            "{\"a\": [{\"b\": 7}, {\"d\": 9}]}"
        ),
        ("json.filter({\"a\": {\"b\": 7}}, {\"a\", \"a/b\"})", "{\"a\": {\"b\": 7}}"),
        ("json.filter({\"a\": 7}, set())", "{}"),
        ("json.remove({\"a\": {\"b\": 7}, \"c\": 1}, {\"a\", \"a/b\"})", "{\"c\": 1}"),
        (
            "json.remove({\"a\": [{\"b\": 7, \"c\": 8}, {\"d\": 9}]}, {\"a/0/b\", \"a/1\"})",
            "{\"a\": [{\"c\": 8}]}"
        ),
        ("json.remove({\"a/b\": 1, \"~\": 2}, [\"a~1b\", \"~0\"])", "{}"),
        ("json.remove({}, 1)", "type error: operand 2 must be one of {set, array} but got number"),
        (
            "json.patch({\"q\": 1}, [{\"op\": \"add\", \"path\": \"/a/b\", \"value\": 1}])",
            "undefined"
        ),
        (
            "json.patch({\"f\": [1, 3]}, [{\"op\": \"add\", \"path\": \"/f/1\", \"value\": 2}])",
            "{\"f\": [1, 2, 3]}"
        ),
        (
            "json.patch({\"f\": [1]}, [{\"op\": \"add\", \"path\": \"/f/-\", \"value\": 2}])",
            "{\"f\": [1, 2]}"
        ),
        (
            "json.patch({\"f\": [1]}, [{\"op\": \"add\", \"path\": \"/f/2\", \"value\": 2}])",
            "undefined"
        ),
        (
            "json.patch({\"f\": [1]}, [{\"op\": \"add\", \"path\": \"/f/00\", \"value\": 2}])",
            "undefined"
        ),
        (
            "json.patch({\"a\": {\"b\": 1}, \"c\": {}}, [{\"op\": \"move\", \"from\": \"/a/b\", \"path\": \"/c/d\"}])",
            "{\"a\": {}, \"c\": {\"d\": 1}}"
        ),
        (
            "json.patch({\"a\": 1}, [{\"op\": \"copy\", \"from\": \"/a\", \"path\": \"/b\"}])",
            "{\"a\": 1, \"b\": 1}"
        ),
        (
            "json.patch({\"a\": 1}, [{\"op\": \"test\", \"path\": \"/a\", \"value\": 2}])",
            "undefined"
        ),
        (
            "json.patch({\"a\": 1}, [{\"op\": \"replace\", \"path\": \"/b\", \"value\": 2}])",
            "undefined"
        ),
        ("json.patch({\"a\": 1}, [{\"op\": \"replace\", \"path\": \"\", \"value\": [2]}])", "[2]"),
        (
            "json.patch({\"f\": {\"a\", \"b\"}}, [{\"op\": \"remove\", \"path\": \"f/a\"}])",
            "{\"f\": {\"b\"}}"
        ),
        (
            "json.patch({\"f\": {\"a\"}}, [{\"op\": \"add\", \"path\": \"f/d\", \"value\": \"e\"}])",
            "undefined"
        ),
        ("json.patch({[1]}, [{\"op\": \"add\", \"path\": [[1], 1], \"value\": 2}])", "{[1, 2]}"),
        ("json.patch([1], [3])", "undefined"),
    ])
    func `takes documents apart by paths`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }
}

struct `A built-in that could outrun the budget` {
    @Test(arguments: [
        "numbers.range(0, 100000000000)",
        "numbers.range(0, 99999999999999999999999999)",
        "sprintf(\"%999999d %999999d\", [1, 2])",
        "bits.lsh(1, 65000)",
        "strings.replace_n({\"a\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}, \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\")",
        "json.marshal_with_options([[[[[[1]]]]]], {\"indent\": \"                                                                                \"})",
        "regex.replace(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"a\", \"$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0\")",
    ])
    func `is stopped by it`(call: String) {
        let context = BuiltinContext(budget: WorkBudget(stepsMax: 100_000, bytesMax: 1_000))
        #expect(Call.outcome(call, context: context).hasPrefix("exhausted"))
    }

    @Test func `is stopped where each match is short and each search long`() {
        let text = String(repeating: "a", count: 20_000)
        let context = BuiltinContext(budget: WorkBudget(stepsMax: 1_000_000))
        let outcome = Call.outcome("regex.find_n(\"a.*b|a\", \"\(text)\", -1)", context: context)
        #expect(outcome == "exhausted: steps")
    }

    @Test func `charges for a long text no more than it reads`() {
        let text = String(repeating: "some words here, ", count: 2_000)
        let context = BuiltinContext(budget: WorkBudget(stepsMax: 1_000_000))
        let outcome = Call.outcome("regex.replace(\"\(text)\", \"[^a-z]\", \"\")", context: context)
        #expect(outcome.count == 13 * 2_000 + 2)
    }

    @Test func `is refused where a path leads deeper than any value`() {
        let path = Value.array(ArrayValue(Array(repeating: "a", count: 100_000)))
        let paths = Value.array(ArrayValue([path]))
        let patch: Value = [["op": "add", "path": path, "value": 1]]
        for (name, second) in [
            ("json.filter", paths), ("json.remove", paths), ("json.patch", patch),
        ] {
            var context = BuiltinContext()
            let document: Value = ["a": 1]
            let arguments = [document, second]
            #expect(throws: BuiltinError.failed("a path has more than 512 keys")) {
                try BuiltinTable.standard[name]?.evaluate(arguments.span, &context)
            }
        }
    }

    @Test func `replaces in a long text in the time that reading it takes`() {
        let text = String(repeating: "ab", count: 100_000)
        let context = BuiltinContext(budget: WorkBudget(stepsMax: 2_000_000))
        let outcome = Call.outcome("replace(\"\(text)\", \"b\", \"cc\")", context: context)
        #expect(outcome.utf8.count == 300_002)
    }
}
