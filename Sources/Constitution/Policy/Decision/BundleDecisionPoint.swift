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

    /// Decides by the active bundle, or by the candidate where the input falls into its share.
    package func decide(_ request: DecisionRequest) -> PolicyDecision {
        let question: Question
        switch opened(request) {
        case .failure(let refused): return refused.decision
        case .success(let opened): question = opened
        }
        guard let candidate else { return question.decision(by: question.bundle) }
        // In a dry run the active bundle holds for everybody.
        let isCanary = request.mode != .dryRun && isCanary(question.digest)
        let (first, other) =
            isCanary ? (candidate, question.bundle) : (question.bundle, candidate)
        var decision = question.decision(by: first, isCandidate: isCanary)
        let beside = question.decision(by: other, isCandidate: !isCanary)
        decision.shadow = PolicyDecision.Shadow(
            verdict: beside.verdict,
            reasons: beside.reasons,
            source: beside.source,
            steps: beside.steps
        )
        return decision
    }

    /// The document as the active bundle has it; a candidate is never asked for one.
    package func document(_ request: DecisionRequest) -> DocumentAnswer {
        switch opened(request) {
        case .failure(let refused): return .refused(refused.decision)
        case .success(let question):
            switch question.value(in: question.bundle, isCandidate: false) {
            case .success(let answer):
                return .value(answer.value, Question.source(question.bundle, isCandidate: false))
            case .failure(let refused): return .refused(refused.decision)
            }
        }
    }

    /// What either of the two bundles hides, since both see the input.
    package var masks: [String] {
        guard case .ready(let bundle) = active else { return [] }
        return bundle.bundle.manifest.masks + (candidate?.bundle.manifest.masks ?? [])
    }

    /// Whether the candidate decides an input: always the same for the same input.
    package func isCanary(_ inputDigest: Digest) -> Bool {
        Int(inputDigest.words.0 % 100) < canaryPercent
    }

    /// The request with its input read and its bundle at hand.
    private func opened(_ request: DecisionRequest) -> Result<Question, Refused> {
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
                let complaint = Refusal(
                    code: error.code,
                    reason: "The input cannot be judged. \(error.description)",
                    next: "Send the input as JSON that every reader understands alike."
                )
                return .failure(refused(request, .sha256(of: bytes), complaint))
            }
        }
        switch active {
        case .ready(let bundle):
            return .success(
                Question(
                    request: request,
                    input: input,
                    digest: digest,
                    bundle: bundle,
                    notices: notices
                )
            )
        case .missing(let bundle):
            let complaint = Refusal(
                code: DecisionCode.noBundle.rawValue,
                reason: "No bundle \(Printable(bundle)) is active, so nothing is allowed.",
                next: "Activate one with 'charter policy activate'."
            )
            return .failure(refused(request, digest, complaint))
        case .refused(let bundle, let code, let reason, let next):
            let complaint = Refusal(
                code: code,
                reason: "The bundle \(Printable(bundle)) cannot be used. \(reason)",
                next: next
            )
            return .failure(refused(request, digest, complaint))
        }
    }

    private func refused(
        _ request: DecisionRequest,
        _ digest: Digest,
        _ refusal: Refusal
    ) -> Refused {
        let source: PolicyDecision.Source =
            switch active {
            case .ready(let bundle): Question.source(bundle, isCandidate: false)
            case .refused(let bundle, _, _, _), .missing(let bundle): .none(bundle)
            }
        return Refused(refusal, request, digest, source, notices)
    }
}
