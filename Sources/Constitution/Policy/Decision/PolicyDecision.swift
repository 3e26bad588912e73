package import Canon
import Rego

/// The answer to one request, with everything that is needed to understand and to repeat it.
package struct PolicyDecision: Sendable, Hashable {
    /// Which policies an answer came from.
    package struct Source: Sendable, Hashable {
        package let bundle: String
        package let revision: String
        /// The digest of the bundle; `nil` where none could be asked.
        package let digest: Digest?
        /// Whether it was a candidate that decided, as one request in so many is given to it.
        package let isCandidate: Bool

        /// Names the policies.
        package init(bundle: String, revision: String, digest: Digest?, isCandidate: Bool = false) {
            self.bundle = bundle
            self.revision = revision
            self.digest = digest
            self.isCandidate = isCandidate
        }

        /// No policies: everything is denied.
        package static func none(_ bundle: String) -> Source {
            Source(bundle: bundle, revision: "none", digest: nil)
        }
    }

    /// What other policies would have answered.
    package struct Shadow: Sendable, Hashable {
        package let verdict: DecisionVerdict
        package let reasons: [DecisionReason]
        package let source: Source
        package let steps: Int
    }

    package let verdict: DecisionVerdict

    /// Why; of anything but an allowance there is at least one.
    package let reasons: [DecisionReason]

    /// What the policies say beside their answer.
    package let warnings: [DecisionReason]

    /// What whoever goes on must do as well, such as to tell of an emergency.
    package let obligations: [String]

    package let source: Source

    package let query: QueryPath

    /// The digest of the input; the same input has the same, however it was written.
    package let inputDigest: Digest

    /// The steps that it took.
    package let steps: Int

    package let mode: DecisionMode

    /// What the candidate would have answered, where there is one beside.
    package var shadow: Shadow?

    /// A decision; whoever is denied is told the rule, the version, the reason and the next step.
    package init(
        verdict: DecisionVerdict,
        reasons: [DecisionReason],
        warnings: [DecisionReason] = [],
        obligations: [String] = [],
        source: Source,
        query: QueryPath,
        inputDigest: Digest,
        steps: Int = 0,
        mode: DecisionMode,
        shadow: Shadow? = nil
    ) {
        precondition(
            verdict == .allow || !reasons.isEmpty,
            "Whatever is not allowed is not allowed for a reason."
        )
        precondition(
            reasons.allSatisfy { !$0.rule.isEmpty && !$0.message.isEmpty && !$0.next.isEmpty }
                && !source.revision.isEmpty,
            "A reason names its rule, its policy version, what is wrong and the next step."
        )
        self.verdict = verdict
        self.reasons = reasons
        self.warnings = warnings
        self.obligations = obligations
        self.source = source
        self.query = query
        self.inputDigest = inputDigest
        self.steps = steps
        self.mode = mode
        self.shadow = shadow
    }

    /// Whether whoever asked may go on: it is allowed, or nothing is stopped in this mode.
    package var mayProceed: Bool { verdict == .allow || mode == .audit }

    /// The decision as `--json` shows it.
    package var json: JSONValue {
        var members = PolicyDecision.members(verdict, reasons, source, steps)
        members["query"] = .string(query.description)
        members["mode"] = .string(mode.rawValue)
        members["may_proceed"] = .bool(mayProceed)
        members["input_sha256"] = .string(inputDigest.hex)
        if !warnings.isEmpty { members["warnings"] = .array(warnings.map(\.json)) }
        if !obligations.isEmpty {
            members["obligations"] = .array(obligations.map { .string($0) })
        }
        if let shadow {
            members["shadow"] = .object(
                PolicyDecision.members(
                    shadow.verdict,
                    shadow.reasons,
                    shadow.source,
                    shadow.steps
                )
            )
        }
        return .object(members)
    }

    private static func members(
        _ verdict: DecisionVerdict,
        _ reasons: [DecisionReason],
        _ source: Source,
        _ steps: Int
    ) -> JSONObject {
        var members = JSONObject([
            ("verdict", .string(verdict.word)),
            ("reasons", .array(reasons.map(\.json))),
            ("bundle", .string(source.bundle)),
            ("revision", .string(source.revision)),
            ("candidate", .bool(source.isCandidate)),
            ("steps", .integer(steps)),
        ])
        members["bundle_sha256"] = source.digest.map { .string($0.hex) }
        if case .narrowed(let to) = verdict { members["to"] = to.jsonValue }
        return members
    }
}
