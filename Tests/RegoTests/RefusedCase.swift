import Canon
import Rego
import Testing

/// One policy of `Tests/Vectors/rego-verdicts`, which must be refused, or must not allow.
///
/// A file has one case after another:
///
///     === what is wrong
///     package a
///     allow if inptu.user
///     --- input {}
///     +++ rego.compile.unsafe-variable 2:10 var inptu is unsafe
///
/// Behind `---` stands a further module, the input, or the steps that the decision may take; behind
/// `+++` what comes out: the code with place and words, `undefined`, or a value of `data.a.allow`.
struct RefusedCase: Sendable, CustomTestStringConvertible {
    let name: String
    let file: String
    private(set) var version = RegoVersion.v1
    private(set) var modules: [String] = []
    private(set) var input: String?
    private(set) var isDecision = false
    private(set) var stepsMax = 10_000_000
    private(set) var wanted = ""

    var testDescription: String { "\(file): \(name)" }

    /// What came of a case: as it is written behind `+++`, with the whole sentence.
    struct Outcome: Equatable {
        let code: String
        let place: String
        let words: String
    }

    /// The cases of a file.
    static func cases(in text: String, of file: String) -> [RefusedCase] {
        var cases: [RefusedCase] = []
        for part in ("\n" + text).split(separator: "\n=== ") {
            var lines = part.split(separator: "\n", omittingEmptySubsequences: false)
            guard let name = lines.first, !name.isEmpty else { continue }
            lines.removeFirst()
            var item = RefusedCase(name: String(name), file: file)
            if lines.first == "[v0]" {
                item.version = .v0
                lines.removeFirst()
            }
            item.read(lines)
            cases.append(item)
        }
        return cases
    }

    private init(name: String, file: String) {
        self.name = name
        self.file = file
    }

    private mutating func read(_ lines: [Substring]) {
        var module: [Substring] = []
        var isInModule = true
        for line in lines {
            if line.hasPrefix("--- ") || line.hasPrefix("+++ ") {
                if isInModule { modules.append(module.joined(separator: "\n")) }
                isInModule = line == "--- module"
                module = []
                take(line)
            } else if isInModule {
                module.append(line)
            }
        }
    }

    private mutating func take(_ line: Substring) {
        if line.hasPrefix("--- input ") {
            input = String(line.dropFirst(10))
            isDecision = true
        } else if line == "--- no input" {
            isDecision = true
        } else if line.hasPrefix("--- steps ") {
            stepsMax = Int(line.dropFirst(10)) ?? 0
        } else if line.hasPrefix("+++ ") {
            wanted = String(line.dropFirst(4))
        }
    }

    /// What really comes of it.
    func outcome() -> Outcome {
        do {
            var parsed: [PolicyModule] = []
            for (number, text) in modules.enumerated() {
                let file = "\(number)"
                parsed.append(try Parser.parse(text, file: file, version: version))
            }
            let policy = try PolicyCompiler.compile(modules: parsed)
            guard isDecision else { return Outcome(code: "accepted", place: "", words: "") }
            let entry = try policy.prepare(entryPoint: ["a", "allow"])
            let value = try input.map { (text) throws(InputFault) in try Value(parsing: text) }
            let context = DecisionContext(
                budget: WorkBudget(stepsMax: stepsMax, bytesMax: 16 << 20)
            )
            guard let result = try entry.evaluate(input: value, in: context) else {
                return Outcome(code: "undefined", place: "", words: "")
            }
            let text = String(decoding: result.json, as: UTF8.self)
            return Outcome(code: "value", place: text, words: "")
        } catch let errors as PolicyErrors {
            return outcome(
                errors.code,
                errors.first.file,
                errors.first.position,
                errors.first.message
            )
        } catch let error as EvaluationError {
            return outcome(error.code, error.file, error.position, error.message)
        } catch let fault as InputFault {
            return Outcome(code: fault.code, place: "", words: fault.description)
        } catch {
            return Outcome(code: "\(error)", place: "", words: "")
        }
    }

    private func outcome(
        _ code: String,
        _ file: String,
        _ position: SourcePosition,
        _ message: String
    ) -> Outcome {
        // Mostly there is one module, and its name tells nothing.
        let module = modules.count > 1 ? "\(file)/" : ""
        return Outcome(
            code: code,
            place: "\(module)\(position.line):\(position.column)",
            words: message
        )
    }

    /// Whether an outcome is the one that the file says.
    func isAsWanted(_ outcome: Outcome) -> Bool {
        let parts = wanted.split(separator: " ", maxSplits: 2).map(String.init)
        guard outcome.code == parts.first, outcome.place == (parts.count > 1 ? parts[1] : "") else {
            return false
        }
        return parts.count < 3 || outcome.words.contains(parts[2])
    }
}
