/// The scripts that complete commands in shells, made from the catalog.
package enum CompletionScript {
    /// The lines of the script for a shell; `nil` for a shell that is not known.
    package static func lines(for shell: String) -> [String]? {
        switch shell {
        case "bash": bash
        case "zsh": ["#compdef charter", "autoload -U +X bashcompinit && bashcompinit"] + bash
        case "fish": fish
        default: nil
        }
    }

    private static var firstWords: [String] {
        Catalog.operations.compactMap(\.words.first).reduce(into: []) { words, word in
            if !words.contains(word) { words.append(word) }
        }
    }

    private static var bash: [String] {
        var lines = [
            "_charter() {", "    local cur=${COMP_WORDS[COMP_CWORD]} noun=${COMP_WORDS[1]} words",
            "    if [ \"$COMP_CWORD\" -eq 1 ]; then words=\"\(firstWords.joined(separator: " ")) help\"",
            "    else case $noun in",
        ]
        for noun in firstWords {
            let family = Catalog.family(noun)
            let verbs = family.flatMap { $0.words.dropFirst() }.reduce(into: [String]()) {
                if !$0.contains($1) { $0.append($1) }
            }
            let options = Set(
                (family.flatMap(\.options) + ArgumentReader.everywhere).map { "--" + $0.name }
            )
            let all = verbs + options.sorted()
            lines.append("        \(noun)) words=\"\(all.joined(separator: " "))\" ;;")
        }
        return lines + [
            "    esac; fi",
            "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))",
            // Names of files may have spaces.
            "    local IFS=$'\\n'; COMPREPLY+=($(compgen -f -- \"$cur\"))",
            "}", "complete -o filenames -F _charter charter",
        ]
    }

    private static var fish: [String] {
        var lines: [String] = []
        for operation in Catalog.operations {
            let summary = operation.summary.replacing("'", with: "")
            if operation.words.count == 1 {
                lines.append(
                    "complete -c charter -n __fish_use_subcommand -a \(operation.name) -d '\(summary)'"
                )
            } else {
                let words = operation.words
                lines.append("complete -c charter -n __fish_use_subcommand -a \(words[0])")
                for (before, word) in zip(words, words.dropFirst()) {
                    let condition = "__fish_seen_subcommand_from \(before)"
                    let said = word == words.last ? " -d '\(summary)'" : ""
                    lines.append("complete -c charter -n '\(condition)' -a \(word)\(said)")
                }
            }
        }
        return lines
    }
}
