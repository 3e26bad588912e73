import Canon
import Gates
import Host
import Policy

/// `charter policy bundle DIR --out DIR`.
enum PolicyBundleVerb {
    static let operation = Operation(
        words: ["policy", "bundle"],
        summary: "build a bundle from a directory of policies",
        details: """
            A bundle is what is signed and activated: policies, their tests and their data, and a
            manifest that says its name, its revision and the places of data that it owns. It has OPA's
            layout, so other engines read it too.

            Everything in DIR is taken. The name is that of the manifest or of the directory, or --name;
            the revision is --revision, or the beginning of the digest over all files.
            The files are written to --out, a new or an empty directory. Whether the bundle is fit is
            asked when it is signed.
            Example: charter policy bundle policy --out build/app --revision 1.0.0
            """,
        power: .author,
        operands: [.init(name: "DIR", summary: "the directory of policies")],
        options: [
            .init(name: "out", value: "DIR", summary: "a new or an empty directory"),
            .init(name: "revision", value: "TEXT", summary: "the revision; else from the digest"),
            .init(name: "name", value: "NAME", summary: "the name, where the manifest has none"),
        ]
    ) { request, surroundings throws(OperationFault) in
        guard let out = request.option("out") else {
            throw .usage("Say where to write the bundle: --out DIR.")
        }
        let source = try surroundings.bundle(request.operands[0], name: request.option("name"))
        let built: PolicyBundle
        do throws(BundleRefusal) {
            built = try source.built(revision: request.option("revision") ?? source.revision)
        } catch {
            throw .bundle(error)
        }
        try write(built, to: surroundings.absolute(out))
        let count = Report.count(built.files.count, "file")
        return Answer(
            json: [
                "verdict": "built", "bundle": .string(built.name),
                "revision": .string(built.revision), "bundle_sha256": .string(built.digest.hex),
                "files": .array(built.files.map { .string($0.path) }),
            ],
            lines: [
                "built \(Printable(built.name)) revision \(Printable(built.revision)): \(count)",
                "digest \(built.digest.hex)",
                "next: charter policy sign \(Printable(out))",
            ]
        )
    }

    private static func write(
        _ bundle: PolicyBundle,
        to path: String
    ) throws(OperationFault) {
        do throws(HostFault) {
            let target = try Directory.openMaking(path, mode: 0o755)
            guard try TreeWalk(depthMax: 1).list(target).isEmpty else {
                throw .directoryNotEmpty(path: path)
            }
            for file in bundle.files {
                if let slash = file.path.lastIndex(of: "/") {
                    _ = try target.openMakingBeneath(String(file.path[..<slash]), mode: 0o755)
                }
                try DurableFile.replace(file.path, with: file.bytes, in: target)
            }
        } catch {
            throw .host(error)
        }
    }
}
