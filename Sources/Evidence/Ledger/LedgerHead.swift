package import Canon

/// Where one ledger of a log stands: what it belongs to, how long it is, and its last entry.
package struct LedgerHead: Sendable {
    package let name: LedgerName
    package let kind: LedgerKind
    /// The ledger it was opened from, as `plane/ledger`.
    package let parent: String?
    package internal(set) var state: LedgerState
    /// The indices of its first and last entry in the plane's log.
    package let first: Int
    package internal(set) var last: Int
    /// How many entries it has, which is the sequence of the next.
    package internal(set) var count: Int
    /// The digest of its last entry.
    package internal(set) var digest: Digest

    /// Whether the stored row lags behind.
    var isDirty = true
}

/// What is known of an entry once it is on the disk.
package struct Receipt: Hashable, Sendable {
    package let index: Int
    package let digest: Digest
}

/// An attempt that waits for its outcome.
package struct OpenAttempt: Hashable, Sendable {
    package let index: Int
    package let digest: Digest
    package let ledger: LedgerName
    package let event: String
}
