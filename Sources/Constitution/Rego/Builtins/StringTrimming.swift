extension BuiltinTable {
    /// What takes off the ends of strings, or changes their case.
    static let stringTrimming: [Builtin] = [
        trimming("trim", left: true, right: true),
        trimming("trim_left", left: true, right: false),
        trimming("trim_right", left: false, right: true),
        Builtin("trim_prefix", [.string, .string], .string) { arguments, _ throws(BuiltinError) in
            let (text, prefix) = (try arguments.text(0), try arguments.text(1))
            guard text.hasPrefix(prefix) else { return arguments[0] }
            return .string(text.slice(prefix.count..<text.count))
        },
        Builtin("trim_suffix", [.string, .string], .string) { arguments, _ throws(BuiltinError) in
            let (text, suffix) = (try arguments.text(0), try arguments.text(1))
            guard text.hasSuffix(suffix) else { return arguments[0] }
            return .string(text.slice(0..<text.count - suffix.count))
        },
        Builtin("trim_space", [.string], .string) { arguments, context throws(BuiltinError) in
            let text = try arguments.text(0)
            try context.charge(bytes: text.count)
            return .string(text.trimming(left: true, right: true) { $0.properties.isWhitespace })
        },
        casing("lower", 0x41...0x5A) { $0.properties.lowercaseMapping },
        casing("upper", 0x61...0x7A) { $0.properties.uppercaseMapping },
    ]

    private static func trimming(_ name: String, left: Bool, right: Bool) -> Builtin {
        Builtin(name, [.string, .string], .string) { arguments, context throws(BuiltinError) in
            let (text, cutset) = (try arguments.text(0), try arguments.text(1))
            try context.charge(bytes: text.count)
            try context.charge(steps: text.count * (1 + cutset.count / 16))
            let cut = Set(cutset.string.unicodeScalars)
            return .string(text.trimming(left: left, right: right) { cut.contains($0) })
        }
    }

    /// Changes the case of each character alone, as Go does: no letter becomes two.
    private static func casing(
        _ name: String,
        _ changed: ClosedRange<UInt8>,
        _ map: @escaping @Sendable (Unicode.Scalar) -> String
    ) -> Builtin {
        Builtin(name, [.string], .string) { arguments, context throws(BuiltinError) in
            let text = try arguments.text(0)
            try context.charge(bytes: text.count)
            if text.isASCII {
                var bytes = text.bytes
                for index in bytes.indices where changed.contains(bytes[index]) {
                    bytes[index] ^= 0x20
                }
                return .string(Text(bytes))
            }
            var out = String.UnicodeScalarView()
            for scalar in text.string.unicodeScalars {
                let mapped = map(scalar).unicodeScalars
                out.append(mapped.count == 1 ? mapped[mapped.startIndex] : scalar)
            }
            return .text(String(out))
        }
    }
}

extension Text {
    /// The text without the characters at its ends of which a test is true.
    fileprivate func trimming(
        left: Bool,
        right: Bool,
        _ isCut: (Unicode.Scalar) -> Bool
    ) -> Text {
        let offsets = scalarOffsets
        func isCutAt(_ index: Int) -> Bool {
            let scalars = slice(offsets[index]..<offsets[index + 1]).string.unicodeScalars
            return isCut(scalars[scalars.startIndex])
        }
        var (first, last) = (0, offsets.count - 1)
        while left, first < last, isCutAt(first) { first += 1 }
        while right, first < last, isCutAt(last - 1) { last -= 1 }
        return slice(offsets[first]..<offsets[last])
    }
}
