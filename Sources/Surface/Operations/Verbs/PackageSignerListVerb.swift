import Canon
import Crypto
import Packages
import Trust

/// `charter package signer list`.
enum PackageSignerListVerb {
    static let operation = Operation(
        words: ["package", "signer", "list"],
        summary: "show who may sign packages, and this machine's builder key",
        details: """
            The list is law: registries/package_signers.json. The builder key is what 'charter package
            pack' signs with on this machine; it is made at first use, outside every root, and no agent
            can reach it.
            """
    ) { _, surroundings throws(OperationFault) in
        let packages = try RootPackages(surroundings)
        do throws(PackageFault) {
            let own = try PackageFactory.builderKey(
                of: packages.root,
                randomness: surroundings.randomness
            ).verifier
            return answer(try packages.signers.current(), own: own, "listed")
        } catch {
            throw .package(error)
        }
    }

    static func answer(_ list: PackageSigners, own: NoteVerifier?, _ verdict: String) -> Answer {
        var json: JSONObject = JSONObject([("verdict", .string(verdict))])
        json["signers"] = .array(
            list.signers.map { signer in
                [
                    "key": .string(signer.verifier.description),
                    "classes": .array(signer.classes.sorted().map { .string($0) }),
                    "packages": .array(signer.packages.map { .string($0) }),
                    "valid_until": signer.validUntil.map { .string($0.description) } ?? .null,
                    "revoked": signer.revocation.map { .string($0) } ?? .null,
                ]
            }
        )
        var lines = list.signers.map { signer in
            let state =
                signer.revocation.map { "revoked: \(Printable($0))" }
                ?? signer.validUntil.map { "until \($0)" } ?? "in force"
            return "\(signer.verifier)\n    \(signer.classes.sorted().joined(separator: ", ")) of "
                + "\(signer.packages.joined(separator: ", ")); \(state)"
        }
        if lines.isEmpty { lines = ["nobody may sign packages yet"] }
        if let own {
            json["builder_key"] = .string(own.description)
            lines.append("builder key of this machine: \(own)")
        }
        return Answer(json: .object(json), lines: lines)
    }
}
