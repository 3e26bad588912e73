import Canon
import Crypto
import Foundation
import Gates
import Host
import Policy
import Registry
import Rego
import Support
import Testing

/// The law of this repository, read as it lies here.
enum OwnLaw {
    static func tree() throws -> TreeSnapshot {
        let root = try Directory.open(Repository.path)
        var paths: [RelativePath] = []
        for entry in try TreeWalk().list(root.openDirectory("registries"))
        where entry.kind == .file {
            paths.append(
                try RelativePath("registries/" + String(decoding: entry.path, as: UTF8.self))
            )
        }
        return TreeSnapshot(paths: paths.sorted(), digests: paths.map { _ in nil }) { path in
            do throws(HostFault) {
                return .success(try root.readWhole(path.bytes, limit: 1 << 24))
            } catch {
                return .failure(DocumentFault(error))
            }
        }
    }

    static let book = Result { LawBook(reading: try tree()) }
}

@Suite(.covers("D29", "D30", "C73"))
struct `The list of enforcement gates` {
    private let text = String(
        decoding: (try? Data(
            contentsOf: URL(fileURLWithPath: Repository.file("registries/ENFORCEMENT_GATES.yml"))
        ))
            ?? Data(),
        as: UTF8.self
    )

    private func problems(_ text: String) throws -> [String] {
        try EnforcementGates(parsing: Array(text.utf8)).problems(against: OwnLaw.book.get())
            .map(\.code.rawValue)
    }

    @Test func `agrees with the law of this repository`() throws {
        #expect(try problems(text) == [])
        let list = try EnforcementGates(parsing: Array(text.utf8))
        #expect(list.gates(at: .ci) == ["G0", "G1", "G2", "G3", "G4", "G5", "G6"])
        #expect(list.gates(at: .runtime) == ["G0", "G2", "G7", "G8"])
    }

    @Test func `is refused wherever it disagrees`() throws {
        let unknown = text.replacing("id: G5", with: "id: G77")
        #expect(
            try problems(unknown)
                == ["integrity.unknown-gate", "integrity.gate-unlisted"].sorted { _, _ in false }
                || Set(try problems(unknown)) == [
                    "integrity.unknown-gate", "integrity.gate-unlisted",
                ]
        )
        let left = text.replacing("POL-DEPRECATE-001, ", with: "")
        #expect(try problems(left) == ["integrity.policy-ungated"])
        let invented = text.replacing(
            "POL-DEPRECATE-001, ",
            with: "POL-DEPRECATE-001, POL-NONE-001, "
        )
        #expect(try problems(invented) == ["integrity.policy-ungated"])
        let elsewhere = text.replacing("policies: [POL-BOUNDARY-001]", with: "policies: []")
            .replacing("POL-DEPRECATE-001, ", with: "POL-DEPRECATE-001, POL-BOUNDARY-001, ")
        #expect(Set(try problems(elsewhere)) == ["integrity.policy-ungated"])
        let fewer = text.replacing("stages: [runtime]", with: "stages: [ci]")
        #expect(try problems(fewer) == ["integrity.policy-ungated"])
    }

    @Test(arguments: [
        ("required: true", "required: false"), ("required: true", "optional: true"),
        ("id: G0", "id: door"), ("id: G0", "id: G1"), ("[runtime]", "[someday]"),
        ("[runtime]", "[]"), ("version: \"1.0\"", "version: \"2.0\""), ("gates:", "doors:"),
        ("policies: []", "policies: [none]"), ("policies: []", "policies: [unclosed"),
    ])
    func `is refused when it cannot be read`(_ old: String, _ new: String) {
        let found = fault { _ = try problems(text.replacing(old, with: new)) }
        #expect(found == "gates.enforcement.unreadable")
    }
}

@Suite(.covers("D14", "D24", "D25", "D48"))
struct `A gate that asks policies` {
    private let book: LawBook
    private let bundles: [String: Result<PolicyBundle, BundleRefusal>]

