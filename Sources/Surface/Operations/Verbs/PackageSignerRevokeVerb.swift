import Canon
import Crypto
import Packages

/// `charter package signer revoke VKEY`.
enum PackageSignerRevokeVerb {
    static let operation = Operation(
        words: ["package", "signer", "revoke"],
        summary: "take all trust from a key that signed packages",
        details: """
            Nothing that the key signed is installed any more, whenever it was signed. What is installed
            stays; 'charter package list' shows whose it is.
            Example: charter package signer revoke 'charter/app/builder+…' --reason 'laptop lost'
            """,
        power: .author,
        operands: [.init(name: "VKEY", summary: "the key, as 'package signer list' shows it")],
        options: [.init(name: "reason", value: "TEXT", summary: "why; it stands in the list")]
    ) { request, surroundings throws(OperationFault) in
        let packages = try RootPackages(surroundings)
        guard let key = try? NoteVerifier(vkey: request.operands[0]) else {
            throw .usage("\"\(Printable(request.operands[0]))\" is no key of the form NAME+ID+KEY.")
        }
        let signers = packages.signers
        do throws(PackageFault) {
            let reason = request.option("reason") ?? "no reason was given"
            let outcome = try signers.revoke(key, reason: reason)
            return PackageSignerAddVerb.answer(outcome, "revoked")
        } catch {
            throw .package(error)
        }
    }
}
