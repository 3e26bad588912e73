import Canon
import Gates
import Policy
import Rego

extension Report {
    /// The answer for policies that are refused for what stands in them.
    static func refusal(_ errors: PolicyErrors, _ summary: String) -> Answer {
        Answer(
            .refused,
            json: [
                "verdict": "refused",
                "errors": .array(errors.errors.map(json)),
            ],
            lines: errors.errors.prefix(findingsMax).flatMap { shown($0.description) }
                + (errors.errors.count > findingsMax ? [more(errors.errors.count)] : [])
                + ["", summary]
        )
    }

    /// A hint, in the form of an error.
    static func lines(_ hint: PolicyHints.Hint, in bundle: PolicyBundle) -> [String] {
        let place = "\(Printable(hint.file)):\(hint.position.line):\(hint.position.column)"
        let text =
            bundle.files.first { $0.path.hasSameBytes(as: hint.file) }
            .flatMap { SourceText.line(hint.position.line, of: $0.bytes) } ?? ""
        return shown(
            "\(place): hint: \(hint.message) (\(hint.code))\n"
                + SourceText.pointing(at: hint.position.column, in: text)
        )
    }

    static func json(_ hint: PolicyHints.Hint) -> JSONValue {
        [
            "code": .string(hint.code), "file": .string(hint.file),
            "line": .integer(hint.position.line), "column": .integer(hint.position.column),
            "message": .string(hint.message),
        ]
    }

    /// The lines of a text that quotes a policy: the place, the sentence, the line, and a caret.
    fileprivate static func shown(_ text: String) -> [String] {
        // A tab has no width that all terminals agree on, and a caret has to stand under its place.
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0.replacing("\t", with: "    ")) }
    }

    static func json(_ error: PolicyError) -> JSONValue {
        [
            "code": .string(error.code.rawValue), "file": .string(error.file),
            "line": .integer(error.position.line), "column": .integer(error.position.column),
            "message": .string(error.message),
            "source": error.sourceLine.map { .string($0) } ?? .null,
        ]
    }
}

extension Report {
    /// The answer for a bundle that is not fit to decide.
    static func refusal(_ review: BundleReview, _ summary: String) -> Answer {
        Answer(
            .refused,
            json: ["verdict": "refused", "review": review.json],
            lines: review.findings.prefix(findingsMax).flatMap { shown($0.description) }
                + (review.findings.count > findingsMax ? [more(review.findings.count)] : [])
                + ["", "\(review.sentence); \(summary)"]
        )
    }

    /// The answer for what the law of bundles refuses; anything else is a fault.
    static func refusal(_ fault: GatesFault) throws(OperationFault) -> Answer {
        guard fault.isRefusal else { throw .gates(fault) }
        return Answer(
            .refused,
            json: [
                "verdict": "refused", "code": .string(fault.code),
                "reason": .string(fault.description),
            ],
            lines: ["refused: \(fault.description) [\(fault.code)]"]
        )
    }

    /// The answer for a decision: what was decided, why, and what to do next.
    static func decision(_ decision: PolicyDecision) -> Answer {
        var lines = [decision.verdict.sentence + " by \(decision.source.sentence)"]
        lines += decision.reasons.flatMap { reason($0, as: "reason") }
        lines += decision.warnings.flatMap { reason($0, as: "warning") }
        lines += decision.obligations.map { "    must: \($0)" }
        if let shadow = decision.shadow {
            lines.append("beside it: \(shadow.verdict.sentence) by \(shadow.source.sentence)")
            lines += shadow.reasons.flatMap { reason($0, as: "reason") }
        }
        return Answer(
            decision.mayProceed ? .done : .refused,
            json: decision.json,
            lines: lines
        )
    }

    static func reason(_ reason: DecisionReason, as kind: String) -> [String] {
        let place = reason.file.isEmpty ? "" : " at \(reason.file):\(reason.line)"
        return [
            "    \(kind): \(reason.message)", "      rule: \(reason.rule)\(place)",
            "      next: \(reason.next)",
        ]
    }
}

extension BundleReview {
    /// What the review came to.
    var sentence: String {
        let name = "\(bundle.name) revision \(bundle.revision)"
        guard isPassed, let tests else {
            return "\(name) is not fit to decide: \(Report.count(findings.count, "finding"))"
        }
        return "\(name) is fit to decide: \(Report.count(tests.ranCount, "test")), "
            + "\(tests.coverage.text) % of its lines covered"
    }
}

extension PolicyCoverage {
    /// The percentage with at most one decimal.
    var text: String { json["percent"]?.number?.text ?? "" }
}

extension PolicyErrors {
    /// All errors, for whoever has no list to put them in.
    var shown: String { errors.flatMap { Report.shown($0.description) }.joined(separator: "\n") }
}

extension DecisionVerdict {
    /// The verdict as the beginning of a sentence.
    var sentence: String {
        switch self {
        case .allow: "allowed"
        case .deny: "denied"
        case .needsApproval: "needs approval"
        case .narrowed(let to): "narrowed to \(to.source)"
        case .deferred: "deferred"
        }
    }
}

extension PolicyDecision.Source {
    /// The bundle and its revision.
    var sentence: String {
        "the bundle \(bundle), revision \(revision)" + (isCandidate ? " (the candidate)" : "")
    }
}
