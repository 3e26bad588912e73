import Canon
import Foundation
import Operations
import Support
import Testing

struct `A governed entity` {
    @Test(.covers("C26"))
    func `has five things, and is none without any of them`() throws {
        let entity: JSONValue = [
            "id": "PKG-SAMPLE", "version": "1.0.0", "spec": "SPEC-SAMPLE",
            "hash": .string(String(repeating: "0a", count: 32)),
            "signature": [
                "signer": "somebody", "key_id": "somebody+1", "algorithm": "ed25519",
                "value": "c2lnbmF0dXJl",
            ],
        ]
        var documents = ["whole.json": entity]
        for part in ["id", "version", "spec", "hash", "signature"] {
            documents["no \(part).json"] = entity.without(part)
            documents["wrong \(part).json"] = entity.with(part, "?")
        }
        documents["unsigned.json"] = entity.without("signature/value")
        let refused = try World.reading()
            .refused(documents, schema: "urn:charter:schema:governed_entity:1")
        #expect(Set(refused.keys) == Set(documents.keys).subtracting(["whole.json"]))
    }

    @Test(.covers("C58"))
    func `is of a type that the law lists`() throws {
        let world = try World.reading()
        let types = try JSONValue(repository: "registries/entity_types.json")
        let listed = types["entity_types"]?.array ?? []
        let base = [
            "framework", "spec", "module", "prompt", "interface", "registry", "policy", "package",
            "plane", "agent", "gate",
        ]
        #expect(
            Set(listed.compactMap { $0["id"]?.string })
                == Set(base).union(Configuration.all.map(\.type))
        )
        // A row of one type is none of another.
        for type in ["module", "interface", "registry", "plane", "agent"] {
            let refused = world.refused(
                ["row.json": Configuration.all[0].row],
                schema: "urn:charter:schema:entity_\(type):1"
            )
            #expect(refused["row.json"]?.contains { $0.contains("const") } == true, "\(type)")
        }
    }

    @Test(.covers("C59"), arguments: Configuration.all)
    func `of governance has the configuration of its type`(good: Configuration) throws {
        var documents = ["good.json": good.row, "none.json": good.row.without("config")]
        documents["more.json"] = good.row.with("config/remark", "an unknown part")
        documents["other.json"] = good.row.with("entity_type", "gadget")
        for part in good.parts { documents["no \(part).json"] = good.row.without("config/" + part) }
        for (part, value) in good.wrong {
            documents["wrong \(part).json"] = good.row.with("config/" + part, value)
        }
        let refused = try World.reading()
            .refused(documents, schema: "urn:charter:schema:entity_\(good.type):1")
        #expect(Set(refused.keys) == Set(documents.keys).subtracting(["good.json"]))
    }

    struct Configuration: CustomTestStringConvertible {
        let type: String
        let id: String
        var status = "active"
        let config: JSONValue
        let parts: [String]
        let wrong: [(String, JSONValue)]

        var testDescription: String { type }

        var row: JSONValue {
            [
                "id": .string(id), "entity_type": .string(type), "name": "Sample",
                "version": "1.0.0", "purpose": "Shows what a row of its type looks like.",
                "artifact_path": "docs/sample.md", "owner": "somebody", "status": .string(status),
                "dependencies": [], "config": config,
            ]
        }

        static let all = [
            Configuration(
                type: "decision",
                id: "ADR-001",
                status: "accepted",
                config: ["decided_on": "2026-11-20", "affects": ["PKG-LAW"]],
                parts: ["decided_on", "affects"],
                wrong: [("decided_on", "soon"), ("supersedes", ["PKG-LAW"])]
            ),
            Configuration(
                type: "policy",
                id: "POL-SAMPLE-001",
                config: ["gate": "G3", "stages": ["ci"], "effect": "require"],
                parts: ["gate", "stages", "effect"],
                wrong: [("gate", "door"), ("stages", ["someday"]), ("effect", "advise")]
            ),
            Configuration(
                type: "environment",
                id: "ENV-PROD",
                config: [
                    "stage": "prod", "variables": ["LEVEL": "info"], "manual_approval": true,
                    "secrets": ["database/password"],
                ],
                parts: ["stage", "variables", "manual_approval"],
                wrong: [
                    ("stage", "beta"), ("manual_approval", false), ("variables", ["level": "info"]),
                    ("secrets", ["A VALUE"]),
                ]
            ),
            Configuration(
                type: "stack",
                id: "STACK-BASE",
                config: [
                    "source": "infra/base", "source_version": "1.4.2", "environment": "ENV-PROD",
                    "parameters": ["size": 3],
                ],
                parts: ["source", "source_version", "environment", "parameters"],
                wrong: [("environment", "prod"), ("parameters", ["size": []])]
            ),
            Configuration(
                type: "cloud_service",
                id: "CLOUD-STORE",
                config: [
                    "provider": "somebody", "service": "store", "stack": "STACK-BASE",
                    "iac_version": "1.4.2", "environment": "ENV-PROD", "parameters": [:],
                ],
                parts: [
                    "provider", "service", "stack", "iac_version", "environment", "parameters",
                ],
                wrong: [("stack", "base"), ("iac_version", "")]
            ),
            Configuration(
                type: "application",
                id: "APP-SHOP",
                config: [
                    "spec": "SPEC-SHOP", "class": "BUILT", "environments": ["ENV-PROD"],
                    "birth_certificate": .string(String(repeating: "0a", count: 32)),
                ],
                parts: ["spec", "class", "environments", "birth_certificate"],
                wrong: [("spec", "shop"), ("environments", []), ("class", "FOUND")]
            ),
            Configuration(
                type: "extension_point",
                id: "EXT-PAYMENT",
                config: [
                    "functions": [["name": "pay", "input": "urn:a:1", "output": "urn:b:1"]],
                    "performance": ["latency_p99_milliseconds": 200], "default": "CAP-CARD",
                ],
                parts: ["functions"],
                wrong: [
                    ("functions", []), ("functions", [["name": "pay"]]),
                    ("performance", ["latency_p99_milliseconds": 0]), ("default", "card"),
                ]
            ),
            Configuration(
                type: "capability",
                id: "CAP-CARD",
                config: [
                    "satisfies": "EXT-PAYMENT", "contract_version": "^1.0.0", "functions": ["pay"],
                ],
                parts: ["satisfies", "contract_version", "functions"],
                wrong: [("satisfies", "CAP-CARD"), ("contract_version", "new"), ("functions", [])]
            ),
        ]
    }
}

