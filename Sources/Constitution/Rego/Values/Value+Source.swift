extension Value {
    /// The value as a policy would write it: sets in braces, spaces after commas.
    ///
    /// This is what `sprintf("%v")`, `print` and messages show.
    package var source: String {
        var out: [UInt8] = []
        writeSource(to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends the value as a policy would write it.
    package func writeSource(to out: inout [UInt8]) {
        switch self {
        case .null, .bool, .number, .string: writeJSON(to: &out)
        case .array(let array):
            Value.writeSource(array.elements, between: "[", "]", to: &out)
        case .set(let set):
            if set.isEmpty {
                out.append(contentsOf: "set()".utf8)
            } else {
                Value.writeSource(set.elements, between: "{", "}", to: &out)
            }
        case .object(let object):
            out.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { out.append(contentsOf: ", ".utf8) }
                member.key.writeSource(to: &out)
                out.append(contentsOf: ": ".utf8)
                member.value.writeSource(to: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    private static func writeSource(
        _ elements: [Value],
        between opening: String,
        _ closing: String,
        to out: inout [UInt8]
    ) {
        out.append(contentsOf: opening.utf8)
        for (index, element) in elements.enumerated() {
            if index > 0 { out.append(contentsOf: ", ".utf8) }
            element.writeSource(to: &out)
        }
        out.append(contentsOf: closing.utf8)
    }
}

extension Value: CustomStringConvertible {
    package var description: String { source }
}
