import Canon
import Host
import Crypto
import Integrity
import Packages
import Registry

/// `charter package pack ID`.
enum PackagePackVerb {
    static let operation = Operation(
        words: ["package", "pack"],
        summary: "prove a package and make its signed archive",
        details: """
            First everything is proved: the root is what its registries say, package, spec and framework
            are linked, the dependencies are legal, the gates of the spec pass. Every finding is shown at
            once, and with one of them no archive appears.

            Then the files that the package owns go into NAME-VERSION.tar.zst, the same bytes whenever
            and wherever it is packed, and beside it NAME-VERSION.tar.zst.intoto.jsonl: who made it from
            what, signed by this machine's builder key. A root takes it where its
            registries/package_signers.json names that key.
            With --all every package is packed: what 'charter init --from' makes a root of, and what
            'charter integrity drill --packages' proves to be the whole of this one.
            Example: charter package pack PKG-CANARY --output ../dist
            """,
        power: .author,
        operands: [
            .init(name: "ID", summary: "the id of a package of this root", isRequired: false)
        ],
        options: [
            .init(name: "all", value: nil, summary: "every package of the root, one after another"),
            .init(name: "output", value: "DIR", summary: "where to put it; the working directory"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let packages = try RootPackages(surroundings)
        let path = surroundings.absolute(request.option("output") ?? ".")
        let top = packages.root.directory.path
        guard path != top, !path.utf8.starts(with: (top + "/").utf8) else {
            throw .usage(
                "An archive in the root would be a file of nobody there; name a directory outside it "
                    + "with --output, such as ../dist."
            )
        }
        guard request.has("all") else {
            guard let id = request.operands.first else {
                throw .usage("Name a package, or pack --all.")
            }
            return try pack(id, to: path, packages)
        }
        guard request.operands.isEmpty else {
            throw .usage("Pack one package or --all of them, not both.")
        }
        let ids = try surroundings.state(of: packages.root).book.packages.keys.sorted()
        var answer = Answer(json: .null, lines: [])
        var packed: [JSONValue] = []
        var refusals: [JSONValue] = []
        for id in ids {
            let one = try pack(id, to: path, packages)
            answer.lines += one.lines
            if one.verdict == .refused {
                answer.verdict = .refused
                refusals += one.json["refusals"]?.array ?? []
            } else {
                packed.append(one.json)
            }
        }
        answer.json = [
            "verdict": answer.verdict == .refused ? "refused" : "packed",
            "packages": .array(packed), "refusals": .array(refusals),
        ]
        return answer
    }

    private static func pack(
        _ id: String,
        to path: String,
        _ packages: RootPackages
    ) throws(OperationFault) -> Answer {
        let outcome: PackageFactory.Outcome
        do throws(PackageFault) {
            outcome = try packages.factory.pack(
                id,
                to: path,
                by: packages.subject
            )
        } catch {
            throw .package(error)
        }
        switch outcome {
        case .refused(let refusals):
            let count = Report.count(refusals.count, "finding")
            return RootPackages.refused(refusals, "not packed: \(count).")
        case .packed(let packed):
            let file = path + "/" + packed.manifest.archiveName
            return Answer(
                json: [
                    "verdict": "packed", "package": .string(packed.manifest.id.text),
                    "version": .string(packed.manifest.version.description),
                    "class": .string(packed.manifest.classification),
                    "files": .integer(packed.manifest.files.count),
                    "bytes": .integer(packed.byteCount), "archive": .string(packed.archive.hex),
                    "path": .string(file), "signer": .string(packed.signer.description),
                ],
                lines: [
                    "packed    \(packed.manifest.id) \(packed.manifest.version) "
                        + "(\(Report.count(packed.manifest.files.count, "file")))",
                    "archive   \(Printable(file))", "digest    \(packed.archive.hex)",
                    "signer    \(packed.signer)",
                ]
            )
        }
    }
}
