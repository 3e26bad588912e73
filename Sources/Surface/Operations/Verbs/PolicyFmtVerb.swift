import Canon
import Host
import Policy
import Rego

/// `charter policy fmt PATH…`.
enum PolicyFmtVerb {
    static let operation = Operation(
        words: ["policy", "fmt"],
        summary: "write policies as everybody's policies look",
        details: """
            Tabs, one line of a body a line, one blank line between rules; comments are kept. What it
            writes reads as the same policy, and formatting it again changes nothing.

            Without a switch the formatted text is printed. --check only says which files differ, and
            answers 1 when one does. --write replaces those that differ, each whole or not at all.
            Example: charter policy fmt --check policies
            """,
        power: .author,
        operands: [
            .init(name: "PATH", summary: "policies: .rego files or directories", repeats: true)
        ],
        options: [
            .init(name: "check", value: nil, summary: "say which files differ; write nothing"),
            .init(name: "write", value: nil, summary: "replace the files that differ"),
            PolicySources.v0,
        ]
    ) { request, surroundings throws(OperationFault) in
        guard !request.has("check") || !request.has("write") else {
            throw .usage("--check writes nothing and --write does; give one of them.")
        }
        let sources = try PolicySources(operands: request.operands, request, surroundings)
        let files: [Formatted]
        do throws(PolicyErrors) {
            files = try formatted(sources.bundle)
        } catch {
            return Report.refusal(error, "not formatted: nothing was written.")
        }
        if request.has("write") { try write(files, sources) }
        let differing = files.filter(\.differs)
        let verdict = request.has("check") && !differing.isEmpty
        let json: JSONValue = [
            "verdict": verdict ? "differs" : "formatted",
            "files": .array(
                files.map { ["path": .string($0.file.path), "differs": .bool($0.differs)] }
            ),
        ]
        if request.has("check") || request.has("write") {
            let word = request.has("write") ? "written " : "differs "
            let count = Report.count(files.count, "file")
            return Answer(
                verdict ? .refused : .done,
                json: json,
                lines: differing.map { word + Printable($0.file.path).description }
                    + [differing.isEmpty ? "formatted: \(count)" : "\(differing.count) of \(count)"]
            )
        }
        return Answer(json: json, lines: [], raw: files.flatMap { Array($0.text.utf8) })
    }

    private struct Formatted {
        let file: BundleFile
        let text: String
        var differs: Bool { !text.utf8.elementsEqual(file.bytes) }
    }

    /// All files, or what is wrong with any of them: half a tree formatted helps nobody.
    private static func formatted(_ bundle: PolicyBundle) throws(PolicyErrors) -> [Formatted] {
        var formatted: [Formatted] = []
        var errors: [PolicyError] = []
        for file in bundle.policies {
            do {
                let text = try PolicyFormatter.format(
                    file.bytes,
                    file: file.path,
                    version: bundle.manifest.language
                )
                formatted.append(Formatted(file: file, text: text))
            } catch {
                errors += error.errors
            }
        }
        guard errors.isEmpty else { throw PolicyErrors(errors) }
        return formatted
    }

    private static func write(
        _ files: [Formatted],
        _ sources: PolicySources
    ) throws(OperationFault) {
        for file in files where file.differs {
            guard let place = sources.place(of: file.file) else { continue }
            do throws(HostFault) {
                let mode = try place.directory.facts(of: place.path)?.permissions
                try DurableFile.replace(
                    String(decoding: place.path, as: UTF8.self),
                    with: Array(file.text.utf8),
                    in: place.directory,
                    mode: mode ?? 0o644
                )
            } catch {
                throw .host(error)
            }
        }
    }
}
