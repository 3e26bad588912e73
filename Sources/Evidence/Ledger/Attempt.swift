import Canon
import Synchronization

/// The right to do one thing: it exists only when the attempt is on the disk.
///
/// It cannot be copied, and recording the outcome takes it away, so an act has at most one attempt
/// and one outcome. One that is let go without an outcome is recorded as `unknown`.
package struct Attempt: ~Copyable, Sendable {
    /// Where the attempt stands in the log.
    package let receipt: Receipt
    private let draft: EntryDraft
    private let end: End

    init(
        _ draft: EntryDraft,
        _ receipt: Receipt,
        whenDropped: (@Sendable (PreparedAttempt) -> Void)?
    ) {
        self.receipt = receipt
        var draft = draft
        // The outcome has a body of its own.
        draft.body = nil
        self.draft = draft
        end = End(PreparedAttempt(draft: draft, digest: receipt.digest), whenDropped)
    }

    func prepare(
        _ outcome: AttemptOutcome,
        _ body: EntryBody?,
        plane: LogPlane,
        parameters: ChainParameters
    ) throws(LedgerFault) -> PreparedEntry {
        let entry = try PreparedAttempt(draft: draft, digest: receipt.digest)
            .prepare(outcome, body, plane: plane, parameters: parameters)
        end.isAnswered.store(true, ordering: .releasing)
        return entry
    }

    /// Speaks up when the last of the attempt goes and nobody said how it ended.
    private final class End: Sendable {
        let isAnswered = Atomic(false)
        private let attempt: PreparedAttempt
        private let whenDropped: (@Sendable (PreparedAttempt) -> Void)?

        init(_ attempt: PreparedAttempt, _ whenDropped: (@Sendable (PreparedAttempt) -> Void)?) {
            self.attempt = attempt
            self.whenDropped = whenDropped
        }

        deinit {
            if !isAnswered.load(ordering: .acquiring) { whenDropped?(attempt) }
        }
    }
}

/// What an outcome takes over from its attempt.
struct PreparedAttempt: Sendable {
    let draft: EntryDraft
    let digest: Digest

    func prepare(
        _ outcome: AttemptOutcome,
        _ body: EntryBody?,
        plane: LogPlane,
        parameters: ChainParameters
    ) throws(LedgerFault) -> PreparedEntry {
        var draft = draft
        draft.body = body
        return try PreparedEntry(
            draft,
            phase: .outcome,
            outcome: outcome,
            answers: digest,
            plane: plane,
            parameters: parameters
        )
    }
}
