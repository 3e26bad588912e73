/// One thing that a verification found wrong with a log.
package struct LedgerFinding: Hashable, Sendable {
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// An entry has other bytes than those that were hashed into the tree.
        case edited = "ledger.verify.edited"
        /// A body is not the one that its entry names.
        case bodyEdited = "ledger.verify.body-edited"
        /// A body is gone that the law does not let go.
        case bodyMissing = "ledger.verify.body-missing"
        case deleted = "ledger.verify.deleted"
        case inserted = "ledger.verify.inserted"
        case reordered = "ledger.verify.reordered"
        /// The log is shorter than a head that was signed.
        case truncated = "ledger.verify.truncated"
        /// The entries are not those that a signed head is over.
        case forked = "ledger.verify.forked"
        /// The log does not lead to a head that the verifier knows from before.
        case replaced = "ledger.verify.replaced"
        /// An entry does not follow the one before it in its ledger.
        case chain = "ledger.verify.chain"
        /// An outcome answers no attempt that is open.
        case answer = "ledger.verify.answer"
        case time = "ledger.verify.time"
        case malformed = "ledger.verify.malformed"
        /// A stored tile is not the one that follows from the entries.
        case tile = "ledger.verify.tile"
        /// A head was signed by a key that nobody trusts here, or its signature does not hold.
        case wrongKey = "ledger.verify.wrong-key"
        /// A key was announced, and no head that both keys signed hands the log over to it.
        case handover = "ledger.verify.handover"
        /// No head was signed by a key that is trusted.
        case unsigned = "ledger.verify.unsigned"
        /// Fewer witnesses signed than the policy asks for.
        case witnessMissing = "ledger.verify.witness-missing"
        /// The log is not the one that was asked for.
        case otherLog = "ledger.verify.other-log"
    }

    package let code: Code
    /// The first entry that it is about, where it is about one.
    package let index: Int?
    package let ledger: String?
    package let reason: String

    /// What to do about it.
    package var next: String {
        switch code {
        case .truncated, .deleted, .edited, .bodyEdited, .inserted, .reordered, .malformed, .chain,
            .answer, .time, .forked, .bodyMissing:
            "Stop the plane, keep the files as evidence, and restore the log from an archive."
        case .replaced, .otherLog, .wrongKey, .unsigned, .handover:
            "Ask whoever runs the log for the key and the head that you can trust, by another way."
        case .witnessMissing: "Let the witnesses sign the last head, then verify again."
        case .tile: "The entries hold; restore the log from an archive to have its tiles again."
        }
    }
}
