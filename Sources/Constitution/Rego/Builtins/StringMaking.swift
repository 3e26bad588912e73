extension BuiltinTable {
    /// What makes strings of strings.
    static let stringMaking: [Builtin] = [
        Builtin("concat", [.string, textList], .string) { arguments, context throws(BuiltinError) in
            let joint = try arguments.text(0)
            return .string(try joined(arguments.texts(1), by: joint, &context))
        },
        Builtin("split", [.string, .string], .array(of: .string)) {
            arguments,
            context throws(BuiltinError) in
            try split(arguments.text(0), by: arguments.text(1), &context)
        },
        Builtin("replace", [.string, .string, .string], .string) {
            arguments,
            context throws(BuiltinError) in
            let (text, old) = (try arguments.text(0), try arguments.text(1))
            return .string(try replaced([(old, arguments.text(2))], in: text, &context))
        },
        Builtin("strings.replace_n", [.object(key: .string, value: .string), .string], .string) {
            arguments,
            context throws(BuiltinError) in
            var pairs: [(Text, Text)] = []
            for member in try arguments.object(0).members {
                guard case .string(let old) = member.key else {
                    throw .type("operand 1 non-string key found in pattern object")
                }
                guard case .string(let new) = member.value else {
                    throw .type("operand 1 non-string value found in pattern object")
                }
                pairs.append((old, new))
            }
            return .string(try replaced(pairs, in: arguments.text(1), &context))
        },
        Builtin("strings.reverse", [.string], .string) { arguments, context throws(BuiltinError) in
            let text = try arguments.text(0)
            try context.charge(bytes: text.count)
            let offsets = text.scalarOffsets
            var out: [UInt8] = []
            for index in offsets.indices.dropFirst().reversed() {
                text.slice(offsets[index - 1]..<offsets[index]).append(to: &out)
            }
            return .string(Text(out))
        },
        Builtin("format_int", [.number, .number], .string) {
            arguments,
            context throws(BuiltinError) in
            let (number, base) = (try arguments.number(0), try arguments.number(1))
            guard case .integer(let radix) = base, [2, 8, 10, 16].contains(radix) else {
                throw .type("operand 2 must be one of {2, 8, 10, 16}")
            }
            try context.charge(digitsOf: number, number)
            guard let whole = number.rounded(.towardsZero)?.wholeValue else {
                throw .failed("the number has more than \(RegoNumber.digitsMax) digits")
            }
            return .text(whole.text(radix: UInt64(radix)))
        },
    ]

    static let textList = TypeSchema.oneOf([.set(of: .string), .array(of: .string)])

    private static func joined(
        _ parts: [Text],
        by joint: Text,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Text {
        let bytes = parts.reduce(0) { $0 + $1.count }
        let joints = joint.count.multipliedReportingOverflow(by: max(0, parts.count - 1))
        if joints.overflow { throw .exhausted(.bytes) }
        try context.charge(bytes: bytes + joints.partialValue)
        var out: [UInt8] = []
        out.reserveCapacity(bytes + joints.partialValue)
        for (index, part) in parts.enumerated() {
            if index > 0 { joint.append(to: &out) }
            part.append(to: &out)
        }
        return Text(out)
    }

    private static func split(
        _ text: Text,
        by joint: Text,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        try context.charge(search: text, joint)
        guard !joint.isEmpty else {
            let offsets = text.scalarOffsets
            try context.charge(values: offsets.count)
            let letters = offsets.indices.dropFirst().map { index in
                Value.string(text.slice(offsets[index - 1]..<offsets[index]))
            }
            return .array(ArrayValue(letters))
        }
        let offsets = text.offsets(of: joint)
        try context.charge(values: offsets.count + 1)
        try context.charge(bytes: text.count)
        var parts: [Value] = []
        parts.reserveCapacity(offsets.count + 1)
        var start = 0
        for offset in offsets {
            parts.append(.string(text.slice(start..<offset)))
            start = offset + joint.count
        }
        parts.append(.string(text.slice(start..<text.count)))
        return .array(ArrayValue(parts))
    }

    /// Replaces from left to right; of texts that begin at one place, the first in the list wins.
    ///
    /// An empty text stands before each character and at the end, as in other engines.
    private static func replaced(
        _ pairs: [(old: Text, new: Text)],
        in text: Text,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Text {
        let bytes = text.bytes
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var at = 0
        // After a replacement by an empty text, the next character must be taken first.
        var mayInsert = true
        while at <= bytes.count {
            try context.charge(steps: pairs.count > 1 ? pairs.count : at & 3 == 0 ? 1 : 0)
            let found = pairs.first { pair in
                pair.old.isEmpty ? mayInsert : bytes.span.stands(pair.old, at: at)
            }
            if let found {
                try context.charge(bytes: found.new.count)
                found.new.append(to: &out)
                at += found.old.count
                mayInsert = !found.old.isEmpty
                if !found.old.isEmpty { continue }
            }
            guard at < bytes.count else { break }
            out.append(bytes[at])
            at += 1
            mayInsert = at == bytes.count || bytes[at] & 0xC0 != 0x80
        }
        try context.charge(bytes: out.count)
        return Text(out)
    }
}

extension Span where Element == UInt8 {
    /// Whether a text stands at an offset.
    fileprivate func stands(_ text: Text, at offset: Int) -> Bool {
        let count = text.count
        guard count <= self.count - offset, self[offset] == text[0] else { return false }
        for index in 1..<Swift.max(1, count) where self[offset + index] != text[index] {
            return false
        }
        return true
    }
}
