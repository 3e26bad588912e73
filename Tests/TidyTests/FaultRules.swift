/// Rule 6: every fault has a code that is documented, can happen, and is asserted by a test.
enum FaultRules {
    /// One way in which a module says that something went wrong.
    struct Declared: Equatable {
        let type: String
        let name: String
        let code: String
        let says: String
        let path: String
        let line: Int
    }

    /// The faults of a file: what the `code` of a type conforming to `Fault` can be.
    static func declared(in file: SourceFile) -> [Declared] {
        guard file.module != nil else { return [] }
        let tokens = file.tokens
        var found: [Declared] = []
        for place in tokens.indices {
            guard let body = property("code", tokens, at: place) else { continue }
            let type = enclosingType(tokens, at: place)
            let sentences = arms(of: description(tokens, near: type) ?? [])
            for arm in arms(of: body) {
                for code in codes(arm, in: tokens) {
                    let name = code.name ?? arm.names.first ?? ""
                    let says = sentences.first { $0.names.contains(name) } ?? sentences.first
                    found.append(
                        Declared(
                            type: type,
                            name: name,
                            code: code.code,
                            says: plain(says?.texts.joined() ?? ""),
                            path: file.path,
                            line: arm.line
                        )
                    )
                }
            }
        }
        return found
    }

    /// The names in front of an arm of a switch, and the strings in it.
    private struct Arm {
        var names: [String] = []
        var texts: [String] = []
        var line: Int
    }

    /// The tokens of `var <name>: String { … }`.
    private static func property(_ name: String, _ tokens: [Token], at place: Int) -> [Token]? {
        guard place + 4 < tokens.count, tokens[place].isWord("var"),
            tokens[place + 1].isWord(name), tokens[place + 2].isMark(":"),
            tokens[place + 3].isWord("String"), tokens[place + 4].isMark("{"),
            let end = tokens.end(ofBracketAt: place + 4)
        else { return nil }
        let body = Array(tokens[(place + 5)..<end])
        return body.contains { $0.kind == .text } ? body : nil
    }

    private static func description(_ tokens: [Token], near type: String) -> [Token]? {
        for place in tokens.indices where enclosingType(tokens, at: place) == type {
            if let body = property("description", tokens, at: place) { return body }
        }
        return nil
    }

    /// The type whose braces a token stands in.
    private static func enclosingType(_ tokens: [Token], at place: Int) -> String {
        guard tokens[place].isWord("var") else { return "" }
        var depth = 0
        var back = place - 1
        while back > 0 {
            if tokens[back].isMark("}") { depth += 1 }
            if tokens[back].isMark("{") {
                depth -= 1
                if depth < 0 {
                    let words = ["struct", "enum", "class", "extension"]
                    var head = back
                    while head > 0, !words.contains(tokens[head].text) { head -= 1 }
                    return tokens[head + 1].text
                }
            }
            back -= 1
        }
        return ""
    }

    private static func arms(of body: [Token]) -> [Arm] {
        guard let first = body.first else { return [] }
        guard body.contains(where: { $0.isWord("switch") }) else {
            let texts = body.filter { $0.kind == .text && !$0.isInterpolated }.map(\.text)
            return [Arm(texts: texts, line: first.line)]
        }
        var arms: [Arm] = []
        var inPattern = false
        var depth = 0
        for (place, token) in body.enumerated() {
            if token.isWord("case") || token.isWord("default") {
                arms.append(Arm(line: token.line))
                inPattern = true
                depth = 0
            } else if inPattern {
                if token.isMark("(") { depth += 1 }
                if token.isMark(")") { depth -= 1 }
                if token.isMark(":"), depth == 0 { inPattern = false }
                if depth == 0, token.kind == .word, body[place - 1].isMark(".") {
                    arms[arms.count - 1].names.append(token.text)
                }
            } else if token.kind == .text, !token.isInterpolated, !arms.isEmpty {
                arms[arms.count - 1].texts.append(token.text)
            }
        }
        return arms
    }

    /// The codes in an arm; `module.\(problem.rawValue)` stands for every case of `Problem`.
    private static func codes(_ arm: Arm, in tokens: [Token]) -> [(name: String?, code: String)] {
        arm.texts.flatMap { text -> [(name: String?, code: String)] in
            guard let open = text.firstRange(of: "\\(") else {
                return isCode(text) ? [(nil, text)] : []
            }
            let property = text[open.upperBound...].prefix { $0.isLetter }
            let name = property.prefix(1).uppercased() + property.dropFirst()
            return rawValues(of: name, in: tokens).map {
                (name: $0.name, code: text[..<open.lowerBound] + $0.value)
            }
        }
    }

