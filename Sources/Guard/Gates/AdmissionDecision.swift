package import Canon
package import Policy
package import Rego

/// What the gate says to one request, with every reason by the policy that gave it.
package struct AdmissionDecision: Sendable {
    /// A reason, and which policy in which version gave it.
    package struct Attributed: Sendable, Hashable {
        package let policy: String
        package let version: String
        /// The revision of the bundle.
        package let revision: String
        package let reason: DecisionReason
    }

    package let request: AdmissionRequest
    package let verdict: DecisionVerdict
    /// Why; of anything but an allowance there is at least one.
    package let reasons: [Attributed]
    package let warnings: [Attributed]
    /// What whoever goes on must do as well: `record:…`, `alert:…`.
    package let obligations: [String]
    /// The target as it will be: with what was filled in.
    package let target: Value
    /// The operations of JSON Patch that filled it in.
    package let mutations: [Value]
    /// The decision of each policy that was asked, for the log.
    package let records: [DecisionRecord]

    /// Whether whoever asked may go on.
    package var mayProceed: Bool { verdict == .allow || request.mode == .audit }

    /// Whether something is to happen: not in a dry run, whatever it says.
    package var takesEffect: Bool { mayProceed && request.channel == .effect }

    /// The decision as `--json` shows it.
    package var json: JSONValue {
        var members = JSONObject([
            ("type", "admission"), ("schema_version", "1.0"),
            ("id", .string(request.id)), ("time", .string(request.time.description)),
            ("operation", .string(request.operation.rawValue)),
            ("subject", .string(request.subject.id)),
            ("channel", .string(request.channel.rawValue)),
            ("mode", .string(request.mode.rawValue)),
            ("verdict", .string(verdict.word)),
            ("may_proceed", .bool(mayProceed)),
            ("takes_effect", .bool(takesEffect)),
            ("reasons", .array(reasons.map(AdmissionDecision.json))),
            ("obligations", .array(obligations.map { .string($0) })),
            ("mutations", .array(mutations.map(\.jsonValue))),
        ])
        if case .narrowed(let to) = verdict { members["to"] = to.jsonValue }
        if !warnings.isEmpty {
            members["warnings"] = .array(warnings.map(AdmissionDecision.json))
        }
        return .object(members)
    }

    private static func json(_ attributed: Attributed) -> JSONValue {
        var members = attributed.reason.json.object ?? JSONObject()
        members["policy"] = .string(attributed.policy)
        members["policy_version"] = .string(attributed.version)
        members["revision"] = .string(attributed.revision)
        return .object(members)
    }
}
