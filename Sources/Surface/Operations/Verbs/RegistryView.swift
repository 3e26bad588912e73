import Canon
import Integrity
import Patterns
import Registry

/// The derived six columns of a file (requirement C10), and the graph of everything that is linked.
enum RegistryView {
    struct Row {
        var id: String
        var path: String
        var hash: String
        var governedBy: String
        var package: String
        var purpose: String

        var json: JSONValue {
            [
                "id": .string(id), "path": .string(path), "content_hash": .string(hash),
                "governed_by": .string(governedBy), "package_id": .string(package),
                "purpose": .string(purpose),
            ]
        }
    }

    static func row(
        _ row: LocalRegistry.Row,
        in local: LocalRegistry,
        _ state: RootState
    ) -> Row {
        let spec = state.book.specification(ofOwner: row.owner)
        let framework = spec.flatMap { state.book.framework($0.frameworkID.text) }
        let bytes = LocalRegistry.join(local.directory, row.name)
        let path = Printable(bytes: bytes).description
        let authorisation = framework?.authorises.first { $0.pattern.matches(bytes) }
        return Row(
            id: "FILE:" + path,
            path: path,
            hash: row.digest?.hex ?? "",
            governedBy: framework?.id.text ?? "",
            package: row.owner,
            purpose: authorisation?.purpose ?? spec?.purpose ?? ""
        )
    }

    static func table(_ rows: [Row]) -> [String] {
        let pathWidth = (rows.map(\.path.count).max() ?? 0) + 2
        let packageWidth = (rows.map(\.package.count).max() ?? 0) + 2
        let frameworkWidth = (rows.map(\.governedBy.count).max() ?? 0) + 2
        return rows.map { row in
            HelpText.padded(row.path, pathWidth) + HelpText.padded(row.package, packageWidth)
                + HelpText.padded(row.governedBy, frameworkWidth) + row.hash.prefix(12) + "  "
                + row.purpose
        }
    }

    static func graph(_ book: LawBook) -> LinkGraph {
        var graph = LinkGraph()
        for item in book.frameworks.values {
            graph.add(item.id.text, dependsOn: item.dependencies.map(\.id))
        }
        for item in book.specs.values {
            graph.add(item.id.text, dependsOn: [item.frameworkID.text])
        }
        for item in book.packages.values {
            graph.add(item.id.text, dependsOn: [item.specID.text] + item.dependencies.map(\.id))
        }
        return graph
    }
}

/// One run of `registry select`.
struct SelectionVerb {
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
