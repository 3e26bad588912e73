import Canon
import Foundation
import Operations
import Patterns
import Support
import Testing

/// What the founding documents asked of the law, area by area.
struct `The founding law` {
    /// A kind of file, the framework that governs it, and where it may and may not lie.
    struct Area: Sendable, CustomTestStringConvertible {
        let framework: String
        let metadata: JSONValue
        let files: [String: String]
        let stray: String
        var testDescription: String { framework }
    }

    static let areas = [
        Area(
            framework: "FMWK-IAM",
            metadata: [
                "owner": "somebody", "function": "Security", "tier": "T0", "tests": "Tests/Auth",
                "logs": ["auth_change", "permission_grant", "auth_events"],
            ],
            files: ["lib/auth.txt": "a\n", "lib/authz.txt": "b\n", "scripts/cp_init_auth": "c\n"],
            stray: "lib/other.txt"
        ),
        Area(
            framework: "FMWK-TEST",
            metadata: ["owner": "somebody", "function": "Developer", "tier": "T1"],
            files: [
                "Tests/SomeTests.swift": "import Testing\n", "Tests/deep/Support.swift": "// x\n",
            ],
            stray: "checks/helper.py"
        ),
    ]

    @Test(.covers("C43", "C50"), arguments: areas)
    func `lets files lie where it says, with an owner, and nowhere else`(area: Area) throws {
        let world = try World.governed()
        try grow(world, area)
        let whole = world.call("integrity", "check", "--json")
        #expect(whole.status == 0, "\(whole.text)")
        for file in area.files.keys {
            let chain = world.call("chain", file, "--json").json
            #expect(chain?["framework_id"]?.string == area.framework, "\(file)")
        }
        // One more without an owner, and then with one but out of place.
        world.write(area.stray, "x\n")
        #expect(world.call("integrity", "check", "--json").violations == ["integrity.orphan"])
        #expect(world.call("owner", "assign", area.stray, "--package", "PKG-AREA").status == 0)
        #expect(world.call("registry", "compile").status == 0)
        let strayed = world.call("integrity", "check", "--json")
        #expect(strayed.violations == ["integrity.unauthorised-path"], "\(strayed.text)")
        #expect(strayed.json?["violations"]?.array?.first?["path"]?.string == area.stray)
    }

    @Test(.covers("C43"), arguments: ["owner", "tests", "logs"])
    func `wants of identity and access who answers, what proves it and what is logged`(
        key: String
    ) throws {
        let world = try World.governed()
        let area = Self.areas[0]
        let lacking = Area(
            framework: area.framework,
            metadata: key == "logs"
                ? area.metadata.with("logs", ["auth_change"]) : area.metadata.without(key),
            files: area.files,
            stray: area.stray
        )
        try grow(world, lacking)
        let judged = world.call("integrity", "check", "--json")
        let wanted = key == "logs" ? "integrity.gate-failed" : "integrity.missing-metadata"
        #expect(judged.status == 1 && judged.violations.contains(wanted), "\(judged.text)")
    }

    @Test(.covers("C50"))
    func `owns every test file of this repository`() throws {
        let table = try CSVTable(
            parsing: bytes(Repository.file("registries/file_ownership_registry.csv"))
        )
        var count = 0
        for row in 0..<table.rowCount {
            let path = try table.text(row: row, column: 0)
            guard path.hasPrefix("Tests/"), !path.hasSuffix(".file_registry.csv") else { continue }
            count += 1
            #expect(try table.text(row: row, column: 1) == "PKG-TESTS", "\(path)")
        }
        #expect(count > 100)
        let package = try JSONValue(repository: "registries/packages/PKG-TESTS.json")
        #expect(package["framework_id"]?.string == "FMWK-TEST")
    }

