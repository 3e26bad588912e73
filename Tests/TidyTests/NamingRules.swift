/// Rule 5: a file is named after its type, and a type after its idea.
enum NamingRules {
    private static let typeWords: Set<String> = [
        "struct", "enum", "class", "actor", "protocol", "typealias",
    ]
    static let banned = ["Manager", "Helper", "Utils", "Common"]

    struct Declared: Equatable {
        let name: String
        let line: Int
        let depth: Int
    }

    /// The types that a file declares, with how deep they are nested.
    static func types(in tokens: [Token]) -> [Declared] {
        var found: [Declared] = []
        var depth = 0
        for place in tokens.indices {
            if tokens[place].isMark("{") { depth += 1 }
            if tokens[place].isMark("}") { depth -= 1 }
            guard place + 1 < tokens.count, tokens[place].kind == .word,
                typeWords.contains(tokens[place].text),
                place == 0 || !tokens[place - 1].isMark("."),
                [.word, .name].contains(tokens[place + 1].kind),
                !["func", "var", "let", "init", "subscript"].contains(tokens[place + 1].text)
            else { continue }
            found.append(
                Declared(name: tokens[place + 1].text, line: tokens[place].line, depth: depth)
            )
        }
        return found
    }

    static func names(_ file: SourceFile) -> [Finding] {
        guard let module = file.module else { return [] }
        var found: [Finding] = []
        let declared = types(in: file.tokens)
        let top = declared.filter { $0.depth == 0 }
        let expected = file.stem.split(separator: "+").first.map(String.init) ?? file.stem
        let isTopic = file.stem.contains("+")
        if !isTopic, let first = top.first, !top.contains(where: { $0.name == expected }) {
            found.append(
                Finding(
                    path: file.path,
                    line: first.line,
                    rule: "names",
                    advice: "the file declares \(first.name) and no \(expected); name the file "
                        + "after its main type"
                )
            )
        }
        for type in declared {
            if type.name == module {
                found.append(
                    Finding(
                        path: file.path,
                        line: type.line,
                        rule: "names",
                        advice: "a type must not have the name of its module, \(module)"
                    )
                )
            }
            for word in banned where type.name.contains(word) {
                found.append(
                    Finding(
                        path: file.path,
                        line: type.line,
                        rule: "names",
                        advice: "\(type.name) says \(word), which says nothing; name its idea"
                    )
                )
            }
        }
        return found
    }
}
