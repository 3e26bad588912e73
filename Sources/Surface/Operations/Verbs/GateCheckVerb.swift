import Canon
import Crypto
import Gates
import Host
import Integrity
import Registry

/// `charter gate check ID`.
struct GateCheckVerb {
    static let operation = Operation(
        words: ["gate", "check"],
        summary: "run one gate, over the root or over a document",
        details: """
            Without --input the gate judges the root as the integrity check lets it: every spec whose
            framework requires it, or that adds it. A root in which an earlier stage fails is not
            judged, and the earlier finding is shown.

            With --input a gate that judges by policies is given that document, such as a request or a
            spec, as the target; the answer is the standard output of a gate (schema gate_result).

            Every finding has its rule, its reason and the next step. Exit status 0: the gate lets
            pass. 1: it does not. 64: the law has no such gate.
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
            throw .usage(
                "The law has no gate \(Printable(request.operands[0])); "
                    + "'charter gate list' lists those it has."
            )
        }
        self.gate = gate
    }

    private func answer() throws(OperationFault) -> Answer {
        request.option("input") == nil ? try overRoot() : try overDocument()
    }

    private func overRoot() throws(OperationFault) -> Answer {
        let report: IntegrityReport
        do throws(IntegrityFault) {
            report = try IntegrityCheck(root, threads: WorkerThreads.available)
                .run(through: .gates, progress: surroundings.progress)
        } catch {
            throw .integrity(error)
        }
        let wasAsked = report.isWhole || report.stages.last == .gates
        guard wasAsked else {
            return Report.refusal(
                report.violations,
                "\(gate.id) was not asked: the root fails before its gates."
            )
        }
        let own = report.violations.filter { $0.rule.hasPrefix("\(gate.id) (") }
        guard own.isEmpty else {
            return Report.refusal(
                own,
                "\(gate.id) does not let the root pass: \(Report.count(own.count, "finding"))"
            )
        }
        return Answer(
            json: ["verdict": "passed", "gate": .string(gate.id)],
            lines: ["\(gate.id) lets the root pass: \(gate.ensures)"]
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
        let target: JSONValue
        do {
            target = try JSONValue(parsing: input.bytes ?? [])
        } catch {
            throw .document(path: input.name, DocumentFault(error))
        }
        let output = PolicyGate(
            gate,
            in: state.book,
            bundles: BundleFolder.bundles(in: state.tree)
        ).judge(
            GateInput(
                targetID: target["id"]?.string ?? input.name,
                targetHash: .sha256(of: input.bytes ?? []),
                target: target,
                trigger: gate.trigger,
                time: Timestamp(nanoseconds: surroundings.clock.now)
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
}
