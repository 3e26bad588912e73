/// What the compiler gets wrong, kept out of the tests.
///
/// Swift 6.3.1 may run the body of another closure in place of one that is written inside the
/// arguments of `#expect` or `#require` when the macro itself stands inside a closure: the test then
/// says nothing. So such a value is computed into a `let` first.
enum TrapRules {
    static func closures(_ file: SourceFile) -> [Finding] {
        let tokens = file.tokens
        var found: [Finding] = []
        /// For each open brace, whether a closure begins there.
        var open: [Bool] = []
        for place in tokens.indices {
            if tokens[place].isMark("{") { open.append(isClosure(tokens, at: place)) }
            if tokens[place].isMark("}") { _ = open.popLast() }
            guard open.contains(true), isMacro(tokens, at: place),
                let end = tokens.end(ofBracketAt: place + 2),
                tokens[(place + 3)..<end].contains(where: { $0.isMark("{") })
            else { continue }
            found.append(
                Finding(
                    path: file.path,
                    line: tokens[place].line,
                    rule: "closure in a macro",
                    advice: "compute it into a let first: inside a closure the compiler may run "
                        + "another one"
                )
            )
        }
        return found
    }

    /// `#expect(` and `#require(`.
    private static func isMacro(_ tokens: [Token], at place: Int) -> Bool {
        place + 2 < tokens.count && tokens[place].isMark("#") && tokens[place + 2].isMark("(")
            && (tokens[place + 1].isWord("expect") || tokens[place + 1].isWord("require"))
    }

    private static let blocks: Set<String> = [
        "if", "for", "while", "switch", "catch", "func", "init", "deinit", "subscript", "struct",
        "enum", "class", "actor", "protocol", "extension",
    ]

    /// Whether a brace begins a closure, told from what stands before it in its statement.
    ///
    /// One in parentheses or behind a `=` does; one that belongs to a keyword, or to a property
    /// without a value, does not.
    private static func isClosure(_ tokens: [Token], at place: Int) -> Bool {
        guard place > 0 else { return false }
        if ["else", "do", "defer", "repeat", "get", "set"].contains(tokens[place - 1].text) {
            return false
        }
        var depth = 0
        var isAssigned = false
        for back in stride(from: place - 1, through: 0, by: -1) {
            let token = tokens[back]
            let previous = back > 0 ? tokens[back - 1] : nil
            if token.kind == .mark {
                switch token.text {
                case ")", "]": depth += 1
                case "(", "[":
                    if depth == 0 { return true }
                    depth -= 1
                case "{", "}": if depth == 0 { return true }
                case "=": isAssigned = isAssigned || depth == 0
                default: break
                }
            } else if depth == 0, token.kind == .word, previous?.isMark(".") != true {
                if blocks.contains(token.text) { return false }
                guard token.text == "let" || token.text == "var" else { continue }
                let isCondition =
                    previous?.isMark(",") == true
                    || ["if", "while", "case", "for", "catch"].contains(previous?.text)
                if !isCondition { return isAssigned }
            }
        }
        return true
    }
}
