import Canon
import Host
import Integrity
import Registry

extension Operation {
    /// `charter registry compile`.
    static let registryCompile = Operation(
        words: ["registry", "compile"],
        summary: "compile the registries from the law and the local registries",
        details: """
            Reads the law, every .file_registry.csv and every file, and writes the compiled registries.
            The same tree gives the same bytes, whatever the order of directories or the locale.

            A changed or missing file stands against compiling: say --accept when the change is meant.
            Compiling never gives a file an owner; 'charter owner assign' does.
            --check writes nothing and answers 1 when something would be written.
            """,
        power: .author,
        options: [
            .init(
                name: "accept",
                value: nil,
                summary: "take changed and removed files as they are"
            ),
            .init(
                name: "check",
                value: nil,
                summary: "write nothing; say whether something would be"
            ),
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let authoring = RootAuthoring(root, clock: surroundings.clock)
        let accept = request.has("accept")
        do throws(IntegrityFault) {
            if request.has("check") {
                let plan = try authoring.plan(accept: accept, progress: surroundings.progress)
                return answer(plan, isPlan: true)
            }
            switch try authoring.compile(accept: accept, progress: surroundings.progress) {
            case .denied(let denial): return Report.denial(denial)
            case .done(let result): return answer(result, isPlan: false)
            }
        } catch {
            throw .integrity(error)
        }
    }

    private static func answer(_ result: RootAuthoring.Compilation, isPlan: Bool) -> Answer {
        guard result.violations.isEmpty else {
            return Report.refusal(
                result.violations,
                "not compiled: \(Report.count(result.violations.count, "finding")); "
                    + "nothing was changed."
            )
        }
        let isStale = !result.written.isEmpty
        var lines = result.accepted.prefix(20).map { "accepted  \($0)" }
        if result.accepted.count > 20 {
            lines.append("accepted  … \(result.accepted.count) in all")
        }
        lines += result.dropped.map { "dropped   \($0)" }
        lines += result.written.map { (isPlan ? "stale     " : "written   ") + $0 }
        lines.append(
            isStale
                ? (isPlan ? "stale" : "compiled") + ": \(Report.count(result.rowCount, "file"))"
                : "up to date: \(Report.count(result.rowCount, "file"))"
        )
        return Answer(
            isPlan && isStale ? .refused : .done,
            json: [
                "verdict": isPlan && isStale ? "stale" : "compiled",
                "files": .integer(result.rowCount),
                "accepted": .array(result.accepted.map { .string($0) }),
                "dropped": .array(result.dropped.map { .string($0) }),
                "written": .array(result.written.map { .string($0) }),
            ],
            lines: lines
        )
    }

    /// `charter registry show`.
    static let registryShow = Operation(
        words: ["registry", "show"],
        summary: "show the files of a directory with their owners and purposes",
        details: """
            Six columns for each file directly in the directory: id, path, content hash, governed by,
            package and purpose. They are derived from owner, spec and framework; nothing stores them.
            """,
        operands: [
            .init(
                name: "DIRECTORY",
                summary: "a directory of the root; else its top",
                isRequired: false
            )
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let state = try surroundings.state(of: root)
        let text = request.operands.first ?? "."
        let directory =
            surroundings.absolute(text) == root.directory.path || text == "."
            ? [] : try surroundings.path(text, in: root).bytes
        guard let local = state.locals.first(where: { $0.directory == directory }) else {
            throw .usage(
                "\(Printable(text)) has no \(RootLayout.localRegistryName); "
                    + "name a directory that holds governed files."
            )
        }
        let rows = local.rows.map { RegistryView.row($0, in: local, state) }
        return Answer(
            json: ["directory": .string(text), "files": .array(rows.map(\.json))],
            lines: RegistryView.table(rows)
        )
    }

    /// `charter registry link`.
    static let registryLink = Operation(
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

    /// `charter registry select`.
    static let registrySelect = Operation(
        words: ["registry", "select"],
        summary: "resolve a selection profile into ids, dependencies first",
        details: """
            A profile of registries/selections.json names a part of the law. The answer lists it with
            everything it rests on, in an order that never varies.
            """,
        operands: [.init(name: "PROFILE", summary: "the id of a profile", isRequired: false)]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let state = try surroundings.state(of: root)
        return try SelectionVerb(state).answer(request.operands.first)
    }

    /// `charter registry export`.
    static let registryExport = Operation(
        words: ["registry", "export"],
        summary: "print a compiled registry, byte for byte",
        details: """
            REGISTRY is frameworks, specs, packages, gates, policies, ownership or control_plane.
            Without --json the bytes of the table; with --json its rows as objects.
            """,
        operands: [.init(name: "REGISTRY", summary: "the name of a registry")]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        return try RegistryExchange(root, surroundings).export(request.operands[0])
    }

    /// `charter registry import`.
    static let registryImport = Operation(
        words: ["registry", "import"],
        summary: "take an ownership table back into the local registries",
        details: """
            FILE is a table as 'registry export ownership' prints it. Owners in it replace those of the
            local registries; then run 'charter registry compile'. Importing what was exported changes
            nothing. The other registries are compiled from documents and are not imported.
            """,
        power: .author,
        operands: [.init(name: "FILE", summary: "a table in the exact columns of the registry")]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        return try RegistryExchange(root, surroundings).importOwnership(request.operands[0])
    }
}
