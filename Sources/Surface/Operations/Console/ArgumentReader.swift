/// Matches words of a command line with the declaration of an operation.
package struct ArgumentReader {
    /// Options that every operation takes.
    package static let common: [Operation.Option] = [
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
        package var wantsHelp: Bool
    }

    /// Reads the words after the program's name; every mistake is one sentence.
    package static func read(_ arguments: [String]) throws(OperationFault) -> Reading {
        let words = Array(arguments.prefix { !$0.hasPrefix("-") })
        guard let (operation, used) = Catalog.find(words) else { throw unknown(words) }
        var request = Request(operands: [], options: [:], switches: [])
        var rest = arguments.dropFirst(used)
        var onlyOperands = false
        while let word = rest.popFirst() {
            if onlyOperands || !word.hasPrefix("-") || word == "-" {
                request.operands.append(word)
            } else if word == "--" {
                onlyOperands = true
            } else {
                try readOption(word, &rest, operation, &request)
            }
        }
        let wantsHelp = request.has("help")
        if !wantsHelp { try check(request, operation) }
        return Reading(
            operation: operation,
            request: request,
            wantsJSON: request.has("json"),
            wantsHelp: wantsHelp
        )
    }

    private static func readOption(
        _ word: String,
        _ rest: inout ArraySlice<String>,
        _ operation: Operation,
        _ request: inout Request
    ) throws(OperationFault) {
        guard word.hasPrefix("--") else {
            throw .usage("There are no short options; \(word) was given.")
        }
        let body = word.dropFirst(2)
        let name = String(body.prefix { $0 != "=" })
        guard
            let option = (operation.options + common).first(where: { $0.name == name })
        else {
            throw .usage(
                "'charter \(operation.name)' has no option --\(name); "
                    + "'charter \(operation.name) --help' lists them."
            )
        }
        let inline = body.contains("=") ? String(body.dropFirst(name.count + 1)) : nil
        guard let valueName = option.value else {
            guard inline == nil else { throw .usage("--\(name) is a switch and takes no value.") }
            request.switches.insert(name)
            return
        }
        guard let value = inline ?? rest.popFirst() else {
            throw .usage("--\(name) needs a value: --\(name) \(valueName).")
        }
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
                    + "\"\(request.operands[operation.operands.count])\". "
                    + "Usage: \(HelpText.usage(operation))"
            )
        }
    }

    private static func unknown(_ words: [String]) -> OperationFault {
        guard let noun = words.first else {
            return .usage("Say what to do; 'charter help' lists the commands.")
        }
        let family = Catalog.family(noun)
        if !family.isEmpty {
            return .usage(
                "'charter \(words.prefix(2).joined(separator: " "))' is no command; there are "
                    + family.map { "'\($0.name)'" }.joined(separator: ", ") + "."
            )
        }
        let near =
            Catalog.operations.map(\.name)
            .min { distance($0, noun) < distance($1, noun) } ?? ""
        let hint = distance(near, noun) <= 3 ? " Did you mean 'charter \(near)'?" : ""
        return .usage(
            "'charter \(noun)' is no command; 'charter help' lists them.\(hint)"
        )
    }

    /// How many letters differ: insertions, deletions and replacements.
    private static func distance(_ left: String, _ right: String) -> Int {
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
