import Canon
package import Rego

/// What a bundle says about itself, in OPA's form: `.manifest`.
///
/// Charter's own members lie under `metadata`, where other engines pass over them: the `name` of the
/// bundle, the `entrypoints` that may be asked, and the places of an input that no log may show
/// (`mask`).
package struct BundleManifest: Sendable, Equatable {
    /// The name of the bundle; empty where there is no manifest.
    package var name: String

    /// The revision, which stands in each decision.
    package var revision: String

    /// The places of `data` that the bundle owns; the empty root is all of it.
    package let roots: [String]

    /// The dialect that its policies are written in.
    package let language: RegoVersion

    /// The documents that may be asked.
    package let entryPoints: [QueryPath]

    /// JSON Pointers to what is taken out of logged inputs.
    package let masks: [String]

    /// Everything under `metadata`, ours and others'.
    private let metadata: JSONObject

    /// What holds where a directory has no manifest: everything is its own.
    package static let none = BundleManifest(
        name: "",
        revision: "",
        roots: [""],
        language: .v1,
        entryPoints: [],
        masks: [],
        metadata: JSONObject()
    )

    /// The longest name and revision.
    package static let textMax = 128

    private init(
        name: String,
        revision: String,
        roots: [String],
        language: RegoVersion,
        entryPoints: [QueryPath],
        masks: [String],
        metadata: JSONObject
    ) {
        self.name = name
        self.revision = revision
        self.roots = roots
        self.language = language
        self.entryPoints = entryPoints
        self.masks = masks
        self.metadata = metadata
    }

    /// Reads a manifest; a member that this engine would have to pass over refuses it.
    package init(parsing bytes: [UInt8]) throws(BundleRefusal) {
        let object: JSONObject
        do {
            guard let found = try JSONValue(parsing: bytes).object else {
                throw BundleRefusal.badManifest(reason: "It is no JSON object.")
            }
            object = found
        } catch let refusal as BundleRefusal {
            throw refusal
        } catch let fault as JSONFault {
            throw .badManifest(reason: fault.description)
        } catch {
            throw .badManifest(reason: "It is not JSON.")
        }
        let known = ["revision", "roots", "rego_version", "metadata"]
        for key in object.keys where !known.contains(where: { $0.hasSameBytes(as: key) }) {
            throw .badManifest(reason: "It says \"\(key)\", which this engine does not know.")
        }
        let metadata = try BundleManifest.object("metadata", in: object)
        self.init(
            name: try BundleManifest.text("name", in: metadata),
            revision: try BundleManifest.text("revision", in: object),
            roots: try BundleManifest.roots(in: object),
            language: try BundleManifest.language(in: object),
            entryPoints: try BundleManifest.entryPoints(in: metadata),
            masks: try BundleManifest.masks(in: metadata),
            metadata: metadata
        )
        guard name.isEmpty || BundleManifest.isName(name) else {
            throw .badManifest(
                reason: "The name \"\(name)\" has more than small letters, digits and hyphens."
            )
        }
    }

    /// Whether a text can name a bundle, and so a directory.
    package static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 45, 48...57, 97...122: true
                default: false
                }
            }
    }

    /// The bytes of the manifest, as a bundle is built with.
    package var bytes: [UInt8] {
        var members = metadata
        if !name.isEmpty { members["name"] = .string(name) }
        let manifest: JSONValue = [
            "revision": .string(revision),
            "roots": .array(roots.map { .string($0) }),
            "rego_version": .integer(language == .v1 ? 1 : 0),
            "metadata": .object(members),
        ]
        return manifest.pretty
    }

    // MARK: - Reading

    private static func object(
        _ key: String,
        in object: JSONObject
    ) throws(BundleRefusal) -> JSONObject {
        guard let value = object[key] else { return JSONObject() }
        guard let members = value.object else {
            throw .badManifest(reason: "\"\(key)\" is no object.")
        }
        return members
    }

    private static func text(
        _ key: String,
        in object: JSONObject
    ) throws(BundleRefusal) -> String {
        guard let value = object[key] else { return "" }
        guard let text = value.string, text.utf8.count <= textMax,
            !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else {
            throw .badManifest(reason: "\"\(key)\" is no text of at most \(textMax) bytes.")
        }
        return text
    }

    private static func texts(
        _ key: String,
        in object: JSONObject
    ) throws(BundleRefusal) -> [String]? {
        guard let value = object[key] else { return nil }
        let texts = value.array?.compactMap(\.string)
        guard let texts, texts.count == value.array?.count, texts.count <= 1_000 else {
            throw .badManifest(reason: "\"\(key)\" is no list of texts.")
        }
        return texts
    }

    private static func roots(in object: JSONObject) throws(BundleRefusal) -> [String] {
        guard let roots = try texts("roots", in: object) else { return [""] }
        for (index, root) in roots.enumerated() {
            let segments = root.split(separator: "/", omittingEmptySubsequences: false)
            guard root.isEmpty || !segments.contains("") else {
                throw .badManifest(reason: "The root \"\(root)\" is no plain path.")
            }
            for other in roots[..<index] where BundleRoots.overlap(root, other) {
                throw .badManifest(reason: "The roots \"\(other)\" and \"\(root)\" overlap.")
            }
        }
        return roots
    }

    private static func language(in object: JSONObject) throws(BundleRefusal) -> RegoVersion {
        switch object["rego_version"] {
        case nil, .some(.number(.integer(1))): return .v1
        case .some(.number(.integer(0))): return .v0
        default: throw .badManifest(reason: "\"rego_version\" is neither 0 nor 1.")
        }
    }

    private static func entryPoints(
        in metadata: JSONObject
    ) throws(BundleRefusal) -> [QueryPath] {
        var paths: [QueryPath] = []
        for text in try texts("entrypoints", in: metadata) ?? [] {
            guard let path = QueryPath(text) else {
                throw .badManifest(reason: "The entry point \"\(text)\" names no document.")
            }
            paths.append(path)
        }
        return paths
    }

    private static func masks(in metadata: JSONObject) throws(BundleRefusal) -> [String] {
        let masks = try texts("mask", in: metadata) ?? []
        for mask in masks where mask.utf8.first != UInt8(ascii: "/") {
            throw .badManifest(reason: "The mask \"\(mask)\" is no JSON Pointer.")
        }
        return masks
    }
}