struct `An entry of a ledger` {
    @Test(.covers("C40"))
    func `is what FMWK-200 says it is`() throws {
        let digest = JSONValue.string(String(repeating: "0a", count: 32))
        let none = JSONValue.string(String(repeating: "00", count: 32))
        let fact: JSONValue = [
            "schema_version": "1.0", "type": "ledger_entry", "plane": "hot", "ledger": "governance",
            "index": 7, "sequence": 7, "time": "2026-11-20T08:00:00.5Z",
            "actor": ["id": "somebody", "class": "HUMAN"], "event": "root_sealed", "phase": "fact",
            "previous": digest, "subjects": ["file:a"],
        ]
        let outcome = fact.with("phase", "outcome").with("outcome", "denied")
            .with("answers", digest)
        let first = fact.with("index", 0).with("sequence", 0).with("previous", none)
            .with("event", "ledger_genesis")
        let good = ["fact.json": fact, "outcome.json": outcome, "first.json": first]
        var documents = good
        for key in fact.object?.keys ?? [] where key != "type" && key != "subjects" {
            documents["no \(key).json"] = fact.without(key)
        }
        documents["open.json"] = outcome.without("outcome")
        documents["answers nothing.json"] = outcome.without("answers")
        documents["a fact with an outcome.json"] = fact.with("outcome", "succeeded")
        documents["another first.json"] = first.with("event", "root_sealed")
        documents["a first that follows.json"] = first.with("previous", digest)
        documents["local time.json"] = fact.with("time", "2026-11-20T08:00:00+01:00")
        documents["nobody.json"] = fact.with("actor/class", "GHOST")
        documents["a fourth plane.json"] = fact.with("plane", "cold")
        documents["before the first.json"] = fact.with("sequence", -1)
        documents["more.json"] = fact.with("remark", "an unknown part")
        let refused = try World.reading().refused(documents)
        #expect(Set(refused.keys) == Set(documents.keys).subtracting(good.keys))
    }
}

@Suite(.covers("D40"))
struct `A named check` {
    static let manifest = "registries/packages/PKG-DOCS.json"

    @Test func `takes the documents of the law`() throws {
        let world = try World.reading()
        for check in ["attention-policy", "install-policy", "packages", "tier-deps"] {
            #expect(world.call("validate", check).status == 0, "\(check)")
        }
        #expect(world.call("validate", "package-manifest", Self.manifest).status == 0)
    }

