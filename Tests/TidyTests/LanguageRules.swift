/// Rules 2 to 4: words of the language that have their place, and declarations that need a sentence.
enum LanguageRules {
    /// The modules that wrap C and may hold pointers, and the one that reads text in blocks.
    static let unsafeModules: Set<String> = [
        "Archives", "Crypto", "Genesis", "Host", "Patterns", "SQLite",
    ]

    /// Pointer code, unchecked promises and unstructured tasks live in Base, each with its reason.
    static func danger(_ file: SourceFile) -> [Finding] {
        guard let module = file.module else { return [] }
        let tokens = file.tokens
        let allowed = unsafeModules.contains(module)
        var found: [Finding] = []
        for place in tokens.indices where tokens[place].kind == .word {
            guard let (name, reasoned) = dangerous(tokens, at: place) else { continue }
            let line = tokens[place].line
            let isMain = file.layer == "Surface" && module == "charter"
            if !allowed, !(isMain && name.hasPrefix("Task")) {
                let homes = unsafeModules.sorted().joined(separator: ", ")
                found.append(
                    Finding(
                        path: file.path,
                        line: line,
                        rule: "danger",
                        advice: "\(name) may only stand in \(homes)"
                    )
                )
            } else if reasoned, !hasReason(tokens, line: line) {
                found.append(
                    Finding(
                        path: file.path,
                        line: line,
                        rule: "danger",
                        advice: "\(name) needs its reason as a comment on the same line"
                    )
                )
            }
        }
        return found
    }

    /// The dangerous thing that begins at a token, and whether it needs a written reason.
    private static func dangerous(_ tokens: [Token], at place: Int) -> (String, Bool)? {
        let next = place + 1 < tokens.count ? tokens[place + 1] : nil
        let previous = place > 0 ? tokens[place - 1] : nil
        switch tokens[place].text {
        case "unsafe":
            // `nonisolated(unsafe)` is reported by its first word.
            if previous?.isMark("(") == true, place > 1, tokens[place - 2].isWord("nonisolated") {
                return nil
            }
            return next?.isMark(":") == true ? nil : ("unsafe", false)
        case "unchecked" where previous?.isMark("@") == true: return ("@unchecked", true)
        case "nonisolated"
        where next?.isMark("(") == true && place + 2 < tokens.count
            && tokens[place + 2].isWord("unsafe"):
            return ("nonisolated(unsafe)", true)
        case "Task" where next?.isMark("{") == true || next?.isMark("(") == true:
            return previous?.isMark(".") == true ? nil : ("Task { }", true)
        case "Task"
        where next?.isMark(".") == true && place + 2 < tokens.count
            && tokens[place + 2].isWord("detached"):
            return ("Task.detached", true)
        case "DispatchQueue": return ("DispatchQueue", true)
        default: return nil
        }
    }

    private static func hasReason(_ tokens: [Token], line: Int) -> Bool {
        tokens.contains { $0.line == line && $0.kind == .note }
    }

    /// Words that no module needs, or only Host.
    static func words(_ file: SourceFile) -> [Finding] {
        guard let module = file.module else { return [] }
        let tokens = file.tokens
        var found: [Finding] = []
        for place in tokens.indices where tokens[place].kind == .word {
            guard let advice = refusal(tokens, at: place, module: module) else { continue }
            found.append(
                Finding(
                    path: file.path,
                    line: tokens[place].line,
                    rule: "words",
                    advice: advice
                )
            )
        }
        return found
    }

    private static let declarations: Set<String> = [
        "struct", "enum", "class", "actor", "protocol", "func", "var", "let", "init", "subscript",
        "typealias", "extension", "static", "final", "import", "indirect", "mutating",
    ]

    private static func refusal(_ tokens: [Token], at place: Int, module: String) -> String? {
        let next = place + 1 < tokens.count ? tokens[place + 1] : nil
        let previous = place > 0 ? tokens[place - 1] : nil
        let called = next?.isMark("(") == true
        let member = previous?.isMark(".") == true
        let declared = previous?.isWord("func") == true
        switch tokens[place].text {
        case "public", "open":
            guard let next, next.kind == .word, declarations.contains(next.text), !member else {
                return nil
            }
            return "nothing is \(tokens[place].text): there is no outside; write package"
        case "print", "debugPrint":
            guard called, !member, !declared else { return nil }
            return "output is a value that Operations returns; do not print"
        case "Date", "UUID":
            guard called, module != "Host" else { return nil }
            return "time and ids enter as values; take one as an argument"
        case "getenv", "SystemRandomNumberGenerator", "ContinuousClock", "SuspendingClock":
            guard module != "Host" else { return nil }
            return "\(tokens[place].text) belongs to Host; take its value as an argument"
        case "random", "randomElement", "shuffled", "shuffle":
            guard called, member, module != "Host", let end = tokens.end(ofBracketAt: place + 1),
                !tokens[place..<end].contains(where: { $0.isWord("using") })
            else { return nil }
            return "randomness enters as a value; pass a generator with using:"
        default: return nil
        }
    }

