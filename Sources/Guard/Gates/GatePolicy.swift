import Canon
package import Policy
package import Registry

/// A policy of the law that is written in the policy language: which document of which bundle it is.
package struct GatePolicy: Sendable {
    package let id: String
    package let version: String
    package let bundle: String
    package let query: QueryPath
    /// Whether it fills in what a request leaves out, instead of judging.
    package let isMutator: Bool

    /// The policy of a document; `nil` where the document is not written in the policy language.
    package init?(_ document: PolicyDocument) {
        guard let bundle = document.bundle, let query = document.query.flatMap({ QueryPath($0) })
        else { return nil }
        id = document.id.text
        version = document.version.description
        self.bundle = bundle
        self.query = query
        isMutator = document.effect == "mutate"
    }

    /// The active policies that name a gate, in the order of their ids.
    package static func policies(of gate: String, in book: LawBook) -> [GatePolicy] {
        book.policies.values
            .filter { $0.status == .active && $0.gate == gate }
            .sorted { $0.id < $1.id }
            .compactMap { GatePolicy($0) }
    }

    /// How reasons name it: its id and its version.
    var name: String { "\(id) \(version)" }
}
