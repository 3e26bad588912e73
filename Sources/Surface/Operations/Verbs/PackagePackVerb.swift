import Canon
import Host
import Crypto
import Integrity
import Packages

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
            Example: charter package pack PKG-CANARY --output ../dist
            """,
        power: .author,
        operands: [.init(name: "ID", summary: "the id of a package of this root")],
        options: [
            .init(name: "output", value: "DIR", summary: "where to put it; the working directory")
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
        let outcome: PackageFactory.Outcome
        do throws(PackageFault) {
            outcome = try packages.factory.pack(
                request.operands[0],
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
