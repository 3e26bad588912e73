import Support

/// Writes policies that are right by grammar and mean nothing, in every odd layout.
struct RandomPolicy {
    private var generator: Generator
    private var depth = 0

    init(seed: UInt64) {
        generator = Generator(seed: seed)
    }

    mutating func policy() -> String {
        var text = "package a.b\(gap())\n"
        for _ in 0...generator.int(0...3) { text += rule() + "\n" }
        return text
    }

    /// Blanks, line ends and comments, as may stand inside of brackets.
    private mutating func gap() -> String {
        switch generator.int(0...11) {
        case 0: "\n"
        case 1: " # note \(generator.int(0...9))\n"
        case 2: "  "
        case 3: "\n\n\t"
        default: ""
        }
    }

    private mutating func name() -> String {
        generator.pick(["x", "y", "xs", "input", "data", "foo_1", "contains"])
    }

    private mutating func rule() -> String {
        switch generator.int(0...6) {
        case 0: "default p := [1, {\"a\": null}]"
        case 1: "p\(generator.int(0...9)) := \(expression())"
        case 2: "p contains \(expression()) if {\(gap())\(body("\n"))\(gap())}"
        case 3: "f(\(term()), _) := \(term()) if {\(body("; "))} else := \(term()) if \(plain())"
        case 4: "p.q[\(expression())] := \(term()) if { \(body("\n")) }"
        case 5: "p if \(plain())\nelse := \(term())"
        default: "p if { \(body("; ")) } { \(body("\n")) }\(gap())"
        }
    }

    /// A term behind `if` that does not begin with a brace.
    private mutating func plain() -> String { "(\(expression()))" }

    private mutating func body(_ separator: String) -> String {
        (0...generator.int(0...2)).map { _ in literal() }.joined(separator: separator)
    }

    private mutating func literal() -> String {
        depth += 1
        defer { depth -= 1 }
        switch generator.int(0...8) {
        case 0: return "x := \(expression())"
        case 1: return "[x, {\"k\": y}] = \(expression())"
        case 2: return "some x, y"
        case 3: return "some k, v in \(term())"
        case 4 where depth < 4: return "every x in \(term()) {\(gap())\(body("; "))\(gap())}"
        case 5: return "not \(expression()) with input.a as \(term())\(gap()) with data as 1"
        case 6: return "k, \(term()) in \(term())"
        // What begins with a sign would be taken for a subtraction from the line above.
        default: return "(\(expression()))"
        }
    }

    private mutating func expression() -> String {
        let count = generator.int(0...2)
        var text = term()
        for _ in 0..<count {
            let mark = generator.pick([
                "+", "-", "*", "/", "%", "|", "&", "==", "!=", "<", ">=", "in",
            ])
            // A bar behind the first element of a collection means a comprehension.
            text = "(\(text) \(mark)\(gap()) \(term()))"
            if generator.int(0...2) == 0 { text = "x - \(text)" }
        }
        return text
    }

    private mutating func term() -> String {
        depth += 1
        defer { depth -= 1 }
        guard depth < 4 else { return name() }
        switch generator.int(0...15) {
        case 0: return generator.pick(["1", "-2.5", "1e9", "- 7", "0.5"])
        case 1: return generator.pick(["\"a\"", "`b\n`", "\"\\u00e9 \\\" # no\"", "\"if\""])
        case 2: return generator.pick(["true", "null", "_", "set()", "{}", "[]"])
        case 3: return "[\(gap())\(element()),\(gap()) \(element())\(gap())]"
        case 4: return "{\(gap())\(element()),\(gap())}"
        case 5: return "{\(element()):\(gap())\(element())\(gap()), \"k\": \(element())}"
        case 6: return "[\(term()) |\(gap())\(body("\n"))\(gap())]"
        case 7: return "{\(term()) | \(body("; "))}"
        case 8: return "{\(term()): \(term()) |\(gap()) \(body("; "))}"
        case 9: return "f(\(gap())\(element()),\(element())\(gap()))"
        case 10: return "a.b.f(\(element())).c[\(expression())]"
        case 11: return "\(name()).if[\(expression())][\"k\"].l"
        case 12: return "$\"a {\(name())} \\{ b\""
        case 13: return "(\(expression()))"
        default: return name()
        }
    }

    private mutating func element() -> String {
        generator.int(0...3) == 0 ? "(\(expression()))" : term()
    }
}
