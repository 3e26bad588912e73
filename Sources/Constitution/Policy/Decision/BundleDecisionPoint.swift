package import Canon
import Crypto
import Rego

/// Decides by the policies of one bundle, with a candidate beside it where one is being tried.
///
/// A decision is a function of the policies, the data in their bundle and the request: asked again it
/// is the same, on whichever thread. Built-ins that fail end a decision, since a failure under a `not`
/// would open a door.
package struct BundleDecisionPoint: DecisionPoint {
    /// A bundle that can be asked, or why there is none.
    package enum Active: Sendable {
        case ready(LoadedBundle)
        /// The bundle was refused; everything is denied with that code.
        case refused(bundle: String, code: String, reason: String, next: String)
        case missing(bundle: String)

        /// What comes of a bundle that was refused.
        package static func refused(_ bundle: String, _ fault: some Fault) -> Active {
            .refused(
                bundle: bundle,
                code: fault.code,
                reason: fault.description,
                next: "Activate a bundle that holds with 'charter policy activate', or go back "
                    + "with 'charter policy rollback'."
            )
        }
    }

    package let active: Active

    /// What is tried beside the active bundle.
    package let candidate: LoadedBundle?

    /// Of a hundred inputs, how many the candidate decides.
    package let canaryPercent: Int

    /// What whoever keeps the bundles has to say to each decision, such as that an older one decides.
    package let notices: [DecisionReason]

    /// Decides by a bundle, and a share of all requests by a candidate.
    package init(
        _ active: Active,
        candidate: LoadedBundle? = nil,
        canaryPercent: Int = 0,
        notices: [DecisionReason] = []
    ) {
        precondition((0...100).contains(canaryPercent), "A share lies between 0 and 100 percent.")
        self.active = active
        self.candidate = candidate
        self.canaryPercent = canaryPercent
        self.notices = notices
    }

    package func decide(_ request: DecisionRequest) -> PolicyDecision {
        let input: Value?
        let digest: Digest
        switch request.input {
        case .none: (input, digest) = (nil, .sha256(of: [UInt8]()))
        case .value(let value): (input, digest) = (value, .sha256(of: value.json))
        case .text(let bytes):
            do {
                let value = try Value(parsing: bytes, limits: request.limits)
                (input, digest) = (value, .sha256(of: value.json))
            } catch {
                return refusal(
                    request,
                    digest: .sha256(of: bytes),
                    code: error.code,
                    reason: "The input cannot be judged. \(error.description)",
                    next: "Send the input as JSON that every reader understands alike."
                )
            }
        }
        switch active {
        case .missing(let bundle):
            return refusal(
                request,
                digest: digest,
                source: .none(bundle),
                code: DecisionCode.noBundle.rawValue,
                reason: "No bundle \(Printable(bundle)) is active, so nothing is allowed.",
                next: "Activate one with 'charter policy activate'."
            )
        case .refused(let bundle, let code, let reason, let next):
            return refusal(
                request,
                digest: digest,
                source: .none(bundle),
                code: code,
                reason: "The bundle \(Printable(bundle)) cannot be used. \(reason)",
                next: next
            )
        case .ready(let bundle): return decide(request, input, digest, by: bundle)
        }
    }

    private func decide(
        _ request: DecisionRequest,
        _ input: Value?,
        _ digest: Digest,
        by bundle: LoadedBundle
    ) -> PolicyDecision {
        guard let candidate else {
            return answer(request, input, digest, by: bundle, isCandidate: false)
        }
        // In a dry run the active bundle holds for everybody.
        let isCanary = request.mode != .dryRun && isCanary(digest)
        let (first, other) = isCanary ? (candidate, bundle) : (bundle, candidate)
        var decision = answer(request, input, digest, by: first, isCandidate: isCanary)
        let beside = answer(request, input, digest, by: other, isCandidate: !isCanary)
        decision.shadow = PolicyDecision.Shadow(
            verdict: beside.verdict,
            reasons: beside.reasons,
            source: beside.source,
            steps: beside.steps
        )
        return decision
    }

    /// Whether the candidate decides an input: always the same for the same input.
    package func isCanary(_ inputDigest: Digest) -> Bool {
        Int(inputDigest.words.0 % 100) < canaryPercent
    }

    // MARK: - One bundle

    private func answer(
        _ request: DecisionRequest,
        _ input: Value?,
        _ digest: Digest,
        by bundle: LoadedBundle,
        isCandidate: Bool
    ) -> PolicyDecision {
        let source = PolicyDecision.Source(
            bundle: bundle.bundle.name,
            revision: bundle.bundle.revision,
            digest: bundle.bundle.digest,
            isCandidate: isCandidate
        )
        func refused(
            _ code: String,
            _ reason: String,
            _ next: String,
            file: String = "",
            line: Int = 0,
            steps: Int = 0
        ) -> PolicyDecision {
            refusal(
                request,
                digest: digest,
                source: source,
                code: code,
                reason: reason,
                next: next,
                file: file,
                line: line,
                steps: steps
            )
        }
        let question: PreparedEntryPoint
        do {
            guard let known = try bundle.question(request.query) else {
                return refused(
                    DecisionCode.unknownQuery.rawValue,
                    "The bundle \(bundle.bundle.name) has no document \(request.query).",
                    "Ask for one of its entry points: "
                        + bundle.entryPoints.map(\.description).joined(separator: ", ") + "."
                )
            }
            question = known
        } catch {
            return refused(error.code, error.description, "Correct the name that is asked for.")
        }
        let context = DecisionContext(
            nowNanoseconds: request.time.nanoseconds,
            seed: digest.words.0,
            budget: request.budget,
            isStrict: true
        )
        let (outcome, steps) = question.measured(input: input, in: context)
        let findings = RuleFinder(bundle, request, input, context)
        switch outcome {
        case .failure(let error):
            return refused(
                error.code,
                "The policy could not decide: \(error.message)",
                "Correct the policy, or send an input that it is written for.",
                file: error.file,
                line: error.position.line,
                steps: steps
            )
        case .success(nil):
            let place = findings.definition
            return refused(
                DecisionCode.undefined.rawValue,
                "\(request.query) is undefined for this input, and what no rule allows is denied.",
                place?.next ?? explainStep(request.query),
                file: place?.file ?? "",
                line: place?.line ?? 0,
                steps: steps
            )
        case .success(let value?):
            do throws(DecisionReading.WrongShape) {
                let reading = try DecisionReading(value)
                return decision(reading, request, digest, source, findings, steps)
            } catch {
                let place = findings.definition
                return refused(
                    DecisionCode.wrongShape.rawValue,
                    "\(request.query) is no answer. \(error.reason)",
                    "Let the rule give true or false, an object with a verdict, or a set of "
                        + "reasons.",
                    file: place?.file ?? "",
                    line: place?.line ?? 0,
                    steps: steps
                )
            }
        }
    }

    private func decision(
        _ reading: DecisionReading,
        _ request: DecisionRequest,
        _ digest: Digest,
        _ source: PolicyDecision.Source,
        _ finder: RuleFinder,
        _ steps: Int
    ) -> PolicyDecision {
        var complaints = reading.complaints
        if complaints.isEmpty, reading.verdict != .allow {
            complaints = [DecisionReading.Complaint(message: silence(reading.verdict, request))]
        }
        let code: DecisionCode =
            switch reading.verdict {
            case .allow, .deny: .denied
            case .needsApproval: .needsApproval
            case .narrowed: .narrowed
            case .deferred: .deferred
            }
        return PolicyDecision(
            verdict: reading.verdict,
            reasons: complaints.map { reason($0, code, request, finder) },
            warnings: notices + reading.warnings.map { reason($0, .warning, request, finder) },
            obligations: reading.obligations,
            source: source,
            query: request.query,
            inputDigest: digest,
            steps: steps,
            mode: request.mode
        )
    }

    private func reason(
        _ complaint: DecisionReading.Complaint,
        _ code: DecisionCode,
        _ request: DecisionRequest,
        _ finder: RuleFinder
    ) -> DecisionReason {
        let place = finder.place(of: complaint)
        return DecisionReason(
            rule: complaint.rule ?? place?.rule ?? request.query.description,
            file: place?.file ?? "",
            line: place?.line ?? 0,
            code: complaint.code ?? code.rawValue,
            message: complaint.message,
            next: complaint.next ?? place?.next ?? explainStep(request.query)
        )
    }

    /// What is said for a policy that gives no reason of its own.
    private func silence(_ verdict: DecisionVerdict, _ request: DecisionRequest) -> String {
        switch verdict {
        case .allow, .deny: "\(request.query) does not allow this."
        case .needsApproval: "\(request.query) asks for the approval of a human."
        case .narrowed: "\(request.query) allows less than was asked for."
        case .deferred: "\(request.query) leaves the decision to somebody else."
        }
    }

    private func explainStep(_ query: QueryPath) -> String {
        "Run 'charter policy explain \(query) --input FILE' to see which line did not hold."
    }

    private func refusal(
        _ request: DecisionRequest,
        digest: Digest,
        source: PolicyDecision.Source? = nil,
        code: String,
        reason: String,
        next: String,
        file: String = "",
        line: Int = 0,
        steps: Int = 0
    ) -> PolicyDecision {
        PolicyDecision(
            verdict: .deny,
            reasons: [
                DecisionReason(
                    rule: request.query.description,
                    file: file,
                    line: line,
                    code: code,
                    message: reason,
                    next: next
                )
            ],
            warnings: notices,
            source: source ?? activeSource,
            query: request.query,
            inputDigest: digest,
            steps: steps,
            mode: request.mode
        )
    }

    private var activeSource: PolicyDecision.Source {
        switch active {
        case .ready(let bundle):
            PolicyDecision.Source(
                bundle: bundle.bundle.name,
                revision: bundle.bundle.revision,
                digest: bundle.bundle.digest
            )
        case .refused(let bundle, _, _, _), .missing(let bundle): .none(bundle)
        }
    }
}
