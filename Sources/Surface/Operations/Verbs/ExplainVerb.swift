import Canon
import Integrity
import Registry

/// `charter explain PATH`.
enum ExplainVerb {
    static let operation = Operation(
        words: ["explain"],
        summary: "say what a file is, who owns it, why it may lie there, and which rules apply",
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
        return Explanation(path, try surroundings.state(of: root)).answer
    }
}
