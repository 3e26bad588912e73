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
        var out: [Exemption] = []
        for (index, element) in (reader.value("exemptions")?.array ?? []).enumerated() {
            guard let text = element["pattern"]?.string, let reason = element["reason"]?.string,
                let kind = element["kind"]?.string.flatMap(Exemption.Kind.init),
                let pattern = try? PathPattern(text)
            else {
                reader.complain("Element \(index) of \"exemptions\" is not usable.")
                continue
            }
            if pattern.literalPrefix.isEmpty {
                reader.complain(
                    "Element \(index) of \"exemptions\" begins with a wildcard; "
                        + "an exemption names the place it is for."
                )
            }
            out.append(Exemption(pattern: pattern, kind: kind, reason: reason, policy: id.text))
        }
        exemptions = out
    }
}
