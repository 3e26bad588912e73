import Canon
import Integrity
import Registry

/// `charter chain PATH`.
enum ChainVerb {
    static let operation = Operation(
        words: ["chain"],
        summary: "print the chain of a file: package, spec, framework",
        details: """
            One line: package → spec → framework. Exit status 1, with the missing link named, when the
            chain is broken.
            """,
        operands: [.init(name: "PATH", summary: "a path of the root")]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let path = try surroundings.path(request.operands[0], in: root)
        let state = try surroundings.state(of: root)
        let owner = state.owner(of: path)
        let package = owner.flatMap { state.book.packages[$0] }
        let spec = owner.flatMap { state.book.specification(ofOwner: $0) }
        let framework = spec.flatMap { state.book.framework($0.frameworkID.text) }
        let links: [(String, String?)] = [
            ("package_id", package?.id.text ?? (spec == nil ? owner : nil)),
            ("spec_id", spec?.id.text), ("framework_id", framework?.id.text),
        ]
        let json = JSONObject(
            [("path", .string(path.text))]
                + links.map { ($0.0, $0.1.map { .string($0) } ?? JSONValue.null) }
        )
        let isWhole = links.allSatisfy { $0.1 != nil }
        let missing = links.filter { $0.1 == nil }.map(\.0).joined(separator: ", ")
        return Answer(
            isWhole ? .done : .refused,
            json: .object(json),
            lines: [links.map { $0.1 ?? "?" }.joined(separator: " → ")]
                + (isWhole ? [] : ["broken: no \(missing) for \(Printable(path.text))"])
        )
    }
}
