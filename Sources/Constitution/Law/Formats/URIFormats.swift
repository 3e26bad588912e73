/// The grammar of URIs (RFC 3986) and IRIs (RFC 3987).
enum URIFormats {
    static func isReference(_ text: String, needsScheme: Bool, isInternational: Bool) -> Bool {
        let parts = URIReference(text)
        if needsScheme, parts.scheme == nil { return false }
        // A relative path's first segment must not be readable as a scheme (§4.2).
        if parts.scheme == nil, parts.authority == nil {
            let first = parts.path.utf8.prefix { $0 != UInt8(ascii: "/") }
            if first.contains(UInt8(ascii: ":")) { return false }
        }
        if let authority = parts.authority, !isAuthority(authority, isInternational) {
            return false
        }
        let path = "!$&'()*+,;=:@/"
        return has(parts.path, path, isInternational)
            && has(parts.query ?? "", path + "?", isInternational, isQuery: true)
            && has(parts.fragment ?? "", path + "?", isInternational)
    }

    private static func isAuthority(_ authority: String, _ isInternational: Bool) -> Bool {
        var host = authority[...]
        if let at = host.lastIndex(of: "@") {
            guard has(String(host[..<at]), "!$&'()*+,;=:", isInternational) else { return false }
            host = host[host.index(after: at)...]
        }
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            let literal = Array(host[host.index(after: host.startIndex)..<end].utf8)
            guard NetworkFormats.isIPv6(literal[...]) || isFuture(literal) else { return false }
            let rest = host[host.index(after: end)...]
            return rest.isEmpty || (rest.first == ":" && isPort(rest.dropFirst()))
        }
        if let colon = host.lastIndex(of: ":") {
            guard isPort(host[host.index(after: colon)...]) else { return false }
            host = host[..<colon]
        }
        return has(String(host), "!$&'()*+,;=", isInternational)
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// `IPvFuture`: `v1.anything`.
    private static func isFuture(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, first | 0x20 == UInt8(ascii: "v"),
            let dot = bytes.firstIndex(of: UInt8(ascii: ".")), dot > 1, dot + 1 < bytes.count
        else { return false }
        return bytes[1..<dot].allSatisfy(NetworkFormats.isHex)
            && has(String(decoding: bytes[(dot + 1)...], as: UTF8.self), "!$&'()*+,;=:", false)
    }

    /// Whether the text consists of unreserved characters, percent escapes and the others given.
    private static func has(
        _ text: String,
        _ others: String,
        _ isInternational: Bool,
        isQuery: Bool = false
    ) -> Bool {
        let others = Set(others.unicodeScalars)
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            switch scalar {
            case "%":
                guard index + 2 < scalars.count, isHex(scalars[index + 1]),
                    isHex(scalars[index + 2])
                else { return false }
                index += 2
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": break
            default:
                let isOther = others.contains(scalar)
                guard isOther || (isInternational && isInternationalScalar(scalar, isQuery)) else {
                    return false
                }
            }
            index += 1
        }
        return true
    }

    private static func isHex(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && NetworkFormats.isHex(UInt8(truncatingIfNeeded: scalar.value))
    }

    /// `ucschar`, and `iprivate` in a query (RFC 3987 §2.2).
    private static func isInternationalScalar(_ scalar: Unicode.Scalar, _ isQuery: Bool) -> Bool {
        switch scalar.value {
        case 0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF: true
        case 0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD: isQuery
        case 0x10000...0xDFFFF: scalar.value & 0xFFFF <= 0xFFFD
        case 0xE1000...0xEFFFD: true
        default: false
        }
    }
}
