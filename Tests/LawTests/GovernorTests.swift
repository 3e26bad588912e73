import Canon
import Law
import Support
import Testing

struct `A governor` {
    /// One keyword with a target that obeys it and one that breaks it.
    struct Fixture: CustomTestStringConvertible, Sendable {
        let rules: String
        var good: [String: String] = [:]
        var goodMetadata = "{}"
        var bad: [String: String] = [:]
        var badMetadata = "{}"
        let code: String
        let path: String
        let rule: String
        var testDescription: String { rule + " " + code }
    }

    @Test(.covers("C33", "C69", "C70", "C21", "C22"), arguments: fixtures)
    func `accepts what obeys a keyword and refuses what breaks it`(fixture: Fixture) throws {
        let governor = try law(fixture.rules)
        let good = try tree(fixture.good, fixture.goodMetadata)
        #expect(governor.judge(good) == [])
        #expect(governor.decide(good) == .allow(rule: "FMWK-T"))
        let bad = try tree(fixture.bad, fixture.badMetadata)
        let findings = governor.judge(bad)
        #expect(findings.map(\.code) == [fixture.code])
        #expect(findings.map(\.path) == [fixture.path])
        #expect(findings.map(\.rule) == ["FMWK-T#" + fixture.rule])
        #expect(findings.allSatisfy { $0.reason.hasSuffix(".") && $0.reason.count > 20 })
        let denial = governor.decide(bad).denial
        #expect(denial?.rule == "FMWK-T#" + fixture.rule)
        #expect(denial?.policyVersion == "1.0.0")
    }

    static let fixtures: [Fixture] = tree + content + code + metadata

    private static let tree: [Fixture] = [
        Fixture(
            rules: #"{"files": {"required": ["README.md"]}}"#,
            good: ["README.md": ""],
            bad: ["readme.md": ""],
            code: "law.file-missing",
            path: "README.md",
            rule: "/files/required/0"
        ),
        Fixture(
            rules: #"{"files": {"required": ["docs/*.md"]}}"#,
            good: ["docs/a.md": ""],
            bad: ["docs/x/a.md": ""],
            code: "law.file-missing",
            path: "docs/*.md",
            rule: "/files/required/0"
        ),
        Fixture(
            rules: #"{"files": {"required": ["src/"]}}"#,
            good: ["src/a/b": ""],
            bad: ["src": ""],
            code: "law.directory-missing",
            path: "src",
            rule: "/files/required/0"
        ),
        Fixture(
            rules: #"{"files": {"patterns": {"tests/": "test_*.py"}}}"#,
            good: ["tests/test_a.py": "", "tests/data/x.json": "", "a.py": ""],
            bad: ["tests/test_a.py": "", "tests/b.py": ""],
            code: "law.file-name",
            path: "tests/b.py",
            rule: "/files/patterns/tests~1"
        ),
        Fixture(
            rules: #"{"files": {"patterns": {"tests": "test_*.py"}}}"#,
            good: ["tests/test_a.py": "", "tests/data/x.json": ""],
            bad: ["tests/b.py": ""],
            code: "law.file-name",
            path: "tests/b.py",
            rule: "/files/patterns/tests"
        ),
        Fixture(
            rules: #"{"files": {"patterns": {"src/**": {"regex": "^[a-z_]+\\.py$"}}}}"#,
            good: ["src/x/a_b.py": "", "A.py": ""],
            bad: ["src/x/A.py": ""],
            code: "law.file-name",
            path: "src/x/A.py",
            rule: "/files/patterns/src~1**"
        ),
        Fixture(
            rules: #"{"files": {"forbidden": ["**/*.pem"]}}"#,
            good: ["a.pen": ""],
            bad: ["keys/a.pem": ""],
            code: "law.file-forbidden",
            path: "keys/a.pem",
            rule: "/files/forbidden/0"
        ),
        Fixture(
            rules: #"{"files": {"allowed": ["src/**", "README.md"]}}"#,
            good: ["src/a": "", "README.md": ""],
            bad: ["src/a": "", "x": ""],
            code: "law.file-not-allowed",
            path: "x",
            rule: "/files/allowed"
        ),
        Fixture(
            rules: #"{"required_files": ["08_commit.md"]}"#,
            good: ["08_commit.md": ""],
            bad: ["07_commit.md": ""],
            code: "law.file-missing",
            path: "08_commit.md",
            rule: "/required_files/0"
        ),
        Fixture(
            rules: #"{"required_directories": ["src", "tests/"]}"#,
            good: ["src/a": "", "tests/a": ""],
            bad: ["src/a": ""],
            code: "law.directory-missing",
            path: "tests",
            rule: "/required_directories/1"
        ),
        Fixture(
            rules: #"{"counts": [{"files": "tests/test_*.py", "min": 2}]}"#,
            good: ["tests/test_a.py": "", "tests/test_b.py": ""],
            bad: ["tests/test_a.py": "", "tests/b.py": ""],
            code: "law.file-count",
            path: "tests/test_*.py",
            rule: "/counts/0"
        ),
        Fixture(
            rules: #"{"counts": [{"files": "*.md", "max": 1}]}"#,
            good: ["a.md": ""],
            bad: ["a.md": "", "b.md": ""],
            code: "law.file-count",
            path: "*.md",
            rule: "/counts/0"
        ),
        Fixture(
            rules: #"{"authorizes": [{"pattern": "src/**", "purpose": "code"}]}"#,
            good: ["src/a": ""],
            bad: ["src/a": "", "etc/a": ""],
            code: "law.file-not-authorized",
            path: "etc/a",
            rule: "/authorizes"
        ),
    ]

