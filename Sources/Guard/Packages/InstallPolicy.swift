import Canon
import Registry

/// Who may do what with packages: the install policy of the law, which is data.
///
/// What no grant covers is denied, and a denial outweighs every grant.
struct InstallPolicy: Sendable {
    /// What is asked.
    struct Question: Sendable {
        let role: String
        let operation: String
        let classification: String
        let status: String
        let framework: String
        /// How many people have signed for it.
        let approvals: Int
    }

    /// Why the answer is no.
    struct No: Sendable {
        let reason: String
        let next: String
    }

    let id: String
    let version: String
    private let grants: [JSONValue]
    private let denials: [JSONValue]

    /// The active install policies of a law; there must be exactly one.
    init(_ book: LawBook) throws(PackageFault) {
        var found: [(PolicyDocument, JSONValue)] = []
        for policy in book.policies.values where policy.status == .active {
            if let rules = book.documents[policy.path]?["install"] { found.append((policy, rules)) }
        }
        guard found.count == 1, let (policy, rules) = found.first else {
            throw .noInstallPolicy(
                path: RootLayout.policies,
                reason: "it holds \(found.count) active install policies instead of one"
            )
        }
        guard rules["default"]?.string == "deny", let grants = rules["grants"]?.array,
            let denials = rules["denials"]?.array
        else {
            throw .noInstallPolicy(
                path: policy.path,
                reason: "its default is not to deny, or it has no grants and denials"
            )
        }
        id = policy.id.text
        version = policy.version.description
        self.grants = grants
        self.denials = denials
    }

    /// Why the answer is no; `nil` where it is yes.
    func answer(_ question: Question) -> No? {
        if let denial = denials.first(where: { covers($0, question) }) {
            return No(
                reason: denial["reason"]?.string ?? "The policy denies it.",
                next: "Ask somebody whom \(id) lets do it."
            )
        }
        let covering = grants.filter { covers($0, question) }
        guard !covering.isEmpty else {
            let who =
                question.role.isEmpty ? "somebody without a role" : "the role \(question.role)"
            return No(
                reason:
                    "No grant of \(id) lets \(Printable(who)) \(question.operation) a package of "
                    + "the class \(Printable(question.classification)).",
                next: "Ask an operator of this root: whoever owns its directory."
            )
        }
        // The grant that asks for least decides.
        let needed = covering.map { max(0, $0["approvals"]?.integer ?? 0) }.min() ?? 0
        guard question.approvals >= needed else {
            return No(
                reason: "\(id) asks for \(needed) signed approval\(needed == 1 ? "" : "s") before "
                    + "somebody may \(question.operation) a package of the class "
                    + "\(Printable(question.classification)); there "
                    + (question.approvals == 0 ? "is none." : "are \(question.approvals)."),
                next:
                    "Nobody can sign for it yet: approvals come with the firewall. Packages of the class "
                    + "BUILT need none."
            )
        }
        return nil
    }

    private func covers(_ entry: JSONValue, _ question: Question) -> Bool {
        func holds(_ name: String, _ value: String, isOptional: Bool = false) -> Bool {
            guard let list = entry[name]?.array else { return isOptional }
            return list.contains { $0.string?.hasSameBytes(as: value) ?? false }
        }
        return holds("roles", question.role) && holds("operations", question.operation)
            && holds("classes", question.classification)
            && holds("statuses", question.status, isOptional: true)
            && holds("frameworks", question.framework, isOptional: true)
    }
}
