package import Canon
package import Rego

/// What must hold of a bundle before somebody signs it, and once more before it is activated.
///
/// Its policies compile strictly, its own tests hold and there is at least one, whatever may be asked
/// exists, and its tests change nothing of what decides.
package struct BundleReview: Sendable {
    package let bundle: PolicyBundle
    /// Everything that is wrong, ordered by file and place.
    package let findings: [ReviewFinding]
    /// The tests that ran; `nil` where nothing could be run.
    package let tests: PolicyTestRun?

    /// Reviews a bundle; the context says the time at which its tests run.
    package init(of bundle: PolicyBundle, in context: DecisionContext = DecisionContext()) {
        self.bundle = bundle
        var findings: [ReviewFinding] = []
        if !BundleManifest.isName(bundle.name) || bundle.manifest.revision.isEmpty {
            findings.append(
                ReviewFinding(
                    code: ReviewFinding.Code.unnamed.rawValue,
                    file: PolicyBundle.manifestName,
                    message: "The manifest gives no name under \"metadata\" or no \"revision\"; "
                        + "'charter policy bundle' writes both."
                )
            )
        }
        if bundle.policies.isEmpty {
            findings.append(
                ReviewFinding(
                    code: ReviewFinding.Code.empty.rawValue,
                    message: "There is no policy in it; policies are files that end in .rego."
                )
            )
        }
        do {
            // What decides is compiled as it will decide, without its tests.
            _ = try LoadedBundle(bundle, provenance: .author)
            let tests = try PolicyTestRun(of: bundle, in: context)
            let modules = try bundle.modules()
            self.tests = tests
            findings += BundleReview.entryPoints(bundle, modules)
            findings += BundleReview.decidingTests(bundle, modules)
            findings += BundleReview.failures(tests, in: bundle)
        } catch {
            tests = nil
            if case .policies(let errors) = error {
                findings += errors.errors.map { ReviewFinding($0) }
            } else {
                findings.append(
                    ReviewFinding(code: error.code, message: error.description)
                )
            }
        }
        self.findings = findings
    }

    /// Whether the bundle is fit to be signed and to decide.
    package var isPassed: Bool { findings.isEmpty }

    /// The bundle, if it is fit.
    package func passed() throws(BundleRefusal) -> PolicyBundle {
        guard let first = findings.first else { return bundle }
        throw .reviewFailed(
            bundle: bundle.name,
            problems: findings.count,
            first: first.description
        )
    }

    /// The review as `--json` shows it.
    package var json: JSONValue {
        var members = JSONObject([
            ("bundle", .string(bundle.name)), ("revision", .string(bundle.revision)),
            ("bundle_sha256", .string(bundle.digest.hex)),
            ("passed", .bool(isPassed)),
            ("findings", .array(findings.map(\.json))),
        ])
        if let tests {
            members["tests"] = .integer(tests.ranCount)
            members["tests_passed"] = .integer(tests.passedCount)
            members["coverage"] = tests.coverage.json["percent"]
        }
        return .object(members)
    }

    // MARK: - What is looked for

    private static func entryPoints(
        _ bundle: PolicyBundle,
        _ modules: [PolicyModule]
    ) -> [ReviewFinding] {
        let deciding = modules.filter { !$0.file.hasSuffix("_test.rego") }
        return bundle.manifest.entryPoints.filter { !deciding.define($0) }.map { path in
            ReviewFinding(
                code: ReviewFinding.Code.noEntryPoint.rawValue,
                file: PolicyBundle.manifestName,
                message: "The entry point \(path) is defined by no rule; write one, or take it "
                    + "out of the manifest."
            )
        }
    }

    /// A rule that only exists while tests run would let them show what will never be decided.
    private static func decidingTests(
        _ bundle: PolicyBundle,
        _ modules: [PolicyModule]
    ) -> [ReviewFinding] {
        var deciding: Set<QueryPath> = []
        for module in modules where !module.file.hasSuffix("_test.rego") {
            for rule in module.rules {
                deciding.insert(QueryPath(names: module.package.path + rule.names))
            }
        }
        var findings: [ReviewFinding] = []
        for module in modules where module.file.hasSuffix("_test.rego") {
            for rule in module.rules {
                let path = QueryPath(names: module.package.path + rule.names)
                guard deciding.contains(path) else { continue }
                findings.append(
                    ReviewFinding(
                        code: ReviewFinding.Code.testDecides.rawValue,
                        file: module.file,
                        position: rule.range.start,
                        message: "This file of tests adds to \(path), which decides; give the "
                            + "rule a name of its own, or use 'with'.",
                        sourceLine: line(rule.range.start.line, of: module.file, in: bundle)
                    )
                )
            }
        }
        return findings
    }

    private static func failures(
        _ tests: PolicyTestRun,
        in bundle: PolicyBundle
    ) -> [ReviewFinding] {
        if tests.ranCount == 0, !bundle.policies.isEmpty {
            return [
                ReviewFinding(
                    code: ReviewFinding.Code.noTests.rawValue,
                    message: "No test shows what the policies do; write a rule whose name begins "
                        + "with test_ in a file that ends in _test.rego."
                )
            ]
        }
        return tests.outcomes.compactMap { outcome in
            switch outcome.result {
            case .passed, .skipped: return nil
            case .failed(let value):
                let words = value.map { String(decoding: $0.json, as: UTF8.self) }
                return ReviewFinding(
                    code: ReviewFinding.Code.testFailed.rawValue,
                    file: outcome.file,
                    position: outcome.position,
                    message: "\(outcome.name) is \(words ?? "undefined"), not true.",
                    sourceLine: line(outcome.position.line, of: outcome.file, in: bundle)
                )
            case .error(let error):
                return ReviewFinding(
                    code: ReviewFinding.Code.testError.rawValue,
                    file: error.file,
                    position: error.position,
                    message: "\(outcome.name) cannot be evaluated: \(error.message) "
                        + "[\(error.code)]",
                    sourceLine: line(error.position.line, of: error.file, in: bundle)
                )
            }
        }
    }

    private static func line(
        _ number: Int,
        of file: String,
        in bundle: PolicyBundle
    ) -> String? {
        bundle.files.first { $0.path.hasSameBytes(as: file) }
            .flatMap { SourceText.line(number, of: $0.bytes) }
    }
}
