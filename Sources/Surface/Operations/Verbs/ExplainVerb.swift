import Canon
import Integrity
import Ledger
import Registry

/// `charter explain PATH`.
enum ExplainVerb {
    static let operation = Operation(
        words: ["explain"],
        summary: "say what a file is, who owns it, who changed it, which rules apply",
        details: """
            Answers for any path of the root: what it is (registry), why it is allowed (framework and
            pattern), which package owns it, whether its bytes are the registered ones, which gates and
            rules judge it, and how it would be installed (manifest).

            Exit status 1 when the path is not accounted for.
            """,
        operands: [.init(name: "PATH", summary: "a path of the root")]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let path = try surroundings.path(request.operands[0], in: root)
        return Explanation(
            path,
            try surroundings.state(of: root),
            history: try history(of: path, root, surroundings)
        ).answer
    }

    /// The last changes that the root's log records of a path.
    private static func history(
        of path: RelativePath,
        _ root: GovernedRoot,
        _ surroundings: Surroundings
    ) throws(OperationFault) -> [LedgerEntry]? {
        let ledgers = RootLedger(root, clock: surroundings.clock)
        do {
            guard try ledgers.isKept() else { return nil }
            guard let reader = try ledgers.reader(of: .root) else { return [] }
            var query = LedgerQuery()
            query.subject = "file:" + path.text
            query.outcome = .succeeded
            query.isReversed = true
            return try reader.page(query, limit: 5).entries
        } catch {
            throw OperationFault(error)
        }
    }
}
