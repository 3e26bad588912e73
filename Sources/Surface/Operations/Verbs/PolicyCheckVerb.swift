import Canon
import Host
import Policy
import Rego

/// `charter policy check PATH…`.
enum PolicyCheckVerb {
    static let operation = Operation(
        words: ["policy", "check"],
        summary: "compile policies and say what is wrong, where and why",
        details: """
            Every .rego file of the paths is compiled together with the others, its tests included: the
            syntax, names, variables that nothing binds, calls with too many arguments or of the wrong
            type, recursion, and rules that contradict each other. Each error has its file, line and
            column, a sentence, the line, and a caret under the place.

            Findings that are marked 'hint' do not refuse anything.
            Exit status 1 when a policy is wrong, 2 when a file cannot be read.
            Example: charter policy check policy
            """,
        operands: [
            .init(name: "PATH", summary: "policies: .rego files or directories", repeats: true)
        ],
        options: [PolicySources.v0]
    ) { request, surroundings throws(OperationFault) in
        let bundle = try PolicySources(operands: request.operands, request, surroundings).bundle
        let modules: [PolicyModule]
        do {
            modules = try bundle.modules()
            _ = try PolicyCompiler.compile(modules: modules, data: bundle.data)
        } catch let errors as PolicyErrors {
            return refusal(errors.quoting(bundle.files), bundle)
        } catch BundleRefusal.policies(let errors) {
            return refusal(errors, bundle)
        } catch let refusal as BundleRefusal {
            throw .bundle(refusal)
        } catch {
            preconditionFailure("Every error above has a type: \(error)")
        }
        let hints = PolicyHints(modules).found
        let rules = Set(
            modules.flatMap { module in
                module.rules.map { (module.package.path + $0.names).joined(separator: "/") }
            }
        )
        let tests = rules.filter { $0.split(separator: "/").last?.hasPrefix("test_") ?? false }
        let counts: JSONValue = [
            "files": .integer(modules.count),
            "packages": .integer(Set(modules.map(\.package.path)).count),
            "rules": .integer(rules.count - tests.count), "tests": .integer(tests.count),
        ]
        return Answer(
            json: [
                "verdict": "compiles", "counts": counts,
                "hints": .array(hints.map(Report.json)),
            ],
            lines: hints.flatMap { Report.lines($0, in: bundle) } + [
                "compiles: \(Report.count(modules.count, "file")), "
                    + "\(Report.count(rules.count - tests.count, "rule")), "
                    + "\(Report.count(tests.count, "test"))"
            ]
        )
    }

    private static func refusal(_ errors: PolicyErrors, _ bundle: PolicyBundle) -> Answer {
        Report.refusal(
            errors,
            "refused: \(Report.count(errors.errors.count, "error")) in "
                + "\(Report.count(bundle.policies.count, "file"))"
        )
    }
}