    private static let content: [Fixture] = [
        Fixture(
            rules: ##"{"content": {"README.md": {"required_sections": ["# Use", "# Why"]}}}"##,
            good: ["README.md": "# Why\r\ntext\n# Use \n"],
            bad: ["README.md": "# Why\n```\n# Use\n```\n## Use\n# Used\n"],
            code: "law.section-missing",
            path: "README.md",
            rule: "/content/README.md/required_sections/0"
        ),
        // A file of that name need not be there; that it is there is what `required_files` demands.
        Fixture(
            rules: ##"{"content": {"README.md": {"required_sections": ["# Use"]}}}"##,
            good: ["LIESMICH.md": ""],
            bad: ["README.md": ""],
            code: "law.section-missing",
            path: "README.md",
            rule: "/content/README.md/required_sections/0"
        ),
        Fixture(
            rules: #"{"content": {"docs/*.md": {"must_contain": ["Licence"]}}}"#,
            good: ["docs/a.md": "the Licence", "docs/x/a.md": ""],
            bad: ["docs/a.md": "the licence"],
            code: "law.text-missing",
            path: "docs/a.md",
            rule: "/content/docs~1*.md/must_contain/0"
        ),
        Fixture(
            rules: #"{"content": {"**": {"forbidden_patterns": ["(?i)todo\\b"]}}}"#,
            good: ["a": "todos"],
            bad: ["a": "x\ny ToDo:"],
            code: "law.text-forbidden",
            path: "a",
            rule: "/content/**/forbidden_patterns/0"
        ),
        Fixture(
            rules: #"{"content": {"a.json": {"json_schema": {"required": ["id"]}}}}"#,
            good: ["a.json": #"{"id": 1}"#],
            bad: ["a.json": "{}"],
            code: "law.json.required",
            path: "a.json#",
            rule: "/content/a.json/json_schema/required"
        ),
        Fixture(
            rules: #"{"content": {"a.json": {"json_schema": true}}}"#,
            good: ["a.json": "{}"],
            bad: ["a.json": "{\"a\": 1, \"a\": 2}"],
            code: "law.file-not-json",
            path: "a.json",
            rule: "/content/a.json/json_schema"
        ),
        Fixture(
            rules: #"{"content_checks": {"08_commit.md": "MODE=COMMIT"}}"#,
            good: ["08_commit.md": "a\nMODE=COMMIT\n"],
            bad: ["08_commit.md": "a\n"],
            code: "law.text-missing",
            path: "08_commit.md",
            rule: "/content_checks/08_commit.md"
        ),
        Fixture(
            rules: #"{"content_checks": {"08_commit.md": "MODE=COMMIT"}}"#,
            good: ["08_commit.md": "MODE=COMMIT"],
            bad: [:],
            code: "law.file-missing",
            path: "08_commit.md",
            rule: "/content_checks/08_commit.md"
        ),
        Fixture(
            rules: #"{"content_checks": {"08_commit.md": ["A", "B"]}}"#,
            good: ["08_commit.md": "AB"],
            bad: ["08_commit.md": "A"],
            code: "law.text-missing",
            path: "08_commit.md",
            rule: "/content_checks/08_commit.md"
        ),
    ]

    private static let code: [Fixture] = [
        Fixture(
            rules: #"{"code_quality": {"forbidden_patterns": ["sk-ant-", "a.c"]}}"#,
            good: ["a": "sk-an", "b": "abc"],
            bad: ["a": "key = sk-ant-1"],
            code: "law.text-forbidden",
            path: "a",
            rule: "/code_quality/forbidden_patterns/0"
        ),
        // What is merely forbidden is looked for in any bytes.
        Fixture(
            rules: #"{"code_quality": {"forbidden_patterns": ["sk-ant-"]}}"#,
            good: ["a": "BINARY: sk-"],
            bad: ["a": "BINARY: \n sk-ant-1"],
            code: "law.text-forbidden",
            path: "a",
            rule: "/code_quality/forbidden_patterns/0"
        ),
        Fixture(
            rules: #"{"code_quality": {"forbidden_patterns": [{"regex": "s.k-[a-z]+\\b"}]}}"#,
            good: ["a": "BINARY: k-ant"],
            bad: ["a": "sBINARY: k-ant"],
            code: "law.text-forbidden",
            path: "a",
            rule: "/code_quality/forbidden_patterns/0"
        ),
        Fixture(
            rules: #"""
                {"code_quality": {"forbidden_patterns":
                  [{"regex": "password\\s*=", "reason": "secrets do not belong in files"}]}}
                """#,
            good: ["a": "password"],
            bad: ["a": "password ="],
            code: "law.text-forbidden",
            path: "a",
            rule: "/code_quality/forbidden_patterns/0"
        ),
        Fixture(
            rules: #"{"code_quality": {"max_file_size_lines": 2, "applies_to": ["*.py"]}}"#,
            good: ["a.py": "1\n2\n", "b.md": "1\n2\n3\n"],
            bad: ["a.py": "1\n2\n3"],
            code: "law.file-too-long",
            path: "a.py",
            rule: "/code_quality/max_file_size_lines"
        ),
        Fixture(
            rules: #"{"code_quality": {"max_file_size_lines": 9}}"#,
            good: ["a": "é"],
            bad: ["a": "INVALID"],
            code: "law.file-not-text",
            path: "a",
            rule: "/code_quality"
        ),
        Fixture(
            rules: #"{"code_quality": {"max_file_size_lines": 9}}"#,
            good: ["a": "é"],
            bad: ["a": "UNREADABLE"],
            code: "law.file-unreadable",
            path: "a",
            rule: "/code_quality"
        ),
        Fixture(
            rules: #"{"code_quality": {"max_file_size_lines": 9}}"#,
            good: ["a": "é"],
            bad: ["a": "LARGE"],
            code: "law.file-too-large",
            path: "a",
            rule: "/code_quality"
        ),
        Fixture(
            rules: #"""
                {"forbidden_imports": ["os", "Foundation"], "import_syntax": [
                  {"files": "**/*.py", "patterns": ["^\\s*(?:import|from)\\s+([\\w.]+)"]},
                  {"files": "**/*.swift", "patterns": ["^(?:@\\w+ )*(?:\\w+ )?import (\\w+)"]}]}
                """#,
            good: ["a.py": "import oscar\n# import os\n", "b.swift": "import Canon\n"],
            bad: ["a.py": "import sys\nfrom os.path import x\n"],
            code: "law.import-forbidden",
            path: "a.py",
            rule: "/forbidden_imports"
        ),
        Fixture(
            rules: #"""
                {"exports": [{"name": "Agent", "kind": "class", "in": "src/**"}],
                 "export_syntax": [
                   {"files": "**/*.py", "kind": "class", "pattern": "(?m)^class {name}\\b"}]}
                """#,
            good: ["src/b.py": "x = 1\nclass Agent:\n", "src/c.md": "class"],
            bad: [
                "src/b.py": "class Agents:\n", "class.py": "class Agent:",
                "src/a.md": "class Agent",
            ],
            code: "law.export-missing",
            path: "src/**",
            rule: "/exports/0"
        ),
    ]

    private static let metadata: [Fixture] = [
        Fixture(
            rules: #"{"requires": {"must_have": ["content_hash"]}}"#,
            goodMetadata: #"{"content_hash": "ab"}"#,
            badMetadata: #"{"content_hash": ""}"#,
            code: "law.metadata-missing",
            path: "#/content_hash",
            rule: "/requires/must_have/0"
        ),
        Fixture(
            rules: #"{"requires": {"must_log": ["turn.begun"]}}"#,
            goodMetadata: #"{"logs": ["x", "turn.begun"]}"#,
            badMetadata: #"{"logs": ["turn.ended"]}"#,
            code: "law.event-missing",
            path: "#/logs",
            rule: "/requires/must_log/0"
        ),
        Fixture(
            rules: #"{"requires": {"entities": [{"entity_type": "spec", "must_include": ["a"]}]}}"#,
            goodMetadata: #"{"entities": [{"entity_type": "spec", "a": 1}]}"#,
            badMetadata: #"{"entities": [{"entity_type": "other", "a": 1}]}"#,
            code: "law.entity-missing",
            path: "#/entities",
            rule: "/requires/entities/0"
        ),
        Fixture(
            rules: #"{"requires": [{"entity_type": "spec", "must_include": ["a", "b"]}]}"#,
            goodMetadata: #"{"type": "spec", "a": 1, "b": false}"#,
            badMetadata: #"{"type": "spec", "a": 1}"#,
            code: "law.entity-incomplete",
            path: "#",
            rule: "/requires/0"
        ),
        Fixture(
            rules: #"{"metadata": {"properties": {"tier": {"enum": ["hot"]}}}}"#,
            goodMetadata: #"{"tier": "hot"}"#,
            badMetadata: #"{"tier": "cold"}"#,
            code: "law.json.enum",
            path: "#/tier",
            rule: "/metadata/properties/tier/enum"
        ),
        Fixture(
            rules: #"{"enum": {"status": ["draft", "active"]}}"#,
            goodMetadata: #"{"status": "active"}"#,
            badMetadata: #"{"status": "Active"}"#,
            code: "law.metadata-value",
            path: "#/status",
            rule: "/enum/status"
        ),
        Fixture(
            rules: #"""
                {"if": {"properties": {"altitude": {"const": "L4"}}, "required": ["altitude"]},
                 "then": {"requires": {"must_have": ["depth"]}}}
                """#,
            goodMetadata: #"{"altitude": "L4", "depth": 3}"#,
            badMetadata: #"{"altitude": "L4"}"#,
            code: "law.metadata-missing",
            path: "#/depth",
            rule: "/then/requires/must_have/0"
        ),
        Fixture(
            rules: #"""
                {"if": {"required": ["altitude"]}, "else": {"required_files": ["why.md"]}}
                """#,
            goodMetadata: #"{"altitude": "L4"}"#,
            badMetadata: "{}",
            code: "law.file-missing",
            path: "why.md",
            rule: "/else/required_files/0"
        ),
        Fixture(
            rules: #"{"allOf": [{}, {"files": {"forbidden": ["x"]}}]}"#,
            good: ["y": ""],
            bad: ["x": ""],
            code: "law.file-forbidden",
            path: "x",
            rule: "/allOf/1/files/forbidden/0"
        ),
    ]

    @Test(.covers("C34"))
    func `is changed by a rule in its schema alone`() throws {
        let target = try tree(["README.md": "# Overview\n", "src/a.py": "x = 1\n"], "{}")
        let before = #"{"files": {"required": ["README.md"]}}"#
        let after = #"{"files": {"required": ["README.md", "LICENSE"]}}"#
        #expect(try law(before).judge(target) == [])
        let findings = try law(after).judge(target)
        #expect(findings.map(\.rule) == ["FMWK-T#/files/required/1"])
    }

    @Test func `says on which line of a binary file something forbidden stands`() throws {
        let governor = try law(#"{"code_quality": {"forbidden_patterns": ["sk-ant-"]}}"#)
        let file = try RelativePath("a.bin")
        let bytes: [UInt8] = [0xFF, 0xFE, 0, 0x0A, 0xC3, 0x0A] + Array("sk-ant-1".utf8) + [0x80]
        let findings = governor.judge(TreeTarget(files: [file: bytes]))
        #expect(findings.map(\.code) == ["law.text-forbidden"])
        #expect(findings.first?.reason.contains("line 3") == true)
        #expect(governor.judge(TreeTarget(files: [file: Array(bytes.dropLast(3))])) == [])
    }

    @Test func `blames the rule that needs text when a file is none`() throws {
        let governor = try law(
            """
            {"content": {"a": {"forbidden_patterns": ["x"]}},
             "code_quality": {"max_file_size_lines": 9}}
            """
        )
        let findings = governor.judge(try tree(["a": "INVALID"], "{}"))
        #expect(findings.map(\.code) == ["law.file-not-text"])
        #expect(findings.map(\.rule) == ["FMWK-T#/code_quality"])
    }

    @Test func `says all that is wrong at once and always in the same order`() throws {
        let governor = try law(
            ##"""
            {"files": {"required": ["README.md", "z.md"], "forbidden": ["*.pem"]},
             "content": {"a.md": {"required_sections": ["# A", "# B"]}},
             "code_quality": {"forbidden_patterns": ["sk-"], "max_file_size_lines": 1},
             "enum": {"status": ["draft"]}}
            """##
        )
        let bad = try tree(
            ["b.pem": "sk-1\n2\n", "a.md": "sk-\n", "c": "1\n2\n"],
            #"{"status": "x"}"#
        )
        let findings = governor.judge(bad)
        #expect(
            findings.map { "\($0.code) \($0.path)" } == [
                "law.metadata-value #/status",
                "law.file-missing README.md",
                "law.file-missing z.md",
                "law.file-forbidden b.pem",
                "law.section-missing a.md",
                "law.section-missing a.md",
                "law.text-forbidden a.md",
                "law.text-forbidden b.pem",
                "law.file-too-long b.pem",
                "law.file-too-long c",
            ]
        )
        #expect(governor.judge(bad) == findings)
        let denial = governor.decide(bad).denial
        #expect(denial?.reason.hasSuffix("There are 9 more findings.") == true)
    }

    @Test(arguments: [
        (#"{"file": {}}"#, "law.governor.malformed"),
        (#"{"files": {"require": []}}"#, "law.governor.malformed"),
        (#"{"files": {"required": [1]}}"#, "law.governor.malformed"),
        (#"{"then": {"required_files": []}}"#, "law.governor.malformed"),
        (#"{"if": true, "then": {"id": "x"}}"#, "law.governor.malformed"),
        (#"{"forbidden_imports": ["os"]}"#, "law.governor.malformed"),
        (#"{"counts": [{"files": "*"}]}"#, "law.governor.malformed"),
        (#"{"requires": [{"entity_type": "a"}]}"#, "law.governor.malformed"),
        (#"{"code_quality": {"forbidden_patterns": [{}]}}"#, "law.governor.malformed"),
        (#"{"required_files": ["/etc"]}"#, "law.schema.bad-pattern"),
        (#"{"content": {"a": {"forbidden_patterns": ["("]}}}"#, "law.schema.bad-pattern"),
        (#"{"counts": [{"files": "*", "min": 3, "max": 2}]}"#, "law.schema.bad-keyword"),
        (#"{"metadata": {"type": "text"}}"#, "law.schema.bad-keyword"),
        (#"{"content": {"a": {"json_schema": "urn:x"}}}"#, "law.schema.unresolved-reference"),
        (
            #"""
            {"exports": [{"name": "A", "kind": "class", "in": "*"}],
             "export_syntax": [{"files": "*", "kind": "func", "pattern": "{name}"}]}
            """#, "law.schema.bad-keyword"
        ),
        (
            #"""
            {"forbidden_imports": ["a"],
             "import_syntax": [{"files": "*", "patterns": ["import"]}]}
            """#, "law.schema.bad-keyword"
        ),
    ])
    func `with a keyword that is unknown or wrong is refused`(rules: String, code: String) throws {
        let fault = #expect(throws: LawFault.self) { try law(rules) }
        #expect(fault?.code == code)
        #expect(fault?.description.hasSuffix(".") == true)
    }

    @Test func `without a version is refused`() throws {
        let fault = #expect(throws: LawFault.self) { try Governor(["id": "X"]) }
        #expect(fault?.code == "law.governor.malformed")
    }

    @Test func `takes a JSON Schema from the library`() throws {
        var library = SchemaLibrary()
        library.add(["type": "array"], at: "urn:test:list")
        let governor = try Governor(
            [
                "id": "FMWK-T", "version": "1",
                "content": ["a.json": ["json_schema": "urn:test:list"]],
            ],
            library: library
        )
        #expect(governor.judge(try tree(["a.json": "[]"], "{}")) == [])
        let findings = governor.judge(try tree(["a.json": "{}"], "{}"))
        #expect(findings.map(\.rule) == ["urn:test:list#/type"])
    }

    @Test func `says each finding as JSON too`() throws {
        let findings = try law(#"{"required_files": ["a"]}"#).judge(try tree([:], "{}"))
        #expect(
            findings.map(\.json) == [
                [
                    "path": "a", "rule": "FMWK-T#/required_files/0", "code": "law.file-missing",
                    "reason": "A file 'a' is required, but there is none.",
                ]
            ]
        )
    }

    @Test func `never passes what it could not judge`() throws {
        let governor = try law(#"{"code_quality": {"forbidden_patterns": ["x"]}}"#)
        let target = try tree(["a": String(repeating: "y", count: 10_000)], "{}")
        #expect(governor.judge(target) == [])
        let findings = governor.judge(target, budget: Budget(stepsMax: 100))
        #expect(findings.map(\.code) == ["law.budget-exhausted"])
    }

    @Test func `bounds its findings and says so`() throws {
        let governor = try law(#"{"files": {"forbidden": ["**"]}}"#)
        var files: [String: String] = [:]
        for index in 0..<50 { files["f\(index)"] = "" }
        let findings = governor.judge(try tree(files, "{}"), budget: Budget(findingsMax: 10))
        #expect(findings.count == 11)
        #expect(findings.last?.code == "law.more-findings")
    }

    private func law(_ rules: String) throws -> Governor {
        var object = try #require(try JSONValue(parsing: rules).object)
        object["id"] = "FMWK-T"
        object["version"] = "1.0.0"
        return try Governor(.object(object))
    }

    private func tree(_ files: [String: String], _ metadata: String) throws -> TreeTarget {
        var contents: [RelativePath: [UInt8]] = [:]
        for (path, text) in files { contents[try RelativePath(path)] = Array(text.utf8) }
        let held = contents
        return TreeTarget(
            files: Array(held.keys),
            metadata: try JSONValue(parsing: metadata)
        ) { path, bytesMax in
            switch files[path.text] {
            case "INVALID": .bytes([0xFF])
            case "UNREADABLE": .unreadable("permission denied")
            case "LARGE": .tooLarge
            // The word stands for a byte that no UTF-8 text has.
            case .some(let text) where text.contains("BINARY: "):
                .bytes(text.replacing("BINARY: ", with: "\u{1}").utf8.map { $0 == 1 ? 0xFE : $0 })
            default: .bytes(held[path] ?? [])
            }
        }
    }
}
