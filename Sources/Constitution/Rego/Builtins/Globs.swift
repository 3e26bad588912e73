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

/// A pattern with wildcards, rewritten as a regular expression.
struct GlobPattern {
    /// What means something in a pattern and is quoted by a backslash.
    static let special = Array("*?\\[]{}".utf8)

    /// The regular expression, for the whole text.
    private(set) var expression: [UInt8] = Array("(?s)\\A(?:".utf8)

    init(_ pattern: Text, _ delimiters: [Text]) throws(BuiltinError) {
        let bytes = pattern.bytes
        let one = GlobPattern.anything(but: delimiters)
        var at = 0
        var braces = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "*"):
                let isDouble = at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "*")
                expression += isDouble ? Array(".*".utf8) : one + Array("*".utf8)
                if isDouble { at += 1 }
            case UInt8(ascii: "?"): expression += one
            case UInt8(ascii: "["): try appendClass(bytes, &at)
            case UInt8(ascii: "{"):
                braces += 1
                expression += Array("(?:".utf8)
            case UInt8(ascii: "}") where braces > 0:
                braces -= 1
                expression.append(UInt8(ascii: ")"))
            case UInt8(ascii: ",") where braces > 0: expression.append(UInt8(ascii: "|"))
            case UInt8(ascii: "\\"):
                at += 1
                guard at < bytes.count else { throw .failed("pattern ends in a backslash") }
                GlobPattern.quote(bytes[at], to: &expression)
            default: GlobPattern.quote(bytes[at], to: &expression)
            }
            at += 1
        }
        guard braces == 0 else { throw .failed("expected close brace in glob pattern") }
        expression += Array(")\\z".utf8)
    }

    /// A class in brackets: characters or one range, with `!` in front for all others.
    private mutating func appendClass(_ bytes: [UInt8], _ at: inout Int) throws(BuiltinError) {
        guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "]")) else {
            throw .failed("expected close range character in glob pattern")
        }
        var inner = bytes[(at + 1)..<end]
        at = end
        expression.append(UInt8(ascii: "["))
        if inner.first == UInt8(ascii: "!") {
            inner = inner.dropFirst()
            expression.append(UInt8(ascii: "^"))
        }
        guard !inner.isEmpty else { throw .failed("empty range in glob pattern") }
        for (offset, byte) in inner.enumerated() {
            let isRange = byte == UInt8(ascii: "-") && offset > 0 && offset + 1 < inner.count
            if isRange { expression.append(byte) } else { GlobPattern.quote(byte, to: &expression) }
        }
        expression.append(UInt8(ascii: "]"))
    }

    private static func anything(but delimiters: [Text]) -> [UInt8] {
        if delimiters.isEmpty { return Array(".".utf8) }
        var out = Array("[^".utf8)
        for delimiter in delimiters {
            for byte in delimiter.bytes { quote(byte, to: &out) }
        }
        return out + Array("]".utf8)
    }

    /// Appends a byte so that a regular expression takes it as itself.
    static func quote(_ byte: UInt8, to out: inout [UInt8]) {
        if "\\.+*?()|[]{}^$-".utf8.contains(byte) { out.append(UInt8(ascii: "\\")) }
        out.append(byte)
    }
}
