/// All built-ins by name; a name that is not here refuses the policy.
package struct BuiltinTable: Sendable {
    private let builtins: [String: Builtin]

    /// A table of these built-ins, each name once.
    init(_ families: [[Builtin]]) {
        builtins = Dictionary(
            families.joined().map { ($0.name, $0) },
            uniquingKeysWith: { one, _ in
                preconditionFailure("The built-in \(one.name) stands twice in the table.")
            }
        )
    }

    /// The built-in of a name.
    package subscript(_ name: String) -> Builtin? { builtins[name] }

    /// All names, in order.
    package var names: [String] { builtins.keys.sorted() }

    /// Why a built-in that OPA has does not exist here; `nil` for a name that nobody has.
    package static func reasonLeftOut(_ name: String) -> String? {
        leftOut.first { name == $0.prefix || name.hasPrefix($0.prefix + ".") }?.reason
    }

    private static let leftOut: [(prefix: String, reason: String)] = [
        ("http.send", "a decision is a function of policy, data and input and asks no server"),
        ("net.lookup_ip_addr", "a decision asks no name server"),
        ("graphql", "GraphQL documents are not read by the policy engine"),
        ("providers.aws", "requests to clouds are not signed by the policy engine"),
        ("rego.parse_module", "a policy does not read other policies as text"),
    ]

    /// The built-ins of this engine.
    package static let standard = BuiltinTable([
        aggregates,
        arithmetic,
        arrays,
        bits,
        certificates,
        comparisons,
        cryptoHashes,
        documentPaths,
        documents,
        encodings,
        expressions,
        formatting,
        globs,
        graphs,
        identifiers,
        networks,
        numbers,
        objects,
        queryStrings,
        schemas,
        sets,
        stringMaking,
        stringTrimming,
        strings,
        templates,
        times,
        tokens,
        types,
        units,
        versions,
    ])
}
