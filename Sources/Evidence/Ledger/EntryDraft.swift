package import Canon

/// Who acted, as the connection proved it.
package struct EntryActor: Hashable, Sendable {
    package enum Class: String, Hashable, Sendable {
        case builder = "BUILDER"
        case built = "BUILT"
        case human = "HUMAN"
    }

    package let id: String
    package let `class`: Class
    package let onBehalfOf: String?

    /// A principal, and whom it stands in for.
    package init(_ id: String, _ class: Class, onBehalfOf: String? = nil) {
        self.id = id
        self.class = `class`
        self.onBehalfOf = onBehalfOf
    }
}

/// The version of a prompt that was used.
package struct PromptReference: Hashable, Sendable {
    package let id: String
    package let version: String
    package let digest: Digest

    /// Names a prompt version by id, version and digest.
    package init(id: String, version: String, digest: Digest) {
        self.id = id
        self.version = version
        self.digest = digest
    }
}

/// How an attempt ended.
package enum AttemptOutcome: String, Hashable, Sendable {
    case succeeded
    case failed
    case denied
    /// A crash hides it, or whoever held the attempt let it go without a word.
    case unknown
}

/// Before the act, after it, or no act of ours.
package enum EntryPhase: String, Hashable, Sendable {
    case attempt
    case outcome
    case fact
}

/// Content beside an entry.
package struct EntryBody: Hashable, Sendable {
    package let bytes: [UInt8]
    package let mediaType: String

    /// Bytes of a media type.
    package init(_ bytes: [UInt8], mediaType: String) {
        self.bytes = bytes
        self.mediaType = mediaType
    }

    /// JSON, in one line.
    package static func json(_ value: JSONValue) -> EntryBody {
        EntryBody(value.line, mediaType: "application/json")
    }
}

/// What shall be recorded: everything of an entry but its place in the log.
package struct EntryDraft: Hashable, Sendable {
    package var ledger: LedgerName
    package var event: String
    package var actor: EntryActor
    /// What it is about, each as `kind:name`: `file:Sources/a.swift`, `package:PKG-CANON`.
    package var subjects: [String] = []
    package var body: EntryBody?
    package var workOrder: String?
    package var turn: String?
    package var prompt: PromptReference?
    /// A W3C traceparent.
    package var trace: String?

    /// The most subjects of one entry.
    package static let subjectsMax = 256
    /// The most bytes of one name in an entry.
    package static let nameBytesMax = 1024

    /// Something that was done, or shall be, by somebody.
    package init(
        _ event: String,
        by actor: EntryActor,
        in ledger: LedgerName = .governance,
        about subjects: [String] = [],
        body: EntryBody? = nil
    ) {
        self.ledger = ledger
        self.event = event
        self.actor = actor
        self.subjects = subjects
        self.body = body
    }
}
