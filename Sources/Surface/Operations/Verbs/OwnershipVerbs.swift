import Canon
import Integrity
import Registry

extension Operation {
    /// `charter explain PATH`.
    static let explain = Operation(
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

    /// `charter owner PATH`.
    static let owner = Operation(
        words: ["owner"],
        summary: "name the one owner of each path",
        details: "Prints the owner of each path. Exit status 1 when one has none.",
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
            isWhole = isWhole && owner != nil
            rows.append([
                "path": .string(path.text), "owner": owner.map { .string($0) } ?? .null,
            ])
            lines.append("\(Printable(path.text))  \(owner ?? "nobody")")
        }
        return Answer(
            isWhole ? .done : .refused,
            json: ["owners": .array(rows)],
            lines: lines
        )
    }

    /// `charter owner assign PATH…`.
    static let ownerAssign = Operation(
        words: ["owner", "assign"],
        summary: "give files to a package, in the registries of their directories",
        details: """
            Writes a row for each file into the .file_registry.csv of its directory, making the
            registry where there is none. A directory stands for every file below it that has no owner.
            A file that has an owner changes hands when it is named itself.

            Then run 'charter registry compile'.
            Example: charter owner assign docs/guide.md --package PKG-DOCS
            """,
        power: .author,
        operands: [.init(name: "PATH", summary: "files or directories of the root", repeats: true)],
        options: [
            .init(name: "package", value: "PKG-ID", summary: "the package that will own them"),
            .init(name: "spec", value: "SPEC-ID", summary: "a spec, for assets not yet packaged"),
        ]
    ) { request, surroundings throws(OperationFault) in
        try Assignment(request, surroundings).run()
    }

    /// `charter chain PATH`.
    static let chain = Operation(
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

extension RootState {
    /// The owner of a path, by its local registry; registries are owned by their keeper.
    func owner(of path: RelativePath) -> String? {
        if RegistryCompiler.isKeptByCompiler(path) {
            return tree.contains(path) ? book.root?.registryOwner : nil
        }
        return local(of: path)?.row(named: path.name.utf8)?.owner
    }
}

/// One run of `owner assign`.
private struct Assignment {
    let request: Request
    let surroundings: Surroundings

    init(_ request: Request, _ surroundings: Surroundings) {
        self.request = request
        self.surroundings = surroundings
    }

    func run() throws(OperationFault) -> Answer {
        let root = try surroundings.root()
        let state = try surroundings.state(of: root)
        let (owner, kind) = try owner(state)
        var paths: [RelativePath] = []
        for operand in request.operands {
            paths += try files(of: surroundings.path(operand, in: root), state)
        }
        do throws(IntegrityFault) {
            let authoring = RootAuthoring(root, clock: surroundings.clock)
            switch try authoring.assign(paths, to: owner, registry: kind) {
            case .denied(let denial): return Report.denial(denial)
            case .done(let violations):
                guard violations.isEmpty else {
                    return Report.refusal(violations, "not assigned: nothing was changed.")
                }
                return Answer(
                    json: [
                        "verdict": "assigned", "owner": .string(owner),
                        "paths": .array(paths.map { .string($0.text) }),
                    ],
                    lines: paths.prefix(20).map { "\(Printable($0.text))  \(owner)" } + [
                        "assigned: \(Report.count(paths.count, "file")); "
                            + "run 'charter registry compile' next"
                    ]
                )
            }
        } catch {
            throw .integrity(error)
        }
    }

    private func owner(
        _ state: RootState
    ) throws(OperationFault) -> (String, OwnershipRow.OwnerRegistry) {
        switch (request.option("package"), request.option("spec")) {
        case (let package?, nil):
            guard state.book.packages[package] != nil else {
                throw .usage(
                    "There is no package \(Printable(package)); "
                        + "'charter registry export packages' lists them."
                )
            }
            return (package, .package)
        case (nil, let spec?):
            guard state.book.specs[spec] != nil else {
                throw .usage(
                    "There is no spec \(Printable(spec)); "
                        + "'charter registry export specs' lists them."
                )
            }
            return (spec, .spec)
        default: throw .usage("Name one owner: --package PKG-ID or --spec SPEC-ID.")
        }
    }

    /// A directory stands for the files below it that have no owner yet.
    private func files(
        of path: RelativePath,
        _ state: RootState
    ) -> [RelativePath] {
        if state.tree.contains(path) { return [path] }
        let below = state.tree.paths.filter {
            $0.isWithin(path) && !RegistryCompiler.isKeptByCompiler($0)
                && state.owner(of: $0) == nil
        }
        // Nothing below: the path itself is passed on, and refused with its own reason.
        return below.isEmpty ? [path] : below
    }
}
