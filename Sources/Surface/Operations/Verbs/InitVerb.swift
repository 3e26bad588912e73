import Canon
import Crypto
import Genesis
import Host
import Integrity
import Ledger
import Packages
import Registry
import Trust

/// `charter init DIR`.
struct InitVerb {
    static let operation = Operation(
        words: ["init"],
        summary: "make a governed root",
        details: """
            Writes the law that this program was built with into DIR, gives every file its owner,
            and compiles the registries. The result passes 'charter integrity check'.

            With --adopt, DIR may hold files already, such as a repository: they stay as they are and
            become the property of the package PKG-ROOT, under a framework FMWK-ROOT that you then
            refine; only README.md goes to PKG-DOCS, of which the law demands it. Nothing is ever
            overwritten. What could not be governed (links, pipes, names that are no plain paths) is
            listed first, and then nothing is written at all.

            With --from, the root comes from packages and nothing else: DIST holds the archives of all
            packages of a root ('charter package pack --all' makes them), and --trust names the keys whose
            signatures you accept, with commas between them. Every archive is verified, the root that they
            make together is judged whole, and only then is anything written; it is sealed at once.

            An init that was cut short is taken back, or completed where only the end was missing, by
            running it again. Two at once in one directory: the second is refused.

            Example: charter init --adopt . && charter integrity check
            """,
        power: .author,
        operands: [.init(name: "DIR", summary: "the directory, made if it does not exist")],
        options: [
            .init(name: "adopt", value: nil, summary: "take in the files that lie there already"),
            .init(
                name: "id",
                value: "ID",
                summary: "the root's id; else made from the directory's name"
            ),
            .init(name: "name", value: "NAME", summary: "the name that people see"),
            .init(
                name: "from",
                value: "DIST",
                summary: "make it from the archives there, and seal it"
            ),
            .init(
                name: "trust",
                value: "VKEYS",
                summary: "with --from: the keys whose packages are taken"
            ),
        ]
    ) { request, surroundings throws(OperationFault) in
        try InitVerb(request, surroundings).run()
    }

    private static let adoptedOwner = "PKG-ROOT"
    /// The law demands this file of its documentation package, whoever wrote it.
    private static let readme = (path: "README.md", owner: "PKG-DOCS")
    /// Not worth adopting in any repository: history and build output, exempt by the genesis policy.
    private static let skipped = [".git", ".build", ".swiftpm"]

    private let path: String
    private let id: String
    private let name: String
    private let isAdopting: Bool
    /// The archives to begin from, and the keys that count; `nil` for the law in this program.
    private let packaged: (path: String, signers: PackageSigners)?
    private let surroundings: Surroundings

    private init(_ request: Request, _ surroundings: Surroundings) throws(OperationFault) {
        path = surroundings.absolute(request.operands[0])
        let last = path.split(separator: "/").last.map(String.init) ?? "root"
        let suffix = surroundings.randomness.bytes(4).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        id = request.option("id") ?? InitVerb.slug(last) + "-" + suffix
        name = request.option("name") ?? last
        isAdopting = request.has("adopt")
        packaged = try InitVerb.packaged(request, surroundings)
        self.surroundings = surroundings
        guard InitVerb.isID(id) else {
            throw .usage(
                "\"\(Printable(id))\" cannot be a root's id: use a-z, 0-9 and single hyphens, "
                    + "beginning with a letter, 48 at most."
            )
        }
    }

    private static func packaged(
        _ request: Request,
        _ surroundings: Surroundings
    ) throws(OperationFault) -> (path: String, signers: PackageSigners)? {
        guard let path = request.option("from") else {
            guard request.option("trust") == nil else {
                throw .usage("--trust says whose packages are taken; name their place with --from.")
            }
            return nil
        }
        guard !request.has("adopt") else {
            throw .usage("A root comes from packages or takes in what lies there; choose one.")
        }
        guard let trusted = request.option("trust") else {
            throw .usage(
                "Say whose packages are taken: --trust VKEY, which 'charter package signer list' shows "
                    + "where they were packed."
            )
        }
        var keys: [NoteVerifier] = []
        for text in trusted.split(separator: ",") {
            guard let key = try? NoteVerifier(vkey: String(text)) else {
                throw .usage("\"\(Printable(String(text)))\" is no key of the form NAME+ID+KEY.")
            }
            keys.append(key)
        }
        return (surroundings.absolute(path), PackageSigners(trusting: keys))
    }

