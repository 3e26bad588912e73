import Canon
import Integrity
import Registry

/// `charter owner assign PATH…`.
struct OwnerAssignVerb {
    static let operation = Operation(
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
        try OwnerAssignVerb(request, surroundings).run()
    }

    private let request: Request
    private let surroundings: Surroundings

    private init(_ request: Request, _ surroundings: Surroundings) {
        self.request = request
        self.surroundings = surroundings
    }

    private func run() throws(OperationFault) -> Answer {
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
