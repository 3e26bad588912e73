import Canon
import Crypto
import Packages

/// `charter package signer add [VKEY]`.
enum PackageSignerAddVerb {
    static let operation = Operation(
        words: ["package", "signer", "add"],
        summary: "let a key sign packages, in the law of the root",
        details: """
            Without VKEY it is this machine's builder key. --classes and --packages say for what it
            counts, --until until when. The list is a file of the law, and the whole root is judged
            with it before it is written.
            Example: charter package signer add --classes BUILT --packages 'PKG-APP-*'
            """,
        power: .author,
        operands: [
            .init(name: "VKEY", summary: "the key, as it was handed to you", isRequired: false)
        ],
        options: [
            .init(name: "classes", value: "LIST", summary: "BUILT, BUILDER or both; BUILT"),
            .init(
                name: "packages",
                value: "LIST",
                summary: "ids, or beginnings with a star; PKG-*"
            ),
            .init(
                name: "until",
                value: "TIME",
                summary: "the last moment, such as 2027-01-31T00:00:00Z"
            ),
        ]
    ) { request, surroundings throws(OperationFault) in
        let packages = try RootPackages(surroundings)
        let classes = list(request.option("classes") ?? "BUILT")
        guard classes.allSatisfy({ ["BUILT", "BUILDER"].contains($0) }), !classes.isEmpty else {
            throw .usage("--classes takes BUILT, BUILDER or BUILDER,BUILT.")
        }
        var until: Timestamp?
        if let text = request.option("until") {
            until = Timestamp(text)
            if until == nil { throw .usage("--until takes a time such as 2027-01-31T00:00:00Z.") }
        }
        let named = try request.operands.first.map { (text) throws(OperationFault) in
            guard let key = try? NoteVerifier(vkey: text) else {
                throw .usage("\"\(Printable(text))\" is no key of the form NAME+ID+KEY.")
            }
            return key
        }
        do throws(PackageFault) {
            let own = try PackageFactory.builderKey(
                of: packages.root,
                randomness: surroundings.randomness
            ).verifier
            let key = named ?? own
            let outcome = try packages.signers.add(
                key,
                classes: classes,
                packages: list(request.option("packages") ?? "PKG-*"),
                until: until
            )
            return answer(outcome, "added")
        } catch {
            throw .package(error)
        }
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map(String.init)
    }

    static func answer(_ outcome: SignerList.Outcome, _ verdict: String) -> Answer {
        switch outcome {
        case .done(let signers): PackageSignerListVerb.answer(signers, own: nil, verdict)
        case .refused(let refusals):
            RootPackages.refused(refusals, "refused; the list is as it was.")
        }
    }
}
