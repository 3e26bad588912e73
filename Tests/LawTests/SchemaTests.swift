import Canon
import Foundation
import Law
import Support
import Synchronization
import Testing

struct `A JSON Schema` {
    @Test(arguments: [
        (#"{"type": "string"}"#, "1", "law.json.type", "", "/type"),
        (#"{"enum": [1, "a"]}"#, "2", "law.json.enum", "", "/enum"),
        (#"{"const": {"a": [1]}}"#, #"{"a": [2]}"#, "law.json.const", "", "/const"),
        (#"{"minimum": 1.5}"#, "1.4", "law.json.minimum", "", "/minimum"),
        (#"{"exclusiveMaximum": 1}"#, "1.0", "law.json.exclusive-maximum", "", "/exclusiveMaximum"),
        (#"{"multipleOf": 0.01}"#, "0.075", "law.json.multiple-of", "", "/multipleOf"),
        (#"{"maxLength": 1}"#, #""éé""#, "law.json.max-length", "", "/maxLength"),
        (#"{"pattern": "^a$"}"#, #""b""#, "law.json.pattern", "", "/pattern"),
        (#"{"minItems": 2}"#, "[1]", "law.json.min-items", "", "/minItems"),
        (#"{"uniqueItems": true}"#, "[1, 2, 1.0]", "law.json.unique-items", "", "/uniqueItems"),
        (#"{"contains": {"const": 1}}"#, "[2]", "law.json.contains", "", "/contains"),
        (
            #"{"contains": true, "maxContains": 1}"#, "[1, 2]", "law.json.max-contains", "",
            "/maxContains"
        ),
        (#"{"minProperties": 1}"#, "{}", "law.json.min-properties", "", "/minProperties"),
        (#"{"required": ["a"]}"#, "{}", "law.json.required", "", "/required"),
        (
            #"{"dependentRequired": {"a": ["b"]}}"#, #"{"a": 1}"#, "law.json.required", "",
            "/dependentRequired/a"
        ),
        (#"{"items": {"type": "null"}}"#, "[null, 1]", "law.json.type", "/1", "/items/type"),
        (
            #"{"properties": {"a/b": {"type": "null"}}}"#, #"{"a/b": 1}"#, "law.json.type",
            "/a~1b", "/properties/a~1b/type"
        ),
        (
            #"{"additionalProperties": false}"#, #"{"x": 1}"#, "law.json.not-allowed", "/x",
            "/additionalProperties"
        ),
        (
            #"{"propertyNames": {"maxLength": 1}}"#, #"{"xy": 1}"#, "law.json.max-length", "/xy",
            "/propertyNames/maxLength"
        ),
        (#"{"anyOf": [false, false]}"#, "1", "law.json.any-of", "", "/anyOf"),
        (#"{"oneOf": [true, true]}"#, "1", "law.json.one-of", "", "/oneOf"),
        (#"{"not": true}"#, "1", "law.json.not", "", "/not"),
        (
            #"{"if": true, "then": {"type": "null"}}"#, "1", "law.json.type", "", "/then/type"
        ),
        (
            ##"{"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}}"##, "1", "law.json.type",
            "", "/$defs/a/type"
        ),
        (
            #"{"properties": {"a": true}, "unevaluatedProperties": false}"#, #"{"b": 1}"#,
            "law.json.not-allowed", "/b", "/unevaluatedProperties"
        ),
        (
            #"{"prefixItems": [true], "unevaluatedItems": false}"#, "[1, 2]",
            "law.json.not-allowed", "/1", "/unevaluatedItems"
        ),
    ])
    func `says where, by which rule and why`(
        schema: String,
        value: String,
        code: String,
        path: String,
        rule: String
    ) throws {
        let schema = try Schema(JSONValue(parsing: schema), identifier: "urn:test")
        let findings = try schema.validate(JSONValue(parsing: value))
        #expect(findings.map(\.code) == [code])
        #expect(findings.map(\.path) == [path])
        #expect(findings.map(\.rule) == ["urn:test#" + rule])
        #expect(findings.allSatisfy { $0.reason.hasSuffix(".") })
    }

    @Test(arguments: [
        ("1", "law.schema.not-a-schema"),
        (#"{"items": [true]}"#, "law.schema.not-a-schema"),
        (#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#, "law.schema.unknown-dialect"),
        (#"{"$schema": 1}"#, "law.schema.bad-keyword"),
        (#"{"type": "text"}"#, "law.schema.bad-keyword"),
        (#"{"type": []}"#, "law.schema.bad-keyword"),
        (#"{"minimum": "1"}"#, "law.schema.bad-keyword"),
        (#"{"multipleOf": 0}"#, "law.schema.bad-keyword"),
        (#"{"maxLength": 1.5}"#, "law.schema.bad-keyword"),
        (#"{"minItems": -1}"#, "law.schema.bad-keyword"),
        (#"{"required": "a"}"#, "law.schema.bad-keyword"),
        (#"{"allOf": []}"#, "law.schema.bad-keyword"),
        (#"{"properties": []}"#, "law.schema.bad-keyword"),
        (#"{"format": 1}"#, "law.schema.bad-keyword"),
        (#"{"$ref": 1}"#, "law.schema.bad-keyword"),
        (#"{"$anchor": "1a"}"#, "law.schema.bad-keyword"),
        (#"{"items": {"$id": "a#b"}}"#, "law.schema.bad-keyword"),
        (#"{"pattern": "("}"#, "law.schema.bad-pattern"),
        (#"{"patternProperties": {"(?=a)": true}}"#, "law.schema.bad-pattern"),
        (#"{"$ref": "https://example.com/a.json"}"#, "law.schema.unresolved-reference"),
        (##"{"$ref": "#/$defs/a"}"##, "law.schema.unresolved-reference"),
        (##"{"$ref": "#a"}"##, "law.schema.unresolved-reference"),
        (
            #"{"$defs": {"a": {"$id": "urn:x"}, "b": {"$id": "urn:x"}}}"#,
            "law.schema.duplicate-identifier"
        ),
        (
            #"{"$defs": {"a": {"$anchor": "x"}, "b": {"$anchor": "x"}}}"#,
            "law.schema.duplicate-identifier"
        ),
    ])
    func `that could be doubtful is refused`(schema: String, code: String) throws {
        let fault = #expect(throws: LawFault.self) { try Schema(JSONValue(parsing: schema)) }
        #expect(fault?.code == code)
        #expect(fault?.description.hasSuffix(".") == true)
        #expect((fault?.cause != nil) == (code == "law.schema.bad-pattern"))
    }

    @Test func `is read once in a library, and anew when a document of it is another`() throws {
        var library = SchemaLibrary()
        let outer = try JSONValue(parsing: Array(#"{"$ref": "urn:inner"}"#.utf8))
        library.add(outer, at: "urn:outer")
        library.add(["type": "string"], at: "urn:inner")
        #expect(try library.schema("urn:outer")?.accepts("text") == true)
        let copy = library
        library.add(["type": "integer"], at: "urn:inner")
        #expect(try library.schema("urn:outer")?.accepts("text") == false)
        #expect(try copy.schema("urn:outer")?.accepts("text") == true)
        #expect(try library.schema("urn:none") == nil)
    }

    @Test func `that demands an unknown vocabulary is refused`() throws {
        var library = SchemaLibrary()
        library.add(["$vocabulary": ["urn:own": true]], at: "urn:language")
        let fault = #expect(throws: LawFault.self) {
            try Schema(["$schema": "urn:language"], library: library)
        }
        #expect(fault?.code == "law.schema.unknown-vocabulary")
    }

    @Test func `with too many parts is refused`() throws {
        let parts = JSONValue.array(Array(repeating: ["type": "null"], count: 20))
        let fault = #expect(throws: LawFault.self) {
            try Schema(["allOf": parts], options: Schema.Options(partsMax: 10))
        }
        #expect(fault?.code == "law.schema.too-large")
    }

    @Test func `that refers to itself ends within its budget`() throws {
        let schema = try Schema(["$ref": "#"])
        #expect(schema.validate(1).map(\.code) == ["law.budget-exhausted"])
        #expect(!schema.accepts(1))
        // What a 'not' makes of the part that was cut off must not turn into a pass.
        let negated = try Schema([
            "not": ["$ref": "#/$defs/a"], "$defs": ["a": ["$ref": "#/$defs/a"]],
        ])
        #expect(negated.validate(1).map(\.code) == ["law.budget-exhausted"])
        #expect(!negated.accepts(1))
    }

    @Test func `that doubles its work at each level ends within its budget`() throws {
        var definitions = JSONObject()
        for level in 0..<40 {
            let next: JSONValue = ["$ref": .string("#/$defs/l\(level + 1)")]
            definitions["l\(level)"] = ["allOf": [next, next]]
        }
        definitions["l40"] = true
        let schema = try Schema(["$ref": "#/$defs/l0", "$defs": .object(definitions)])
        let findings = schema.validate(1, budget: Budget(stepsMax: 10_000))
        #expect(findings.map(\.code) == ["law.budget-exhausted"])
    }

    @Test func `charges for comparing and for searching`() throws {
        let large = JSONValue.array(Array(repeating: 7, count: 5_000))
        let cases: [(JSONValue, JSONValue)] = [
            (["const": large], large),
            (["enum": [large]], large),
            (["uniqueItems": true], [large]),
            (["pattern": "(x|y)*z"], .string(String(repeating: "x", count: 100_000))),
            (["multipleOf": 7], try JSONValue(parsing: "1e90000")),
        ]
        for (schema, value) in cases {
            let findings = try Schema(schema).validate(value, budget: Budget(stepsMax: 1_000))
            #expect(findings.map(\.code) == ["law.budget-exhausted"], "\(schema)")
        }
    }

    @Test func `whose patterns or names are too large in sum is refused`() throws {
        let pattern: JSONValue = ["pattern": "(a{1000}){19}"]
        let bomb = JSONValue.array(Array(repeating: pattern, count: 100))
        let options = Schema.Options(partsMax: 2_000)
        let first = #expect(throws: LawFault.self) {
            try Schema(["allOf": bomb], options: options)
        }
        #expect(first?.code == "law.schema.too-large")
        let parts = JSONValue.array(Array(repeating: true, count: 600))
        let name = String(repeating: "n", count: 100_000)
        let nested: JSONValue = ["allOf": parts]
        let named = JSONValue.object(JSONObject([(name, nested)]))
        let second = #expect(throws: LawFault.self) {
            try Schema(["properties": named], options: options)
        }
        #expect(second?.code == "law.schema.too-large")
    }

    @Test func `needs at most two MiB of stack at its full depth`() throws {
        let schema = try Schema([
            "$ref": "#/$defs/a",
            "$defs": [
                "a": ["allOf": [["anyOf": [["items": ["$ref": "#/$defs/a"]]]]]]
            ],
        ])
        var value: JSONValue = []
        for _ in 0..<127 { value = [value] }
        let deep = value
        let findings = Mutex<[Finding]?>(nil)
        let ended = DispatchSemaphore(value: 0)
        let thread = Thread {
            let found = schema.validate(deep, budget: Budget(depthMax: 10_000))
            findings.withLock { $0 = found }
            ended.signal()
        }
        thread.stackSize = 1 << 21
        thread.start()
        ended.wait()
        #expect(findings.withLock { $0 } == [])
    }

    @Test func `bounds its findings and says so`() throws {
        let schema = try Schema(["items": ["type": "null"]])
        let values = JSONValue.array(Array(repeating: 1, count: 200))
        let findings = schema.validate(values, budget: Budget(findingsMax: 5))
        #expect(findings.map(\.path) == ["/0", "/1", "/2", "/3", "/4", ""])
        #expect(findings.last?.code == "law.more-findings")
    }

    @Test(arguments: [
        ("0.01", "0.07", true), ("0.01", "1e2", true), ("0.01", "0.075", false),
        ("1e-8", "12391239123", true), ("1e-8", "3e-8", true), ("1e-8", "1e-9", false),
        ("0.1", "0.3", true), ("3", "1e300", false), ("1e300", "3e300", true),
        ("123456789012345678901234567890", "370370367037037036703703703670", true),
        ("123456789012345678901234567890", "370370367037037036703703703671", false),
        ("7", "-21", true), ("7", "0", true), ("1e-99999", "1", true),
    ])
    func `divides decimals exactly`(divisor: String, value: String, expected: Bool) throws {
        let schema = try Schema(["multipleOf": JSONValue(parsing: divisor)])
        #expect(try schema.accepts(JSONValue(parsing: value)) == expected)
    }

    @Test func `for any two small decimals divides as whole numbers do`() throws {
        var generator = Generator(seed: 0xD1_71DE)
        for _ in 0..<500 {
            let divisor = generator.int(1...400)
            let value = generator.int(-4_000...4_000)
            // Both are hundredths, so they divide as their hundredfold does.
            let schema = try Schema(["multipleOf": JSONValue(parsing: hundredths(divisor))])
            let accepts = try schema.accepts(JSONValue(parsing: hundredths(value)))
            #expect(
                accepts == (value % divisor == 0),
                "\(value) by \(divisor), seed \(generator.seed)"
            )
        }
    }

    private func hundredths(_ value: Int) -> String {
        let digits = String(value.magnitude % 100)
        let fraction = digits.count == 1 ? "0" + digits : digits
        return (value < 0 ? "-" : "") + "\(value.magnitude / 100).\(fraction)"
    }

    @Test func `tells composed from decomposed names`() throws {
        let schema = try Schema(["required": ["caf\u{E9}"]])
        #expect(schema.accepts(["caf\u{E9}": 1]))
        #expect(!schema.accepts(["cafe\u{301}": 1]))
        let closed = try Schema(["properties": ["caf\u{E9}": true], "additionalProperties": false])
        #expect(!closed.accepts(["cafe\u{301}": 1]))
    }

    @Test func `takes formats as remarks unless told otherwise`() throws {
        let document: JSONValue = ["format": "date"]
        #expect(try Schema(document).accepts("2026-02-30"))
        let strict = try Schema(document, options: Schema.Options(assertsFormats: true))
        #expect(strict.validate("2026-02-30").map(\.code) == ["law.json.format"])
        #expect(strict.accepts("2026-02-28"))
    }

    @Test func `shows hostile text safely`() throws {
        let schema = try Schema(["const": "a"])
        let reason = schema.validate("\u{1B}[31m\u{202E}").first?.reason
        #expect(reason?.unicodeScalars.contains("\u{1B}") == false)
        #expect(reason?.unicodeScalars.contains("\u{202E}") == false)
    }
}

struct `A decision` {
    @Test(.covers("D48")) func `that denies carries rule, policy version and reason`() {
        let denial = Denial(rule: "r", policyVersion: "1", reason: "No.")
        #expect(Decision.deny(denial).denial == denial)
        #expect(!Decision.deny(denial).isAllowed)
        #expect(Decision.allow(rule: "r").isAllowed)
        #expect(Decision.allow(rule: "r").denial == nil)
        #expect(denial.description == "No. (rule r, policy 1)")
    }

    @Test func `without a reason cannot be made`() async {
        await #expect(processExitsWith: .failure) {
            _ = Denial(rule: "r", policyVersion: "1", reason: "")
        }
    }
}