    static func isCode(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count > 1
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy {
                        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                            || $0 == UInt8(ascii: "-")
                    }
            }
    }

    private static func rawValues(
        of type: String,
        in tokens: [Token]
    ) -> [(name: String, value: String)] {
        guard
            let start = tokens.indices.dropLast().first(where: {
                tokens[$0].isWord("enum") && tokens[$0 + 1].text == type
            }), let open = tokens[start...].firstIndex(where: { $0.isMark("{") }),
            let end = tokens.end(ofBracketAt: open)
        else { return [] }
        var values: [(name: String, value: String)] = []
        var inCase = false
        for place in open..<end {
            if tokens[place].isWord("case") {
                inCase = true
            } else if inCase, tokens[place].kind == .word,
                tokens[place - 1].isWord("case") || tokens[place - 1].isMark(",")
            {
                let isGiven = tokens[place + 1].isMark("=") && tokens[place + 2].kind == .text
                let name = tokens[place].text
                values.append((name, isGiven ? tokens[place + 2].text : name))
            } else if inCase, tokens[place].isMark("{") {
                break
            }
        }
        return values
    }

    /// A sentence with its interpolations as an ellipsis.
    private static func plain(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstRange(of: "\\(") {
            result += rest[..<open.lowerBound] + "…"
            var depth = 1
            var place = open.upperBound
            while place < rest.endIndex, depth > 0 {
                if rest[place] == "(" { depth += 1 }
                if rest[place] == ")" { depth -= 1 }
                place = rest.index(after: place)
            }
            rest = rest[place...]
        }
        return (result + rest).replacing("\\\"", with: "\"").replacing("|", with: "\\|")
    }

    /// A code means one thing.
    static func repeated(_ faults: [Declared]) -> [Finding] {
        var seen: [String: Declared] = [:]
        return faults.compactMap { fault in
            guard let first = seen.updateValue(fault, forKey: fault.code) else { return nil }
            return finding(
                fault,
                "\(fault.code) is already the code of \(first.type).\(first.name)"
            )
        }
    }

    /// A code begins with the name of its module, so that its reader knows where to look.
    static func misnamed(_ faults: [Declared]) -> [Finding] {
        faults.compactMap { fault in
            let module = fault.path.split(separator: "/").dropLast().last.map { $0.lowercased() }
            let layout = fault.path.split(separator: "/")
            let home = layout.count > 2 ? layout[2].lowercased() : module ?? ""
            guard !fault.code.hasPrefix(home + ".") else { return nil }
            return finding(fault, "\(fault.code) must begin with \(home).")
        }
    }

    /// Every fault is thrown somewhere: its case is named outside the patterns of a switch.
    static func unthrown(_ faults: [Declared], _ files: [SourceFile]) -> [Finding] {
        var used: Set<String> = []
        for file in files where file.module != nil {
            used.formUnion(constructed(in: file.tokens))
        }
        return faults.filter { !$0.name.isEmpty && !used.contains($0.name) }.map {
            finding($0, "\($0.type).\($0.name) is never thrown; take it out")
        }
    }

    /// The names after a dot that do not stand in a pattern.
    private static func constructed(in tokens: [Token]) -> Set<String> {
        var names: Set<String> = []
        var inPattern = false
        var depth = 0
        for place in tokens.indices {
            let token = tokens[place]
            if token.isWord("case") {
                inPattern = true
                depth = 0
            } else if inPattern {
                if token.isMark("(") { depth += 1 }
                if token.isMark(")") { depth -= 1 }
                let ends = token.isMark(":") || token.isMark("=") || token.isMark("{")
                if ends, depth <= 0 { inPattern = false }
            } else if token.kind == .word, place > 0, tokens[place - 1].isMark(".") {
                names.insert(token.text)
            }
        }
        return names
    }

    /// Every fault is asserted: a test names its code, or `Type.name`.
    static func unasserted(_ faults: [Declared], _ tests: [SourceFile]) -> [Finding] {
        var words: Set<String> = []
        for file in tests where file.suite != "TidyTests" {
            let tokens = file.tokens
            for place in tokens.indices {
                if tokens[place].kind == .text {
                    words.formUnion(codeLike(tokens[place].text))
                } else if place + 2 < tokens.count, tokens[place + 1].isMark("."),
                    tokens[place].kind == .word, tokens[place + 2].kind == .word
                {
                    words.insert(tokens[place].text + "." + tokens[place + 2].text)
                }
            }
        }
        return faults.filter { fault in
            !words.contains(fault.code) && !words.contains(fault.type + "." + fault.name)
        }.map { finding($0, "no test asserts \($0.code); change something so that it appears") }
    }

    private static func codeLike(_ text: String) -> [String] {
        guard text.utf8.contains(UInt8(ascii: ".")) else { return [] }
        return text.split {
            !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-"))
        }
        .map(String.init)
    }

    /// One thing that a check can find, from the enum that holds them all.
    struct Violation: Equatable {
        let name: String
        let code: String
        let rule: String
        let next: String
        let line: Int
    }

    /// The cases of `ViolationCode` with their rule and their next step.
    static func violations(in file: SourceFile) -> [Violation] {
        let tokens = file.tokens
        var rules: [Arm] = []
        var steps: [Arm] = []
        for place in tokens.indices {
            if let body = property("rule", tokens, at: place) { rules = arms(of: body) }
            if let body = property("next", tokens, at: place) { steps = arms(of: body) }
        }
        return rawValues(of: file.stem, in: tokens).map { name, code in
            Violation(
                name: name,
                code: code,
                rule: plain(rules.first { $0.names.contains(name) }?.texts.joined() ?? ""),
                next: plain(steps.first { $0.names.contains(name) }?.texts.joined() ?? ""),
                line: tokens.first { $0.kind == .text && $0.text == code }?.line ?? 1
            )
        }
    }

    /// Every violation is brought about by a test, which names its code or its case.
    static func unseen(
        _ violations: [Violation],
        _ path: String,
        _ tests: [SourceFile]
    ) -> [Finding] {
        var seen: Set<String> = []
        for file in tests where file.suite != "TidyTests" {
            for place in file.tokens.indices.dropFirst() {
                let token = file.tokens[place]
                if token.kind == .text {
                    seen.formUnion(codeLike(token.text))
                } else if token.kind == .word, file.tokens[place - 1].isMark(".") {
                    seen.insert(token.text)
                }
            }
        }
        return violations.filter { !seen.contains($0.code) && !seen.contains($0.name) }.map {
            Finding(
                path: path,
                line: $0.line,
                rule: "violations",
                advice: "no test brings about \($0.code); break a root so that it appears"
            )
        }
    }

    /// The page of violations; `docs/violations.md` is this text.
    static func page(_ violations: [Violation]) -> String {
        var text = """
            # Violations

            What `charter integrity check` can find. A violation is an answer: the check has worked, and exits with 1.
            The codes are stable. A check stops at the first stage that fails (ownership, hashes, links, packages,
            gates), so that mending one thing may show the next. A violation names its path and says why; the
            next step below is what it advises where the finding itself has nothing more exact.

            This page is generated from the sources: `UPDATE_SNAPSHOTS=1 make test-tidy` rewrites it, and a test fails
            while it differs.

            | code | the rule behind it | what to do |
            |---|---|---|

            """
        for violation in violations {
            text += "| `\(violation.code)` | \(violation.rule) | \(violation.next) |\n"
        }
        return text
    }

    private static func finding(_ fault: Declared, _ advice: String) -> Finding {
        Finding(path: fault.path, line: fault.line, rule: "faults", advice: advice)
    }

    /// The page that lists them all; `docs/faults.md` is this text.
    static func page(_ faults: [Declared]) -> String {
        var text = """
            # Faults

            What can go wrong, by module. A fault is not a refusal: a refusal by law is an answer \
            (exit 1), a fault
            means that no answer could be given (exit 2). The code is stable: it stands in the \
            text of an error, in
            `--json`, and in this table, and is never used again for something else. An ellipsis \
            stands where the
            message names the thing.

            This page is generated from the sources: `UPDATE_SNAPSHOTS=1 make test-tidy` rewrites \
            it, and a test fails
            while it differs.

            """
        let homes = Dictionary(grouping: faults) { fault in
            fault.path.split(separator: "/").dropFirst(2).first.map(String.init) ?? ""
        }
        for home in homes.keys.sorted() {
            text += "\n## \(home)\n\n| code | what it says |\n|---|---|\n"
            for fault in (homes[home] ?? []).sorted(by: { $0.code < $1.code }) {
                text += "| `\(fault.code)` | \(fault.says) |\n"
            }
        }
        return text
    }
}
