import Canon
import Crypto
import Host
import Packages

/// `charter package export FILE DIR`.
enum PackageExportVerb {
    static let operation = Operation(
        words: ["package", "export"],
        summary: "write an archive as an OCI image layout, which registries carry",
        details: """
            The archive becomes the one layer of an artifact, byte for byte, and each attestation a referrer
            of it; the tag is the version. Any program that copies OCI layouts takes it to a registry and
            back, such as skopeo. 'package verify' and 'package install' take the directory in place of a
            file. Only an archive that is verified here is written.
            Example: charter package export dist/canary-1.0.0.tar.zst dist/canary
            """,
        operands: [
            .init(name: "FILE", summary: "an archive, with its attestations beside it"),
            .init(name: "DIR", summary: "a directory that is not there yet, or is empty"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let packages = try RootPackages(surroundings)
        let (source, name) = try RootPackages.place(request.operands[0], surroundings)
        let path = surroundings.absolute(request.operands[1])
        do {
            switch try packages.installer.verify(name, in: source) {
            case .refused(let refusals):
                return RootPackages.refused(refusals, "not written: the archive is not verified.")
            case .verified(let manifest, let archive, let verified):
                let directory = try Directory.openMaking(path, mode: 0o755)
                guard try TreeWalk(depthMax: 0).list(directory).isEmpty else {
                    throw OperationFault.usage(
                        "\(Printable(path)) is not empty; name a new directory."
                    )
                }
                let layout = ImageLayout(in: directory)
                guard
                    let digest = try layout.write(
                        manifest,
                        archive: name,
                        in: source,
                        verified: archive,
                        verified.bytes
                    )
                else {
                    return RootPackages.refused(
                        [PackageRefusal.changing(name)],
                        "not written: the archive changed after it was verified."
                    )
                }
                return Answer(
                    json: [
                        "verdict": "written", "package": .string(manifest.id.text),
                        "tag": .string(manifest.version.description), "path": .string(path),
                        "manifest": .string("sha256:" + digest.hex),
                    ],
                    lines: [
                        "written   \(Printable(path)), tag \(manifest.version)",
                        "manifest  sha256:\(digest.hex)",
                    ]
                )
            }
        } catch {
            throw OperationFault(error)
        }
    }
}
