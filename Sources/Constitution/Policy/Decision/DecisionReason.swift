package import Canon

/// Why a decision is what it is, so that whoever asked knows what to do next.
package struct DecisionReason: Sendable, Hashable {
    /// The rule that spoke: `data.charter.authz.deny`.
    package let rule: String

    /// The file of the bundle that the rule stands in; empty where no rule was reached.
    package let file: String

    /// The line of the rule; zero where no rule was reached.
    package let line: Int

    /// What kind of reason it is, stable and dotted.
    package let code: String

    /// A whole sentence.
    package let message: String

    /// What to do about it.
    package let next: String

    /// A reason; a denial has one with a rule, a message and a next step.
    package init(
        rule: String,
        file: String = "",
        line: Int = 0,
        code: String,
        message: String,
        next: String
    ) {
        self.rule = rule
        self.file = file
        self.line = line
        self.code = code
        self.message = message
        self.next = next
    }

    /// The reason as records and `--json` show it.
    package var json: JSONValue {
        var members: JSONObject = JSONObject([
            ("rule", .string(rule)), ("code", .string(code)), ("message", .string(message)),
            ("next", .string(next)),
        ])
        if !file.isEmpty {
            members["file"] = .string(file)
            members["line"] = .integer(line)
        }
        return .object(members)
    }

    /// The reason on one line: what is wrong, by which rule, and where that stands.
    package var sentence: String {
        let place = file.isEmpty ? "" : " at \(Printable(file)):\(line)"
        return "\(Printable(message)) [\(Printable(rule))\(place), \(code)]"
    }
}

/// The codes of reasons that do not come from a policy or from a fault.
package enum DecisionCode: String, Sendable, CaseIterable {
    /// The policy says no.
    case denied = "policy.decision.denied"
    /// A human has to say yes first.
    case needsApproval = "policy.decision.needs-approval"
    /// Less is allowed than was asked for.
    case narrowed = "policy.decision.narrowed"
    /// The policy leaves it to somebody else.
    case deferred = "policy.decision.deferred"
    /// The policy warns and does not refuse.
    case warning = "policy.decision.warning"
    /// No rule gave an answer.
    case undefined = "policy.decision.undefined"
    /// The answer has none of the forms that an answer has.
    case wrongShape = "policy.decision.wrong-shape"
    /// No bundle is active.
    case noBundle = "policy.decision.no-bundle"
    /// The bundle has no document of that name.
    case unknownQuery = "policy.decision.unknown-query"
}
