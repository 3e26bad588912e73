import Canon
import Crypto
import Foundation
import Gates
import Integrity
import Law
import Registry
import Support
import Testing

/// Small roots whose law has a gate that asks policies.
enum PolicyRoot {
    static let law = [
        "registries/gates/G2.json": """
        {"type":"gate","id":"G2","name":"Owners","version":"1.0.0","status":"active",
         "trigger":"integrity","ensures":"Owners are known.","evaluates":"policy","rules":{}}
        """,
        "registries/policies/POL-OWNER-001.json": """
        {"type":"policy","id":"POL-OWNER-001","name":"Owners","version":"1.2.0",
         "status":"active","scope":"specs","effect":"require","gate":"G2",
         "stages":["ci"],"content":{"purpose":"Says who may own."},
         "bundle":"owners","query":"owners/deny"}
        """,
        "registries/bundles/owners/.manifest": """
        {"revision":"3","roots":["owners"],"metadata":{"name":"owners"}}
        """,
        "registries/bundles/owners/owners.rego": """
        package owners

        # METADATA
        # custom:
        #   next: Name an owner that is known.
        deny contains msg if {
            not input.target.owner in data.owners.known
            msg := sprintf("%s has an unknown owner", [input.target.id])
        }
        """,
        "registries/bundles/owners/data.json": #"{"owners":{"known":["somebody"]}}"#,
        "registries/ENFORCEMENT_GATES.yml": """
        version: "1.0"
        gates:
          - {id: G0, stages: [ci], policies: [POL-EXEMPT-001], required: true}
          - {id: G1, stages: [ci], policies: [], required: true}
          - {id: G2, stages: [ci], policies: [POL-OWNER-001], required: true}
        """,
    ]

    /// The codes and rules of what a check finds, with some of the law changed or taken away.
    static func violations(_ changes: [String: String?] = [:]) throws -> [Violation] {
        var law = law
        for (path, text) in changes { law[path] = text }
        var items = FixtureLaw.items.filter { law[$0.path] == nil }.map { item in
            guard item.path == "registries/specs/SPEC-CODE.json" else { return item }
            let text = String(decoding: item.bytes, as: UTF8.self)
                .replacing(#""gates":["G1"]"#, with: #""gates":["G1","G2"]"#)
            return RootGenesis.Item(path: item.path, owner: item.owner, bytes: Array(text.utf8))
        }
        items += law.map { path, text in
            RootGenesis.Item(path: path, owner: "PKG-LAW", bytes: Array(text.utf8))
        }
        let home = TemporaryDirectory()
        let root = try RootGenesis(
            at: home.file("root"),
            stateHome: home.file("state")
        ).make(items, adopting: [], isAdopting: false)
        let outcome = try RootAuthoring(root, clock: GovernedFixture.clock, threads: 1)
            .compile(accept: false)
        // A law that cannot be read is not compiled at all.
        if case .done(let compiled) = outcome, !compiled.violations.isEmpty {
            return compiled.violations
        }
        return try IntegrityCheck(root, threads: 2).run().violations
    }

    static func codes(_ changes: [String: String?] = [:]) throws -> Set<String> {
        Set(try violations(changes).map(\.code.rawValue))
    }
}

@Suite(.covers("D14", "D24", "D25", "D29", "D30"))
struct `A gate of a root that asks policies` {
    @Test func `is registered by data, and lets pass what they let pass`() throws {
        #expect(try PolicyRoot.violations() == [])
    }

    @Test func `refuses what they refuse, with policy, version, reason and next step`() throws {
        let found = try PolicyRoot.violations([
            "registries/bundles/owners/data.json": #"{"owners":{"known":["nobody"]}}"#
        ])
        let violation = try #require(found.first)
        #expect(found.count == 1)
        #expect(violation.code == .policyDenied)
        #expect(violation.path == "registries/specs/SPEC-CODE.json")
        #expect(violation.rule == "G2 (Owners): POL-OWNER-001 1.2.0: data.owners.deny")
        #expect(violation.reason.contains("SPEC-CODE has an unknown owner"))
        #expect(violation.next == "Name an owner that is known.")
    }

