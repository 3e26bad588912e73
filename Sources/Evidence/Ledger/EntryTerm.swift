/// What an entry can be found by: a word for its kind and a value, hashed to 32 bits.
///
/// Every 256 entries the terms that occur among them are kept beside the tile, so a search passes
/// over blocks in which nothing can match, whatever it asks for. Two terms may share a hash: then a
/// block is read for nothing.
enum EntryTerm {
    case ledger
    case event
    case actor
    case workOrder
    case turn
    case subject

    /// The hash of a term (FNV-1a).
    func hash(_ value: some Collection<UInt8>) -> UInt32 {
        var hash = (0x811C_9DC5 ^ seed) &* 0x0100_0193
        for byte in value { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return hash
    }

    /// The hash of a term.
    func hash(_ value: String) -> UInt32 { hash(value.utf8) }

    static func all(of draft: EntryDraft) -> [UInt32] {
        var terms = [
            EntryTerm.ledger.hash(draft.ledger.text), EntryTerm.event.hash(draft.event),
            EntryTerm.actor.hash(draft.actor.id),
        ]
        if let order = draft.workOrder { terms.append(EntryTerm.workOrder.hash(order)) }
        if let turn = draft.turn { terms.append(EntryTerm.turn.hash(turn)) }
        for subject in draft.subjects { terms.append(EntryTerm.subject.hash(subject)) }
        return terms
    }

    private var seed: UInt32 {
        switch self {
        case .ledger: 1
        case .event: 2
        case .actor: 3
        case .workOrder: 4
        case .turn: 5
        case .subject: 6
        }
    }
}
