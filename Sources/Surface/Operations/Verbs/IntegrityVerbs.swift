import Canon
import Host
import Integrity
import Registry

extension Operation {
    /// `charter integrity check`.
    static let integrityCheck = Operation(
        words: ["integrity", "check"],
        summary: "prove that every file is owned, hashed, authorised and packaged",
        details: """
            Five stages, stopping at the first that fails: ownership, hashes, links, packages, gates.
            Every byte is read each time; no cache of sizes or times is trusted.

            Exit status 0: the root is whole. 1: something is not as the law demands; the code, the
            path, the rule and the next step are printed. 2: the check itself could not be made.

            --all is what happens anyway and is accepted because scripts say it.
            --through STAGE stops after a stage, for people who repair step by step.
            """,
        options: [
            .init(name: "all", value: nil, summary: "check everything (the default)"),
            .init(
                name: "through",
                value: "STAGE",
                summary: "stop after ownership, hashes, links, packages or gates"
            ),
            .init(
                name: "threads",
                value: "N",
                summary: "threads that read files; default: all cores"
            ),
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let last = try stage(request.option("through"))
        let threads = try threads(request.option("threads"))
        let sealKey = try surroundings.trustedSealKey()
        do throws(IntegrityFault) {
            let check = IntegrityCheck(root, threads: threads, trusting: sealKey)
            let report = try check.run(through: last, progress: surroundings.progress)
            return Answer(
                report.isWhole ? .done : .refused,
                json: report.json,
                lines: Report.lines(report)
            )
        } catch {
            throw .integrity(error)
        }
    }

    /// `charter integrity installed`.
    static let integrityInstalled = Operation(
        words: ["integrity", "installed"],
        summary: "compare each package's manifest with the files that are there",
        details: """
            For every package, or the one that is named: how many files it owns, and whether each is
            there with its registered bytes. Exit status 1 when one is not.
            """,
        operands: [
            .init(name: "PACKAGE", summary: "the id of one package; else all", isRequired: false)
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let state = try surroundings.state(of: root)
        return try InstalledState(state).answer(request.operands.first)
    }

    /// `charter integrity drill`.
    static let integrityDrill = Operation(
        words: ["integrity", "drill"],
        summary: "rebuild the root elsewhere from its registries and compare",
        details: """
            Copies only what the registries name into an empty directory, compiles there, and compares
            the root hash and every compiled registry. The directory is kept when --into names it.
            """,
        options: [
            .init(
                name: "into",
                value: "DIR",
                summary: "an empty or new directory; else a temporary one"
            )
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        return try Drill(root, surroundings, into: request.option("into")).run()
    }

    private static func stage(_ name: String?) throws(OperationFault) -> Violation.Stage {
        guard let name else { return .gates }
        guard let stage = Violation.Stage.allCases.first(where: { $0.name == name }) else {
            throw .usage(
                "\"\(Printable(name))\" is no stage; there are "
                    + Violation.Stage.allCases.map(\.name).joined(separator: ", ") + "."
            )
        }
        return stage
    }

    private static func threads(_ text: String?) throws(OperationFault) -> Int {
        guard let text else { return WorkerThreads.available }
        guard let count = Int(text), (1...256).contains(count) else {
            throw .usage("--threads takes a number from 1 to 256.")
        }
        return count
    }
}

/// One run of `integrity installed`.
private struct InstalledState {
    private let state: RootState

    init(_ state: RootState) { self.state = state }

    func answer(_ wanted: String?) throws(OperationFault) -> Answer {
        if let wanted, state.book.packages[wanted] == nil {
            throw .usage("There is no package \(Printable(wanted)) in this root.")
        }
        var rows: [JSONValue] = []
        var lines: [String] = []
        var isWhole = true
        for id in state.book.packages.keys.sorted() where wanted == nil || wanted == id {
            let (count, wrong) = judge(id)
            isWhole = isWhole && wrong.isEmpty
            rows.append([
                "package": .string(id), "files": .integer(count),
                "wrong": .array(wrong.map { .string($0) }),
            ])
            lines.append(
                "\(id): \(Report.count(count, "file"))"
                    + (wrong.isEmpty ? ", as registered" : ", \(wrong.count) not as registered")
            )
            lines += wrong.prefix(20).map { "    \($0)" }
        }
        return Answer(
            isWhole ? .done : .refused,
            json: [
                "verdict": isWhole ? "as-registered" : "differs", "packages": .array(rows),
            ],
            lines: lines
        )
    }

    private func judge(_ package: String) -> (count: Int, wrong: [String]) {
        var count = 0
        var wrong: [String] = []
        for local in state.locals {
            for row in local.rows where row.owner == package {
                count += 1
                let bytes = LocalRegistry.join(local.directory, row.name)
                let shown = Printable(bytes: bytes).description
                guard let path = try? RelativePath(bytes: bytes), state.tree.contains(path) else {
                    wrong.append("\(shown) is missing")
                    continue
                }
                if state.tree.digest(of: path) != row.digest {
                    wrong.append("\(shown) has other bytes")
                }
            }
        }
        return (count, wrong)
    }
}

/// One run of `integrity drill`.
private struct Drill {
    let root: GovernedRoot
    let surroundings: Surroundings
    let into: String?

    init(_ root: GovernedRoot, _ surroundings: Surroundings, into: String?) {
        self.root = root
        self.surroundings = surroundings
        self.into = into
    }

    func run() throws(OperationFault) -> Answer {
        let name = surroundings.randomness.bytes(6).map { String($0, radix: 16) }.joined()
        let path = into.map { surroundings.absolute($0) } ?? "\(root.statePath)/drill-\(name)"
        do {
            let target = try Directory.openMaking(path, mode: 0o755)
            guard try TreeWalk(depthMax: 1).list(target).isEmpty else {
                throw OperationFault.usage(
                    "\(Printable(path)) is not empty; a drill needs a new place."
                )
            }
            let result = try RebuildDrill(root).run(into: target)
            if into == nil {
                let parent = try Directory.open(root.statePath)
                try DurableFile.removeTree("drill-\(name)", in: parent)
            }
            return answer(result, path)
        } catch let fault as IntegrityFault {
            throw .integrity(fault)
        } catch let fault as HostFault {
            throw .host(fault)
        } catch let fault as OperationFault {
            throw fault
        } catch {
            throw .usage("\(error)")
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
            ] + (into == nil ? [] : ["the copy is in \(Printable(path))"])
        )
    }
}
