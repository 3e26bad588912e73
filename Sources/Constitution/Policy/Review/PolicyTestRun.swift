import Canon
package import Rego

/// A run of the tests that a bundle brings with it: its rules whose names begin with `test_`.
package struct PolicyTestRun: Sendable {
    /// What came of one test.
    package struct Outcome: Sendable, Equatable {
        /// How a test ends.
        package enum Result: Sendable, Equatable {
            case passed
            /// It is undefined or has another value than `true`.
            case failed(value: Value?)
            /// It could not be evaluated.
            case error(EvaluationError)
        }

        /// The rule: `data.charter.authz_test.test_an_admin_may`.
        package let name: String
        package let file: String
        package let position: SourcePosition
        package let result: Result
        package let steps: Int
        /// What it printed.
        package let printed: [String]

        /// Whether it held.
        package var hasPassed: Bool { result == .passed }
    }

    /// The tests in the order of their files and lines.
    package let outcomes: [Outcome]

    /// What the tests came by, of the policies that decide.
    package let coverage: PolicyCoverage

    /// Compiles a bundle with its tests and runs those that are wanted.
    package init(
        of bundle: PolicyBundle,
        in context: DecisionContext = DecisionContext(),
        including isWanted: (_ name: String) -> Bool = { _ in true }
    ) throws(BundleRefusal) {
        let modules = try bundle.modules()
        do {
            try self.init(modules, bundle.data, context, isWanted)
        } catch {
            throw .policies(error.quoting(bundle))
        }
    }

    private init(
        _ modules: [PolicyModule],
        _ data: Value,
        _ context: DecisionContext,
        _ isWanted: (_ name: String) -> Bool
    ) throws(PolicyErrors) {
        let policy = try PolicyCompiler.compile(
            modules: modules,
            data: data,
            options: CompileOptions(isObserved: true)
        )
        let listener = CoverageListener()
        var outcomes: [Outcome] = []
        for test in PolicyTestRun.tests(in: modules) where isWanted(test.name) {
            let question = try policy.prepare(entryPoint: test.path)
            listener.printed = []
            let (outcome, steps) = question.measured(
                input: nil,
                in: context,
                observer: listener
            )
            let result: Outcome.Result =
                switch outcome {
                case .success(.bool(true)?): .passed
                case .success(let value): .failed(value: value)
                case .failure(let error): .error(error)
                }
            outcomes.append(
                Outcome(
                    name: test.name,
                    file: test.file,
                    position: test.position,
                    result: result,
                    steps: steps,
                    printed: listener.printed
                )
            )
        }
        self.outcomes = outcomes
        coverage = PolicyCoverage(modules, passed: listener.places)
    }

    private struct Test {
        let path: [String]
        let file: String
        let position: SourcePosition
        var name: String { (["data"] + path).joined(separator: ".") }
    }

    /// Each test once, though it may have several bodies.
    private static func tests(in modules: [PolicyModule]) -> [Test] {
        var known: Set<String> = []
        var tests: [Test] = []
        for module in modules {
            for rule in module.rules where rule.head.parameters == nil {
                guard let name = rule.names.last, name.hasPrefix("test_") else { continue }
                let test = Test(
                    path: module.package.path + rule.names,
                    file: module.file,
                    position: rule.range.start
                )
                if known.insert(test.name).inserted { tests.append(test) }
            }
        }
        return tests
    }

    /// Whether there were tests, and all of them held.
    package var hasPassed: Bool { !outcomes.isEmpty && outcomes.allSatisfy(\.hasPassed) }

    /// How many held.
    package var passedCount: Int { outcomes.count { $0.hasPassed } }
}

/// Remembers where the tests came by, and what they print.
private final class CoverageListener: DecisionObserver {
    private(set) var places: Set<PolicyCoverage.Place> = []
    var printed: [String] = []

    func passed(_ spot: Spot) {
        switch spot.kind {
        case .reached, .fired:
            places.insert(PolicyCoverage.Place(file: spot.file, line: spot.range.start.line))
        case .held: break
        }
    }

    func printed(_ text: String, file: String, line: Int) {
        printed.append("\(file):\(line): \(text)")
    }
}
