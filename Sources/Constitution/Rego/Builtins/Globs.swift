import Patterns

extension BuiltinTable {
    /// Patterns with wildcards, where delimiters are what a star does not cross.
    static let globs: [Builtin] = [
        Builtin("glob.match", [.string, delimiters, .string], .boolean) {
            arguments,
            context throws(BuiltinError) in
            let pattern = try arguments.text(0)
            let delimiters: [Text]
            switch arguments[1] {
            case .null: delimiters = []
            case .array(let array) where array.isEmpty: delimiters = ["."]
            case .array: delimiters = try arguments.delimiters(1)
            default: throw arguments.wrong(1, "one of {array, null}")
            }
            let text = try arguments.text(2)
            let expression = try context.glob(pattern, delimiters)
            return .bool(try context.matches(expression, text))
        },
        recoding("glob.quote_meta") { pattern in
            var out: [UInt8] = []
            for byte in pattern.bytes {
                if GlobPattern.special.contains(byte) { out.append(UInt8(ascii: "\\")) }
                out.append(byte)
            }
            return Text(out)
        },
    ]

    private static let delimiters = TypeSchema.oneOf([.null, .array(of: .string)])
}

extension Span where Element == Value {
    /// Delimiters, each one character.
    fileprivate func delimiters(_ index: Int) throws(BuiltinError) -> [Text] {
        let texts = try texts(index)
        guard texts.allSatisfy({ $0.scalarCount == 1 }) else {
            throw .type("operand \(index + 1) must be array of characters")
        }
        return texts
    }
}

extension BuiltinContext {
    /// The expression that matches what a pattern with wildcards does.
    mutating func glob(
        _ pattern: Text,
        _ delimiters: [Text]
    ) throws(BuiltinError) -> PatternLibrary.Compiled {
        let glob = PatternLibrary.Glob(pattern: pattern, delimiters: delimiters)
        if let known = known(glob) { return known }
        try charge(steps: 100 + pattern.count)
        let expression = try expression(Text(GlobPattern(pattern, delimiters).expression))
        remember(glob, expression)
        return expression
    }
}
