import Canon
import Integrity
import Registry

/// `charter registry link`.
enum RegistryLinkVerb {
    static let operation = Operation(
        words: ["registry", "link"],
        summary: "check that packages, specs, frameworks and gates are linked",
        details: """
            The third stage of the integrity check by itself: dangling ids, cycles, versions, missing
            metadata, unknown gates, paths that no framework authorises. --order prints every entity
            after what it depends on.
            """,
        options: [.init(name: "order", value: nil, summary: "print ids, dependencies first")]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let state = try surroundings.state(of: root)
        let compiled = RegistryCompiler(tree: state.tree, book: state.book, locals: state.locals)
            .compile()
        let violations = LinkRules(
            book: state.book,
            tree: state.tree,
            ownership: compiled.ownership
        ).judge()
        guard violations.isEmpty else {
            return Report.refusal(
                violations,
                "not linked: \(Report.count(violations.count, "finding"))."
            )
        }
        let order = RegistryView.graph(state.book).ordered() ?? []
        return Answer(
            json: [
                "verdict": "linked", "entities": .integer(order.count),
                "order": .array(order.map { .string($0) }),
            ],
            lines: (request.has("order") ? order : [])
                + ["linked: \(Report.count(order.count, "entity", "entities"))"]
        )
    }
}
