import Patterns

extension BuiltinTable {
    /// Regular expressions with RE2's meaning, in linear time.
    static let expressions: [Builtin] = [
        matching("regex.match", isDeprecated: false),
        matching("re_match", isDeprecated: true),
        Builtin("regex.is_valid", [.any], .boolean) { arguments, context throws(BuiltinError) in
            guard case .string(let pattern) = arguments[0] else { return false }
            do throws(BuiltinError) {
                _ = try context.expression(pattern)
                return true
            } catch {
                if case .exhausted = error { throw error }
                return false
            }
        },
        Builtin("regex.split", [.string, .string], .array(of: .string)) {
            arguments,
            context throws(BuiltinError) in
            let (expression, text) = try arguments.expressionAndText(&context)
            if text.isEmpty, !expression.pattern.isEmpty { return [""] }
            var parts: [Value] = []
            var (begin, end) = (0, 0)
            for match in try context.matches(of: expression, in: text, limit: -1) {
                // An empty match before anything separates nothing, nor does one at the end.
                end = match.range.lowerBound
                if match.range.upperBound != 0 { parts.append(.string(text.slice(begin..<end))) }
                begin = match.range.upperBound
            }
            if end != text.count { parts.append(.string(text.slice(begin..<text.count))) }
            return .array(ArrayValue(parts))
        },
        Builtin("regex.find_n", [.string, .string, .number], .array(of: .string)) {
            arguments,
            context throws(BuiltinError) in
            let (expression, text) = try arguments.expressionAndText(&context)
            let limit = try arguments.int(2)
            let found = try context.matches(of: expression, in: text, limit: limit)
            return .array(ArrayValue(found.map { .string(text.slice($0.range)) }))
        },
        Builtin(
            "regex.find_all_string_submatch_n",
            [.string, .string, .number],
            .array(of: .array(of: .string))
        ) { arguments, context throws(BuiltinError) in
            let (expression, text) = try arguments.expressionAndText(&context)
            let limit = try arguments.int(2)
            var rows: [Value] = []
            for match in try context.matches(of: expression, in: text, limit: limit) {
                try context.charge(values: match.groups.count)
                let groups = match.groups.map { group in
                    Value.string(group.map { text.slice($0) } ?? .empty)
                }
                rows.append(.array(ArrayValue(groups)))
            }
            return .array(ArrayValue(rows))
        },
        Builtin("regex.replace", [.string, .string, .string], .string) {
            arguments,
            context throws(BuiltinError) in
            let text = try arguments.text(0)
            let expression = try context.expression(arguments.text(1)).expression
            let template = ReplacementTemplate(try arguments.text(2), for: expression)
            var out: [UInt8] = []
            var at = 0
            for match in try context.matches(of: expression, in: text, limit: -1) {
                text.slice(at..<match.range.lowerBound).append(to: &out)
                let before = out.count
                template.expand(match, in: text, to: &out)
                try context.charge(bytes: out.count - before)
                at = match.range.upperBound
            }
            text.slice(at..<text.count).append(to: &out)
            return .string(Text(out))
        },
        Builtin("regex.template_match", [.string, .string, .string, .string], .boolean) {
            arguments,
            context throws(BuiltinError) in
            let (begin, end) = (try arguments.text(2), try arguments.text(3))
            guard begin.count == 1 else {
                throw .failed(
                    "start delimiter has to be exactly one character long but is \(begin.count) long"
                )
            }
            guard end.count == 1 else {
                throw .failed(
                    "end delimiter has to be exactly one character long but is \(end.count) long"
                )
            }
            let template = try arguments.text(0)
            let pattern = try pattern(of: template.bytes, between: begin[0], end[0])
            let expression = try context.expression(Text(pattern))
            return .bool(try context.matches(expression, arguments.text(1)))
        },
        Builtin("regex.globs_match", [.string, .string], .boolean) {
            arguments,
            context throws(BuiltinError) in
            let (left, right) = (try arguments.text(0), try arguments.text(1))
            let (one, two) = (try SimplePattern(left), try SimplePattern(right))
            return .bool(try one.meets(two, &context))
        },
    ]

