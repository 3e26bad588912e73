package import Canon
package import Rego

/// How much a decision binds.
package enum DecisionMode: String, Sendable, CaseIterable {
    /// The answer holds.
    case enforce
    /// The answer of the active policies holds, and the candidate's is recorded beside it.
    case dryRun = "dry_run"
    /// The answer is recorded and stops nothing.
    case audit
}

/// One question to the policies.
package struct DecisionRequest: Sendable {
    /// What the decision is about.
    package enum Input: Sendable {
        /// A value that was read already.
        case value(Value)
        /// JSON as it came; it is refused where two readers might disagree about it.
        case text([UInt8])
        /// None at all.
        case none
    }

    /// The id of the request, which its record bears.
    package var id: String

    /// The document that is asked for.
    package var query: QueryPath

    package var input: Input

    package var mode: DecisionMode

    /// When the decision is made; policies see this time and no other.
    package var time: Timestamp

    /// Who asks, as whoever asked them has established.
    package var subject: String

    /// The steps and bytes that the decision may take.
    package var budget: WorkBudget

    /// The bounds of an input that comes as text.
    package var limits: JSONLimits

    /// A request.
    package init(
        id: String,
        query: QueryPath,
        input: Input,
        mode: DecisionMode = .enforce,
        time: Timestamp,
        subject: String = "",
        budget: WorkBudget = WorkBudget(),
        limits: JSONLimits = .standard
    ) {
        self.id = id
        self.query = query
        self.input = input
        self.mode = mode
        self.time = time
        self.subject = subject
        self.budget = budget
        self.limits = limits
    }
}
