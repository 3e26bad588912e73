package import Canon

/// The law of one root, read from its documents: everything that decides, and nothing that is built in.
package struct LawBook: Sendable {
    package private(set) var root: RootManifest?
    package private(set) var frameworks: [String: Framework] = [:]
    package private(set) var specs: [String: Specification] = [:]
    package private(set) var packages: [String: PackageManifest] = [:]
    package private(set) var gates: [String: GateDefinition] = [:]
    package private(set) var policies: [String: PolicyDocument] = [:]
    package private(set) var entityTypes: [String: EntityType] = [:]
    /// The framework behind each alias; an alias means one thing.
    private var aliases: [String: String] = [:]
    /// The JSON Schemas of the root by their `$id`.
    package private(set) var schemas: [String: JSONValue] = [:]
    /// Each document by its path, for those who judge it by a schema.
    package private(set) var documents: [String: JSONValue] = [:]
    /// What is wrong with the documents themselves.
    package private(set) var violations: [Violation] = []

    /// While the law is read: a document that was read before.
    private var known: (@Sendable (RelativePath) -> JSONValue?)?

    /// Documents beyond this are refused.
    package static let documentBytesMax = 4 << 20

    /// Reads the law of a tree.
    ///
    /// Whatever cannot be read is a violation and is left out. Documents that are, byte for byte, those of
    /// a law that was read before are not read again.
    package init(
        reading tree: TreeSnapshot,
        knowing earlier: (book: LawBook, tree: TreeSnapshot)? = nil
    ) {
        if let earlier {
            known = { path in
                guard let digest = tree.digest(of: path), earlier.tree.digest(of: path) == digest
                else { return nil }
                return earlier.book.documents[path.text]
            }
        }
        defer { known = nil }
        readRoot(tree)
        for path in tree.files(in: RootLayout.schemas, suffix: ".json") { readSchema(path, tree) }
        for path in tree.files(in: RootLayout.frameworks, suffix: ".schema.json") {
            read(path, tree) { reader, _ in
                let framework = Framework(&reader)
                return LawBook.entry(framework.id.text, framework, &reader, into: \.frameworks)
            }
        }
        collectAliases()
        for path in tree.files(in: RootLayout.specs, suffix: ".json") {
            read(path, tree) { reader, _ in
                let spec = Specification(&reader)
                return LawBook.entry(spec.id.text, spec, &reader, into: \.specs)
            }
        }
        for path in tree.files(in: RootLayout.packages, suffix: ".json") {
            read(path, tree) { reader, document in
                let package = PackageManifest(&reader, document: document)
                return LawBook.entry(package.id.text, package, &reader, into: \.packages)
            }
        }
        for path in tree.files(in: RootLayout.gates, suffix: ".json") {
            read(path, tree) { reader, _ in
                let gate = GateDefinition(&reader)
                return LawBook.entry(gate.id, gate, &reader, into: \.gates)
            }
        }
        for path in tree.files(in: RootLayout.policies, suffix: ".json") {
            read(path, tree) { reader, _ in
                let policy = PolicyDocument(&reader)
                return LawBook.entry(policy.id.text, policy, &reader, into: \.policies)
            }
        }
    }

    /// The framework of an id or of an alias.
    package func framework(_ id: String) -> Framework? {
        frameworks[id] ?? aliases[id].flatMap { frameworks[$0] }
    }

    /// The package that owns a path's row, or the package of the spec that owns it.
    package func specification(ofOwner owner: String) -> Specification? {
        packages[owner].flatMap { specs[$0.specID.text] } ?? specs[owner]
    }

    /// All exemptions of active policies, in the order of the policies' ids, for the planes that the
    /// root declares.
    package var exemptions: [PolicyDocument.Exemption] {
        policies.values.filter { $0.status == .active }.sorted { $0.id < $1.id }
            .flatMap(\.exemptions).flatMap { $0.declared(for: root?.planes ?? []) }
    }

    /// Puts an entity under its id, unless the id is taken or is not the one in the file's name.
    private static func entry<Entity>(
        _ id: String,
        _ entity: Entity,
        _ reader: inout DocumentReader,
        into table: WritableKeyPath<LawBook, [String: Entity]>
    ) -> (inout LawBook) -> Void {
        let name = reader.path.split(separator: "/").last.map(String.init) ?? ""
        // One file name for each id: a twin could otherwise take its place unseen.
        let ending = reader.path.hasPrefix(RootLayout.frameworks + "/") ? ".schema.json" : ".json"
        if name != id + ending {
            reader.complain("The document calls itself \(Printable(id)); its file is \(name).")
        }
        return { book in book[keyPath: table][id] = entity }
    }

    private mutating func collectAliases() {
        for framework in frameworks.values.sorted(by: { $0.id < $1.id }) {
            for alias in framework.aliases {
                let other =
                    frameworks[alias] != nil
                    ? alias : aliases.updateValue(framework.id.text, forKey: alias)
                guard let other else { continue }
                complain(
                    framework.path,
                    "The alias \(Printable(alias)) of \(framework.id) already means \(other)."
                )
            }
        }
    }

    private mutating func read(
        _ path: RelativePath,
        _ tree: TreeSnapshot,
        _ body: (inout DocumentReader, JSONValue) -> (inout LawBook) -> Void
    ) {
        guard let document = parsed(path, tree) else { return }
        documents[path.text] = document
        var reader = DocumentReader(document, path: path.text)
        let put = body(&reader, document)
        guard reader.problems.isEmpty else {
            complain(path.text, reader.problems.joined(separator: " "))
            return
        }
        put(&self)
    }

    private mutating func parsed(_ path: RelativePath, _ tree: TreeSnapshot) -> JSONValue? {
        if let document = known?(path) { return document }
        switch tree.document(path) {
        case .failure(let fault):
            complain(path.text, fault.description)
            return nil
        case .success(let bytes):
            do {
                return try JSONValue(
                    parsing: bytes,
                    limits: JSONLimits(bytesMax: LawBook.documentBytesMax, depthMax: 64)
                )
            } catch {
                complain(path.text, error.description)
                return nil
            }
        }
    }

    private mutating func readSchema(_ path: RelativePath, _ tree: TreeSnapshot) {
        guard let document = parsed(path, tree) else { return }
        documents[path.text] = document
        guard let id = document["$id"]?.string else {
            complain(path.text, "The schema has no \"$id\".")
            return
        }
        if schemas[id] != nil { complain(path.text, "The id \(Printable(id)) stands twice.") }
        schemas[id] = document
    }

    private mutating func readRoot(_ tree: TreeSnapshot) {
        if let path = try? RelativePath(RootLayout.rootManifest),
            let document = parsed(path, tree)
        {
            documents[path.text] = document
            var reader = DocumentReader(document, path: path.text)
            let manifest = RootManifest(&reader)
            if reader.problems.isEmpty {
                root = manifest
            } else {
                complain(path.text, reader.problems.joined(separator: " "))
            }
        }
        guard let path = try? RelativePath(RootLayout.entityTypes), tree.contains(path),
            let document = parsed(path, tree)
        else { return }
        documents[path.text] = document
        for element in document["entity_types"]?.array ?? [] {
            guard let name = element["id"]?.string else { continue }
            entityTypes[name] = EntityType(
                name: name,
                description: element["description"]?.string ?? "",
                configSchema: element["schema"]?.string ?? ""
            )
        }
    }

    private mutating func complain(_ path: String, _ reason: String) {
        violations.append(
            Violation(.links, .invalidDocument, path: Printable(path).description, reason: reason)
        )
    }
}