    private static func matching(_ name: String, isDeprecated: Bool) -> Builtin {
        Builtin(name, [.string, .string], .boolean, isDeprecated: isDeprecated) {
            arguments,
            context throws(BuiltinError) in
            let (pattern, text) = (try arguments.text(0), try arguments.text(1))
            let compiled = try context.expression(pattern)
            return .bool(try context.matches(compiled, text))
        }
    }

    /// The expression of a template: what stands between the delimiters is one, the rest is text.
    private static func pattern(
        of template: [UInt8],
        between begin: UInt8,
        _ end: UInt8
    ) throws(BuiltinError) -> [UInt8] {
        var pattern = Array("^".utf8)
        var level = 0
        for byte in template {
            if byte == begin {
                level += 1
                if level == 1 {
                    pattern.append(UInt8(ascii: "("))
                    continue
                }
            } else if byte == end {
                level -= 1
                if level == 0 {
                    pattern.append(UInt8(ascii: ")"))
                    continue
                }
                if level < 0 { break }
            }
            if level == 0 { GlobPattern.quote(byte, to: &pattern) } else { pattern.append(byte) }
        }
        guard level == 0 else {
            throw .failed("unbalanced braces in \"\(String(decoding: template, as: UTF8.self))\"")
        }
        return pattern + Array("$".utf8)
    }
}

extension Span where Element == Value {
    /// The expression of the first argument, and the text of the second.
    fileprivate func expressionAndText(
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> (RegularExpression, Text) {
        let (pattern, text) = (try text(0), try text(1))
        return (try context.expression(pattern).expression, text)
    }
}

extension BuiltinContext {
    /// How many steps of a pattern are charged as one: they are shorter than those of a policy.
    private static let workPerStep = 4

    /// Whether a pattern matches anywhere in a text; charges the work that this takes.
    mutating func matches(
        _ pattern: PatternLibrary.Compiled,
        _ text: Text
    ) throws(BuiltinError) -> Bool {
        var work = 0
        if let table = pattern.table {
            let isMatch = text.withBytes { table.matches($0, work: &work) }
            try charge(steps: work / BuiltinContext.workPerStep)
            return isMatch
        }
        let workMax = workLeft
        let outcome = text.withBytes { bytes in
            pattern.expression.search(bytes, workMax: workMax, work: &work)
        }
        try charge(steps: work / BuiltinContext.workPerStep)
        switch outcome {
        case .found: return true
        case .absent: return false
        case .stopped: throw .exhausted(.steps)
        }
    }

    private var workLeft: Int {
        let work = budget.stepsLeft.multipliedReportingOverflow(by: BuiltinContext.workPerStep)
        return work.overflow ? .max : work.partialValue
    }

    /// The matches of an expression, none within another; at most so many, all below zero.
    mutating func matches(
        of expression: RegularExpression,
        in text: Text,
        limit: Int
    ) throws(BuiltinError) -> [RegularExpression.Match] {
        var found: [RegularExpression.Match] = []
        let bytes = text.bytes
        var (at, previousEnd) = (0, -1)
        while at <= bytes.count, limit < 0 || found.count < limit {
            guard let match = try firstMatch(of: expression, in: bytes, from: at) else { break }
            let range = match.range
            if range.isEmpty && range.lowerBound == previousEnd {
                at = next(at, bytes)
                continue
            }
            try charge(values: match.groups.count)
            found.append(match)
            previousEnd = range.upperBound
            at = range.isEmpty ? next(range.upperBound, bytes) : range.upperBound
        }
        return found
    }

    private mutating func firstMatch(
        of expression: RegularExpression,
        in bytes: [UInt8],
        from start: Int
    ) throws(BuiltinError) -> RegularExpression.Match? {
        var work = 0
        let outcome = expression.firstMatch(
            in: bytes.span,
            from: start,
            workMax: workLeft,
            work: &work
        )
        try charge(steps: 1 + work / BuiltinContext.workPerStep)
        switch outcome {
        case .found(let match): return match
        case .absent: return nil
        case .stopped: throw .exhausted(.steps)
        }
    }

    private func next(_ at: Int, _ bytes: [UInt8]) -> Int {
        at < bytes.count ? at + max(1, Text.scalarLength(bytes.span, at)) : at + 1
    }
}
