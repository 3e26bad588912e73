extension BuiltinTable {
    /// What is asked of strings.
    static let strings: [Builtin] = [
        question("contains") { $0.contains($1) },
        question("startswith") { $0.hasPrefix($1) },
        question("endswith") { $0.hasSuffix($1) },
        anyMatch("strings.any_prefix_match") { $0.hasPrefix($1) },
        anyMatch("strings.any_suffix_match") { $0.hasSuffix($1) },
        Builtin("indexof", [.string, .string], .number) { arguments, context throws(BuiltinError) in
            let (text, part) = try arguments.searched(&context)
            guard let offset = text.withBytes({ $0.offset(of: part, from: 0) }) else {
                return .integer(-1)
            }
            return .integer(text.slice(0..<offset).scalarCount)
        },
        Builtin("indexof_n", [.string, .string], .array(of: .number)) {
            arguments,
            context throws(BuiltinError) in
            let (text, part) = try arguments.searched(&context)
            return .array(ArrayValue(places(of: part, in: text).map { .integer($0) }))
        },
        Builtin("strings.count", [.string, .string], .number) {
            arguments,
            context throws(BuiltinError) in
            let (text, part) = (try arguments.text(0), try arguments.text(1))
            if part.isEmpty { return .integer(text.scalarCount + 1) }
            try context.charge(search: text, part)
            return .integer(text.offsets(of: part).count)
        },
        Builtin("substring", [.string, .number, .number], .string) {
            arguments,
            context throws(BuiltinError) in
            let (text, first) = (try arguments.text(0), try arguments.int(1))
            let length = try arguments.int(2)
            if first < 0 { throw .failed("negative offset") }
            try context.charge(bytes: text.count)
            let offsets = text.isASCII ? nil : text.scalarOffsets
            let count = offsets.map { $0.count - 1 } ?? text.count
            guard first < count else { return .string(.empty) }
            let last = length < 0 || length > count - first ? count : first + length
            guard let offsets else { return .string(text.slice(first..<last)) }
            return .string(text.slice(offsets[first]..<offsets[last]))
        },
    ]

    private static func question(
        _ name: String,
        _ holds: @escaping @Sendable (Text, Text) -> Bool
    ) -> Builtin {
        Builtin(name, [.string, .string], .boolean) { arguments, context throws(BuiltinError) in
            let (text, part) = (try arguments.text(0), try arguments.text(1))
            try context.charge(search: text, part)
            return .bool(holds(text, part))
        }
    }

    private static let textOrTexts = TypeSchema.oneOf([
        .string, .set(of: .string), .array(of: .string),
    ])

    private static func anyMatch(
        _ name: String,
        _ holds: @escaping @Sendable (Text, Text) -> Bool
    ) -> Builtin {
        Builtin(name, [textOrTexts, textOrTexts], .boolean) {
            arguments,
            context throws(BuiltinError) in
            let (texts, parts) = (try arguments.textOrTexts(0), try arguments.textOrTexts(1))
            for text in texts {
                try context.charge(steps: parts.count)
                if parts.contains(where: { holds(text, $0) }) { return true }
            }
            return false
        }
    }

    /// Where a text stands in another, in characters; here the places may overlap.
    private static func places(of part: Text, in text: Text) -> [Int] {
        text.withBytes { bytes in
            var places: [Int] = []
            var (at, character) = (0, 0)
            while let found = bytes.offset(of: part, from: at) {
                while at < found {
                    at += max(1, Text.scalarLength(bytes, at))
                    character += 1
                }
                places.append(character)
                at += max(1, Text.scalarLength(bytes, at))
                character += 1
            }
            return places
        }
    }
}

extension Span where Element == Value {
    fileprivate func textOrTexts(_ index: Int) throws(BuiltinError) -> [Text] {
        switch self[index] {
        case .string(let text): return [text]
        case .array, .set: return try texts(index)
        default: throw wrong(index, "one of {string, set, array}")
        }
    }

    /// A text and what is sought in it, which must not be empty.
    fileprivate func searched(
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> (Text, Text) {
        let (text, part) = (try text(0), try text(1))
        if part.isEmpty { throw .failed("empty search character") }
        try context.charge(search: text, part)
        return (text, part)
    }
}

extension BuiltinContext {
    /// Charges for seeking a text in another.
    mutating func charge(search text: Text, _ part: Text) throws(BuiltinError) {
        let count = text.count
        if count > 64 { try charge(steps: count / 64 * (1 + part.count / 4)) }
    }
}
