import Canon
import Crypto
import Gates

/// `charter policy trust [VKEY]`.
enum PolicyTrustVerb {
    static let operation = Operation(
        words: ["policy", "trust"],
        summary: "trust a key to sign policies for this root, or list those that are trusted",
        details: """
            VKEY is what 'policy sign' prints behind 'verifier': a name, a number and the public key.
            From then on bundles that this key signed can be activated for the root. The root's own
            policy key is trusted from the moment it is made. Without VKEY all trusted keys are listed.
            Example: charter policy trust release+0d4b9a77+AQ…
            """,
        power: .author,
        operands: [.init(name: "VKEY", summary: "the key to trust", isRequired: false)]
    ) { request, surroundings throws(OperationFault) in
        let policies = try RootPolicies(surroundings)
        let keys = policies.keys
        if let vkey = request.operands.first, (try? NoteVerifier(vkey: vkey)) == nil {
            throw .usage(
                "\"\(Printable(vkey))\" is no verifier key; 'charter policy sign' prints one, of the "
                    + "form NAME+NUMBER+KEY."
            )
        }
        var result: Result<NoteVerifier?, GatesFault> = .success(nil)
        if let vkey = request.operands.first {
            result = try policies.changing("trust", about: ["key:\(vkey)"], surroundings) {
                () throws(GatesFault) in try keys.trust(vkey: vkey)
            }
        }
        do throws(GatesFault) {
            let added = try result.get()
            let trusted = try keys.trusted()
            return Answer(
                json: [
                    "verdict": added == nil ? "listed" : "trusted",
                    "trusted": .array(trusted.map { .string($0.description) }),
                ],
                lines: added.map { ["trusted: \($0)"] }
                    ?? (trusted.isEmpty
                        ? ["no key is trusted yet; 'charter policy sign' makes the first"]
                        : trusted.map(\.description))
            )
        } catch {
            throw .gates(error)
        }
    }
}
