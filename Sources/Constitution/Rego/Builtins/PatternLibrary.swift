import Patterns

/// Compiled patterns, by their text.
///
/// Most patterns stand in the policy itself; those are compiled when it is loaded and shared.
package struct PatternLibrary: Sendable {
    /// A pattern with wildcards and the delimiters that these do not cross.
    struct Glob: Hashable, Sendable {
        let pattern: Text
        let delimiters: [Text]
    }

    /// A pattern that was compiled, and its table where it is worth one.
    struct Compiled: Sendable {
        let expression: RegularExpression
        var table: ExpressionTable?
    }

    var expressions: [Text: Compiled] = [:]
    var globs: [Glob: Compiled] = [:]

    /// A library without patterns.
    package init() {}

    /// Adds the patterns that a call of a built-in has as constants; `nil` for other arguments.
    ///
    /// One that is no pattern is left for the decision that uses it to refuse.
    package mutating func add(_ builtin: String, _ constants: [Value?]) {
        switch (builtin, constants.first ?? nil, constants.dropFirst().first ?? nil) {
        case ("glob.match", .string(let pattern)?, .array(let array)?):
            add(pattern, array.isEmpty ? ["."] : array.elements)
        case ("glob.match", .string(let pattern)?, .null?): add(pattern, [])
        case ("regex.replace", _, .string(let pattern)?): add(pattern)
        case ("regex.template_match", _, _), ("regex.globs_match", _, _): break
        case (_, .string(let pattern)?, _)
        where builtin.hasPrefix("regex.") || builtin == "re_match":
            add(pattern)
        default: break
        }
    }

    private mutating func add(_ pattern: Text) {
        guard expressions[pattern] == nil,
            let compiled = try? RegularExpression(pattern.string, dialect: .re2)
        else { return }
        expressions[pattern] = Compiled(expression: compiled, table: ExpressionTable(compiled))
    }

    private mutating func add(_ pattern: Text, _ delimiters: [Value]) {
        var texts: [Text] = []
        for delimiter in delimiters {
            guard case .string(let text) = delimiter else { return }
            texts.append(text)
        }
        guard let rewritten = try? GlobPattern(pattern, texts).expression,
            let compiled = try? RegularExpression(Text(rewritten).string, dialect: .re2)
        else { return }
        globs[Glob(pattern: pattern, delimiters: texts)] = Compiled(
            expression: compiled,
            table: ExpressionTable(compiled)
        )
    }
}
