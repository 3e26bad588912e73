/// The name of one ledger within a plane's log: `governance`, or the id of what it belongs to.
package struct LedgerName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// The ledger that is always open, and in which ledgers, keys and checkpoints are recorded.
    package static let governance = LedgerName(known: "governance")

    /// Takes letters, digits, dots, underscores and hyphens, at most 128; `nil` for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...128).contains(bytes.count), let first = bytes.first,
            LedgerName.isPlain(first),
            bytes.allSatisfy({ LedgerName.isPlain($0) || $0 == 45 || $0 == 46 || $0 == 95 })
        else { return nil }
        self.text = text
    }

    private init(known text: String) { self.text = text }

    package var description: String { text }

    package static func < (left: LedgerName, right: LedgerName) -> Bool { left.text < right.text }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}

/// Whose log it is: one of the three planes, or the root itself.
///
/// The root's own log is written by whoever may change governed files: the supervisor, the steward
/// and the commands of an author. No plane can write it.
package enum LogPlane: String, Hashable, Sendable, CaseIterable {
    case root
    case hot
    case meta
    case firstOrder = "first_order"

    /// What a memory ledger of this plane belongs to; the root keeps none.
    package var memoryKind: LedgerKind? {
        switch self {
        case .root: nil
        case .hot: .intent
        case .meta: .workOrder
        case .firstOrder: .task
        }
    }
}

/// What a ledger belongs to.
package enum LedgerKind: String, Hashable, Sendable {
    case governance
    case intent
    case workOrder = "work_order"
    case task
}

/// Whether a ledger takes entries now.
package enum LedgerState: String, Hashable, Sendable {
    case open
    case parked
    case closed
}
