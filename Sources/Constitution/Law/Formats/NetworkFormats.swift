/// Addresses of machines and people.
enum NetworkFormats {
    private static let dot = UInt8(ascii: ".")

    /// RFC 2673 §3.2: four decimal numbers, without leading zeros.
    static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: dot, omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.count == 1 || part.first != 0x30,
                    part.allSatisfy({ (0x30...0x39).contains($0) })
                else { return false }
                return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
            }
    }

    /// RFC 4291 §2.2: eight groups, one run of them as `::`, the last two as an IPv4 address.
    static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let gap = firstGap(bytes) else { return groups(bytes, mayEndInIPv4: true) == 8 }
        let before = bytes[..<gap]
        let after = bytes[(gap + 2)...]
        guard let left = before.isEmpty ? 0 : groups(before, mayEndInIPv4: false),
            let right = after.isEmpty ? 0 : groups(after, mayEndInIPv4: true)
        else { return false }
        return left + right < 8
    }

    private static func firstGap(_ bytes: ArraySlice<UInt8>) -> Int? {
        let colon = UInt8(ascii: ":")
        return bytes.indices.dropLast().first { bytes[$0] == colon && bytes[$0 + 1] == colon }
    }

    /// How many groups stand between single colons; `nil` where something else does.
    private static func groups(_ bytes: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> Int? {
        var count = 0
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInIPv4, index == parts.count - 1, part.contains(dot) {
                guard isIPv4(part) else { return nil }
                count += 2
            } else {
                guard (1...4).contains(part.count), part.allSatisfy(isHex) else { return nil }
                count += 1
            }
        }
        return count
    }

    static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    /// RFC 1123 §2.1 and RFC 5891: labels of at most 63 bytes, a name of at most 253.
    static func isHostname(_ text: String, isInternational: Bool) -> Bool {
        var total = 0
        let dots: Set<Unicode.Scalar> =
            isInternational ? [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"] : ["."]
        let labels = text.unicodeScalars.split(omittingEmptySubsequences: false) {
            dots.contains($0)
        }
        for label in labels {
            let scalars = Array(label)
            guard let length = encodedLength(scalars, isInternational: isInternational) else {
                return false
            }
            total += length + 1
        }
        return total - 1 <= 253
    }

    /// How many bytes a label has in the form that is sent; `nil` for one that is not allowed.
    private static func encodedLength(_ label: [Unicode.Scalar], isInternational: Bool) -> Int? {
        guard let first = label.first, let last = label.last, first != "-", last != "-",
            label.count <= 63
        else { return nil }
        if label.allSatisfy(\.isASCII) {
            guard
                label.allSatisfy({ isHostByte(UInt8(truncatingIfNeeded: $0.value)) })
            else { return nil }
            guard label.count >= 4, label[2] == "-", label[3] == "-" else { return label.count }
            guard label[0].properties.lowercaseMapping == "x",
                label[1].properties.lowercaseMapping == "n",
                let decoded = Punycode.decoded(label[4...]),
                !decoded.allSatisfy(\.isASCII), InternationalLabel.isValid(decoded)
            else { return nil }
            return label.count
        }
        guard isInternational, InternationalLabel.isValid(label) else { return nil }
        let length = 4 + Punycode.encodedLength(label)
        return length <= 63 ? length : nil
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
            || byte == UInt8(ascii: "-")
    }

    /// RFC 5321 §4.1.2, and RFC 6531 for international addresses.
    static func isEmail(_ text: String, isInternational: Bool) -> Bool {
        let scalars = Array(text.unicodeScalars)
        guard let at = scalars.lastIndex(of: "@"),
            isLocalPart(scalars[..<at], isInternational: isInternational)
        else { return false }
        let domain = scalars[(at + 1)...]
        if domain.first == "[", domain.last == "]" {
            let literal = Array(
                String(String.UnicodeScalarView(domain.dropFirst().dropLast())).utf8
            )
            if isIPv4(literal[...]) { return true }
            return literal.starts(with: Array("IPv6:".utf8)) && isIPv6(literal.dropFirst(5))
        }
        let name = String(String.UnicodeScalarView(domain))
        return isHostname(name, isInternational: isInternational)
    }

    private static func isLocalPart(
        _ local: ArraySlice<Unicode.Scalar>,
        isInternational: Bool
    ) -> Bool {
        guard let first = local.first,
            isInternational || local.allSatisfy(\.isASCII)
        else { return false }
        if first == "\"" {
            guard local.count >= 2, local.last == "\"" else { return false }
            var isEscaped = false
            for scalar in local.dropFirst().dropLast() {
                guard scalar.value >= 32, scalar.value != 127 else { return false }
                if isEscaped {
                    isEscaped = false
                } else if scalar == "\\" {
                    isEscaped = true
                } else if scalar == "\"" {
                    return false
                }
            }
            return !isEscaped
        }
        let others = Set("!#$%&'*+-/=?^_`{|}~".unicodeScalars)
        return local.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.allSatisfy {
                    !$0.isASCII || $0.properties.isAlphabetic || ("0"..."9").contains($0)
                        || others.contains($0)
                }
        }
    }
}
