import Canon
import Crypto

/// Which gates a package passed before it was packed: a simple verification result (SVR 0.2).
struct GateVerdicts {
    static let predicateType = "https://in-toto.io/attestation/svr/v0.2"

    /// A gate that was asked, and which bytes of the law it is.
    struct Gate: Sendable {
        let id: String
        let version: SemanticVersion
        let digest: Digest

        /// How the provenance names it.
        var name: String { "\(id)@\(version)" }
    }

    /// The statement about an archive: each gate is a policy that it was verified by, and a property.
    static func statement(
        of manifest: PackedManifest,
        archive: Digest,
        builtIn root: String,
        gates: [Gate],
        at time: Timestamp
    ) -> JSONValue {
        [
            "_type": .string(Provenance.statementType),
            "subject": [Provenance.subject(manifest.archiveName, archive)],
            "predicateType": .string(predicateType),
            "predicate": [
                "verifier": [
                    "id": .string("urn:charter:root:\(root):steward"),
                    "policies": .array(
                        gates.map { gate in
                            [
                                "uri": .string("urn:charter:gate:\(gate.name)"),
                                "digest": ["sha256": .string(gate.digest.hex)],
                            ]
                        }
                    ),
                ],
                "timeCreated": .string(time.description),
                "properties": .array(
                    gates.map { .string("CHARTER_GATE_\($0.id)_PASSED") }
                ),
            ],
        ]
    }
}
