import Canon
import Foundation
import Operations
import Support
import Testing

/// The law that this repository ships, judged by the program as anyone would ask it to.
@Suite(.covers("C36", "C70"))
struct `The standard of agents` {
    /// An agent's directory, as FMWK-100 wants it, with some of its files replaced or left out.
    static func judged(changing changes: [String: String?]) -> [String] {
        var files: [String: String] = [
            "README.md": "# Overview\n\nCounts.\n\n# Usage\n\nRun it.\n\n# Dependencies\n\nNone.\n",
            "src/agent.py": "print(1)\n",
            "tests/test_agent.py": "assert True\n",
            "08_commit.md": "# Commit\n\nMODE=COMMIT\n",
        ]
        for (path, text) in changes { files[path] = text }
        let world = World()
        for (path, text) in files { world.place.write("agent/" + path, text) }
        let rules = Repository.file("registries/frameworks/FMWK-100.schema.json")
        let target = world.place.file("agent")
        return world.call("validate", "--rules", rules, "--target", target, "--json").findings
    }

    @Test func `takes an agent that has all of it`() {
        #expect(Self.judged(changing: [:]) == [])
        let longest = String(repeating: "x = 1\n", count: 500)
        #expect(Self.judged(changing: ["src/agent.py": longest]) == [])
    }

    @Test(arguments: Flaw.all)
    func `refuses one that lacks a part or holds what it must not`(flaw: Flaw) {
        #expect(Self.judged(changing: flaw.changes) == flaw.finds)
    }

    struct Flaw: CustomTestStringConvertible {
        let testDescription: String
        let changes: [String: String?]
        let finds: [String]

        init(_ name: String, _ changes: [String: String?], finds: String...) {
            testDescription = name
            self.changes = changes
            self.finds = finds
        }

        static let all = [
            Flaw("no README", ["README.md": nil], finds: "law.file-missing README.md"),
            Flaw("no tests", ["tests/test_agent.py": nil], finds: "law.directory-missing tests"),
            Flaw("no sources", ["src/agent.py": nil], finds: "law.directory-missing src"),
            Flaw(
                "a test of another name",
                ["tests/agent_test.py": "1\n"],
                finds: "law.file-name tests/agent_test.py"
            ),
            Flaw(
                "a README without a section",
                ["README.md": "# Overview\n# Usage\n"],
                finds: "law.section-missing README.md"
            ),
            Flaw(
                "a key of a provider",
                ["src/a.py": "k = 'sk-ant-1'\n"],
                finds: "law.text-forbidden src/a.py"
            ),
            Flaw(
                "a key of a project",
                ["src/a.py": "k = 'sk-proj-1'\n"],
                finds: "law.text-forbidden src/a.py"
            ),
            Flaw(
                "a password",
                ["src/a.py": "password='1'\n"],
                finds: "law.text-forbidden src/a.py"
            ),
            Flaw(
                "a line too many",
                ["src/a.py": String(repeating: "x = 1\n", count: 501)],
                finds: "law.file-too-long src/a.py"
            ),
            Flaw(
                "a page that commits to nothing",
                ["08_commit.md": "# Commit\n"],
                finds: "law.text-missing 08_commit.md"
            ),
            Flaw(
                "no page that commits",
                ["08_commit.md": nil],
                finds: "law.file-missing 08_commit.md",
                "law.file-missing 08_commit.md"
            ),
        ]
    }
}

struct `The law's own documents` {
    @Test(.covers("C31", "C30"))
    func `are what their schemas want, each of them`() throws {
        let world = try World.reading()
        var paths: [String] = []
        for folder in ["frameworks", "specs", "packages", "policies", "gates"] {
            let place = Repository.file("registries/" + folder)
            paths += try FileManager.default.contentsOfDirectory(atPath: place)
                .filter { $0.hasSuffix(".json") }.map { place + "/" + $0 }
        }
        paths += ["hot", "meta", "first_order"]
            .map { Repository.file("planes/\($0)/tier.json") }
        paths.append(Repository.file("registries/entity_types.json"))
        #expect(paths.count > 70)
        #expect(world.call(["validate"] + paths).status == 0)
    }

