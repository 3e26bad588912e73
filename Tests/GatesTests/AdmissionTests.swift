import Canon
import Foundation
import Gates
import Host
import Policy
import Registry
import Rego
import Support
import Telemetry
import Testing

@Suite(.covers("D26", "D41", "D43", "D44", "F11", "G10", "G11", "G13"))
struct `The keeper of the gate` {
    private let keeper: GateKeeper
    private let metrics = MetricRegistry()

    init() throws {
        let book = try OwnLaw.book.get()
        let gate = PolicyGate(
            try #require(book.gates["G7"]),
            in: book,
            bundles: BundleFolder.bundles(in: try OwnLaw.tree())
        )
        keeper = GateKeeper(gate, metrics: try DecisionMetrics(metrics))
    }

    private let mia = AdmissionRequest.Subject(
        id: "mia",
        kind: "human",
        role: "maintainer",
        classification: "BUILDER"
    )
    private let bot = AdmissionRequest.Subject(
        id: "bot",
        kind: "agent",
        role: "agent",
        classification: "BUILDER"
    )

    private func request(
        _ operation: AdmissionRequest.Operation,
        _ target: Value,
        by subject: AdmissionRequest.Subject? = nil
    ) -> AdmissionRequest {
        AdmissionRequest(
            id: "r1",
            operation,
            target: target,
            by: subject ?? mia,
            time: DoorBundle.time
        )
    }

    private let package: Value = ["id": "PKG-A", "class": "BUILT", "status": "active"]
    private let production: Value = [
        "id": "ENV-1", "class": "BUILT", "entity_type": "environment", "stage": "prod",
    ]

    private func codes(_ request: AdmissionRequest) -> [String] {
        keeper.decide(request).reasons.map(\.reason.code)
    }

    @Test func `decides each of the four operations by role`() {
        for operation in AdmissionRequest.Operation.allCases {
            let allowed = keeper.decide(request(operation, package))
            #expect(allowed.verdict == .allow, "\(operation): \(allowed.reasons)")
            #expect(allowed.records.count == 5)
            var auditor = mia
            auditor.role = "auditor"
            #expect(codes(request(operation, package, by: auditor)) == ["charter.authz.action"])
        }
        #expect(codes(request(.install, package, by: bot)) == ["charter.authz.action"])
        #expect(codes(request(.create, package, by: bot)) == [])
    }

    @Test func `says for each denial which policy in which version and revision`() throws {
        let decision = keeper.decide(request(.install, package, by: bot))
        let reason = try #require(decision.reasons.first)
        #expect(reason.policy == "POL-AUTHZ-001")
        #expect(reason.version == "1.0.0")
        #expect(reason.revision == "1.0.0")
        #expect(reason.reason.rule == "data.charter.authz.deny")
        #expect(reason.reason.file == "authz.rego")
        #expect(decision.json["reasons"]?.array?.first?["policy"] == "POL-AUTHZ-001")
    }

    @Test func `lets nothing that was built act as the builder`() {
        var app = mia
        app.classification = "BUILT"
        #expect(codes(request(.update, package, by: app)) == ["charter.builder.built-acts"])
    }

    @Test func `waits for another human before production changes`() {
        var update = request(.update, production)
        #expect(keeper.decide(update).verdict == .needsApproval)
        update.approvals = [.init(by: "mia", kind: "human")]
        #expect(keeper.decide(update).verdict == .needsApproval)
        update.approvals = [.init(by: "ada", kind: "human")]
        #expect(keeper.decide(update).verdict == .allow)
    }

    @Test func `breaks the glass only with a justification, and tells`() {
        var update = request(.update, production)
        update.breakGlass = ["justification": "urgent"]
        let unjustified = keeper.decide(update)
        #expect(unjustified.verdict == .deny)
        #expect(unjustified.reasons.contains { $0.reason.code == "charter.emergency.unjustified" })
        update.breakGlass = ["justification": "Customers cannot log in; revision 8 mends it."]
        let justified = keeper.decide(update)
        #expect(justified.verdict == .allow)
        #expect(justified.obligations == ["record:break-glass", "alert:break-glass"])
        update.subject.role = "auditor"
        #expect(keeper.decide(update).verdict == .deny)
    }

