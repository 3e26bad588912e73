import Canon
import Crypto
import Gates
import Host
import Integrity
import Registry
import Rego

/// `charter gate check ID`.
struct GateCheckVerb {
    static let operation = Operation(
        words: ["gate", "check"],
        summary: "run one gate, over the root or over a document",
        details: """
            Without --input the gate judges the root as the integrity check lets it: every spec whose
            framework requires it, or that adds it. A root in which an earlier stage fails is not
            judged, and the earlier finding is shown.

            With --input a gate that judges by policies is given that document: a spec or another
            target, whose answer is the standard output of a gate (schema gate_result); or a request to
            create, install, update or remove, which is decided as it would be and not carried out.

            Every finding has its rule, its reason and the next step. Exit status 0: the gate lets
            pass. 1: it does not. 64: there is no such gate, or nothing for it to judge.
            Example: charter gate check G1
            """,
        operands: [.init(name: "ID", summary: "the id of a gate, such as G1")],
        options: [
            .init(name: "input", value: "FILE", summary: "a document to judge; '-' as input")
        ]
    ) { request, surroundings throws(OperationFault) in
        try GateCheckVerb(request, surroundings).answer()
    }

    private let request: Request
    private let surroundings: Surroundings
    private let root: GovernedRoot
    private let gate: GateDefinition
    private let state: RootState

    private init(_ request: Request, _ surroundings: Surroundings) throws(OperationFault) {
        self.request = request
        self.surroundings = surroundings
        root = try surroundings.root()
        state = try surroundings.state(of: root)
        guard let gate = state.book.gates[request.operands[0]] else {
            throw GateCheckVerb.unknown(request.operands[0])
        }
        self.gate = gate
    }

    private static func unknown(_ id: String) -> OperationFault {
        .usage(
            "The law has no gate \(Printable(id)); 'charter gate list' lists those it has."
        )
    }

    private func answer() throws(OperationFault) -> Answer {
        request.option("input") == nil ? try overRoot() : try overDocument()
    }

    private func overRoot() throws(OperationFault) -> Answer {
        let report: IntegrityReport?
        do throws(IntegrityFault) {
            report = try IntegrityCheck(root, threads: WorkerThreads.available)
                .run(state, gate: gate.id)
        } catch {
            throw .integrity(error)
        }
        guard let report else { throw GateCheckVerb.unknown(gate.id) }
        guard report.isWhole else {
            let found = Report.count(report.violations.count, "finding")
            return Report.refusal(
                report.violations,
                report.stages.last == .gates
                    ? "\(gate.id) does not let the root pass: \(found)"
                    : "\(gate.id) was not asked, since the root fails before its gates: \(found)"
            )
        }
        // A gate that has judged nothing has let nothing pass.
        guard report.gateRuns > 0 else {
            throw .usage(
                "\(gate.id) is required of no spec of this root; give it what to judge with "
                    + "--input FILE."
            )
        }
        return Answer(
            json: [
                "verdict": "passed", "gate": .string(gate.id),
                "runs": .integer(report.gateRuns),
            ],
            lines: [
                "\(gate.id) lets \(Report.count(report.gateRuns, "spec")) pass: \(gate.ensures)"
            ]
        )
    }

    private func overDocument() throws(OperationFault) -> Answer {
        guard gate.subject == .policy else {
            throw .usage(
                "\(gate.id) judges files and not documents; leave --input out, or judge the "
                    + "document with 'charter validate'."
            )
        }
        let input = try PolicyInput(request, surroundings)
        let document: JSONValue
        do {
            document = try JSONValue(parsing: input.bytes ?? [])
        } catch {
            throw .document(path: input.name, DocumentFault(error))
        }
        let policyGate = PolicyGate(
            gate,
            in: state.book,
            bundles: BundleFolder.bundles(in: state.tree)
        )
        let time = Timestamp(nanoseconds: surroundings.clock.now)
        if let asked = AdmissionRequest(dryRunOf: document, at: time) {
            return GateCheckVerb.answer(GateKeeper(policyGate).decide(asked), gate)
        }
        // What stands beside a target belongs to the question.
        let target = document["target"] ?? document
        var context = document["target"] == nil ? nil : document.object
        context?["target"] = nil
        let output = policyGate.judge(
            GateInput(
                targetID: target["id"]?.string ?? input.name,
                targetHash: .sha256(of: input.bytes ?? []),
                target: target,
                trigger: gate.trigger,
                time: time,
                context: context ?? JSONObject()
            )
        )
        let asked = output.policies.map { "\($0.id) \($0.version)" }.joined(separator: ", ")
        return Answer(
            output.isAllowed ? .done : .refused,
            json: output.json,
            lines: output.findings.flatMap { finding in
                [
                    "\(finding.code)  \(output.target)", "    \(finding.message)",
                    "    rule: \(finding.rule)", "    next: \(finding.nextStep)",
                ]
            } + [
                "\(gate.id) \(output.isAllowed ? "lets" : "does not let") "
                    + "\(output.target) pass; asked: \(asked.isEmpty ? "nobody" : asked)"
            ]
        )
    }

    private static func answer(_ decision: AdmissionDecision, _ gate: GateDefinition) -> Answer {
        func lines(_ reason: AdmissionDecision.Attributed, as kind: String) -> [String] {
            ["    policy: \(reason.policy) \(reason.version)"]
                + Report.reason(reason.reason, as: kind)
        }
        return Answer(
            decision.mayProceed ? .done : .refused,
            json: decision.json,
            lines: ["\(decision.verdict.sentence) by \(gate.id)"]
                + decision.reasons.flatMap { lines($0, as: "reason") }
                + decision.warnings.flatMap { lines($0, as: "warning") }
                + decision.obligations.map { "    must: \($0)" }
        )
    }
}

extension AdmissionRequest {
    /// The request that a document states; `nil` where it states none.
    ///
    /// Who asks and who approved stand there as claims, so it is only ever a dry run.
    fileprivate init?(dryRunOf document: JSONValue, at time: Timestamp) {
        guard let operation = document["operation"]?.string.flatMap(Operation.init),
            let target = document["target"]
        else { return nil }
        func text(_ member: String, of value: JSONValue?) -> String {
            value?[member]?.string ?? ""
        }
        let subject = document["subject"]
        self.init(
            id: text("id", of: document),
            operation,
            target: Value(target),
            by: Subject(
                id: text("id", of: subject),
                kind: text("kind", of: subject),
                role: text("role", of: subject),
                classification: text("class", of: subject)
            ),
            approvals: (document["approvals"]?.array ?? []).map {
                Approval(by: text("by", of: $0), kind: text("kind", of: $0))
            },
            breakGlass: document["break_glass"].map { Value($0) },
            channel: .dryRun,
            time: time
        )
    }
}
