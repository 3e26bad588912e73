package import Canon
package import Patterns

/// A policy: a rule with a scope, and the gate that enforces it.
package struct PolicyDocument: Sendable {
    /// A part of the tree that needs no owner row, by name of this policy.
    package struct Exemption: Sendable {
        package enum Kind: String, Sendable {
            /// Not part of the root: version control, build output.
            case ignored
            /// A ledger at run time, verified by its chain and not by a hash.
            case chained
            /// The state of a running plane, governed by its own registry.
            case runtime
        }

        package let pattern: PathPattern
        package let kind: Kind
        package let reason: String
        package let policy: String

        /// The exemption for each declared plane.
        ///
        /// In a place that planes write to, `*` as a whole segment stands for a plane that the root
        /// declares and for nothing else: a directory is not exempt by calling itself a plane.
        func declared(for planes: [String]) -> [Exemption] {
            let segments = pattern.text.split(separator: "/", omittingEmptySubsequences: false)
            guard kind != .ignored || segments.first == "planes", segments.contains("*") else {
                return [self]
            }
            return planes.compactMap { plane in
                let text = segments.map { $0 == "*" ? plane[...] : $0 }.joined(separator: "/")
                return (try? PathPattern(text)).map {
                    Exemption(pattern: $0, kind: kind, reason: reason, policy: policy)
                }
            }
        }

        /// Why no policy may exempt this, if so.
        ///
        /// Nothing may be taken out of sight of the law itself, and nothing by a pattern that could
        /// be anywhere: an exemption names the place it is for.
        package var problem: String? {
            let prefix = pattern.literalPrefix
            if prefix.isEmpty {
                return "\(Printable(pattern.text)) begins with a wildcard; an exemption names the "
                    + "place it is for."
            }
            let law = Array(RootLayout.registries.utf8)
            let inside = law + [UInt8(ascii: "/")]
            // What a pattern with wildcards matches begins with its prefix and may go on as it likes.
            let reachesLaw =
                prefix.starts(with: inside)
                || (pattern.isExact ? prefix == law : inside.starts(with: prefix))
            return reachesLaw
                ? "\(Printable(pattern.text)) could cover the law under "
                    + "\(RootLayout.registries)/, which is never exempt."
                : nil
        }
    }

    package let id: PolicyID
    package let name: String
    package let version: SemanticVersion
    package let status: Lifecycle
    package let path: String
    package let scope: String
    package let effect: String
    package let gate: String
    /// When it is enforced: ci, pre-merge, release, runtime.
    package let stages: [String]
    package let purpose: String
    package let exemptions: [Exemption]
    /// The bundle that decides, where the policy is written in the policy language.
    package let bundle: String?
    /// The document of the bundle that is asked.
    package let query: String?

    init(_ reader: inout DocumentReader) {
        id = reader.id("id") ?? .placeholder
        name = reader.text("name")
        version = reader.version("version")
        status = reader.lifecycle()
        path = reader.path
        scope = reader.text("scope")
        effect = reader.text("effect")
        gate = reader.text("gate")
        stages = reader.texts("stages")
        purpose = reader.text("purpose", in: "content")
        bundle = reader.optionalText("bundle")
        query = reader.optionalText("query")
        if (bundle == nil) != (query == nil) {
            reader.complain("A policy names a bundle and a query, or neither.")
        }
        var out: [Exemption] = []
        for (index, element) in (reader.value("exemptions")?.array ?? []).enumerated() {
            guard let text = element["pattern"]?.string, let reason = element["reason"]?.string,
                let kind = element["kind"]?.string.flatMap(Exemption.Kind.init),
                let pattern = try? PathPattern(text)
            else {
                reader.complain("Element \(index) of \"exemptions\" is not usable.")
                continue
            }
            out.append(Exemption(pattern: pattern, kind: kind, reason: reason, policy: id.text))
        }
        exemptions = out
    }
}