    @Test func `hands out the right to act only when all allow it and it is meant`() throws {
        let home = TemporaryDirectory()
        func contents() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: home.path)
        }
        func act(_ admission: GateKeeper.Admission) -> String {
            home.write("done", "\(admission.target)")
            return admission.request.id
        }
        let denied = keeper.pass(request(.install, package, by: bot), effect: act)
        #expect(denied.outcome == nil)
        #expect(try contents() == [])
        var dry = request(.install, package)
        dry.channel = .dryRun
        let tried = keeper.pass(dry, effect: act)
        #expect(tried.outcome == nil)
        #expect(try contents() == [])
        let done = keeper.pass(request(.install, package), effect: act)
        #expect(done.outcome == "r1")
        #expect(try contents() == ["done"])
        // The dry run decided the same.
        #expect(tried.decision.verdict == done.decision.verdict)
        #expect(tried.decision.target == done.decision.target)
        #expect(tried.decision.reasons == done.decision.reasons)
    }

    @Test func `an audit stops nothing and says what it would have`() {
        var asked = request(.install, package, by: bot)
        asked.mode = .audit
        let decision = keeper.decide(asked)
        #expect(decision.verdict == .deny)
        #expect(decision.mayProceed)
    }

    @Test func `fills in what is left out, once`() {
        let new: Value = ["id": "SPEC-A", "class": "BUILT", "purpose": " Why it is. "]
        let once = keeper.decide(request(.create, new))
        #expect(
            once.target == [
                "id": "SPEC-A", "class": "BUILT", "purpose": "Why it is.", "owner": "mia",
                "status": "draft",
            ]
        )
        #expect(once.mutations.count == 3)
        let twice = keeper.decide(request(.create, once.target))
        #expect(twice.target == once.target)
        #expect(twice.mutations == [])
    }

    @Test(.covers("D45"))
    func `counts decisions, denials and what was filled in, by revision`() throws {
        _ = keeper.decide(request(.install, package, by: bot))
        _ = keeper.decide(request(.create, ["id": "A", "class": "BUILT"]))
        let text = String(decoding: Exposition.prometheus.render(metrics), as: UTF8.self)
        #expect(
            text.contains(
                #"charter_policy_denials_total{bundle="charter",code="charter.authz.action",revision="1.0.0"} 1"#
            )
                || text.contains(
                    #"charter_policy_denials_total{bundle="charter",revision="1.0.0",code="charter.authz.action"} 1"#
                )
        )
        #expect(text.contains("charter_admission_mutations_total"))
        #expect(text.contains(#"verdict="allow""#))
    }

    @Test(.covers("C48")) func `one denial outweighs any number of permissions`() {
        #expect(GateKeeper.combined([.allow, .deny, .allow]) == .deny)
        #expect(GateKeeper.combined([.needsApproval, .deny]) == .deny)
        #expect(
            GateKeeper.combined([.narrowed(to: 1), .needsApproval, .deferred]) == .needsApproval
        )
        #expect(GateKeeper.combined([.narrowed(to: 1), .allow]) == .narrowed(to: 1))
        #expect(GateKeeper.combined([.narrowed(to: 1), .narrowed(to: 2)]) == .deny)
        #expect(GateKeeper.combined([]) == .allow)
    }

    @Test func `admits nothing without policies`() throws {
        let gate = try #require(try OwnLaw.book.get().gates["G7"])
        let idle = GateKeeper(PolicyGate(gate, policies: [], points: [:]))
        let decision = idle.decide(request(.create, package))
        #expect(decision.verdict == .deny)
        #expect(decision.reasons.map(\.reason.code) == ["gates.admission.no-policy"])
    }
}

@Suite(.covers("D43"))
struct `What mutators may fill in` {
    /// A keeper whose one mutator answers this.
    private func decide(_ answer: String, _ target: Value) throws -> AdmissionDecision {
        let book = try OwnLaw.book.get()
        let text = """
            package charter.admission

            deny := set()

            mutation := \(answer)
            """
        let bundle = try PolicyBundle(
            files: [BundleFile(path: "a.rego", text: text)],
            name: "charter"
        )
        let loaded = try LoadedBundle(bundle, provenance: .author)
        let wanted = ["POL-ADMIT-001", "POL-FILL-001"]
        let policies = GatePolicy.policies(of: "G7", in: book).filter { wanted.contains($0.id) }
        let gate = PolicyGate(
            try #require(book.gates["G7"]),
            policies: policies,
            points: ["charter": BundleDecisionPoint(.ready(loaded))]
        )
        return GateKeeper(gate).decide(
            AdmissionRequest(
                id: "r",
                .create,
                target: target,
                by: .init(id: "s", kind: "human", role: "admin", classification: "BUILDER"),
                time: DoorBundle.time
            )
        )
    }

