import Canon
package import Rego

/// A run of the tests that a bundle brings with it: its rules whose names begin with `test_`.
///
/// Two rules of one name are two tests, as authors mean them: one that holds must not hide another
/// that does not.
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
            /// Its name begins with `todo_`: its author says that it does not hold yet.
            case skipped
        }

        /// The document that is asked for.
        package let path: QueryPath
        package let file: String
        package let position: SourcePosition
        package let result: Result
        package let steps: Int
        /// What it printed.
        package let printed: [String]
        /// What it came by; only of a test that failed.
        package let trace: DecisionTrace?

        /// The rule: `data.charter.authz_test.test_an_admin_may`.
        package var name: String { path.description }

        /// Whether it held.
        package var hasPassed: Bool { result == .passed }
    }

    /// The tests in the order of their files and lines.
    package let outcomes: [Outcome]

    /// What the tests came by, of the policies that decide.
    package let coverage: PolicyCoverage

    /// The policies and their tests, as they ran.
    package let modules: [PolicyModule]

    /// The same, compiled for observation.
    package let policy: CompiledPolicy

    /// Compiles a bundle with its tests and runs those that are wanted.
    package init(
        of bundle: PolicyBundle,
        in context: DecisionContext = DecisionContext(),
        including isWanted: (_ name: String) -> Bool = { _ in true }
    ) throws(BundleRefusal) {
        let bundle = try bundle.withTestsApart()
        let modules = try bundle.modules()
        do {
            try self.init(bundle, modules, context, isWanted)
        } catch {
            throw .policies(error.quoting(bundle.files))
        }
    }

    private init(
        _ bundle: PolicyBundle,
        _ modules: [PolicyModule],
        _ context: DecisionContext,
        _ isWanted: (_ name: String) -> Bool
    ) throws(PolicyErrors) {
        self.modules = modules
        policy = try PolicyCompiler.compile(
            modules: modules,
            data: bundle.data,
            options: CompileOptions(isObserved: true)
        )
        let listener = CoverageListener()
        var outcomes: [Outcome] = []
        for test in PolicyTestRun.tests(in: modules) where isWanted(test.path.description) {
            outcomes.append(
                try PolicyTestRun.outcome(of: test, in: bundle, policy, context, listener)
            )
        }
        self.outcomes = outcomes
        coverage = PolicyCoverage(modules, passed: listener.places)
    }

    private static func outcome(
        of test: Test,
        in bundle: PolicyBundle,
        _ policy: CompiledPolicy,
        _ context: DecisionContext,
        _ listener: CoverageListener
    ) throws(PolicyErrors) -> Outcome {
        func outcome(
            _ result: Outcome.Result,
            steps: Int = 0,
            trace: DecisionTrace? = nil
        ) -> Outcome {
            Outcome(
                path: test.path,
                file: test.file,
                position: test.position,
                result: result,
                steps: steps,
                printed: listener.printed,
                trace: trace
            )
        }
        listener.printed = []
        guard !test.isSkipped else { return outcome(.skipped) }
        let question = try policy.prepare(entryPoint: test.path.names)
        let (value, steps) = question.measured(input: nil, in: context, observer: listener)
        switch value {
        case .success(.bool(true)?): return outcome(.passed, steps: steps)
        case .failure(let error): return outcome(.error(error), steps: steps)
        case .success(let value):
            let trace = DecisionTrace(of: question, in: bundle, input: nil, context: context)
            return outcome(.failed(value: value), steps: steps, trace: trace)
        }
    }

    fileprivate struct Test {
        let path: QueryPath
        let file: String
        let position: SourcePosition
        let isSkipped: Bool
    }

    private static func tests(in modules: [PolicyModule]) -> [Test] {
        var known: Set<QueryPath> = []
        return modules.flatMap { module in
            module.rules.compactMap { rule in
                guard let test = test(rule, in: module) else { return nil }
                // What is left of one name are the further bodies of one rule.
                return known.insert(test.path).inserted ? test : nil
            }
        }
    }

    fileprivate static func test(_ rule: Rule, in module: PolicyModule) -> Test? {
        guard rule.head.parameters == nil, let name = rule.names.last else { return nil }
        let isSkipped = name.hasPrefix("todo_test_")
        guard isSkipped || name.hasPrefix("test_") else { return nil }
        return Test(
            path: QueryPath(names: module.package.path + rule.names),
            file: module.file,
            position: rule.range.start,
            isSkipped: isSkipped
        )
    }

    /// Whether tests ran, and all of them held.
    package var hasPassed: Bool { ranCount > 0 && passedCount == ranCount }

    /// How many held.
    package var passedCount: Int { outcomes.count { $0.hasPassed } }

    /// How many ran.
    package var ranCount: Int { outcomes.count { $0.result != .skipped } }
}

extension PolicyBundle {
    /// The same bundle, in which the second of two tests of one name has a number behind its name.
    fileprivate func withTestsApart() throws(BundleRefusal) -> PolicyBundle {
        var numbers: [QueryPath: Int] = [:]
        var texts: [String: [UInt8]] = [:]
        for module in try modules() {
            var suffixes: [(position: SourcePosition, text: String)] = []
            for rule in module.rules where !rule.isDefault && !rule.isChained {
                guard let test = PolicyTestRun.test(rule, in: module) else { continue }
                let number = numbers[test.path, default: 0] + 1
                numbers[test.path] = number
                guard number > 1, rule.head.reference.steps.isEmpty else { continue }
                suffixes.append((rule.head.reference.range.end, "__\(number)"))
            }
            guard !suffixes.isEmpty else { continue }
            let file = files.first { $0.path.hasSameBytes(as: module.file) }
            texts[module.file] = file.map { SourceText.inserting(suffixes, into: $0.bytes) }
        }
        if texts.isEmpty { return self }
        return try PolicyBundle(
            files: allFiles.map { file in
                texts[file.path].map { BundleFile(path: file.path, bytes: $0) } ?? file
            },
            name: name
        )
    }
}

extension SourceText {
    /// The text with something more at some places, which stand in order.
    fileprivate static func inserting(
        _ insertions: [(position: SourcePosition, text: String)],
        into text: [UInt8]
    ) -> [UInt8] {
        var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        for (position, more) in insertions.reversed() {
            lines[position.line - 1].insert(contentsOf: more.utf8, at: position.column - 1)
        }
        return Array(lines.joined(separator: [0x0A]))
    }
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
