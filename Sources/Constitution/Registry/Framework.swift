package import Canon
package import Patterns

/// The law of a class of things: what it may consist of, where it may lie, which gates it passes.
///
/// A framework authorises and requires; it never owns a file.
package struct Framework: Sendable {
    /// A place where files of this class may lie.
    package struct Authorisation: Sendable {
        package let pattern: PathPattern
        package let purpose: String

        /// Whether the pattern is no place at all: it takes paths that have nothing in common.
        ///
        /// Asked by example, because one meaning has many spellings.
        package var isEverything: Bool {
            Authorisation.strangers.allSatisfy { pattern.matches($0) }
        }

        private static let strangers: [[UInt8]] = [
            "a/b/c", "Z-9/x", ".q/~/ü.7/_", "registries/root.json", "0/1/2/3/4.txt", "src/main/ /k",
        ].map { Array($0.utf8) }
    }

    package let id: FrameworkID
    package let name: String
    package let version: SemanticVersion
    package let status: Lifecycle
    package let aliases: [String]
    package let purpose: String
    package let path: String
    package let allowedSpecTypes: [String]
    package let requiredGates: [String]
    package let requiredMetadata: [String]
    package let dependencies: [VersionedReference]
    package let conformsTo: [VersionedReference]
    package let authorises: [Authorisation]
    /// The governor schema of this class, with everything that the law says outside `rules` folded in.
    package let rules: JSONValue

    /// Whether files of this class may lie at a path.
    package func authorises(_ path: [UInt8]) -> Bool {
        authorises.contains { $0.pattern.matches(path) }
    }

    init(_ reader: inout DocumentReader) {
        id = reader.id("id") ?? .placeholder
        name = reader.text("name")
        version = reader.version("version")
        status = reader.lifecycle()
        aliases = reader.texts("aliases")
        purpose = reader.text("purpose", in: "content")
        path = reader.path
        allowedSpecTypes = reader.texts("allowed_spec_types")
        requiredGates = reader.texts("required_gates")
        requiredMetadata = reader.texts("required_metadata")
        dependencies = reader.references("dependencies")
        conformsTo = reader.references("conforms_to")
        authorises = Framework.authorisations(&reader)
        rules = Framework.rules(&reader)
    }

    private static func authorisations(_ reader: inout DocumentReader) -> [Authorisation] {
        var out: [Authorisation] = []
        for (index, element) in (reader.value("authorizes")?.array ?? []).enumerated() {
            guard let text = element["pattern"]?.string, let purpose = element["purpose"]?.string
            else {
                reader.complain("Element \(index) of \"authorizes\" has no pattern and purpose.")
                continue
            }
            do {
                out.append(Authorisation(pattern: try PathPattern(text), purpose: purpose))
            } catch {
                reader.complain("Element \(index) of \"authorizes\": \(error.description)")
            }
        }
        return out
    }

    /// One schema for the Governor: the framework's `rules` and the keywords of the law beside them.
    private static func rules(_ reader: inout DocumentReader) -> JSONValue {
        var merged = reader.value("rules")?.object ?? JSONObject()
        for key in ["required_files", "forbidden_imports"] {
            guard let own = reader.value(key)?.array, !own.isEmpty else { continue }
            merged[key] = .array((merged[key]?.array ?? []) + own)
        }
        if let requires = reader.value("requires")?.object {
            var kept = JSONObject()
            for key in ["must_have", "must_log", "entities"] { kept[key] = requires[key] }
            merged["requires"] = .object(kept)
        }
        return .object(merged)
    }
}