    @Test(arguments: [
        ("attention-policy", "registries/policies/POL-ATTENTION-001.json", "attention/overflow"),
        ("attention-policy", "registries/policies/POL-ATTENTION-001.json", "attention/maxima/hot"),
        ("install-policy", "registries/policies/POL-INSTALL-001.json", "install/default"),
        ("install-policy", "registries/policies/POL-INSTALL-001.json", "install/denials"),
        ("package-manifest", manifest, "spec_id"),
        ("package-manifest", manifest, "platform"),
    ])
    func `refuses a document that lacks a part`(check: String, path: String, part: String) throws {
        let world = try World.reading()
        let document = try JSONValue(repository: path)
        let refused = world.refused(
            ["whole.json": document, "lacking.json": document.without(part)],
            by: check
        )
        #expect(Set(refused.keys) == ["lacking.json"], "\(refused)")
    }

    @Test func `refuses a package of a class that is none`() throws {
        let world = try World.governed()
        let document = try JSONValue(repository: Self.manifest).with("class", "FOUND")
        world.place.write("root/" + Self.manifest, bytes: document.pretty)
        let answer = world.call("validate", "packages", "--json")
        #expect(answer.status == 1 && Set(answer.violations) == ["integrity.invalid-package"])
        #expect(world.call("validate", "tier-deps").status == 0)
    }

    @Test func `refuses a package that leans on a higher tier`() throws {
        let world = try World.governed()
        for (path, tier) in [("SPEC-SCHEMAS", "G0"), ("SPEC-DOCS", "T1")] {
            let path = "registries/specs/\(path).json"
            let document = try JSONValue(parsing: world.place.read("root/" + path))
            world.place.write(
                "root/" + path,
                bytes: document.with("metadata/tier", .string(tier)).pretty
            )
        }
        let package = "root/registries/packages/PKG-SCHEMAS.json"
        let document = try JSONValue(parsing: world.place.read(package))
        let leaning = document.with("dependencies", [["id": "PKG-DOCS", "version": ">=0.0.1"]])
        world.place.write(package, bytes: leaning.pretty)
        let answer = world.call("validate", "tier-deps", "--json")
        #expect(answer.status == 1 && answer.violations == ["integrity.tier-dependency"])
    }
}

struct `The settings of a root` {
    static let chain = "ledger/control_plane_chain.json"

    @Test(.covers("B17"))
    func `of its chain are altered by nobody unseen`() throws {
        let world = try World.governed()
        let whole = try JSONValue(parsing: world.place.read("root/" + Self.chain))
        let altered = whole.with("checkpoint/every_entries", 1_000_000)
        world.place.write("root/" + Self.chain, bytes: altered.pretty)
        let answer = world.call("integrity", "check", "--json")
        #expect(answer.status == 1 && answer.violations == ["integrity.tampered"])
        #expect(answer.json?["violations"]?.array?.first?["path"]?.string == Self.chain)
    }

    @Test(arguments: ["hot", "meta", "first_order"])
    func `of a plane are neither altered nor taken away unseen`(plane: String) throws {
        let world = try World.governed()
        let path = "planes/\(plane)/tier.json"
        let manifest = try JSONValue(parsing: world.place.read("root/" + path))
        world.place.write("root/" + path, bytes: manifest.with("version", "9.0.0").pretty)
        #expect(world.call("integrity", "check", "--json").violations == ["integrity.tampered"])
        try world.remove(path)
        #expect(world.call("integrity", "check", "--json").violations == ["integrity.missing"])
    }
}

