import Canon
import Host
import Integrity
import Packages
import Registry

/// `charter integrity drill`.
struct IntegrityDrillVerb {
    static let operation = Operation(
        words: ["integrity", "drill"],
        summary: "rebuild the root elsewhere from its registries and compare",
        details: """
            Copies only what the registries name into an empty directory, compiles from the copy, and
            compares the root hash and every compiled registry. The copy is kept when --into names a
            directory; 'charter registry compile' in it writes its registries.

            With --packages the root is rebuilt from archives and from nothing else: DIST holds those of
            all its packages, which 'charter package pack --all' makes. They are verified, united and
            judged, and what they make must have this root's hash; the files that differ are named.
            Example: charter integrity drill
            """,
        options: [
            .init(
                name: "into",
                value: "DIR",
                summary: "an empty or new directory; else a temporary one"
            ),
            .init(name: "packages", value: "DIST", summary: "rebuild from the archives there"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        if let dist = request.option("packages") {
            guard request.option("into") == nil else {
                throw .usage("--packages writes no copy; 'charter init --from' makes one.")
            }
            return try drill(root, surroundings, from: surroundings.absolute(dist))
        }
        return try IntegrityDrillVerb(root, surroundings, into: request.option("into")).run()
    }

    /// Rebuilds from archives, in memory.
    private static func drill(
        _ root: GovernedRoot,
        _ surroundings: Surroundings,
        from path: String
    ) throws(OperationFault) -> Answer {
        let result: PackageDrill.Result
        do {
            result = try PackageDrill(root, clock: surroundings.clock)
                .run(from: Directory.open(path))
        } catch {
            throw OperationFault(error)
        }
        let json: JSONValue = [
            "verdict": result.isSame ? "same" : "differs",
            "packages": .array(result.sources.map(\.json)),
            "original": result.original.map { .string($0.hex) } ?? .null,
            "rebuilt": result.rebuilt.map { .string($0.hex) } ?? .null,
            "differing": .array(result.differing.map { .string($0) }),
            "refusals": .array(result.refusals.map(\.json)),
        ]
        guard result.isSame else {
            var answer = RootPackages.refused(
                result.refusals,
                "The archives in \(Printable(path)) do not make this root as it is; "
                    + "'charter package pack --all' makes them anew."
            )
            answer.json = json
            answer.lines =
                result.differing.prefix(50).map { "differs   \(Printable($0))" } + answer.lines
            return answer
        }
        return Answer(
            json: json,
            lines: [
                "rebuilt from \(Report.count(result.sources.count, "package")): the same root hash",
                "root hash \(result.rebuilt?.hex ?? "")",
            ]
        )
    }

    private let root: GovernedRoot
    private let surroundings: Surroundings
    private let into: String?

    private init(_ root: GovernedRoot, _ surroundings: Surroundings, into: String?) {
        self.root = root
        self.surroundings = surroundings
        self.into = into
    }

    private func run() throws(OperationFault) -> Answer {
        let path = into.map(surroundings.absolute)
        if let path, (path + "/").utf8.starts(with: (root.directory.path + "/").utf8) {
            throw .usage(
                "\(Printable(path)) lies in the root itself, where the copy would belong to nobody; "
                    + "name a directory outside it."
            )
        }
        do throws(IntegrityFault) {
            guard let path else { return try runAndRemove() }
            let target = try IntegrityDrillVerb.opened(path)
            return answer(try RebuildDrill(root).run(into: target), path)
        } catch {
            throw .integrity(error)
        }
    }

    /// Rebuilds beside the root's state; the copy goes whatever comes of it.
    private func runAndRemove() throws(IntegrityFault) -> Answer {
        let state = try root.openState()
        let bytes = surroundings.randomness.bytes(6)
        let name = "drill-" + bytes.map { String($0, radix: 16) }.joined(separator: "-")
        defer { try? DurableFile.removeTree(name, in: state) }
        let target: Directory
        do throws(HostFault) {
            target = try state.openMakingBeneath(name, mode: 0o700)
        } catch {
            throw .host(error)
        }
        return answer(try RebuildDrill(root).run(into: target), target.path)
    }

    private static func opened(_ path: String) throws(IntegrityFault) -> Directory {
        do throws(HostFault) {
            let target = try Directory.openMaking(path, mode: 0o755)
            guard try TreeWalk(depthMax: 1).list(target).isEmpty else {
                throw HostFault.directoryNotEmpty(path: path)
            }
            return target
        } catch {
            throw .host(error)
        }
    }

    private func answer(_ result: RebuildDrill.Result, _ path: String) -> Answer {
        let json: JSONValue = [
            "verdict": result.isSame ? "same" : "differs",
            "files": .integer(result.fileCount),
            "original": result.original.map { .string($0.hex) } ?? .null,
            "rebuilt": result.rebuilt.map { .string($0.hex) } ?? .null,
            "differing": .array(result.differing.map { .string($0) }),
            "violations": .array(result.violations.map(\.json)),
        ]
        guard result.isSame else {
            return Answer(
                .refused,
                json: json,
                lines: Report.findings(result.violations)
                    + result.differing.map { "\($0) came out differently" }
                    + ["The root cannot be rebuilt from its registries as it is."]
            )
        }
        return Answer(
            json: json,
            lines: [
                "rebuilt from \(Report.count(result.fileCount, "registered file")): "
                    + "the same root hash",
                "root hash \(result.rebuilt?.hex ?? "")",
            ]
                + (into == nil
                    ? []
                    : [
                        "the copy is in \(Printable(path)); "
                            + "'charter registry compile' there writes its registries"
                    ])
        )
    }
}
