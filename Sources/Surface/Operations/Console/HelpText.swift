import Canon

/// The words of `--help`, made from the declarations of operations.
package enum HelpText {
    /// What every page ends with.
    static let exits =
        "Exit status: 0 done, 1 refused by law, 2 fault, 64 the call makes no sense."

    /// What `charter help` answers.
    package static var overview: Answer {
        var lines = [
            "charter: a constitution for AI agents, as code.",
            "",
            "Every file of a governed root has one owner and one hash; what is not accounted for",
            "halts. Usage: charter COMMAND [options]. Each command has --help and --json.",
            "",
        ]
        lines += list(Catalog.operations)
        lines += ["", exits, "First steps: charter init DIR; cd DIR; charter integrity check."]
        return Answer(json: json(Catalog.operations), lines: lines)
    }

    /// What `charter help registry` answers: the commands that share a first word.
    package static func page(_ family: [Operation], of noun: String) -> Answer {
        Answer(
            json: json(family),
            lines: ["charter \(noun) …", ""] + list(family)
                + ["", "'charter \(noun) COMMAND --help' says more about each."]
        )
    }

    /// What `charter COMMAND --help` answers.
    package static func page(_ operation: Operation) -> Answer {
        var lines = ["charter \(operation.name): \(operation.summary)", ""]
        lines += wrapped(["Usage: charter \(operation.name)"] + arguments(operation)) + [""]
        lines += operation.details.split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        let options = operation.options + ArgumentReader.everywhere
        let rows =
            operation.operands.map { ($0.name, $0.summary) }
            + options.map { (spelled($0), $0.summary) }
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        lines.append("")
        for (name, summary) in rows { lines.append("  " + padded(name, width) + summary) }
        lines += ["", exits]
        let json: JSONValue = [
            "command": .string(operation.name), "summary": .string(operation.summary),
            "usage": .string(usage(operation)), "details": .string(operation.details),
            "power": .string(operation.power.rawValue),
            "arguments": .array(
                rows.map { ["name": .string($0.0), "summary": .string($0.1)] }
            ),
        ]
        return Answer(json: json, lines: lines)
    }

    /// The one-line form of a call.
    package static func usage(_ operation: Operation) -> String {
        (["charter", operation.name] + arguments(operation)).joined(separator: " ")
    }

    private static func arguments(_ operation: Operation) -> [String] {
        var words: [String] = []
        for operand in operation.operands {
            let name = operand.repeats ? operand.name + "…" : operand.name
            words.append(operand.isRequired ? name : "[\(name)]")
        }
        for option in operation.options { words.append("[\(spelled(option))]") }
        return words
    }

    /// Words on as few lines of 100 characters as they need.
    private static func wrapped(_ words: [String]) -> [String] {
        words.dropFirst().reduce(into: words.prefix(1).map(\.self)) { lines, word in
            let last = lines[lines.count - 1]
            if last.count + 1 + word.count <= 100 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append("       " + word)
            }
        }
    }

    private static func list(_ operations: [Operation]) -> [String] {
        let width = (operations.map(\.name.count).max() ?? 0) + 2
        return operations.map { "  " + padded($0.name, width) + $0.summary }
    }

    private static func json(_ operations: [Operation]) -> JSONValue {
        [
            "commands": .array(
                operations.map {
                    ["command": .string($0.name), "summary": .string($0.summary)]
                }
            )
        ]
    }

    private static func spelled(_ option: Operation.Option) -> String {
        option.value.map { "--\(option.name) \($0)" } ?? "--\(option.name)"
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