    private func patch(_ operations: String) -> String {
        #"{"patch": [\#(operations)], "protects": ["roles", "class", "paths", "grants"]}"#
    }

    private let target: Value = [
        "id": "A", "class": "BUILT", "roles": ["reader", "writer"], "note": "n",
        "access": ["paths": ["a", "b"], "grants": ["read": true, "write": false]],
        "parts": [["name": "p", "roles": ["x"]]],
    ]

    @Test func `is anything that gives nobody more`() throws {
        for operations in [
            "", #"{"op": "replace", "path": "/note", "value": "m"}"#,
            #"{"op": "add", "path": "/extra", "value": {"deep": [1]}}"#,
            #"{"op": "replace", "path": "/roles", "value": ["reader"]}"#,
            #"{"op": "replace", "path": "/roles", "value": ["writer", "reader"]}"#,
            #"{"op": "replace", "path": "/access/paths", "value": []}"#,
            #"{"op": "replace", "path": "/access/grants", "value": {"read": false}}"#,
            #"{"op": "add", "path": "/nested", "value": {"roles": []}}"#,
        ] {
            let decision = try decide(patch(operations), target)
            #expect(decision.verdict == .allow, "\(operations): \(decision.reasons)")
        }
    }

    @Test func `never gives anybody more`() throws {
        for operations in [
            #"{"op": "replace", "path": "/roles", "value": ["reader", "writer", "admin"]}"#,
            #"{"op": "replace", "path": "/roles", "value": "admin"}"#,
            #"{"op": "replace", "path": "/class", "value": "BUILDER"}"#,
            #"{"op": "replace", "path": "/id", "value": "B"}"#,
            #"{"op": "replace", "path": "/access/paths", "value": ["a", "b", "/"]}"#,
            #"{"op": "replace", "path": "/access/grants", "value": {"write": true}}"#,
            #"{"op": "replace", "path": "/access/grants", "value": {"own": true}}"#,
            #"{"op": "add", "path": "/nested", "value": {"roles": ["admin"]}}"#,
            #"{"op": "add", "path": "/parts/0", "value": {"name": "q", "roles": ["y"]}}"#,
            #"{"op": "replace", "path": "/parts/0/roles", "value": ["x", "z"]}"#,
            #"{"op": "add", "path": "/parts/1", "value": {"name": "mallory", "roles": ["x"]}}"#,
            #"{"op": "replace", "path": "/parts/0/name", "value": "mallory"}"#,
            #"{"op": "replace", "path": "", "value": {"id": "A", "class": "BUILDER"}}"#,
        ] {
            let decision = try decide(patch(operations), target)
            #expect(decision.verdict == .deny)
            #expect(
                decision.reasons.map(\.reason.code) == ["gates.mutation.widens"],
                "\(operations)"
            )
            #expect(decision.target == target)
        }
    }

    @Test func `is the same when it is filled in twice`() throws {
        let growing = patch(#"{"op": "add", "path": "/list/-", "value": 1}"#)
        let decision = try decide(growing, ["id": "A", "list": []])
        #expect(decision.reasons.map(\.reason.code) == ["gates.mutation.not-idempotent"])
    }

    @Test func `is refused when it is no patch, does not apply or cannot be made`() throws {
        let cases = [
            ("[]", "gates.mutation.wrong-shape"), ("true", "gates.mutation.wrong-shape"),
            (#"{"patch": []}"#, "gates.mutation.wrong-shape"),
            (#"{"patch": {}, "protects": []}"#, "gates.mutation.wrong-shape"),
            (#"{"patch": [], "protects": [1]}"#, "gates.mutation.wrong-shape"),
            (patch(#"{"op": "remove", "path": "/nothing"}"#), "gates.mutation.not-applicable"),
            (patch(#"{"op": "fly", "path": "/note"}"#), "gates.mutation.not-applicable"),
            ("true if input.nothing", "policy.decision.undefined"),
            ("to_number(input.target.id)", "rego.eval.builtin"),
        ]
        for (answer, code) in cases {
            let decision = try decide(answer, target)
            #expect(decision.verdict == .deny)
            #expect(decision.reasons.map(\.reason.code) == [code], "\(answer)")
        }
    }
}