    private static let modifiers: Set<String> = [
        "final", "static", "indirect", "nonisolated", "mutating", "convenience", "required",
        "override", "lazy", "weak", "consuming", "borrowing", "class",
    ]

    /// What a protocol that stands above this code has already documented.
    private static let witnesses: Set<String> = [
        "code", "description", "cause", "hash", "debugDescription", "startIndex", "endIndex",
    ]

    /// Every `package` declaration has a sentence above it.
    ///
    /// Declarations on lines that follow each other without a gap may share one, and the sentence of
    /// a type also speaks for the fields it stores.
    static func undocumented(_ file: SourceFile) -> [Finding] {
        guard file.module != nil else { return [] }
        let tokens = file.tokens
        var found: [Finding] = []
        var documentedLine = -1
        for place in tokens.indices.dropLast() where tokens[place].isWord("package") {
            let next = tokens[place + 1]
            // `.package` is a case that is named, and declares nothing.
            let isMember = place > 0 && tokens[place - 1].isMark(".")
            guard next.kind == .word, !next.isWord("import"), !isMember,
                !isExtension(tokens, at: place)
            else { continue }
            let line = tokens[place].line
            if isDocumented(tokens, at: place) || documentedLine == line - 1 {
                documentedLine = line
                continue
            }
            guard !isWitness(tokens, at: place), !isField(tokens, at: place) else { continue }
            found.append(
                Finding(
                    path: file.path,
                    line: line,
                    rule: "sentence",
                    advice: "a package declaration needs a sentence (///) above it"
                )
            )
        }
        return found
    }

    private static func isExtension(_ tokens: [Token], at place: Int) -> Bool {
        tokens[place + 1].isWord("extension")
    }

    /// Whether a `let` or `var` has no body: a `{` on the line of its name.
    private static func isField(_ tokens: [Token], at place: Int) -> Bool {
        var next = place + 1
        while next < tokens.count, modifiers.contains(tokens[next].text) { next += 1 }
        guard next < tokens.count, ["let", "var"].contains(tokens[next].text) else { return false }
        let line = tokens[next].line
        return tokens[next].isWord("let")
            || !tokens[next...].prefix { $0.line == line }.contains { $0.isMark("{") }
    }

    private static func isWitness(_ tokens: [Token], at place: Int) -> Bool {
        var next = place + 1
        while next < tokens.count, modifiers.contains(tokens[next].text) { next += 1 }
        guard next + 1 < tokens.count else { return false }
        switch tokens[next].text {
        case "init": return tokens[next + 2].text.hasSuffix("Literal")
        case "var": return witnesses.contains(tokens[next + 1].text)
        case "func":
            return tokens[next + 1].kind == .mark || witnesses.contains(tokens[next + 1].text)
        default: return false
        }
    }

    /// Walks back over modifiers, attributes and plain comments to what stands above.
    private static func isDocumented(_ tokens: [Token], at place: Int) -> Bool {
        var previous = place - 1
        while previous >= 0 {
            let token = tokens[previous]
            switch token.kind {
            case .documentation: return true
            case .note: previous -= 1
            case .word where modifiers.contains(token.text): previous -= 1
            case .word where previous > 0 && tokens[previous - 1].isMark("@"): previous -= 2
            case .mark where token.text == ")":
                guard let open = start(ofBracketClosedAt: previous, tokens), open > 1,
                    tokens[open - 2].isMark("@")
                else { return false }
                previous = open - 3
            default: return false
            }
        }
        return false
    }

    private static func start(ofBracketClosedAt end: Int, _ tokens: [Token]) -> Int? {
        var depth = 0
        for place in stride(from: end, through: 0, by: -1) {
            if tokens[place].isMark(")") { depth += 1 }
            if tokens[place].isMark("(") { depth -= 1 }
            if depth == 0 { return place }
        }
        return nil
    }

    /// Work that is not done is in the roadmap, not in the code.
    static func leftovers(_ file: SourceFile) -> [Finding] {
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
        guard marks.contains(where: file.text.contains) else { return [] }
        var found: [Finding] = []
        for (index, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            for mark in marks where line.contains(mark) {
                found.append(
                    Finding(
                        path: file.path,
                        line: index + 1,
                        rule: "leftover",
                        advice: "\(mark) is left over; do it, or put it on the roadmap"
                    )
                )
            }
        }
        return found
    }
}
