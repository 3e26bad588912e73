package import Canon

/// A gate, registered by data: what it looks at and by which rules.
package struct GateDefinition: Sendable {
    /// Which rules a gate applies to the files of a spec.
    package enum Subject: String, Sendable {
        /// The rules of the spec's own framework.
        case framework
        /// The gate's own rules.
        case gate
        /// The policies that name the gate, as bundles hold them.
        case policy
    }

    package let id: String
    package let name: String
    package let version: SemanticVersion
    package let status: Lifecycle
    package let path: String
    package let ensures: String
    /// What sets the gate off: integrity, change, pack, install.
    package let trigger: String
    package let subject: Subject
    package let rules: JSONValue

    init(_ reader: inout DocumentReader) {
        id = reader.text("id")
        name = reader.text("name")
        version = reader.version("version")
        status = reader.lifecycle()
        path = reader.path
        ensures = reader.text("ensures")
        trigger = reader.text("trigger")
        let evaluates = reader.text("evaluates")
        if Subject(rawValue: evaluates) == nil {
            reader.complain(
                "The field \"evaluates\" is none of \"framework\", \"gate\" and \"policy\"."
            )
        }
        subject = Subject(rawValue: evaluates) ?? .gate
        rules = reader.value("rules") ?? .object(JSONObject())
        if !GateDefinition.isGateID(id) {
            reader.complain("The field \"id\" is no gate id such as G1.")
        }
    }

    /// Gate ids are `G0` … `G999`: a name space of their own, apart from component ids (X15).
    package static func isGateID(_ text: String) -> Bool {
        (2...4).contains(text.utf8.count) && text.utf8.first == UInt8(ascii: "G")
            && text.utf8.dropFirst().allSatisfy { (48...57).contains($0) }
    }
}
