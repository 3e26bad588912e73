import Canon
import Host
import Integrity
import Registry

extension Operation {
    /// `charter version`.
    static let version = Operation(
        words: ["version"],
        summary: "say which Charter this is",
        details: "The version, and the law that this executable was built with."
    ) { _, _ throws(OperationFault) in
        Answer(
            json: ["version": .string(CharterVersion.text)],
            lines: ["charter \(CharterVersion.text)"]
        )
    }

    /// `charter id allocate KIND`.
    static let idAllocate = Operation(
        words: ["id", "allocate"],
        summary: "hand out the next free id",
        details: """
            KIND is framework, spec, package, policy, gate or version; SERIES is the middle of the id.
            An id that was handed out on this machine is never handed out again, even by two callers
            at once. Example: charter id allocate package AGENT
            """,
        operands: [
            .init(name: "KIND", summary: "framework, spec, package, policy, gate or version"),
            .init(
                name: "SERIES",
                summary: "the middle of the id, such as AGENT",
                isRequired: false
            ),
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let state = try surroundings.state(of: root)
        return try Allocation(root, state, surroundings).run(
            kind: request.operands[0],
            series: request.operands.count > 1 ? request.operands[1] : ""
        )
    }

    /// `charter completions SHELL`.
    static let completions = Operation(
        words: ["completions"],
        summary: "print completions for a shell",
        details:
            "SHELL is bash, zsh or fish. Example: charter completions bash > /etc/bash_completion.d/charter",
        operands: [.init(name: "SHELL", summary: "bash, zsh or fish")]
    ) { request, _ throws(OperationFault) in
        guard let lines = CompletionScript.lines(for: request.operands[0]) else {
            throw .usage("There are completions for bash, zsh and fish.")
        }
        return Answer(
            json: [
                "shell": .string(request.operands[0]),
                "script": .string(lines.joined(separator: "\n")),
            ],
            lines: lines
        )
    }
}

/// Which Charter this is.
enum CharterVersion {
    static let text = "0.1.0"
}

/// One run of `id allocate`.
private struct Allocation {
    private static let fileName = "ids.json"

    let root: GovernedRoot
    let state: RootState
    let surroundings: Surroundings

    init(_ root: GovernedRoot, _ state: RootState, _ surroundings: Surroundings) {
        self.root = root
        self.state = state
        self.surroundings = surroundings
    }

    func run(kind: String, series: String) throws(OperationFault) -> Answer {
        do {
            let directory = try root.openState()
            // Two callers at once take turns; each holds the lock for one small write.
            let lock = try FileLock.acquire("ids.lock", in: directory, waiting: true)
            defer { withExtendedLifetime(lock) {} }
            let reserved = try reserved(directory)
            let book = state.book
            let taken =
                reserved + book.frameworks.keys + book.specs.keys + book.packages.keys
                + book.policies.keys + book.gates.keys
            let id = try IDAllocator(taken: taken).next(
                kind: kind,
                series: series,
                now: Timestamp(nanoseconds: surroundings.clock.now)
            )
            let all = JSONValue.array((reserved + [id]).map { .string($0) })
            try DurableFile.replace(Allocation.fileName, with: all.pretty, in: directory)
            return Answer(json: ["id": .string(id)], lines: [id])
        } catch let fault as IntegrityFault {
            throw .integrity(fault)
        } catch let fault as HostFault {
            throw .host(fault)
        } catch let fault as RegistryFault {
            if case .badID = fault { throw .usage(fault.description) }
            if case .noSuchKind = fault { throw .usage(fault.description) }
            throw .registry(fault)
        } catch let fault as OperationFault {
            throw fault
        } catch {
            preconditionFailure("Every error above has a type: \(error)")
        }
    }

    private func reserved(_ directory: Directory) throws -> [String] {
        guard try directory.facts(of: Allocation.fileName) != nil else { return [] }
        let bytes = try directory.readWhole(Allocation.fileName, limit: 16 << 20)
        guard let list = try? JSONValue(parsing: bytes).array else {
            throw OperationFault.usage(
                "\(directory.path)/\(Allocation.fileName) is damaged; without it an id could be "
                    + "handed out twice. Restore it, or remove it if no id is in flight."
            )
        }
        return list.compactMap(\.string)
    }
}

/// The scripts that complete commands in shells, made from the catalog.
private enum CompletionScript {
    static func lines(for shell: String) -> [String]? {
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
            let verbs = family.compactMap { $0.words.count > 1 ? $0.words[1] : nil }
            let options = Set(
                (family.flatMap(\.options) + ArgumentReader.common).map { "--" + $0.name }
            )
            let all = verbs + options.sorted()
            lines.append("        \(noun)) words=\"\(all.joined(separator: " "))\" ;;")
        }
        return lines + [
            "    esac; fi",
            "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\") $(compgen -f -- \"$cur\"))",
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
                let condition = "__fish_seen_subcommand_from \(operation.words[0])"
                lines.append(
                    "complete -c charter -n __fish_use_subcommand -a \(operation.words[0])"
                )
                lines.append(
                    "complete -c charter -n '\(condition)' -a \(operation.words[1]) -d '\(summary)'"
                )
            }
        }
        return lines
    }
}