    @Test(.covers("C53"))
    func `maps each library of old to a module and a framework`() throws {
        let map = try JSONValue(repository: "registries/modules.json")
        let libraries = map["libraries"]?.array ?? []
        #expect(
            libraries.compactMap { $0["name"]?.string } == [
                "auth", "authz", "cursor", "gate_operations", "id_allocator", "install_auth",
                "integrity", "ledger_client", "ledger_factory", "merkle", "output",
                "package_audit", "packages", "paths", "plane", "pristine", "provenance",
                "registry", "resolve", "signing", "tier_manifest",
            ]
        )
        let layers = ["Base", "Constitution", "Evidence", "Guard", "Runtime", "Surface"]
        for library in libraries {
            let module = try #require(library["module"]?.string)
            let framework = try #require(library["framework_id"]?.string)
            let law = "registries/frameworks/\(framework).schema.json"
            #expect(FileManager.default.fileExists(atPath: Repository.file(law)), "\(framework)")
            let exists = layers.contains {
                FileManager.default.fileExists(atPath: Repository.file("Sources/\($0)/\(module)"))
            }
            // What is said to be there is there; what is not, is said to be planned.
            let isPlanned = library["status"]?.string == "planned"
            #expect(exists || isPlanned, "\(module) is said to be there and is not")
        }
    }

    @Test(.covers("C54"))
    func `leaves no area of a root without a framework or an exemption`() throws {
        let world = try World.reading()
        var places: [PathPattern] = []
        for folder in ["frameworks", "policies"] {
            let directory = world.workingRoot + "/registries/" + folder
            for name in try FileManager.default.contentsOfDirectory(atPath: directory)
            where name.hasSuffix(".json") {
                let document = try JSONValue(parsing: bytes(directory + "/" + name))
                let entries =
                    (document["authorizes"]?.array ?? []) + (document["exemptions"]?.array ?? [])
                places += try entries.compactMap { try $0["pattern"]?.string.map(PathPattern.init) }
            }
        }
        for path in [
            "README.md", "docs/guide.md", "config/settings.json", "planes/hot/tier.json",
            "planes/meta/packages/PKG-CANARY.tar.zst", "planes/hot/installed/PKG-CANARY/file",
            "ledger/hot/segment", "ledger/control_plane_chain.json",
            "registries/schemas/envelope.json", "registries/packages/PKG-CANARY.json",
            "scripts/run.sh", "tests/test_agent.py", "Tests/SomeTests.swift",
            "versions/VER-2026-11-20", "registries/control_plane_registry.csv",
        ] {
            #expect(places.contains { $0.matches(path) }, "\(path) may lie nowhere")
        }
        // What was left lying at the top before has no place any more, and is found.
        let own = try World.governed()
        for path in ["MANIFEST.json", "VERSION", "control_plane_v2.md"] {
            own.write(path, "x\n")
            let judged = own.call("integrity", "check", "--json")
            #expect(judged.violations == ["integrity.orphan"], "\(path)")
            try own.remove(path)
        }
        #expect(own.call("integrity", "check", "--json").violations == [])
    }

    @Test(.covers("C05"))
    func `is a table of specs with exact columns, each under a framework that exists`() throws {
        let world = try World.governed()
        let path = "registries/specs_registry.csv"
        let table = try CSVTable(parsing: world.place.read("root/" + path))
        #expect(
            table.header == [
                "id", "framework_id", "name", "version", "entity_type", "artifact_path",
                "required_assets", "gates", "metadata", "hash",
            ]
        )
        #expect(table.rowCount > 5)
        for row in 0..<table.rowCount {
            let framework = try table.text(row: row, column: 1)
            let law = world.root + "/registries/frameworks/\(framework).schema.json"
            #expect(FileManager.default.fileExists(atPath: law), "\(framework)")
            let metadata = try JSONValue(parsing: Array(try table.text(row: row, column: 8).utf8))
            #expect(metadata.object?.isEmpty == false)
        }
        let before = String(decoding: try world.place.read("root/" + path), as: UTF8.self)
        world.write(path, before.replacing("required_assets,", with: "assets,"))
        let renamed = world.call("integrity", "check", "--json")
        #expect(renamed.violations.contains("integrity.bad-registry"), "\(renamed.text)")
        world.write(path, before)
        let spec = "registries/specs/SPEC-DOCS.json"
        let text = String(decoding: try world.place.read("root/" + spec), as: UTF8.self)
        world.write(spec, text.replacing("\"FMWK-DOC\"", with: "\"FMWK-NONE\""))
        _ = world.call("registry", "compile", "--accept")
        let dangling = world.call("registry", "link", "--json")
        #expect(dangling.violations.contains("integrity.dangling-link"), "\(dangling.text)")
    }

    @Test(.covers("C46"))
    func `runs no gate that is not registered`() throws {
        let world = try World.governed()
        let gate = try String(
            decoding: world.place.read("root/registries/gates/G1.json"),
            as: UTF8.self
        )
        world.write("registries/gates/G9.json", gate.replacing("\"G1\"", with: "\"G9\""))
        let unregistered = world.call("integrity", "check", "--json")
        #expect(unregistered.violations == ["integrity.orphan"])
        #expect(unregistered.json?["gates_run"]?.integer == 0)
        try world.remove("registries/gates/G9.json")
        let spec = "registries/specs/SPEC-DOCS.json"
        let text = String(decoding: try world.place.read("root/" + spec), as: UTF8.self)
        world.write(spec, text.replacing("\"gates\": []", with: "\"gates\": [\"G9\"]"))
        _ = world.call("registry", "compile", "--accept")
        let unknown = world.call("integrity", "check", "--json")
        #expect(unknown.violations == ["integrity.unknown-gate"])
        #expect(unknown.json?["gates_run"]?.integer == 0)
    }

    // MARK: -

    private func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// A spec and a package under a framework, with files of its own, as anybody would add them.
    private func grow(_ world: World, _ area: Area) throws {
        func document(_ path: String) throws -> JSONValue {
            try JSONValue(parsing: world.place.read("root/" + path))
        }
        let assets = area.files.keys.sorted().map { JSONValue.string($0) }
        let range: JSONValue = [["id": .string(area.framework), "version": ">=1.0.0"]]
        let spec = try document("registries/specs/SPEC-DOCS.json")
            .with("id", "SPEC-AREA").with("framework_id", .string(area.framework))
            .with("complies_with", [.string(area.framework)]).with("conforms_to", range)
            .with("entity_type", "module").with("required_assets", .array(assets))
            .with("metadata", area.metadata)
        world.place.write("root/registries/specs/SPEC-AREA.json", bytes: spec.pretty)
        let package = try document("registries/packages/PKG-DOCS.json")
            .with("id", "PKG-AREA").with("package_name", "area").with("spec_id", "SPEC-AREA")
            .with("framework_id", .string(area.framework))
            .with("governed_by", .string(area.framework))
            .with("conforms_to", [["id": "SPEC-AREA", "version": ">=0.1.0"]])
            .with("content/files", [["from_registry": ["where": ["owner_id": "PKG-AREA"]]]])
        world.place.write("root/registries/packages/PKG-AREA.json", bytes: package.pretty)
        for (path, text) in area.files { world.write(path, text) }
        let law = ["registries/specs/SPEC-AREA.json", "registries/packages/PKG-AREA.json"]
        let owned = world.call(["owner", "assign"] + law + ["--package", "PKG-REGISTRIES"])
        try #require(owned.status == 0, "\(owned.text)")
        let files = area.files.keys.sorted()
        let given = world.call(["owner", "assign"] + files + ["--package", "PKG-AREA"])
        // A package exists for the program as soon as its document does.
        try #require(given.status == 0, "\(given.text)")
        let compiled = world.call("registry", "compile", "--accept")
        try #require(compiled.status == 0, "\(compiled.text)")
    }
}
