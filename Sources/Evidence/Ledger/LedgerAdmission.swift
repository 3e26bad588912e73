import Canon

/// What came of a wish about a ledger: done, or refused by the law of its tier.
package enum LedgerAdmission: Sendable {
    case done(Receipt)
    case refused(LedgerRefusal)
}

/// Why a ledger was not opened, resumed or closed; the refusal stands in the log.
package struct LedgerRefusal: Hashable, Sendable {
    package let rule: String
    package let reason: String
    package let next: String
}

// The ledgers of a plane: a memory ledger for each intent, work order or task, within the limit of
// the tier. The governance ledger is always open and never counted.
extension LedgerLog {
    /// The memory ledgers that are open now.
    package var activeCount: Int {
        state.ledgers.values.count { $0.kind != .governance && $0.state == .open }
    }

    /// Every ledger of this log, by name.
    package var allLedgers: [LedgerHead] { state.ledgers.values.sorted { $0.name < $1.name } }

    /// Begins a memory ledger with a genesis entry that names tier, plane and parent.
    package func open(
        _ name: LedgerName,
        for kind: LedgerKind,
        from parent: String,
        by actor: EntryActor
    ) throws(LedgerFault) -> LedgerAdmission {
        try refresh()
        guard state.ledgers[name] == nil else { throw .ledgerExists(ledger: name.text) }
        guard kind == plane.memoryKind else {
            return try refuse(
                name,
                actor,
                LedgerRefusal(
                    rule: "FMWK-200: the tier of a ledger",
                    reason: "The plane \(plane.rawValue) keeps no ledger for a \(kind.rawValue).",
                    next: "Open it in the plane that does."
                )
            )
        }
        if let refusal = overLimit { return try refuse(name, actor, refusal) }
        return .done(
            try changing { () throws(LedgerFault) in
                try stageGenesis(name, kind: kind, parent: parent, by: actor)
            }
        )
    }

    /// Lays a memory ledger aside, so that it no longer counts.
    package func park(
        _ name: LedgerName,
        by actor: EntryActor
    ) throws(LedgerFault) -> LedgerAdmission {
        try move(name, from: [.open], to: .parked, EventMap.Event.parked, actor)
    }

    /// Takes a parked ledger up again, within the limit.
    package func resume(
        _ name: LedgerName,
        by actor: EntryActor
    ) throws(LedgerFault) -> LedgerAdmission {
        try refresh()
        if let refusal = overLimit { return try refuse(name, actor, refusal) }
        return try move(name, from: [.parked], to: .open, EventMap.Event.resumed, actor)
    }

    /// Ends a memory ledger for good.
    package func finish(
        _ name: LedgerName,
        by actor: EntryActor
    ) throws(LedgerFault) -> LedgerAdmission {
        try refresh()
        let open = state.attempts.values.count { $0.ledger == name }
        guard open == 0 else {
            return try refuse(
                name,
                actor,
                LedgerRefusal(
                    rule: "FMWK-200: each attempt has an outcome",
                    reason: "\(open) attempts in \(name) wait for their outcome.",
                    next: "Record how they ended first."
                )
            )
        }
        return try move(name, from: [.open, .parked], to: .closed, EventMap.Event.closed, actor)
    }

    private var overLimit: LedgerRefusal? {
        let active = activeCount
        guard active >= activeMax else { return nil }
        return LedgerRefusal(
            rule: "FMWK-200: the tier's limit on active ledgers",
            reason: "\(active) memory ledgers are open in \(plane.rawValue), and its tier allows "
                + "\(activeMax).",
            next: "Close or park one of them first."
        )
    }

    private func move(
        _ name: LedgerName,
        from states: [LedgerState],
        to ledgerState: LedgerState,
        _ event: String,
        _ actor: EntryActor
    ) throws(LedgerFault) -> LedgerAdmission {
        try refresh()
        guard let head = state.ledgers[name], head.kind != .governance else {
            throw .noSuchLedger(ledger: name.text)
        }
        guard states.contains(head.state) else {
            throw .ledgerNotOpen(ledger: name.text, state: head.state)
        }
        return .done(
            try changing { () throws(LedgerFault) in
                // The state first: the entry may complete a block, which saves it.
                move(name, to: ledgerState)
                return try stage(prepare(EntryDraft(event, by: actor, in: name), .fact))
            }
        )
    }

    private func refuse(
        _ name: LedgerName,
        _ actor: EntryActor,
        _ refusal: LedgerRefusal
    ) throws(LedgerFault) -> LedgerAdmission {
        let draft = EntryDraft(
            EventMap.Event.limit,
            by: actor,
            about: ["ledger:\(name)"],
            body: .json([
                "rule": .string(refusal.rule), "reason": .string(refusal.reason),
                "next": .string(refusal.next), "active": .integer(activeCount),
                "limit": .integer(activeMax),
            ])
        )
        try changing { () throws(LedgerFault) in _ = try stage(prepare(draft, .fact)) }
        return .refused(refusal)
    }
}