    private func run() throws(OperationFault) -> Answer {
        guard let packaged else { return try run(nil) }
        let outcome: PackageGenesis.Outcome
        do {
            let directory = try Directory.open(packaged.path)
            let time = Timestamp(nanoseconds: surroundings.clock.now)
            let genesis = PackageGenesis(directory, signers: packaged.signers, at: time)
            outcome = try genesis.found { item in
                item.path == RootLayout.rootManifest ? manifest(item.bytes) : item.bytes
            }
        } catch {
            throw OperationFault(error)
        }
        switch outcome {
        case .refused(let refusals):
            let count = Report.count(refusals.count, "finding")
            return RootPackages.refused(refusals, "not made: \(count); nothing was changed.")
        case .founding(let founding): return try run(founding)
        }
    }

    private func run(_ founding: PackageGenesis.Founding?) throws(OperationFault) -> Answer {
        do throws(IntegrityFault) {
            let genesis = try RootGenesis(at: path, stateHome: surroundings.stateHome)
            // Held to the end: nobody else begins here before the registries are compiled.
            defer { withExtendedLifetime(genesis) {} }
            if genesis.wasAlmostDone {
                let answer = try compiled(genesis.made(), adopted: nil, founding)
                return answer
            }
            let existing = isAdopting ? try genesis.existing(skipping: InitVerb.skipped) : []
            let obstacles = isAdopting ? try obstacles() : []
            guard obstacles.isEmpty else {
                return Report.refusal(
                    obstacles,
                    "not adopted: \(Report.count(obstacles.count, "finding")); nothing was changed."
                )
            }
            let root = try genesis.make(
                founding?.items ?? items(existing),
                adopting: existing.map { path in
                    let isReadme = path.text.hasSameBytes(as: InitVerb.readme.path)
                    return RootGenesis.Adopted(
                        path: path,
                        owner: isReadme ? InitVerb.readme.owner : InitVerb.adoptedOwner
                    )
                },
                isAdopting: isAdopting
            )
            return try compiled(root, adopted: existing.count, founding)
        } catch {
            throw .integrity(error)
        }
    }

    /// Compiles a root whose law is in place; `adopted` is `nil` where an earlier call put it there.
    private func compiled(
        _ root: GovernedRoot,
        adopted: Int?,
        _ founding: PackageGenesis.Founding?
    ) throws(IntegrityFault) -> Answer {
        let outcome = try RootAuthoring(root, clock: surroundings.clock)
            .compile(accept: true, progress: surroundings.progress)
        switch outcome {
        case .denied(let denial): return Report.denial(denial)
        case .done(let compiled):
            guard compiled.violations.isEmpty else {
                return Report.refusal(
                    compiled.violations,
                    "The law is in \(Printable(path)), but the root is not whole yet."
                )
            }
        }
        let ledger = RootLedger(
            root,
            clock: surroundings.clock,
            randomness: surroundings.randomness
        )
        try ledger.record(
            EntryDraft(
                "root_genesis",
                by: RootLedger.actor,
                about: ["root:\(root.id)"],
                body: .json([
                    "id": .string(root.id), "adopted": .integer(adopted ?? 0),
                    "version": .string(CharterVersion.text),
                    "packages": .array((founding?.sources ?? []).map(\.json)),
                ])
            )
        )
        if founding != nil {
            let sealing = Sealing(root, clock: surroundings.clock)
            switch try sealing.seal(randomness: surroundings.randomness) {
            case .denied(let denial): return Report.denial(denial)
            case .done(let sealed):
                guard sealed.violations.isEmpty else {
                    return Report.refusal(
                        sealed.violations,
                        "The root was made and is not sealed, since it is not whole."
                    )
                }
            }
        }
        return answer(try IntegrityCheck(root).run(), root.id, adopted, founding)
    }