    init() throws {
        book = try OwnLaw.book.get()
        bundles = BundleFolder.bundles(in: try OwnLaw.tree())
    }

    private func input(_ target: JSONValue) -> GateInput {
        GateInput(
            targetID: "SPEC-X",
            targetHash: .sha256(of: target.line),
            target: target,
            trigger: "integrity",
            time: Timestamp(nanoseconds: 0)
        )
    }

    private func gate(
        _ id: String = "G6",
        _ bundles: [String: Result<PolicyBundle, BundleRefusal>]? = nil
    ) throws -> PolicyGate {
        PolicyGate(try #require(book.gates[id]), in: book, bundles: bundles ?? self.bundles)
    }

    @Test func `lets pass what no policy refuses`() throws {
        let output = try gate().judge(
            input(["id": "SPEC-X", "purpose": "Says in words why it is there.", "entities": []])
        )
        #expect(output.isAllowed)
        #expect(output.policies.map(\.id) == ["POL-DEPRECATE-001", "POL-PURPOSE-001"])
    }

    @Test func `refuses with the policy, its version, file, line and next step`() throws {
        let output = try gate().judge(
            input([
                "id": "SPEC-X", "purpose": "Because.", "priority": "P0", "status": "deprecated",
            ])
        )
        #expect(!output.isAllowed)
        #expect(
            output.findings.map(\.code) == [
                "charter.deprecation.no-plan", "charter.purpose.too-short",
            ]
        )
        let first = try #require(output.findings.first)
        #expect(first.rule == "POL-DEPRECATE-001 1.1.0: data.charter.deprecation.deny")
        #expect(first.path == "registries/bundles/charter/deprecation.rego")
        #expect(first.nextStep.contains("migration_plan"))
        #expect(output.json["decision"] == "deny")
    }

    @Test func `refuses without its bundle, with a broken one, and without policies`() throws {
        let target = input(["id": "SPEC-X", "purpose": "Says in words why it is there."])
        let missing = try gate("G6", [:]).judge(target)
        #expect(Set(missing.findings.map(\.code)) == ["policy.decision.no-bundle"])
        let broken = try gate("G6", ["charter": .failure(.yamlData(path: "data.yaml"))]).judge(
            target
        )
        #expect(Set(broken.findings.map(\.code)) == ["policy.bundle.yaml-data"])
        let idle = PolicyGate(try #require(book.gates["G6"]), policies: [], points: [:]).judge(
            target
        )
        #expect(idle.findings.map(\.code) == ["gates.policy.none"])
    }

    @Test func `of another program is believed only in the standard shape, about this input`()
        throws
    {
        let input = input(["id": "SPEC-X"])
        let good = GateOutput(
            gate: "G9",
            gateVersion: "1.0.0",
            target: input.targetID,
            targetHash: input.targetHash,
            findings: [],
            policies: [],
            time: input.time
        ).json
        func read(_ value: JSONValue) -> GateOutput {
            GateOutput(parsing: value.line, of: "G9", version: "1.0.0", about: input)
        }
        #expect(read(good).isAllowed)
        let members = try #require(good.object)
        for key in members.keys where key != "evaluated_at" {
            var less = members
            less[key] = nil
            let codes = read(.object(less)).findings.map(\.code)
            #expect(codes == [GateOutput.malformedCode], "\(key)")
        }
        for (key, value) in [
            ("decision", "deny"), ("decision", "maybe"), ("gate", "G1"), ("target", "SPEC-Y"),
            ("target_hash", "00"), ("findings", [["rule": "r"]]), ("policies", [1]),
        ] as [(String, JSONValue)] {
            var other = members
            other[key] = value
            #expect(!read(.object(other)).isAllowed, "\(key)")
        }
        let noise = GateOutput(parsing: Array("ok".utf8), of: "G9", version: "1.0.0", about: input)
        #expect(noise.findings.map(\.code) == ["gates.output.malformed"])
    }
}
