/// The fields of a token's header that decide how it is read (RFC 7515 §4.1).
struct TokenHeader {
    let algorithm: Text?
    let keyIdentifier: Text?

    /// Whether the payload is another token.
    let isNested: Bool

    /// Whether whoever signed demands that something be understood that is not.
    let hasUnknownDemands: Bool

    init(_ header: ObjectValue) throws(BuiltinError) {
        algorithm = try TokenHeader.text("alg", header)
        keyIdentifier = try TokenHeader.text("kid", header)
        _ = try TokenHeader.text("typ", header)
        let content = try TokenHeader.text("cty", header)
        isNested = content?.string.lowercased() == "jwt"
        hasUnknownDemands = try TokenHeader.demandsUnknown(header)
    }

    private static func text(
        _ name: Text,
        _ header: ObjectValue
    ) throws(BuiltinError) -> Text? {
        switch header[name] {
        case nil: return nil
        case .string(let text): return text
        default: throw .failed("\(name.string): must be a string")
        }
    }

    /// Nothing that could be demanded (§4.1.11) is understood here: a demand for a field that the
    /// standard defines may not be made, and no other field has a meaning.
    private static func demandsUnknown(_ header: ObjectValue) throws(BuiltinError) -> Bool {
        guard let field = header["crit" as Text] else { return false }
        guard case .array(let names) = field else { throw .failed("crit: must be a list") }
        guard !names.isEmpty else { throw .failed("crit: must be a nonempty list") }
        for name in names.elements {
            guard case .string = name else { throw .failed("crit: must be a list of strings") }
        }
        return true
    }
}
