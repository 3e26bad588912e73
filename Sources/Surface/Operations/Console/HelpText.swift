/// The words of `--help`, made from the declarations of operations.
package enum HelpText {
    /// What `charter help` prints.
    package static var overview: [String] {
        var lines = [
            "charter: a constitution for AI agents, as code.",
            "",
            "Every file of a governed root has one owner and one hash; what is not accounted for",
            "halts. Usage: charter COMMAND [options]. Each command has --help and --json.",
            "",
        ]
        let width = (Catalog.operations.map(\.name.count).max() ?? 0) + 2
        for operation in Catalog.operations {
            lines.append("  " + padded(operation.name, width) + operation.summary)
        }
        lines += [
            "",
            "Exit status: 0 done, 1 refused by law, 2 fault, 64 the call makes no sense.",
            "First steps: charter init DIR; cd DIR; charter integrity check.",
        ]
        return lines
    }

    /// What `charter COMMAND --help` prints.
    package static func page(_ operation: Operation) -> [String] {
        var lines = [
            "charter \(operation.name): \(operation.summary)", "", "Usage: \(usage(operation))",
        ]
        lines.append("")
        lines += operation.details.split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        let rows =
            operation.operands.map { ($0.name, $0.summary) }
            + (operation.options + ArgumentReader.common).map { (spelled($0), $0.summary) }
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        lines.append("")
        for (name, summary) in rows { lines.append("  " + padded(name, width) + summary) }
        return lines
    }

    /// The one-line form of a call.
    package static func usage(_ operation: Operation) -> String {
        var words = ["charter", operation.name]
        for operand in operation.operands {
            let name = operand.repeats ? operand.name + "…" : operand.name
            words.append(operand.isRequired ? name : "[\(name)]")
        }
        for option in operation.options { words.append("[\(spelled(option))]") }
        return words.joined(separator: " ")
    }

    private static func spelled(_ option: Operation.Option) -> String {
        option.value.map { "--\(option.name) \($0)" } ?? "--\(option.name)"
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