    /// Takes one part after another out of a document that is right.
    @Test(
        .covers("C27", "C28", "C30", "C31", "C66", "C67", "D30", "D31", "E02"),
        arguments: Whole.all
    )
    func `are refused without any one of their parts`(whole: Whole) throws {
        let world = try World.reading()
        let document = try JSONValue(repository: whole.path)
        var documents = ["whole.json": document]
        for part in whole.parts { documents[Whole.file("without", part)] = document.without(part) }
        for (part, value) in whole.wrong {
            documents[Whole.file("wrong", part)] = document.with(part, value)
        }
        let refused = world.refused(documents)
        #expect(Set(refused.keys) == Set(documents.keys).subtracting(["whole.json"]))
    }

    struct Whole: CustomTestStringConvertible {
        let path: String
        /// Without any one of these, with `/` between levels, the document is refused.
        let parts: [String]
        /// With any one of these it is refused as well.
        var wrong: [(String, JSONValue)] = []
        var testDescription: String { path }

        static func file(_ what: String, _ part: String) -> String {
            what + " " + part.replacing("/", with: ".") + ".json"
        }

        static let all = [
            Whole(
                path: "registries/frameworks/FMWK-REG.schema.json",
                parts: [
                    "schema_version", "id", "name", "version", "status", "conforms_to", "requires",
                    "dependencies", "provides", "author", "created", "aliases", "scope", "policy",
                    "content/purpose", "orchestration", "allowed_pacs", "allowed_spec_types",
                    "required_metadata", "required_gates", "required_files", "forbidden_imports",
                    "authorizes", "rules",
                ],
                wrong: [
                    ("status", "final"), ("schema_version", "1.1"), ("scope", "all"),
                    ("allowed_pacs", []), ("id", "SPEC-REG"), ("version", "1.0"),
                    ("remark", "an unknown part"), ("content/files", ["a"]),
                    ("allowed_spec_types", ["planet"]),
                    ("requires/entities", [["entity_type": "spec"]]),
                ]
            ),
            Whole(
                path: "registries/specs/SPEC-CRYPTO.json",
                parts: [
                    "schema_version", "id", "name", "version", "status", "conforms_to", "requires",
                    "complies_with", "framework_id", "entity_type", "content/purpose",
                    "content/modules", "content/interfaces", "content/behaviour",
                    "required_assets", "gates", "metadata", "metadata/owner",
                ],
                wrong: [
                    ("content/files", ["a"]), ("content/interfaces", []), ("complies_with", []),
                    ("complies_with", ["POL-001"]), ("remark", "an unknown part"),
                ]
            ),
            Whole(
                path: "registries/packages/PKG-CRYPTO.json",
                parts: [
                    "schema_version", "id", "version", "status", "conforms_to", "requires",
                    "package_name", "spec_id", "framework_id", "governed_by", "class", "platform",
                    "dependencies", "content/purpose", "content/interfaces", "content/files",
                ],
                wrong: [
                    ("platform", ["linux", "windows"]), ("platform", []), ("spec_id", "FMWK-1"),
                    ("remark", "an unknown part"),
                ]
            ),
            Whole(
                path: "registries/policies/POL-PURPOSE-001.json",
                parts: [
                    "schema_version", "id", "name", "version", "status", "scope", "effect", "gate",
                    "stages", "content", "content/purpose", "bundle", "query",
                ],
                wrong: [
                    ("effect", "advise"), ("effect", "exempt"), ("stages", ["someday"]),
                    ("gate", "door"), ("resolution", [:]), ("remark", "an unknown part"),
                ]
            ),
            Whole(
                path: "planes/first_order/tier.json",
                parts: ["schema_version", "id", "tier", "capabilities", "boundary", "ledgers"],
                wrong: [
                    ("tier", "second_order"), ("id", "ho4"), ("remark", "an unknown part"),
                    ("capabilities/flies", true),
                ]
            ),
            Whole(
                path: "registries/entity_types.json",
                parts: ["schema_version", "version", "entity_types"],
                wrong: [("entity_types", []), ("entity_types", [["id": "planet"]])]
            ),
        ]
    }

