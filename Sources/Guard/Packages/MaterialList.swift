import Canon
import Crypto
import Registry

/// What a package consists of and rests on: a CycloneDX 1.6 bill of materials.
///
/// It holds no time and no chance: of one archive there is one bill.
struct MaterialList {
    static let predicateType = "https://cyclonedx.org/bom"

    /// A package that another one rests on, as it is in the root where that was packed.
    struct Dependency: Sendable {
        let name: String
        let version: SemanticVersion
        let digest: Digest
    }

    /// The statement about an archive, whose predicate is the bill.
    static func statement(
        of manifest: PackedManifest,
        archive: Digest,
        dependencies: [Dependency],
        version: String
    ) -> JSONValue {
        [
            "_type": .string(Provenance.statementType),
            "subject": [Provenance.subject(manifest.archiveName, archive)],
            "predicateType": .string(predicateType),
            "predicate": bill(of: manifest, archive, dependencies, version),
        ]
    }

    private static func bill(
        of manifest: PackedManifest,
        _ archive: Digest,
        _ dependencies: [Dependency],
        _ version: String
    ) -> JSONValue {
        let own = reference(manifest.name, manifest.version)
        var component = component(
            "application",
            manifest.name,
            manifest.version.description,
            archive
        )
        component["bom-ref"] = .string(own)
        component["purl"] = .string(own)
        let others = dependencies.map { (reference($0.name, $0.version), $0) }
        let libraries = others.map { reference, item -> JSONValue in
            var library = self.component(
                "library",
                item.name,
                item.version.description,
                item.digest
            )
            library["bom-ref"] = .string(reference)
            library["purl"] = .string(reference)
            return .object(library)
        }
        let files = manifest.files.map { file -> JSONValue in
            var item = self.component("file", file.path.text, nil, file.digest)
            item["bom-ref"] = .string("\(own)#\(file.path.text)")
            return .object(item)
        }
        return [
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
            "serialNumber": .string("urn:uuid:\(uuid(of: archive))"),
            "metadata": [
                "tools": [
                    "components": [
                        [
                            "type": "application", "name": "charter",
                            "version": .string(version),
                        ]
                    ]
                ],
                "component": .object(component),
            ],
            "components": .array(libraries + files),
            "dependencies": .array(
                [
                    [
                        "ref": .string(own),
                        "dependsOn": .array(others.map { .string($0.0) }),
                    ]
                ] + others.map { ["ref": .string($0.0)] }
            ),
        ]
    }

    private static func component(
        _ kind: String,
        _ name: String,
        _ version: String?,
        _ digest: Digest
    ) -> JSONObject {
        let hash: JSONValue = ["alg": "SHA-256", "content": .string(digest.hex)]
        var members = JSONObject([
            ("type", .string(kind)), ("name", .string(name)), ("hashes", .array([hash])),
        ])
        members["version"] = version.map { .string($0) }
        return members
    }

    private static func reference(_ name: String, _ version: SemanticVersion) -> String {
        "pkg:generic/charter/\(name)@\(version)"
    }

    /// A number of the form that UUIDs have, from a digest: version 8, which is anybody's own making.
    private static func uuid(of digest: Digest) -> String {
        var bytes = Array(digest.bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        var parts: [Substring] = []
        var rest = hex[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }
}
