import Canon
import Crypto
import Host
import Packages

/// `charter package verify FILE`.
enum PackageVerifyVerb {
    static let operation = Operation(
        words: ["package", "verify"],
        summary: "prove an archive: its signatures, its manifest, and each of its files",
        details: """
            Nothing of the root is changed and nothing is unpacked. Every file is read and held against
            the manifest, every attestation against the archive and the root's list of signers. For what
            would happen if it were installed, use 'charter package install --dry-run'; for what is
            installed, 'charter integrity installed'.
            Example: charter package verify dist/canary-1.0.0.tar.zst
            """,
        operands: [.init(name: "FILE", summary: "an archive, with its attestations beside it")]
    ) { request, surroundings throws(OperationFault) in
        let packages = try RootPackages(surroundings)
        let (directory, name) = try RootPackages.place(request.operands[0], surroundings)
        do throws(PackageFault) {
            switch try packages.installer.verify(name, in: directory) {
            case .refused(let refusals):
                return RootPackages.refused(refusals, "not verified.")
            case .verified(let manifest, let archive, let verified):
                return Answer(
                    json: [
                        "verdict": "verified", "package": .string(manifest.id.text),
                        "version": .string(manifest.version.description),
                        "class": .string(manifest.classification),
                        "archive": .string(archive.hex), "files": .integer(manifest.files.count),
                        "signer": .string(verified.signer.description),
                        "attestations": .array(verified.predicates.map { .string($0) }),
                    ],
                    lines: [
                        "verified  \(manifest.id) \(manifest.version) "
                            + "(\(Report.count(manifest.files.count, "file")))",
                        "digest    \(archive.hex)", "signer    \(verified.signer)",
                    ] + verified.predicates.map { "attested  \(Printable($0))" }
                )
            }
        } catch {
            throw .package(error)
        }
    }
}