    /// What would stop the root from being whole, found before anything is written.
    private func obstacles() throws(IntegrityFault) -> [Violation] {
        do throws(HostFault) {
            let directory = try Directory.open(path)
            // A root is refused as a root, not for the registries in it.
            guard try directory.facts(of: RootLayout.rootManifest) == nil else { return [] }
            return try AdoptionCensus(of: directory, skipping: InitVerb.skipped)
                .violations.sorted()
        } catch {
            throw .host(error)
        }
    }

    private func answer(
        _ report: IntegrityReport,
        _ id: String,
        _ adopted: Int?,
        _ founding: PackageGenesis.Founding?
    ) -> Answer {
        guard report.isWhole else {
            return Report.refusal(report.violations, "The root was made and is not whole.")
        }
        var lines = ["\(Printable(path)) is now a governed root: \(id)"]
        if let adopted {
            if isAdopting { lines.append("adopted: \(Report.count(adopted, "file"))") }
        } else {
            lines.append("this completed an init that was cut short; its id and name stand")
        }
        if let founding {
            lines.append("from \(Report.count(founding.sources.count, "package")), and sealed")
        }
        lines += Report.lines(report)
        lines.append("next: cd \(Printable(path)) && charter integrity check")
        return Answer(
            json: [
                "root_id": .string(id), "path": .string(path), "adopted": .integer(adopted ?? 0),
                "completed_earlier_init": .bool(adopted == nil),
                "packages": .array((founding?.sources ?? []).map(\.json)), "report": report.json,
            ],
            lines: lines
        )
    }

    private func items(_ adopted: [RelativePath]) -> [RootGenesis.Item] {
        var items = GenesisFile.all.map { file in
            RootGenesis.Item(
                path: file.path,
                owner: file.owner,
                bytes: file.path == RootLayout.rootManifest ? manifest(file.bytes) : file.bytes
            )
        }
        let readme = InitVerb.readme
        if !adopted.contains(where: { $0.text == readme.path }) {
            items.append(
                RootGenesis.Item(
                    path: readme.path,
                    owner: readme.owner,
                    bytes: Array(welcome.utf8)
                )
            )
        }
        let others = adopted.filter { $0.text != readme.path }
        if !others.isEmpty {
            let today = Timestamp(nanoseconds: surroundings.clock.now).description.prefix(10)
            items += AdoptedLaw(paths: others, date: String(today)).items
        }
        return items
    }

    /// The manifest of this repository with another id and name.
    private func manifest(_ bytes: [UInt8]) -> [UInt8] {
        guard let value = try? JSONValue(parsing: bytes), var object = value.object else {
            preconditionFailure("The law in the executable is well-formed.")
        }
        if object["id"] == .string(id), object["name"] == .string(name) { return bytes }
        object["id"] = .string(id)
        object["name"] = .string(name)
        return JSONValue.object(object).pretty
    }

    private var welcome: String {
        """
        # \(Printable(name))

        A root governed by Charter: every file here has one owner and one hash.

        - `charter integrity check` proves it and names the first thing that is not so.
        - `charter explain PATH` says what a file is, who owns it and which rules apply.
        - `charter owner assign PATH --package PKG-…` gives a new file its owner; then
          `charter registry compile` puts it into the registries.
        - `charter seal` signs the state; from then on nothing changes by hand.

        """
    }

    private static func isID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, (97...122).contains(first), bytes.count <= 48,
            bytes.last != 45
        else { return false }
        return zip(bytes, bytes.dropFirst()).allSatisfy { $0 != 45 || $1 != 45 }
            && bytes.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == 45
            }
    }

    private static func slug(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case 65...90: out.unicodeScalars.append(Unicode.Scalar(byte | 0x20))
            case 97...122: out.unicodeScalars.append(Unicode.Scalar(byte))
            case 48...57 where !out.isEmpty: out.unicodeScalars.append(Unicode.Scalar(byte))
            default: if !out.isEmpty && !out.hasSuffix("-") { out += "-" }
            }
            if out.utf8.count >= 32 { break }
        }
        while out.hasSuffix("-") { out.removeLast() }
        return out.isEmpty ? "root" : out
    }
}
