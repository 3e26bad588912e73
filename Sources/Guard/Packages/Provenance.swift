import Canon
import Crypto

/// What a package was made from, by whom and under which law: a SLSA provenance in an in-toto statement.
struct Provenance {
    static let statementType = "https://in-toto.io/Statement/v1"
    static let predicateType = "https://slsa.dev/provenance/v1"
    private static let buildType = "urn:charter:build:package:1"

    /// The statement about an archive.
    ///
    /// `attempt` is the entry of the ledger that was written before packing began.
    static func statement(
        of manifest: PackedManifest,
        archive: Digest,
        builtIn root: String,
        law: Digest,
        gates: [String],
        attempt: Digest,
        version: String,
        from began: Timestamp,
        to ended: Timestamp
    ) -> JSONValue {
        var internalParameters = JSONObject([("seal", .string(law.hex))])
        if !gates.isEmpty { internalParameters["gates"] = .array(gates.map { .string($0) }) }
        return [
            "_type": .string(statementType),
            "subject": [subject(manifest.archiveName, archive)],
            "predicateType": .string(predicateType),
            "predicate": [
                "buildDefinition": [
                    "buildType": .string(buildType),
                    "externalParameters": [
                        "package": .string(manifest.id.text),
                        "package_version": .string(manifest.version.description),
                        "spec": .string(manifest.spec.id),
                        "framework": .string(manifest.framework.id),
                        "class": .string(manifest.classification),
                    ],
                    "internalParameters": .object(internalParameters),
                    "resolvedDependencies": .array(materials(of: manifest)),
                ],
                "runDetails": [
                    "builder": [
                        "id": .string("urn:charter:root:\(root):steward"),
                        "version": ["charter": .string(version)],
                    ],
                    "metadata": [
                        "invocationId": .string(attempt.hex),
                        "startedOn": .string(began.description),
                        "finishedOn": .string(ended.description),
                    ],
                ],
            ],
        ]
    }

    static func subject(_ name: String, _ digest: Digest) -> JSONValue {
        ["name": .string(name), "digest": ["sha256": .string(digest.hex)]]
    }

    private static func materials(of manifest: PackedManifest) -> [JSONValue] {
        [("spec", manifest.spec), ("framework", manifest.framework)].map { kind, basis in
            [
                "uri": .string("urn:charter:\(kind):\(basis.id)@\(basis.version)"),
                "name": .string(basis.id), "digest": ["sha256": .string(basis.digest.hex)],
            ]
        }
    }
}
