import Canon

/// Matches words of a command line with the declaration of an operation.
package struct ArgumentReader {
    /// Options that every operation takes.
    package static let everywhere: [Operation.Option] = [
        .init(name: "root", value: "DIR", summary: "the governed root; else the one around here"),
        .init(name: "seal-key", value: "VKEY", summary: "the key that a seal must verify with"),
        .init(name: "json", value: nil, summary: "answer in JSON, on one line"),
        .init(name: "help", value: nil, summary: "say what this does and stop"),
    ]

    /// What a command line says.
    package struct Reading: Sendable {
        package var operation: Operation
        package var request: Request
        package var wantsJSON: Bool
    }

    /// Reads the words after the program's name; every mistake is one sentence.
    package static func read(_ arguments: [String]) throws(OperationFault) -> Reading {
        let words = Array(arguments.prefix { !$0.hasPrefix("-") })
        guard let (operation, used) = Catalog.find(words) else { throw unknown(words) }
        var request = Request(operands: [], options: [:], switches: [])
        var rest = arguments.dropFirst(used)
        var onlyOperands = false
        while let word = rest.popFirst() {
            if word.isEmpty {
                throw .usage(
                    "An argument of 'charter \(operation.name)' is empty; "
                        + "the directory you are in is written as a dot."
                )
            }
            if onlyOperands || !word.hasPrefix("-") || word == "-" {
                request.operands.append(word)
            } else if word == "--" {
                onlyOperands = true
            } else {
                try readOption(word, &rest, operation, &request)
            }
        }
        try check(request, operation)
        return Reading(operation: operation, request: request, wantsJSON: request.has("json"))
    }

    private static func readOption(
        _ word: String,
        _ rest: inout ArraySlice<String>,
        _ operation: Operation,
        _ request: inout Request
    ) throws(OperationFault) {
        guard word.hasPrefix("--") else {
            throw .usage("There are no short options; \(Printable(word)) was given.")
        }
        let body = word.dropFirst(2)
        let name = String(body.prefix { $0 != "=" })
        guard
            let option = (operation.options + everywhere).first(where: { $0.name == name })
        else {
            throw .usage(
                "'charter \(operation.name)' has no option --\(Printable(name)); "
                    + "'charter \(operation.name) --help' lists them."
            )
        }
        let inline = body.contains("=") ? String(body.dropFirst(name.count + 1)) : nil
        guard let valueName = option.value else {
            guard inline == nil else { throw .usage("--\(name) is a switch and takes no value.") }
            request.switches.insert(name)
            return
        }
        // A word with two dashes is an option that was meant; such a value is written --name=--value.
        let following = rest.first.flatMap { $0.hasPrefix("--") ? nil : $0 }
        guard let value = inline ?? following, !value.isEmpty else {
            throw .usage("--\(name) needs a value: --\(name) \(valueName).")
        }
        if inline == nil { rest.removeFirst() }
        guard request.options.updateValue(value, forKey: name) == nil else {
            throw .usage("--\(name) was given twice.")
        }
    }

    private static func check(
        _ request: Request,
        _ operation: Operation
    ) throws(OperationFault) {
        let required = operation.operands.filter(\.isRequired)
        if request.operands.count < required.count {
            let missing = required[request.operands.count]
            throw .usage(
                "'charter \(operation.name)' needs \(missing.name): \(missing.summary). "
                    + "Usage: \(HelpText.usage(operation))"
            )
        }
        let repeats = operation.operands.last?.repeats ?? false
        if !repeats, request.operands.count > operation.operands.count {
            throw .usage(
                "'charter \(operation.name)' does not take "
                    + "\"\(Printable(request.operands[operation.operands.count]))\". "
                    + "Usage: \(HelpText.usage(operation))"
            )
        }
    }

    /// What to say of words that are no command.
    static func unknown(_ words: [String]) -> OperationFault {
        guard let noun = words.first else {
            return .usage(
                "Say what to do before any option: charter COMMAND [options]; "
                    + "'charter help' lists the commands."
            )
        }
        let family = Catalog.family(noun)
        if !family.isEmpty {
            let said = Printable(words.prefix(2).joined(separator: " "))
            return .usage(
                "'charter \(said)' is no command; there are "
                    + family.map { "'\($0.name)'" }.joined(separator: ", ") + "."
            )
        }
        let hint = nearest(words).map { "; did you mean 'charter \($0)'?" }
        return .usage(
            "'charter \(Printable(noun))' is no command" + (hint ?? "; 'charter help' lists them.")
        )
    }

    /// The command that was probably meant, also where a script's name was written in one word.
    private static func nearest(_ words: [String]) -> String? {
        func distance(to operation: Operation) -> Int {
            let said = words.prefix(operation.words.count).joined(separator: " ")
            return min(
                self.distance(operation.name, said),
                self.distance(operation.name, words[0])
            )
        }
        let best = Catalog.operations.min { distance(to: $0) < distance(to: $1) }
        // Three letters of a word with four are no likeness.
        return best.flatMap { distance(to: $0) <= min(3, words[0].count / 2) ? $0.name : nil }
    }

    /// How many letters differ: insertions, deletions and replacements.
    private static func distance(_ left: String, _ right: String) -> Int {
        // Nobody mistypes a command into a text of such a length.
        guard right.utf8.count <= 64 else { return .max }
        let (a, b) = (Array(left.utf8), Array(right.utf8))
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let next = min(row[j + 1] + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}
