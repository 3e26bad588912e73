/// What `Package.swift` says about the modules, read as text: its tables are the architecture.
struct Manifest {
    struct Target: Equatable {
        let name: String
        let layer: String
        let kind: String
        let uses: [String]
    }

    /// The modules in the order of their declaration, bottom first.
    let modules: [Target]

    /// Test targets that belong to no single module, and what they use.
    let suites: [Target]

    init(_ file: SourceFile) {
        modules = Manifest.targets(in: file.tokens, table: "modules")
        suites = Manifest.targets(in: file.tokens, table: "suites")
    }

    /// The modules that one module may import.
    func uses(of module: String) -> [String]? { modules.first { $0.name == module }?.uses }

    /// The modules that the tests of one target may import.
    func uses(ofSuite suite: String) -> [String]? {
        if suite == "Support" { return ["Canon", "Host"] }
        if let suite = suites.first(where: { $0.name == suite }) { return suite.uses + ["Support"] }
        guard suite.hasSuffix("Tests") else { return nil }
        let module = String(suite.dropLast("Tests".count))
        return uses(of: module).map { $0 + [module, "Support"] }
    }

    private static func targets(in tokens: [Token], table: String) -> [Target] {
        var found: [Target] = []
        guard
            let start = tokens.indices.first(where: {
                tokens[$0].isWord("let") && $0 + 1 < tokens.count && tokens[$0 + 1].isWord(table)
            }),
            let equals = tokens[start...].firstIndex(where: { $0.isMark("=") }),
            let end = tokens.end(ofBracketAt: equals + 1)
        else { return [] }
        var place = equals + 2
        while place < end {
            defer { place += 1 }
            guard tokens[place].kind == .word, tokens[place + 1].isMark("("),
                let close = tokens.end(ofBracketAt: place + 1)
            else { continue }
            let inside = Array(tokens[(place + 2)..<close])
            found.append(
                Target(
                    name: inside.first { $0.kind == .text }?.text ?? "",
                    layer: inside.argument("in") ?? "",
                    kind: tokens[place].text,
                    uses: (inside.argument("uses") ?? "").split(whereSeparator: \.isWhitespace)
                        .map(String.init)
                )
            )
            place = close
        }
        return found
    }
}

extension [Token] {
    /// The index of the bracket that closes the one at `start`.
    func end(ofBracketAt start: Int) -> Int? {
        let pairs = ["(": ")", "[": "]", "{": "}"]
        guard indices.contains(start), self[start].kind == .mark,
            let closing = pairs[self[start].text]
        else { return nil }
        var depth = 0
        for place in start..<endIndex where self[place].kind == .mark {
            if self[place].text == self[start].text { depth += 1 }
            if self[place].text == closing { depth -= 1 }
            if depth == 0 { return place }
        }
        return nil
    }

    /// The string given for a label.
    func argument(_ label: String) -> String? {
        for place in indices.dropLast(2)
        where self[place].isWord(label) && self[place + 1].isMark(":")
            && self[place + 2].kind == .text
        {
            return self[place + 2].text
        }
        return nil
    }
}