    @Test func `say in words what is missing`() throws {
        let world = try World.reading()
        let framework = try JSONValue(repository: "registries/frameworks/FMWK-REG.schema.json")
        let spec = try JSONValue(repository: "registries/specs/SPEC-CRYPTO.json")
        let package = try JSONValue(repository: "registries/packages/PKG-CRYPTO.json")
        let policy = try JSONValue(repository: "registries/policies/POL-PURPOSE-001.json")
        let refused = world.refused([
            "framework.json": framework.without("scope"),
            "spec.json": spec.without("complies_with"),
            "interfaces.json": spec.without("content/interfaces"),
            "platform.json": package.with("platform", ["windows"]),
            "policy.json": policy.without("gate"),
        ])
        #expect(refused["framework.json"]?.contains { $0.contains("'scope'") } == true)
        #expect(refused["spec.json"]?.contains { $0.contains("'complies_with'") } == true)
        #expect(refused["interfaces.json"]?.contains { $0.contains("'interfaces'") } == true)
        #expect(refused["platform.json"]?.contains { $0.contains("enum") } == true)
        #expect(refused["policy.json"]?.contains { $0.contains("'gate'") } == true)
    }
}

extension World {
    /// A world of its own beside a governed root that nobody changes, so that none need copy it.
    static func reading() throws -> World {
        var world = World()
        world.surroundings.workingDirectory = try #require(unchanged).root
        return world
    }

    /// The root in which calls are made.
    var workingRoot: String { surroundings.workingDirectory }

    /// The root that is only read; it goes with the process.
    private static let unchanged: World? = {
        atexit { _ = try? Command.run("/bin/rm", ["-rf", World.unchanged?.place.path ?? ""]) }
        return try? World.governed()
    }()

    /// What is refused of these documents, each with `rule: reason` for what was found in it; all of
    /// them are judged by one call.
    func refused(
        _ documents: [String: JSONValue],
        by check: String? = nil,
        schema: String? = nil
    ) -> [String: [String]] {
        for (name, document) in documents { place.write("judged/" + name, bytes: document.pretty) }
        let paths = documents.keys.sorted().map { place.file("judged/" + $0) }
        var call = ["validate"]
        if let check { call.append(check) }
        if let schema { call += ["--schema", schema] }
        let answer = self.call(call + paths + ["--json"])
        var refused: [String: [String]] = [:]
        for finding in answer.json?["findings"]?.array ?? [] {
            let name = finding["document"]?.string?.split(separator: "/").last ?? ""
            let rule = finding["rule"]?.string ?? ""
            refused[String(name), default: []].append(
                rule + ": " + (finding["reason"]?.string ?? "")
            )
        }
        // Nothing but findings may make a call fail, and each of them does.
        if answer.status != (refused.isEmpty ? 0 : 1) { refused["?"] = [answer.text] }
        return refused
    }
}

extension CommandLineDoor.Response {
    /// What a judgement found, as `code place`; what was said instead where it was no judgement.
    var findings: [String] {
        guard let findings = json?["findings"]?.array, status == (findings.isEmpty ? 0 : 1) else {
            return [text]
        }
        return findings.map { ($0["code"]?.string ?? "") + " " + ($0["at"]?.string ?? "") }
    }
}

extension JSONValue {
    /// A document of this repository.
    init(repository path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Repository.file(path)))
        try self.init(parsing: [UInt8](data))
    }

    /// The same document with another value in a place, `/` between levels; `nil` takes it out.
    func with(_ path: String, _ value: JSONValue?) -> JSONValue {
        let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
        var members = object ?? JSONObject()
        guard parts.count == 2 else {
            members[path] = value
            return .object(members)
        }
        members[parts[0]] = (members[parts[0]] ?? [:]).with(parts[1], value)
        return .object(members)
    }

    func without(_ path: String) -> JSONValue { with(path, nil) }
}
