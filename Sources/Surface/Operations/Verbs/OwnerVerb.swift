import Canon
import Integrity
import Registry

/// `charter owner PATH`.
enum OwnerVerb {
    static let operation = Operation(
        words: ["owner"],
        summary: "name the one owner of each path",
        details: """
            Prints the owner of each path. Exit status 1 when one has none and is not exempt either.
            Example: charter owner README.md docs/guide.md
            """,
        operands: [.init(name: "PATH", summary: "paths of the root", repeats: true)]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let state = try surroundings.state(of: root)
        var rows: [JSONValue] = []
        var lines: [String] = []
        var isWhole = true
        for operand in request.operands {
            let path = try surroundings.path(operand, in: root)
            let owner = state.owner(of: path)
            let policy = state.exemption(of: path)?.policy
            isWhole = isWhole && (owner != nil || policy != nil)
            rows.append([
                "path": .string(path.text), "owner": owner.map { .string($0) } ?? .null,
                "exempt_by": policy.map { .string($0) } ?? .null,
            ])
            let words = policy.map { "nobody (exempt by \($0))" } ?? owner ?? state.unowned(path)
            lines.append("\(Printable(path.text))  \(words)")
        }
        return Answer(
            isWhole ? .done : .refused,
            json: ["owners": .array(rows)],
            lines: lines
        )
    }
}
