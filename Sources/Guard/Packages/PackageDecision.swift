import Canon
import Gates
import Integrity
import Policy
import Registry
import Rego

/// The one function that decides whether something may be done with a package: the install policy of the
/// law, and then every gate that decides about changes by policies.
package struct PackageDecision: Sendable {
    /// Who asks, as the kernel or a signature has it.
    package struct Subject: Sendable {
        package let id: String
        package let role: String
        package let isAgent: Bool

        /// Somebody in a role; whoever has none has the empty one.
        package init(id: String, role: String, isAgent: Bool = false) {
            self.id = id
            self.role = role
            self.isAgent = isAgent
        }
    }

    /// What shall be done.
    package enum Operation: String, Sendable {
        case pack
        case install
        case upgrade
        case uninstall
        case sync
        case rollback
        case dryRun = "dry_run"

        /// What it is for the install policy: an upgrade is an installation.
        var granted: String { self == .upgrade ? "install" : rawValue }

        /// What it is for the gates; `nil` where they are not asked.
        var admitted: AdmissionRequest.Operation? {
            switch self {
            case .pack: .create
            case .install: .install
            case .upgrade, .sync, .rollback: .update
            case .uninstall: .remove
            case .dryRun: nil
            }
        }
    }

    /// What is decided about.
    package struct Target: Sendable {
        let id: String
        let version: String
        let classification: String
        let status: String
        let framework: String
        let document: JSONValue
    }

    private let state: JudgedLaw
    private let subject: Subject
    private let approvals: [String]
    private let time: Timestamp

    init(_ law: JudgedLaw, _ subject: Subject, approvals: [String] = [], at time: Timestamp) {
        state = law
        self.subject = subject
        self.approvals = approvals
        self.time = time
    }

    /// Why it may not be done; nothing where it may.
    func refusals(
        _ operation: Operation,
        _ target: Target
    ) throws(PackageFault) -> [PackageRefusal] {
        let policy = try InstallPolicy(state.book)
        let no = policy.answer(
            InstallPolicy.Question(
                role: subject.role,
                operation: operation.granted,
                classification: target.classification,
                status: target.status,
                framework: target.framework,
                approvals: approvals.count
            )
        )
        if let no {
            return [
                PackageRefusal(
                    .notAuthorised,
                    path: target.id,
                    no.reason,
                    next: no.next,
                    rule: "\(policy.id) \(policy.version)"
                )
            ]
        }
        guard let admitted = operation.admitted else { return [] }
        let request = AdmissionRequest(
            id: "\(operation.rawValue)/\(target.id)@\(target.version)",
            admitted,
            target: Value(described(target)),
            by: AdmissionRequest.Subject(
                id: subject.id,
                kind: subject.isAgent ? "agent" : "human",
                role: subject.role,
                classification: "BUILDER"
            ),
            approvals: approvals.map { AdmissionRequest.Approval(by: $0, kind: "human") },
            time: time
        )
        let gates = state.book.gates.values.filter {
            $0.subject == .policy && $0.trigger == "install" && $0.status == .active
        }
        let bundles = BundleFolder.bundles(in: state.tree)
        var refusals: [PackageRefusal] = []
        for gate in gates.sorted(by: { $0.id < $1.id }) {
            let decision = GateKeeper(PolicyGate(gate, in: state.book, bundles: bundles))
                .decide(request)
            guard !decision.mayProceed else { continue }
            refusals += decision.reasons.map { reason in
                PackageRefusal(
                    .notAuthorised,
                    path: target.id,
                    "\(reason.reason.message) [\(reason.reason.code)]",
                    next: reason.reason.next,
                    rule: "\(gate.id) (\(gate.name)): \(reason.policy) \(reason.version)"
                )
            }
        }
        return refusals
    }

    /// The target as gates are given it: its document, and what it is.
    private func described(_ target: Target) -> JSONValue {
        var members = target.document.object ?? JSONObject()
        members["entity_type"] = "package"
        members["purpose"] = target.document["content"]?["purpose"]
        // A thousand files are no matter of admission.
        members["packed"] = nil
        members["content"] = nil
        return .object(members)
    }
}

/// The law that decides, with the tree that its bundles lie in.
struct JudgedLaw: Sendable {
    let book: LawBook
    let tree: TreeSnapshot

    init(_ state: RootState) {
        book = state.book
        tree = state.tree
    }
}
