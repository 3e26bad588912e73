import Canon
import Integrity
import Registry

/// The selection profiles of a root: named parts of its law.
struct SelectionProfiles {
    private let state: RootState

    init(_ state: RootState) { self.state = state }

    func answer(_ wanted: String?) throws(OperationFault) -> Answer {
        let profiles = try profiles()
        guard let wanted else {
            let names = profiles.compactMap { $0["id"]?.string }
            return Answer(
                json: ["profiles": .array(names.map { .string($0) })],
                lines: profiles.map { profile in
                    "\(profile["id"]?.string ?? ""): \(profile["purpose"]?.string ?? "")"
                }
            )
        }
        guard let profile = profiles.first(where: { $0["id"]?.string == wanted }) else {
            throw .usage(
                "There is no profile \(Printable(wanted)); 'charter registry select' lists them."
            )
        }
        let graph = RegistryView.graph(state.book)
        let direct = ids(profile)
        let closes = profile["closure"]?.string == "dependencies"
        guard let order = graph.ordered(), direct.isSubset(of: Set(order)) else {
            return Report.refusal(
                [
                    Violation(
                        .links,
                        .dangling,
                        path: RootLayout.selections,
                        rule: wanted,
                        reason: "The profile \(wanted) names something that does not exist, "
                            + "or the law has a cycle."
                    )
                ],
                "not selected."
            )
        }
        let all =
            closes
            ? Selection(name: wanted, wanted: direct.sorted(), book: state.book)?.items ?? []
            : order.filter(direct.contains)
        return Answer(
            json: ["profile": .string(wanted), "items": .array(all.map { .string($0) })],
            lines: all
        )
    }

    private func profiles() throws(OperationFault) -> [JSONValue] {
        guard let path = try? RelativePath(RootLayout.selections) else { return [] }
        switch state.tree.document(path) {
        case .failure(let fault): throw .document(path: RootLayout.selections, fault)
        case .success(let bytes):
            do {
                return try JSONValue(parsing: bytes)["profiles"]?.array ?? []
            } catch {
                throw .document(path: RootLayout.selections, DocumentFault(error))
            }
        }
    }

    /// The ids that the profile's `include` names, by id, by type or by a condition.
    private func ids(_ profile: JSONValue) -> Set<String> {
        var out: Set<String> = []
        for include in profile["include"]?.array ?? [] {
            out.formUnion((include["ids"]?.array ?? []).compactMap(\.string))
            let isActiveOnly = include["where"]?["status"]?.string == "active"
            switch include["entity_type"]?.string {
            case "framework":
                out.formUnion(
                    state.book.frameworks.values
                        .filter { !isActiveOnly || $0.status == .active }.map(\.id.text)
                )
            case "spec":
                out.formUnion(
                    state.book.specs.values
                        .filter { !isActiveOnly || $0.status == .active }.map(\.id.text)
                )
            case "package":
                out.formUnion(
                    state.book.packages.values
                        .filter { !isActiveOnly || $0.status == .active }.map(\.id.text)
                )
            default: break
            }
        }
        return out
    }
}
