import Rego
import Support
import Testing

private let kinds = "[array boolean integer number null object string]"

struct `A built-in on schemas` {
    @Test(arguments: [
        ("json.verify_schema({\"type\": \"boolean\"})", "[true, null]"),
        ("json.verify_schema(\"{\\\"type\\\": \\\"boolean\\\"}\")", "[true, null]"),
        (
            "json.verify_schema({\"type\": \"odd\"})",
            "[false, \"jsonschema: has a primitive type that is NOT VALID -- given: /odd/ Expected "
                + "valid values are:\(kinds)\"]"
        ),
        ("json.verify_schema(\"{\")", "[false, \"jsonschema: invalid JSON string\"]"),
        (
            "json.verify_schema(1)",
            "[false, \"jsonschema: wrong type, expected string or object\"]"
        ),
        (
            "json.match_schema({\"a\": 1}, {\"properties\": {\"a\": {\"type\": \"integer\"}}})",
            "[true, []]"
        ),
        ("json.match_schema(1, {})", "error: wrong type, expected string or object"),
        (
            "json.match_schema({}, {\"type\": \"odd\"})",
            "error: has a primitive type that is NOT VALID -- given: /odd/ Expected valid values "
                + "are:\(kinds)"
        ),
    ])
    func `answers`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }

    @Test(arguments: [
        (
            "{\"a\": {\"b\": [1, \"x\"]}}",
            "{\"properties\": {\"a\": {\"properties\": {\"b\": {\"items\": {\"type\": \"integer\"}}}}}}",
            "a.b.1", "invalid_type", "Invalid type. Expected: integer, given: string"
        ),
        ("{}", "{\"required\": [\"id\"]}", "(root)", "required", "id is required"),
        (
            "{\"b\": 1}", "{\"additionalProperties\": false}", "(root)",
            "additional_property_not_allowed", "Additional property b is not allowed"
        ),
        (
            "{\"a\": 1}", "{\"properties\": {\"a\": {\"minimum\": 2}}}", "a", "number_gte",
            "Must be greater than or equal to 2"
        ),
        (
            "{\"a\": \"x\"}", "{\"properties\": {\"a\": {\"pattern\": \"^y$\"}}}", "a", "pattern",
            "Does not match pattern '^y$'"
        ),
        (
            "{\"a\": \"x\"}", "{\"properties\": {\"a\": {\"format\": \"ipv4\"}}}", "a", "format",
            "Does not match format 'ipv4'"
        ),
        (
            "{\"a\": 1}", "{\"not\": {\"required\": [\"a\"]}}", "(root)", "number_not",
            "Must not validate the schema (not)"
        ),
    ])
    func `says what is wrong in the words of Rego's documents`(
        document: String,
        schema: String,
        field: String,
        kind: String,
        text: String
    ) {
        let said = Call.outcome("json.match_schema(\(document), \(schema))")
        let wanted =
            "[false, [{\"desc\": \"\(text)\", \"error\": \"\(field): \(text)\", "
            + "\"field\": \"\(field)\", \"type\": \"\(kind)\"}]]"
        #expect(said == wanted)
    }

    /// What the drafts 4, 6 and 7 write otherwise than 2020-12.
    @Test(arguments: [
        ("{\"items\": [{\"type\": \"string\"}], \"additionalItems\": false}", "[\"a\"]", true),
        ("{\"items\": [{\"type\": \"string\"}], \"additionalItems\": false}", "[\"a\", 1]", false),
        ("{\"items\": {\"type\": \"string\"}}", "[\"a\", \"b\"]", true),
        ("{\"items\": {\"type\": \"string\"}}", "[\"a\", 1]", false),
        (
            "{\"properties\": {\"n\": {\"minimum\": 1, \"exclusiveMinimum\": true}}}", "{\"n\": 1}",
            false
        ),
        (
            "{\"properties\": {\"n\": {\"minimum\": 1, \"exclusiveMinimum\": false}}}",
            "{\"n\": 1}",
            true
        ),
        (
            "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"required\": [\"a\"]}",
            "{\"a\": 1}", true
        ),
        (
            "{\"$schema\": \"http://json-schema.org/draft-04/schema#\", \"required\": [\"a\"]}",
            "{}",
            false
        ),
        (
            "{\"definitions\": {\"s\": {\"type\": \"string\"}}, \"additionalProperties\": "
                + "{\"$ref\": \"#/definitions/s\", \"maxLength\": 0}}", "{\"a\": \"long\"}", true
        ),
        (
            "{\"definitions\": {\"s\": {\"type\": \"string\"}}, \"additionalProperties\": "
                + "{\"$ref\": \"#/definitions/s\"}}", "{\"a\": 1}", false
        ),
        // A member called like a keyword is a member.
        (
            "{\"properties\": {\"items\": {\"type\": \"string\"}, \"$ref\": {\"type\": \"string\"}}}",
            "{\"items\": 1}", false
        ),
        ("{\"enum\": [{\"items\": [1]}]}", "{\"items\": [1]}", true),
    ])
    func `takes the schemas of earlier drafts`(schema: String, document: String, holds: Bool) {
        let said = Call.outcome("json.match_schema(\(document), \(schema))")
        #expect(said.hasPrefix("[\(holds)"), "\(said)")
    }

    @Test(arguments: [
        "{\"$ref\": \"http://example.com/x.json\"}", "{\"$ref\": \"file:///etc/passwd\"}",
        "{\"$schema\": \"http://example.com/own\"}", "{\"pattern\": \"(?=a)\"}",
    ])
    func `fetches nothing, and takes no pattern without linear time`(schema: String) {
        let said = Call.outcome("json.match_schema({}, \(schema))")
        #expect(said.hasPrefix("error:"), "\(said)")
    }

    @Test func `pays for what a schema asks, and does not nest without end`() {
        let context = BuiltinContext(budget: WorkBudget(stepsMax: 50_000, bytesMax: 1 << 24))
        // Each level doubles the work.
        var schema = "{}"
        for _ in 0..<20 { schema = "{\"allOf\": [\(schema), {}]}" }
        #expect(Call.outcome("json.match_schema([], \(schema))", context: context) == "[true, []]")
        let doubling = (1...30).map { level in
            "\"d\(level)\": {\"allOf\": [{\"$ref\": \"#/definitions/d\(level - 1)\"}, "
                + "{\"$ref\": \"#/definitions/d\(level - 1)\"}]}"
        }
        let definitions = (["\"d0\": {}"] + doubling).joined(separator: ", ")
        let all =
            "{\"definitions\": {\(definitions)}, \"additionalProperties\": "
            + "{\"$ref\": \"#/definitions/d30\"}}"
        let said = Call.outcome("json.match_schema({\"a\": 1}, \(all))", context: context)
        #expect(said == "exhausted: steps")
        let deep =
            String(repeating: "{\\\"not\\\":", count: 200) + "{}"
            + String(repeating: "}", count: 200)
        let refused = Call.outcome("json.match_schema([], \"\(deep)\")", context: context)
        #expect(refused.hasPrefix("error:"), "\(refused)")
    }
}
