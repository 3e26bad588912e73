package import Canon

/// What entries are asked for; every condition that is given must hold.
package struct LedgerQuery: Sendable {
    package var ledger: String?
    package var event: String?
    package var actor: String?
    package var workOrder: String?
    package var turn: String?
    /// A subject as it stands in entries: `file:Sources/a.swift`.
    package var subject: String?
    package var phase: EntryPhase?
    package var outcome: AttemptOutcome?
    /// Not before this moment.
    package var since: Timestamp?
    /// Not after this moment.
    package var until: Timestamp?
    /// Only attempts that have no outcome.
    package var isOpen = false
    /// Newest first.
    package var isReversed = false

    /// Everything, oldest first.
    package init() {}

    /// The terms that a block must have to be worth reading.
    var terms: [UInt32] {
        [
            ledger.map { EntryTerm.ledger.hash($0) }, event.map { EntryTerm.event.hash($0) },
            actor.map { EntryTerm.actor.hash($0) },
            workOrder.map { EntryTerm.workOrder.hash($0) },
            turn.map { EntryTerm.turn.hash($0) }, subject.map { EntryTerm.subject.hash($0) },
        ].compactMap { $0 }
    }

    func matches(_ entry: LedgerEntry) -> Bool {
        func agrees(_ wanted: String?, _ found: String?) -> Bool {
            guard let wanted else { return true }
            return found?.utf8.elementsEqual(wanted.utf8) ?? false
        }
        guard agrees(ledger, entry.ledger.text), agrees(event, entry.event),
            agrees(actor, entry.actor.id), agrees(workOrder, entry.workOrder),
            agrees(turn, entry.turn), phase == nil || phase == entry.phase,
            outcome == nil || outcome == entry.outcome
        else { return false }
        if let subject, !entry.subjects.contains(where: { agrees(subject, $0) }) { return false }
        guard since != nil || until != nil else { return true }
        guard let time = Timestamp(entry.time) else { return false }
        return since.map { time >= $0 } ?? true && until.map { time <= $0 } ?? true
    }
}

/// Some entries that were asked for, and where to go on.
package struct LedgerPage: Sendable {
    package let entries: [LedgerEntry]
    /// Where the next page begins; after the last page it is where new entries will come.
    package let cursor: LedgerCursor
    /// Whether there may be more now.
    package let hasMore: Bool
}

/// A place in a log to go on from: it stays true however much is appended.
package struct LedgerCursor: Hashable, Sendable, CustomStringConvertible {
    /// Forwards the index of the next entry, backwards the index behind it.
    let index: Int

    /// The place in front of an entry.
    package init(index: Int) { self.index = index }

    /// Reads what a page gave.
    package init(_ text: String) throws(LedgerFault) {
        guard text.hasPrefix("c"), let index = Int(text.dropFirst()), index >= 0,
            "c\(index)" == text
        else { throw .cursor(text: text) }
        self.index = index
    }

    package var description: String { "c\(index)" }
}
