import Canon
import Crypto
import Gates
import Host
import Integrity
import Policy
import Rego

/// `charter policy sign DIR`.
enum PolicySignVerb {
    static let operation = Operation(
        words: ["policy", "sign"],
        summary: "review a bundle and sign it",
        details: """
            Nothing is signed that is not fit to decide: the policies must compile, the bundle's own
            tests must pass and there must be one, every entry point must exist, and the manifest must
            give a name and a revision. What is wrong is shown like the errors of a compiler.

            The signature, a DSSE envelope over the list of all files and their digests, is written to
            .signature.dsse.json in the bundle. The key is this root's policy key, which lies outside
            the root and is made at first use; or --key FILE, an Ed25519 key in PEM that only its owner
            can read, as 'openssl genpkey -algorithm ed25519' makes it.
            Example: charter policy sign build/app
            """,
        power: .author,
        operands: [.init(name: "DIR", summary: "a bundle, as 'policy bundle' builds it")],
        options: [
            .init(name: "key", value: "FILE", summary: "the key to sign with; else the root's"),
            .init(name: "by", value: "TEXT", summary: "who or what built it, for people"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let path = request.operands[0]
        let bundle = try surroundings.bundle(path)
        let review = BundleReview(
            of: bundle,
            in: DecisionContext(nowNanoseconds: surroundings.clock.now)
        )
        guard review.isPassed else { return Report.refusal(review, "not signed.") }
        let (key, origin) = try key(request, surroundings)
        let signed: PolicyBundle
        do throws(BundleRefusal) {
            signed = try BundleSignature.sign(
                bundle,
                builtBy: request.option("by") ?? "charter \(CharterVersion.text)",
                with: key
            )
        } catch {
            throw .bundle(error)
        }
        do throws(HostFault) {
            try DurableFile.replace(
                BundleSignature.fileName,
                with: signed.signature ?? [],
                in: Directory.open(surroundings.absolute(path))
            )
        } catch {
            throw .host(error)
        }
        let verifier: NoteVerifier
        do throws(CryptoFault) {
            verifier = try NoteVerifier(name: origin, algorithm: .log, key: key.verifyingKey)
        } catch {
            throw .crypto(error)
        }
        return Answer(
            json: [
                "verdict": "signed", "bundle": .string(signed.name),
                "revision": .string(signed.revision), "verifier": .string(verifier.description),
                "review": review.json,
            ],
            lines: [
                review.sentence,
                "signed \(Printable(signed.name)) revision \(Printable(signed.revision))",
                "verifier \(verifier)",
            ]
        )
    }

    /// The key that was named, or that of the root; and the name its verifier is known by.
    private static func key(
        _ request: Request,
        _ surroundings: Surroundings
    ) throws(OperationFault) -> (SigningKey, String) {
        guard let path = request.option("key") else {
            let policies = try RootPolicies(surroundings)
            do throws(GatesFault) {
                let key = try policies.keys.signing(randomness: surroundings.randomness)
                return (key, policies.root.id)
            } catch {
                throw .gates(error)
            }
        }
        let bytes = try surroundings.bytes(of: path, limit: 4096)
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        do throws(CryptoFault) {
            let stem = name.prefix { $0 != "." }
            return (try SigningKey(pem: bytes), stem.isEmpty ? "key" : String(stem))
        } catch {
            throw .crypto(error)
        }
    }
}
