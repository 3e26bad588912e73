import Canon
import Foundation
import Support
import Testing

/// A page whose files are written and whose commands are run as they stand there.
///
/// A file is a block behind "Save this as `path`"; commands stand in blocks of `console`, each behind
/// `$ ` with what it prints beneath. `…` stands for any text on a line, and `# exit N` for how a
/// command ends.
struct Tutorial {
    /// One thing that a reader does.
    enum Step {
        case save(path: String, text: String)
        case run(Command)
    }

    struct Command {
        var text: String
        var status: Int32 = 0
        var output: [Substring] = []
        var line: Int
    }

    private(set) var steps: [Step] = []

    init(_ page: String) throws {
        var lines = page.split(separator: "\n", omittingEmptySubsequences: false)[...]
        var path: String?
        while let line = lines.popFirst() {
            if let named = line.firstMatch(of: /Save this as `([^`]+)`/) { path = String(named.1) }
            guard line.hasPrefix("```") else { continue }
            let start = lines.startIndex
            let block = lines.prefix { $0 != "```" }
            lines = lines.dropFirst(block.count + 1)
            if line == "```console" {
                try addCommands(block, from: start)
            } else {
                let named = try #require(path, "The block at line \(start) is no file.")
                path = nil
                steps.append(.save(path: named, text: block.joined(separator: "\n") + "\n"))
            }
        }
    }

    private mutating func addCommands(
        _ block: ArraySlice<Substring>,
        from start: Int
    ) throws {
        var commands: [Command] = []
        for (number, line) in block.enumerated() {
            if line.hasPrefix("$ ") {
                let parts = line.dropFirst(2).split(separator: "   # exit ")
                commands.append(
                    Command(
                        text: String(parts[0]),
                        status: parts.count > 1 ? Int32(parts[1]) ?? -1 : 0,
                        line: start + number + 1
                    )
                )
            } else {
                try #require(!commands.isEmpty, "Output without a command at line \(start)")
                commands[commands.count - 1].output.append(line)
            }
        }
        steps += commands.map { .run($0) }
    }

    var commands: [Command] {
        steps.compactMap { if case .run(let command) = $0 { command } else { nil } }
    }

    /// What each command printed, and how it ended: all of them run in one shell, as a reader's do.
    func run(on machine: Machine) throws -> [(output: String, status: Int32)] {
        var script = "charter() { \"$charter\" \"$@\"; }\n"
        for step in steps {
            switch step {
            case .save(let path, let text):
                let folder = path.split(separator: "/").dropLast().joined(separator: "/")
                script +=
                    "mkdir -p ./\(folder)\ncat > \(path) <<'END OF FILE'\n\(text)END OF FILE\n"
            case .run(let command):
                script += "\(command.text) 2>&1\nprintf '\\036%s\\036' $?\n"
            }
        }
        let parts = try machine.shell(script).output
            .split(separator: "\u{1E}", omittingEmptySubsequences: false)
        return stride(from: 0, to: parts.count - 1, by: 2).map {
            (String(parts[$0]), Int32(parts[$0 + 1]) ?? -1)
        }
    }
}

extension Tutorial.Command {
    /// Whether lines are those of the page, with any text where it has `…`.
    func expects(_ text: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // What is printed ends with a line feed; the page does not show it.
        let printed = lines.last == "" ? lines.dropLast() : lines[...]
        return printed.count == output.count
            && zip(output, printed).allSatisfy { wanted, line in
                let pieces = wanted.split(separator: "…", omittingEmptySubsequences: false)
                guard pieces.count > 1 else { return wanted == line }
                var rest = line
                guard rest.hasPrefix(pieces[0]) else { return false }
                rest = rest.dropFirst(pieces[0].count)
                for piece in pieces.dropFirst() where !piece.isEmpty {
                    guard let found = rest.range(of: piece) else { return false }
                    rest = rest[found.upperBound...]
                }
                return pieces.last == "" || rest.isEmpty
            }
    }
}
