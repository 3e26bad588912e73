import Patterns

/// What replaces a match: text with `$1` and `${name}` for what groups cover, `$$` for a dollar.
struct ReplacementTemplate {
    private enum Part {
        case text([UInt8])
        case group(Int)
    }

    private var parts: [Part] = []

    init(_ template: Text, for expression: RegularExpression) {
        var rest = template.bytes[...]
        let dollar = UInt8(ascii: "$")
        while let place = rest.firstIndex(of: dollar) {
            parts.append(.text(Array(rest[..<place])))
            rest = rest[(place + 1)...]
            if rest.first == dollar {
                parts.append(.text([dollar]))
                rest = rest.dropFirst()
            } else if let name = ReplacementTemplate.name(&rest) {
                if let group = ReplacementTemplate.group(name, expression) {
                    parts.append(.group(group))
                }
            } else {
                parts.append(.text([dollar]))
            }
        }
        parts.append(.text(Array(rest)))
    }

    /// Takes the longest name off the front, in braces or bare.
    private static func name(_ rest: inout ArraySlice<UInt8>) -> String? {
        let isBraced = rest.first == UInt8(ascii: "{")
        let inner = isBraced ? rest.dropFirst() : rest
        let name = inner.prefix { byte in
            let scalar = Unicode.Scalar(byte)
            return byte >= 0x80 || scalar.properties.isAlphabetic || scalar == "_"
                || ("0"..."9").contains(scalar)
        }
        guard !name.isEmpty else { return nil }
        if isBraced {
            guard inner[name.endIndex...].first == UInt8(ascii: "}") else { return nil }
            rest = inner[(name.endIndex + 1)...]
        } else {
            rest = inner[name.endIndex...]
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// The number of a group; one that the expression has not covers nothing.
    private static func group(_ name: String, _ expression: RegularExpression) -> Int? {
        if let number = Int(name) { return number <= expression.groupCount ? number : nil }
        return expression.groupNames.firstIndex { $0 == name }.map { $0 + 1 }
    }

    /// Appends what replaces a match.
    func expand(_ match: RegularExpression.Match, in text: Text, to out: inout [UInt8]) {
        for part in parts {
            switch part {
            case .text(let bytes): out += bytes
            case .group(let index):
                if let range = match.groups[index] { text.slice(range).append(to: &out) }
            }
        }
    }
}
