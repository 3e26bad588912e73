import Canon
import Host
import Integrity
import Law
import Patterns
import Registry

extension Operation {
    /// `charter validate`.
    static let validate = Operation(
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
        try Validation(request, surroundings).run()
    }
}

/// One run of `validate`.
private struct Validation {
    private struct Subject {
        var path: String
        var document: JSONValue
    }

    let request: Request
    let surroundings: Surroundings

    init(_ request: Request, _ surroundings: Surroundings) {
        self.request = request
        self.surroundings = surroundings
    }

    func run() throws(OperationFault) -> Answer {
        if let rules = request.option("rules") { return try judgeTree(rules) }
        if let first = request.operands.first, let check = NamedCheck(rawValue: first) {
            return try judge(check, Array(request.operands.dropFirst()))
        }
        guard !request.operands.isEmpty else {
            throw .usage("Name documents to validate, or --rules FILE and --target DIR.")
        }
        var findings: [(String, Finding)] = []
        let book = try lawBook()
        for operand in request.operands {
            let subject = Subject(path: operand, document: try document(operand))
            let schema = try schema(for: subject, book)
            findings += schema.validate(subject.document).map { (operand, $0) }
        }
        return answer(findings, "\(Report.count(request.operands.count, "document"))")
    }

    // MARK: - Documents

    private func lawBook() throws(OperationFault) -> LawBook {
        try surroundings.state(of: surroundings.root()).book
    }

    private func schema(
        for subject: Subject,
        _ book: LawBook
    ) throws(OperationFault) -> Schema {
        let name: String
        if let given = request.option("schema") {
            name = given
        } else if subject.document["$schema"]?.string != nil, subject.document["$id"] != nil,
            subject.document["type"]?.string == "object"
        {
            return try made(subject.document, subject.path, book)
        } else if let type = subject.document["type"]?.string,
            let known = book.entityTypes[type]?.configSchema, !known.isEmpty
        {
            name = known
        } else if let type = subject.document["type"]?.string,
            book.schemas["urn:charter:schema:\(type):1"] != nil
        {
            name = "urn:charter:schema:\(type):1"
        } else {
            throw .usage(
                "\(Printable(subject.path)) does not say what it is in a field \"type\"; "
                    + "name its schema with --schema."
            )
        }
        do throws(LawFault) {
            if let schema = try Schemas(book).schema(name) { return schema }
        } catch {
            throw .law(error)
        }
        return try made(try document(name), name, book)
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

    private func document(_ path: String) throws(OperationFault) -> JSONValue {
        let bytes: [UInt8]
        do throws(HostFault) {
            let parts = surroundings.absolute(path).split(separator: "/")
            let directory = try Directory.open("/" + parts.dropLast().joined(separator: "/"))
            bytes = try directory.readWhole(
                parts.last.map(String.init) ?? ".",
                limit: LawBook.documentBytesMax
            )
        } catch {
            throw .host(error)
        }
        do throws(JSONFault) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw .document(path: path, DocumentFault(error))
        }
    }

    // MARK: - Trees

    private func judgeTree(_ rules: String) throws(OperationFault) -> Answer {
        let document = try document(rules)
        let target = surroundings.absolute(request.option("target") ?? ".")
        var library = SchemaLibrary()
        if let book = try? lawBook() { library = Schemas(book).shared }
        do {
            let governor = try Governor(governorRules(document, rules), library: library)
            let directory = try Directory.open(target)
            let findings = governor.judge(
                try Validation.tree(directory, document["metadata_of_target"])
            )
            return answer(findings.map { ($0.path, $0) }, "the tree \(Printable(target))")
        } catch let fault as LawFault {
            throw .law(fault)
        } catch let fault as HostFault {
            throw .host(fault)
        } catch {
            preconditionFailure("Every error above has a type: \(error)")
        }
    }

    /// A framework or a gate holds its rules inside; a file of rules is the rules.
    private func governorRules(_ document: JSONValue, _ name: String) -> JSONValue {
        guard let inner = document["rules"]?.object else {
            var rules = document.object ?? JSONObject()
            if rules["id"] == nil { rules["id"] = .string(name) }
            if rules["version"] == nil { rules["version"] = "1.0.0" }
            return .object(rules)
        }
        var rules = inner
        rules["id"] = document["id"] ?? .string(name)
        rules["version"] = document["version"] ?? "1.0.0"
        for key in ["required_files", "forbidden_imports"] {
            guard let own = document[key]?.array, !own.isEmpty else { continue }
            rules[key] = .array((rules[key]?.array ?? []) + own)
        }
        return .object(rules)
    }

    private static func tree(
        _ directory: Directory,
        _ metadata: JSONValue?
    ) throws(HostFault) -> TreeTarget {
        let listing = try TreeWalk(skipping: [".git"]).list(directory)
        var files: [RelativePath] = []
        for position in listing.indices where listing.kind(of: position) == .file {
            if let path = try? RelativePath(bytes: listing.path(of: position)) {
                files.append(path)
            }
        }
        return TreeTarget(files: files, metadata: metadata ?? .object(JSONObject())) {
            path,
            limit in
            do throws(HostFault) {
                return .bytes(try directory.readWhole(path.bytes, limit: limit))
            } catch .tooLarge {
                return .tooLarge
            } catch {
                return .unreadable(error.description)
            }
        }
    }