struct `The law of a new root` {
    @Test(.covers("C03", "C06"))
    func `is a table of frameworks and one of packages, each row complete`() throws {
        let world = try World.reading()
        func table(_ name: String) throws -> [[String: String]] {
            let bytes = try [UInt8](
                Data(contentsOf: URL(fileURLWithPath: world.workingRoot + "/registries/" + name))
            )
            let table = try CSVTable(parsing: bytes)
            return try (0..<table.rowCount).map { row in
                var cells: [String: String] = [:]
                for (column, title) in table.header.enumerated() {
                    cells[title] = try table.text(row: row, column: column)
                }
                return cells
            }
        }
        let frameworks = try table("frameworks_registry.csv")
        #expect(frameworks.count >= 15)
        for row in frameworks {
            #expect(
                Set(row.keys) == [
                    "id", "name", "version", "purpose", "artifact_path", "allowed_spec_types",
                    "required_gates", "required_metadata", "hash",
                ]
            )
            #expect(row.values.allSatisfy { !$0.isEmpty }, "\(row)")
            let sum = try Command.run(
                "/usr/bin/sha256sum",
                [world.workingRoot + "/" + (row["artifact_path"] ?? "")]
            )
            #expect(sum.output.hasPrefix(row["hash"] ?? "?"), "\(row)")
        }
        let packages = try table("packages_registry.csv")
        #expect(!packages.isEmpty)
        for row in packages {
            #expect(row["spec_id"]?.hasPrefix("SPEC-") == true, "\(row)")
            #expect(row["framework_id"]?.hasPrefix("FMWK-") == true, "\(row)")
        }
    }

    @Test(.covers("C44", "C45", "C49", "C51"))
    func `owns its schemas, planes and settings under the framework of each`() throws {
        let world = try World.reading()
        let shown = world.call("registry", "show", "registries/schemas", "--json").json
        let schemas = shown?["files"]?.array ?? []
        let onDisk = try FileManager.default
            .contentsOfDirectory(atPath: world.workingRoot + "/registries/schemas")
            .filter { $0.hasSuffix(".json") }
        let governed = schemas.filter { $0["governed_by"] == "FMWK-SCHEMA" }
            .compactMap { $0["path"]?.string?.split(separator: "/").last.map(String.init) }
        #expect(Set(governed).isSuperset(of: onDisk) && onDisk.count > 30)
        let chains = [
            "planes/hot/tier.json": "FMWK-PLANE", "planes/meta/tier.json": "FMWK-PLANE",
            "planes/first_order/tier.json": "FMWK-PLANE",
            "ledger/control_plane_chain.json": "FMWK-CONFIG",
            "registries/frameworks/FMWK-REG.schema.json": "FMWK-REG",
            "registries/frameworks_registry.csv": "FMWK-REG",
        ]
        for (path, framework) in chains {
            let chain = world.call("chain", path, "--json").json
            #expect(chain?["framework_id"]?.string == framework, "\(path)")
        }
    }

    @Test(.covers("C42"))
    func `numbers its components and binds each to a module`() throws {
        let framework = try JSONValue(repository: "registries/frameworks/FMWK-PKG-001.schema.json")
        let components = framework["components"]?.array ?? []
        let names = components.map { ($0["id"]?.string ?? "") + " " + ($0["name"]?.string ?? "") }
        #expect(
            names == [
                "G0-001 paths", "G0-002 merkle", "G0-003 packages", "T0-001 integrity",
                "T0-003 pristine", "T0-006 signing", "T0-008 package_audit", "T1-001 pack",
                "T1-002 install", "T1-004 integrity_check", "T1-007 sync", "T1-008 factory",
            ]
        )
        let layers = ["Base", "Constitution", "Evidence", "Guard", "Runtime", "Surface"]
        for component in components {
            let module = try #require(component["module"]?.string)
            let exists = layers.contains {
                FileManager.default.fileExists(atPath: Repository.file("Sources/\($0)/\(module)"))
            }
            #expect(exists || component["status"] == "planned", "\(module)")
        }
    }

    @Test(.covers("C57"))
    func `gains a type of entity by an edit of its data`() throws {
        let world = try World.governed()
        func replace(_ text: String, with other: String, in path: String) throws {
            let before = String(decoding: try world.place.read("root/" + path), as: UTF8.self)
            #expect(before.contains(text), "\(path)")
            world.write(path, before.replacing(text, with: other))
        }
        try replace(
            #""entity_type": "spec""#,
            with: #""entity_type": "gadget""#,
            in: "registries/specs/SPEC-DOCS.json"
        )
        _ = world.call("registry", "compile", "--accept")
        let unknown = world.call("integrity", "check", "--json")
        #expect(unknown.violations.contains("integrity.unknown-entity-type"), "\(unknown.text)")
        let list = #""spec", "module", "prompt", "interface", "policy", "registry""#
        for name in ["schema_spec", "envelope", "schema_framework"] {
            try replace(list, with: list + #", "gadget""#, in: "registries/schemas/\(name).json")
        }
        try replace(
            #""allowed_spec_types": ["#,
            with: #""allowed_spec_types": ["gadget", "#,
            in: "registries/frameworks/FMWK-DOC.schema.json"
        )
        try replace(
            #""entity_types": ["#,
            with: #"""
                "entity_types": [
                    {
                      "id": "gadget", "family": "base", "id_prefix": "GADGET",
                      "description": "A type that nobody thought of when this was written.",
                      "registry": "registries/control_plane_registry.csv",
                      "schema": "urn:charter:schema:spec:1"
                    },
                """#,
            in: "registries/entity_types.json"
        )
        let compiled = world.call("registry", "compile", "--accept", "--json")
        #expect(compiled.status == 0, "\(compiled.text)")
        #expect(world.call("integrity", "check").status == 0)
    }

    @Test(.covers("D37"))
    func `is installed only while each file of its packages is there`() throws {
        let world = try World.governed()
        #expect(world.call("integrity", "installed").status == 0)
        try world.remove("prompts/README.md")
        let answer = world.call("integrity", "installed", "PKG-PROMPTS", "--json")
        #expect(answer.status == 1 && answer.json?["verdict"] == "differs")
        #expect(world.call("integrity", "installed", "PKG-DOCS").status == 0)
    }
}
