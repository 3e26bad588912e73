import Canon

/// `charter completions SHELL`.
enum CompletionsVerb {
    static let operation = Operation(
        words: ["completions"],
        summary: "print completions for a shell",
        details: """
            Example, for this login: source <(charter completions bash)
            For everybody: charter completions bash > /etc/bash_completion.d/charter
            """,
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
