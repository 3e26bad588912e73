package import Canon

/// Takes a law document apart and remembers everything that is wrong with it.
///
/// Shape is the business of the JSON Schemas under `registries/schemas`; this reads what the program
/// needs and names each field that is not usable.
struct DocumentReader {
    let path: String
    private let object: JSONObject
    private(set) var problems: [String] = []

    init(_ value: JSONValue, path: String) {
        self.path = path
        object = value.object ?? JSONObject()
        if value.object == nil { problems.append("The document is no JSON object.") }
    }

    private mutating func field<Value>(
        _ key: String,
        _ wanted: String,
        isOptional: Bool,
        _ read: (JSONValue) -> Value?
    ) -> Value? {
        guard let raw = object[key] else {
            if !isOptional { problems.append("The field \"\(key)\" is missing.") }
            return nil
        }
        guard let value = read(raw) else {
            problems.append("The field \"\(key)\" is no \(wanted).")
            return nil
        }
        return value
    }

    mutating func text(_ key: String) -> String {
        field(key, "text", isOptional: false) { $0.string } ?? ""
    }

    mutating func optionalText(_ key: String) -> String? {
        field(key, "text", isOptional: true) { $0.string }
    }

    mutating func id<Kind: EntityKind>(_ key: String) -> EntityID<Kind>? {
        field(key, "id that begins with \(Kind.prefix)-", isOptional: false) { value in
            value.string.flatMap(EntityID<Kind>.init)
        }
    }

    mutating func version(_ key: String) -> SemanticVersion {
        field(key, "semantic version", isOptional: false) { value in
            value.string.flatMap(SemanticVersion.init)
        } ?? SemanticVersion(0, 0, 0)
    }

    mutating func texts(_ key: String) -> [String] {
        field(key, "list of texts", isOptional: true, DocumentReader.texts) ?? []
    }

    mutating func value(_ key: String) -> JSONValue? { object[key] }

    /// The member of an object field, such as `content.purpose`.
    mutating func text(_ key: String, in parent: String) -> String {
        field(parent, "object", isOptional: false) { $0.object }?[key]?.string ?? ""
    }

    mutating func texts(_ key: String, in parent: String) -> [String] {
        field(parent, "object", isOptional: true) { $0.object }?[key]
            .flatMap(DocumentReader.texts) ?? []
    }

    /// A list of `{id, version}` with ranges.
    mutating func references(_ key: String) -> [VersionedReference] {
        let raw = field(key, "list", isOptional: true) { $0.array } ?? []
        return raw.enumerated().compactMap { index, element in
            guard let id = element["id"]?.string, let text = element["version"]?.string,
                let range = VersionRange(text)
            else {
                problems.append("Element \(index) of \"\(key)\" is no id with a version range.")
                return nil
            }
            return VersionedReference(id: id, range: range)
        }
    }

    mutating func lifecycle() -> Lifecycle {
        field("status", "one of draft, active, deprecated", isOptional: false) { value in
            value.string.flatMap(Lifecycle.init)
        } ?? .draft
    }

    mutating func complain(_ problem: String) { problems.append(problem) }

    private static func texts(_ value: JSONValue) -> [String]? {
        guard let array = value.array else { return nil }
        let texts = array.compactMap(\.string)
        return texts.count == array.count ? texts : nil
    }
}

/// Something that a document names together with the versions it accepts.
package struct VersionedReference: Sendable {
    package let id: String
    package let range: VersionRange
}

/// The life of a governed entity.
package enum Lifecycle: String, Sendable {
    case draft
    case active
    case deprecated
}