    // MARK: - Named checks

    /// The validators of the founding documents, by the name of what they judge.
    private enum NamedCheck: String {
        case attentionPolicy = "attention-policy"
        case installPolicy = "install-policy"
        case packageManifest = "package-manifest"
        case packages
        case tierDependencies = "tier-deps"
        case altitudeDepth = "altitude-depth"
    }

    private func judge(
        _ check: NamedCheck,
        _ operands: [String]
    ) throws(OperationFault) -> Answer {
        switch check {
        case .attentionPolicy:
            return try judge(
                operands,
                or: "registries/policies/POL-ATTENTION-001.json",
                by: "urn:charter:schema:attention_policy:1"
            )
        case .installPolicy:
            return try judge(
                operands,
                or: "registries/policies/POL-INSTALL-001.json",
                by: "urn:charter:schema:install_policy:1"
            )
        case .packageManifest:
            guard !operands.isEmpty else { throw .usage("Name the manifest to validate.") }
            return try judge(operands, or: "", by: "urn:charter:schema:package_manifest:1")
        case .packages, .tierDependencies: return try judgePackages(check)
        case .altitudeDepth:
            guard !operands.isEmpty else { throw .usage("Name the document to validate.") }
            return try judgeAltitude(operands)
        }
    }

    private func judge(
        _ operands: [String],
        or standard: String,
        by id: String
    ) throws(OperationFault) -> Answer {
        let root = try surroundings.root()
        let book = try surroundings.state(of: root).book
        let paths = operands.isEmpty ? [root.directory.path + "/" + standard] : operands
        var findings: [(String, Finding)] = []
        for path in paths {
            let subject = try document(path)
            let known: Schema?
            do throws(LawFault) {
                known = try Schemas(book).schema(id)
            } catch {
                throw .law(error)
            }
            guard let known else { throw .usage("This root has no schema \(id).") }
            findings += known.validate(subject).map { (path, $0) }
        }
        return answer(findings, Report.count(paths.count, "document"))
    }

    private func judgePackages(_ check: NamedCheck) throws(OperationFault) -> Answer {
        let state = try surroundings.state(of: surroundings.root())
        let compiled = RegistryCompiler(tree: state.tree, book: state.book, locals: state.locals)
            .compile()
        let rules = PackageRules(book: state.book, ownership: compiled.ownership)
        let all = rules.judge(isSealed: false)
        let violations =
            check == .tierDependencies ? all.filter { $0.code == .tierDependency } : all
        guard violations.isEmpty else {
            return Report.refusal(
                violations,
                "\(Report.count(violations.count, "finding")) in the packages."
            )
        }
        return answer([], Report.count(state.book.packages.count, "package"))
    }

    /// FMWK-101's rules over the metadata of a document: the altitude decides how deep it must go.
    private func judgeAltitude(_ operands: [String]) throws(OperationFault) -> Answer {
        let book = try lawBook()
        guard let framework = book.framework("FMWK-101") else {
            throw .usage("This root has no framework FMWK-101.")
        }
        var findings: [(String, Finding)] = []
        for path in operands {
            let subject = try document(path)
            var rules = framework.rules.object ?? JSONObject()
            rules["id"] = .string(framework.id.text)
            rules["version"] = .string(framework.version.description)
            do throws(LawFault) {
                let governor = try Governor(.object(rules), library: Schemas(book).shared)
                let target = TreeTarget(
                    files: [RelativePath: [UInt8]](),
                    metadata: subject["metadata"] ?? subject
                )
                findings += governor.judge(target).map { (path, $0) }
            } catch {
                throw .law(error)
            }
        }
        return answer(findings, Report.count(operands.count, "document"))
    }

    private func answer(_ findings: [(String, Finding)], _ what: String) -> Answer {
        let json: JSONValue = [
            "verdict": findings.isEmpty ? "valid" : "invalid",
            "findings": .array(
                findings.map { path, finding in
                    [
                        "document": .string(path), "at": .string(finding.path),
                        "rule": .string(finding.rule), "code": .string(finding.code),
                        "reason": .string(finding.reason),
                    ]
                }
            ),
        ]
        guard !findings.isEmpty else {
            return Answer(json: json, lines: ["valid: \(what)"])
        }
        var lines: [String] = []
        for (path, finding) in findings.prefix(Report.findingsMax) {
            lines.append("\(finding.code)  \(Printable(path)) \(finding.path)")
            lines.append("    \(finding.reason)")
            lines.append("    rule: \(finding.rule)")
        }
        lines.append("invalid: \(Report.count(findings.count, "finding")) in \(what)")
        return Answer(.refused, json: json, lines: lines)
    }
}
