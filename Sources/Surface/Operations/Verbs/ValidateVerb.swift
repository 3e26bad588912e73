import Canon
import Integrity
import Law
import Registry

/// `charter validate`.
struct ValidateVerb {
    static let operation = Operation(
        words: ["validate"],
        summary: "judge documents by their schemas, or a tree by rules",
        details: """
            With paths: each document is judged by the schema of its type, or by --schema.
            With --rules FILE: the tree --target (default: the working directory) is judged by the
            rules of FILE; the rules are data, so a new rule is an edit of that file. FILE may also be
            a framework or a gate of the law.

            Named checks: attention-policy, install-policy, package-manifest, packages, tier-deps,
            altitude-depth judge what their names say, in this root or in the file after them.

            Every finding is printed with its place, its rule and its reason. Exit status 1 when there
            is one.
            Example: charter validate registries/packages/PKG-LAW.json
            """,
        operands: [
            .init(
                name: "DOCUMENT",
                summary: "documents, or a named check and then documents",
                isRequired: false,
                repeats: true
            )
        ],
        options: [
            .init(name: "schema", value: "SCHEMA", summary: "a schema's id or its file"),
            .init(name: "rules", value: "FILE", summary: "rules for a tree"),
            .init(name: "target", value: "DIR", summary: "the tree that --rules judges"),
        ]
    ) { request, surroundings throws(OperationFault) in
        try ValidateVerb(request, surroundings).run()
    }

    private let request: Request
    private let surroundings: Surroundings

    private init(_ request: Request, _ surroundings: Surroundings) {
        self.request = request
        self.surroundings = surroundings
    }

    private func run() throws(OperationFault) -> Answer {
        if let rules = request.option("rules") {
            let extra = request.operands.first ?? request.option("schema")
            guard extra == nil else {
                throw .usage("--rules judges a tree; leave the documents and --schema out.")
            }
            return try TreeJudgement(surroundings)
                .answer(rules: rules, target: request.option("target") ?? ".")
        }
        guard request.option("target") == nil else {
            throw .usage("--target needs the rules to judge by: --rules FILE --target DIR.")
        }
        if let first = request.operands.first, let check = NamedCheck(rawValue: first) {
            return try check.answer(Array(request.operands.dropFirst()), surroundings)
        }
        guard !request.operands.isEmpty else {
            throw .usage("Name documents to validate, or --rules FILE and --target DIR.")
        }
        let book = try surroundings.lawBook()
        var findings: [(String, Finding)] = []
        for path in request.operands {
            let document = try surroundings.document(path)
            let schema = try schema(for: document, at: path, book)
            findings += schema.validate(document).map { (path, $0) }
        }
        return Report.judgement(findings, Report.count(request.operands.count, "document"))
    }

    /// The schema that was named, or that of the document's own type.
    private func schema(
        for document: JSONValue,
        at path: String,
        _ book: LawBook
    ) throws(OperationFault) -> Schema {
        let isSchema =
            document["$schema"]?.string != nil && document["$id"] != nil
            && document["type"]?.string == "object"
        let name: String
        if let given = request.option("schema") {
            name = given
        } else if isSchema {
            return try made(document, path, book)
        } else if let type = document["type"]?.string,
            let known = book.entityTypes[type]?.configSchema, !known.isEmpty
        {
            name = known
        } else if let type = document["type"]?.string,
            book.schemas["urn:charter:schema:\(type):1"] != nil
        {
            name = "urn:charter:schema:\(type):1"
        } else {
            throw .usage(
                "\(Printable(path)) does not say what it is in a field \"type\"; "
                    + "name its schema with --schema."
            )
        }
        do throws(LawFault) {
            if let schema = try Schemas(book).schema(name) { return schema }
        } catch {
            throw .law(error)
        }
        return try made(try surroundings.document(name), name, book)
    }

    private func made(
        _ document: JSONValue,
        _ name: String,
        _ book: LawBook
    ) throws(OperationFault) -> Schema {
        do throws(LawFault) {
            return try Schema(document, identifier: name, library: Schemas(book).shared)
        } catch {
            throw .law(error)
        }
    }
}