    @Test func `refuses when its bundle is missing, broken, or has no such document`() throws {
        let rego = "registries/bundles/owners/owners.rego"
        for change in [
            [rego: "package owners\n\ndeny contains msg if nosuch(msg)\n"],
            [rego: "package owners\n\ndeny contains 1\n"], [rego: "package owners\n\nx := 1\n"],
            [rego: "package elsewhere\n"],
            ["registries/bundles/owners/.manifest": "{"],
            [
                "registries/bundles/owners/.manifest": nil, rego: nil,
                "registries/bundles/owners/data.json": nil,
            ],
        ] as [[String: String?]] {
            let codes = try PolicyRoot.codes(change)
            #expect(codes == ["integrity.policy-denied"], "\(change)")
        }
    }

    @Test func `runs exactly where the list of gates says so`() throws {
        let list = "registries/ENFORCEMENT_GATES.yml"
        let text = try #require(PolicyRoot.law[list])
        let cases: [(String?, String)] = [
            (nil, "integrity.enforcement-list"),
            ("version: 1", "integrity.enforcement-list"),
            (
                text.replacing("required: true", with: "required: false"),
                "integrity.enforcement-list"
            ),
            (
                text.replacing(
                    "  - {id: G1, stages: [ci], policies: [], required: true}\n",
                    with: ""
                ), "integrity.gate-unlisted"
            ),
            (text.replacing("[POL-OWNER-001]", with: "[]"), "integrity.policy-ungated"),
            (
                text + "\n  - {id: G9, stages: [ci], policies: [], required: true}\n",
                "integrity.unknown-gate"
            ),
        ]
        for (changed, code) in cases {
            let codes = try PolicyRoot.codes([list: changed])
            #expect(codes == [code])
        }
    }

    @Test func `is refused where its policy names no query`() throws {
        let path = "registries/policies/POL-OWNER-001.json"
        let text = try #require(PolicyRoot.law[path])
        let codes = try PolicyRoot.codes([
            path: text.replacing(#","query":"owners/deny""#, with: "")
        ])
        #expect(codes == ["integrity.invalid-document"])
    }

    @Test(.covers("D27")) func `is checked by itself when it is asked for`() throws {
        let fixture = try GovernedFixture()
        let check = IntegrityCheck(try fixture.open(), threads: 1)
        let state = try RootState(fixture.open(), threads: 1)
        let one = try #require(try check.run(state, gate: "G1"))
        #expect(one.isWhole)
        #expect(one.gateRuns == 1)
        #expect(try check.run(state).gateRuns == 3)
        #expect(try check.run(state, gate: "G9") == nil)
    }

    @Test func `speaks and is spoken to in the standard shapes`() throws {
        func read(_ path: String) throws -> JSONValue {
            let url = URL(fileURLWithPath: Repository.file("registries/schemas/" + path))
            return try JSONValue(parsing: [UInt8](Data(contentsOf: url)))
        }
        var library = SchemaLibrary()
        for name in ["envelope.json", "gate_input.json", "gate_result.json"] {
            let document = try read(name)
            library.add(document, at: try #require(document["$id"]?.string))
        }
        func findings(_ value: JSONValue, _ name: String) throws -> [Finding] {
            let schema = try Schema(
                try read(name + ".json"),
                identifier: "urn:charter:schema:\(name):1",
                library: library
            )
            return schema.validate(value)
        }
        let input = GateInput(
            targetID: "SPEC-X",
            targetHash: .sha256(of: Array("x".utf8)),
            target: ["id": "SPEC-X"],
            trigger: "integrity",
            time: Timestamp(seconds: 1_800_000_000)
        )
        #expect(try findings(input.json, "gate_input") == [])
        let refusal = GateOutput.Finding(
            rule: "POL-X-001 1.0.0: data.x.deny",
            code: "x.denied",
            path: "registries/bundles/x/x.rego",
            line: 3,
            message: "Something is wrong with it.",
            nextStep: "Mend it."
        )
        for found in [[], [refusal]] {
            let output = GateOutput(
                gate: "G6",
                gateVersion: "1.0.0",
                target: "SPEC-X",
                targetHash: input.targetHash,
                findings: found,
                policies: [.init(id: "POL-PURPOSE-001", version: "1.1.0")],
                time: input.time
            )
            #expect(try findings(output.json, "gate_result") == [])
        }
    }
}
