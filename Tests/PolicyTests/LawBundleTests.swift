import Canon
import Foundation
import Policy
import Rego
import Support
import Testing

/// The law's own policies, as they lie in `registries/bundles/charter`.
enum LawBundle {
    static let path = Repository.file("registries/bundles/charter")

    static func read() throws -> PolicyBundle {
        var files: [BundleFile] = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            var isDirectory: ObjCBool = false
            let whole = path + "/" + name
            guard unsafe FileManager.default.fileExists(atPath: whole, isDirectory: &isDirectory),
                !isDirectory.boolValue, !name.hasSuffix(".file_registry.csv")
            else { continue }
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: whole)))
            files.append(BundleFile(path: name, bytes: bytes))
        }
        return try PolicyBundle(files: files)
    }
}

@Suite(.covers("D32", "G11", "C48"))
struct `The policies of the law` {
    @Test func `are fit to decide, and their tests come by every rule`() throws {
        let review = BundleReview(of: try LawBundle.read())
        #expect(review.findings.map(\.description) == [])
        let tests = try #require(review.tests)
        #expect(tests.outcomes.count >= 40)
        let missed = tests.coverage.files.filter { !$0.missed.isEmpty }
            .map { "\($0.path): \($0.missed)" }
        #expect(missed == [])
    }

    @Test func `are written as the formatter writes them`() throws {
        for file in try LawBundle.read().policies {
            let written = try PolicyFormatter.format(file.bytes, file: file.path)
            let found = String(decoding: file.bytes, as: UTF8.self)
            #expect(written == found, "\(file.path)")
        }
    }

    /// One target that each must let pass, and one that each must not.
    @Test(
        arguments: [
            ("purpose", "charter/purpose/deny", "deny", "charter.purpose.too-short"),
            ("deprecation", "charter/deprecation/deny", "deny", "charter.deprecation.no-plan"),
            (
                "production", "charter/production/decision", "needs_approval",
                "charter.production.no-approval"
            ),
            ("authz", "charter/authz/deny", "deny", "charter.authz.action"),
            ("boundary", "charter/boundary/deny", "deny", "charter.boundary.send"),
            ("builder", "charter/builder/deny", "deny", "charter.builder.built-acts"),
            (
                "emergency", "charter/emergency/decision", "deny",
                "charter.emergency.unjustified"
            ),
            ("admission", "charter/admission/deny", "deny", "charter.admission.operation"),
        ]
    )
    func `let pass what they must, and nothing else`(
        _ name: String,
        _ query: String,
        _ verdict: String,
        _ code: String
    ) throws {
        let bundle = try LoadedBundle(LawBundle.read(), provenance: .author)
        let point = BundleDecisionPoint(.ready(bundle))
        let fixtures = try #require(bundle.bundle.data["charter"]?["fixtures"]?[.text(name)])
        var request = DecisionRequest(
            id: name,
            query: try #require(QueryPath(query)),
            input: .value(try #require(fixtures["passes"])),
            time: Timestamp(seconds: 1_800_000_000)
        )
        #expect(point.decide(request).verdict == .allow)
        request.input = .value(try #require(fixtures["violates"]))
        let refused = point.decide(request)
        #expect(refused.verdict.word == verdict)
        #expect(refused.reasons.contains { $0.code == code })
        for reason in refused.reasons {
            #expect(reason.file == name + ".rego")
            #expect(reason.line > 0)
            #expect(!reason.next.hasPrefix("Run 'charter policy explain"))
        }
    }

    @Test(arguments: [
        ("purpose", #"{"purpose": "Says what it is for, at length."}"#, true),
        ("purpose", #"{"purpose": "Twenty letters are 20"}"#, true),
        ("purpose", #"{"purpose": "Twenty letters, only"}"#, false),
        ("purpose", #"{"name": "No purpose at all"}"#, false),
        ("deprecation", #"{"priority": "P0", "status": "active"}"#, true),
        ("deprecation", #"{"priority": "P1", "status": "deprecated"}"#, true),
        ("deprecation", #"{"priority": "P0", "status": "deprecated"}"#, false),
        (
            "deprecation",
            #"{"priority": "P0", "status": "deprecated", "migration_plan": "-"}"#, false
        ),
        (
            "deprecation",
            #"{"priority": "P0", "status": "deprecated", "migration_plan": "To PKG-B by March."}"#,
            false
        ),
        ("production", #"{"entity_type": "environment", "stage": "dev"}"#, true),
        ("production", #"{"entity_type": "environment", "stage": "prod"}"#, false),
        ("production", #"{"entity_type": "stack", "stage": "prod"}"#, false),
        ("production", #"{"entity_type": "stack"}"#, false),
        ("production", #"{"entity_type": "module", "stage": "prod"}"#, true),
    ])
    func `tell what obeys them from what does not`(
        _ name: String,
        _ target: String,
        _ obeys: Bool
    ) throws {
        let bundle = try LoadedBundle(LawBundle.read(), provenance: .author)
        guard case .object(let members) = try Value(parsing: target) else { return }
        let input: Value = ["target": .object(members.setting("id", to: "X"))]
        let rule = name == "production" ? "decision" : "deny"
        let decision = BundleDecisionPoint(.ready(bundle)).decide(
            DecisionRequest(
                id: name,
                query: QueryPath(names: ["charter", name, rule]),
                input: .value(input),
                time: Timestamp(seconds: 0)
            )
        )
        #expect((decision.verdict == .allow) == obeys, "\(decision.reasons)")
    }

    @Test func `say of the tiers what the tiers' own documents say`() throws {
        let tiers = try #require(LawBundle.read().data["charter"]?["tiers"])
        for name in ["hot", "meta", "first_order"] {
            let bytes = try Data(
                contentsOf: URL(fileURLWithPath: Repository.file("planes/\(name)/tier.json"))
            )
            let document = try Value(parsing: [UInt8](bytes))
            let its = try #require(tiers[.text(name)])
            #expect(its["sends_to"] == document["boundary"]?["sends_to"])
            #expect(its["receives_from"] == document["boundary"]?["receives_from"])
            #expect(its["verbs"] == document["capabilities"]?["verbs"])
        }
        #expect(tiers.memberCount == 3)
    }
}
