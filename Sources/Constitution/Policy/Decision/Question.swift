import Canon
import Rego

/// One request with its input read, ready to be put to a bundle.
struct Question {
    let request: DecisionRequest
    let input: Value?
    let digest: Digest
    /// The active bundle.
    let bundle: LoadedBundle
    let notices: [DecisionReason]

    /// Names a bundle as the source of a decision.
    static func source(_ bundle: LoadedBundle, isCandidate: Bool) -> PolicyDecision.Source {
        PolicyDecision.Source(
            bundle: bundle.bundle.name,
            revision: bundle.bundle.revision,
            digest: bundle.bundle.digest,
            isCandidate: isCandidate
        )
    }

    /// What a bundle answers.
    func decision(by bundle: LoadedBundle, isCandidate: Bool = false) -> PolicyDecision {
        let answer: (value: Value, steps: Int)
        switch value(in: bundle, isCandidate: isCandidate) {
        case .failure(let refused): return refused.decision
        case .success(let found): answer = found
        }
        let finder = RuleFinder(bundle, request, input, context)
        do throws(DecisionReading.WrongShape) {
            let reading = try DecisionReading(answer.value)
            return decision(
                reading,
                Question.source(bundle, isCandidate: isCandidate),
                finder,
                answer.steps
            )
        } catch {
            let refusal = Refusal(
                code: DecisionCode.wrongShape.rawValue,
                reason: "\(request.query) is no answer. \(error.reason)",
                next: "Let the rule give true or false, an object with a verdict, or a set of "
                    + "reasons.",
                place: finder.definition
            )
            return refused(refusal, bundle, isCandidate, answer.steps).decision
        }
    }

    /// The value of the document in a bundle, or why there is none.
    func value(
        in bundle: LoadedBundle,
        isCandidate: Bool
    ) -> Result<(value: Value, steps: Int), Refused> {
        let prepared: PreparedEntryPoint
        do {
            guard let known = try bundle.question(request.query) else {
                let points = bundle.entryPoints.map(\.description).joined(separator: ", ")
                let refusal = Refusal(
                    code: DecisionCode.unknownQuery.rawValue,
                    reason: "The bundle \(bundle.bundle.name) has no document \(request.query).",
                    next: "Ask for one of its entry points: \(points)."
                )
                return .failure(refused(refusal, bundle, isCandidate))
            }
            prepared = known
        } catch {
            let refusal = Refusal(
                code: error.code,
                reason: error.description,
                next: "Correct the name that is asked for."
            )
            return .failure(refused(refusal, bundle, isCandidate))
        }
        let (outcome, steps) = prepared.measured(input: input, in: context)
        switch outcome {
        case .success(let value?): return .success((value, steps))
        case .success(nil):
            let place = RuleFinder(bundle, request, input, context).definition
            let refusal = Refusal(
                code: DecisionCode.undefined.rawValue,
                reason: "\(request.query) is undefined for this input, and what no rule allows "
                    + "is denied.",
                next: place?.next ?? explaining,
                place: place
            )
            return .failure(refused(refusal, bundle, isCandidate, steps))
        case .failure(let error):
            let refusal = Refusal(
                code: error.code,
                reason: "The policy could not decide: \(error.message)",
                next: "Correct the policy, or send an input that it is written for.",
                file: error.file,
                line: error.position.line
            )
            return .failure(refused(refusal, bundle, isCandidate, steps))
        }
    }

    private var context: DecisionContext {
        DecisionContext(
            nowNanoseconds: request.time.nanoseconds,
            seed: digest.words.0,
            budget: request.budget,
            isStrict: true
        )
    }

    // MARK: - Saying it

    private func decision(
        _ reading: DecisionReading,
        _ source: PolicyDecision.Source,
        _ finder: RuleFinder,
        _ steps: Int
    ) -> PolicyDecision {
        var complaints = reading.complaints
        if complaints.isEmpty, reading.verdict != .allow {
            complaints = [DecisionReading.Complaint(message: silence(reading.verdict))]
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
            reasons: complaints.map { reason($0, code, finder) },
            warnings: notices + reading.warnings.map { reason($0, .warning, finder) },
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
        _ finder: RuleFinder
    ) -> DecisionReason {
        let place = finder.place(of: complaint)
        return DecisionReason(
            rule: complaint.rule ?? place?.rule ?? request.query.description,
            file: place?.file ?? "",
            line: place?.line ?? 0,
            code: complaint.code ?? code.rawValue,
            message: complaint.message,
            next: complaint.next ?? place?.next ?? explaining
        )
    }

    /// What is said for a policy that gives no reason of its own.
    private func silence(_ verdict: DecisionVerdict) -> String {
        switch verdict {
        case .allow, .deny: "\(request.query) does not allow this."
        case .needsApproval: "\(request.query) asks for the approval of a human."
        case .narrowed: "\(request.query) allows less than was asked for."
        case .deferred: "\(request.query) leaves the decision to somebody else."
        }
    }

    private var explaining: String {
        "Run 'charter policy explain \(request.query) --input FILE' to see which line did not hold."
    }

    private func refused(
        _ refusal: Refusal,
        _ bundle: LoadedBundle,
        _ isCandidate: Bool,
        _ steps: Int = 0
    ) -> Refused {
        let source = Question.source(bundle, isCandidate: isCandidate)
        return Refused(refusal, request, digest, source, notices, steps: steps)
    }
}

/// Why nothing could be decided.
struct Refusal {
    let code: String
    let reason: String
    let next: String
    var file = ""
    var line = 0

    init(code: String, reason: String, next: String, file: String = "", line: Int = 0) {
        self.code = code
        self.reason = reason
        self.next = next
        self.file = file
        self.line = line
    }

    init(code: String, reason: String, next: String, place: RuleFinder.Place?) {
        self.init(
            code: code,
            reason: reason,
            next: next,
            file: place?.file ?? "",
            line: place?.line ?? 0
        )
    }
}

/// The denial that comes of a refusal.
struct Refused: Error {
    let decision: PolicyDecision

    init(
        _ refusal: Refusal,
        _ request: DecisionRequest,
        _ digest: Digest,
        _ source: PolicyDecision.Source,
        _ notices: [DecisionReason],
        steps: Int = 0
    ) {
        decision = PolicyDecision(
            verdict: .deny,
            reasons: [
                DecisionReason(
                    rule: request.query.description,
                    file: refusal.file,
                    line: refusal.line,
                    code: refusal.code,
                    message: refusal.reason,
                    next: refusal.next
                )
            ],
            warnings: notices,
            source: source,
            query: request.query,
            inputDigest: digest,
            steps: steps,
            mode: request.mode
        )
    }
}
