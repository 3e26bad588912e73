package import Canon
package import Policy
package import Rego

/// What somebody wants to do to something that is governed.
package struct AdmissionRequest: Sendable {
    /// The four things that can be done.
    package enum Operation: String, Sendable, CaseIterable {
        case create
        case install
        case update
        case remove
    }

    /// Whether it shall be done, or only be said what would be decided.
    package enum Channel: String, Sendable, CaseIterable {
        case effect
        case dryRun = "dry_run"
    }

    /// Who asks, as the connection or a signature has established it.
    package struct Subject: Sendable, Hashable {
        package var id: String
        /// `human` or `agent`.
        package var kind: String
        package var role: String
        /// `BUILDER` or `BUILT`.
        package var classification: String

        /// States a subject.
        package init(id: String, kind: String, role: String, classification: String) {
            self.id = id
            self.kind = kind
            self.role = role
            self.classification = classification
        }
    }

    /// An approval whose signature was verified.
    package struct Approval: Sendable, Hashable {
        package var by: String
        package var kind: String

        /// States an approval.
        package init(by: String, kind: String) {
            self.by = by
            self.kind = kind
        }
    }

    package var id: String
    package var operation: Operation
    package var subject: Subject
    package var target: Value
    package var approvals: [Approval]
    /// What the subject says to go on without waiting, in an emergency.
    package var breakGlass: Value?
    package var channel: Channel
    package var mode: DecisionMode
    package var time: Timestamp

    /// A request.
    package init(
        id: String,
        _ operation: Operation,
        target: Value,
        by subject: Subject,
        approvals: [Approval] = [],
        breakGlass: Value? = nil,
        channel: Channel = .effect,
        mode: DecisionMode = .enforce,
        time: Timestamp
    ) {
        self.id = id
        self.operation = operation
        self.subject = subject
        self.target = target
        self.approvals = approvals
        self.breakGlass = breakGlass
        self.channel = channel
        self.mode = mode
        self.time = time
    }

    /// The document that policies are given, with a target in it.
    ///
    /// The channel is no part of it: a dry run gives the same decision.
    func document(target: Value) -> Value {
        var members: [ObjectValue.Member] = [
            .init(key: "operation", value: .text(operation.rawValue)),
            .init(
                key: "subject",
                value: [
                    "id": .text(subject.id), "kind": .text(subject.kind),
                    "role": .text(subject.role), "class": .text(subject.classification),
                ]
            ),
            .init(key: "target", value: target),
            .init(
                key: "approvals",
                value: .array(
                    ArrayValue(
                        approvals.map { ["by": .text($0.by), "kind": .text($0.kind)] }
                    )
                )
            ),
        ]
        if let breakGlass { members.append(.init(key: "break_glass", value: breakGlass)) }
        return .object(ObjectValue(members))
    }
}
