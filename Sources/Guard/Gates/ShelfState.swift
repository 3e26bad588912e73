package import Canon

/// Which policies of one bundle are active on this machine, and what was so before.
package struct ShelfState: Sendable, Equatable {
    /// One revision of the bundle, by the digest under which its copy lies.
    package struct Entry: Sendable, Equatable {
        package let digest: Digest
        package let revision: String
    }

    /// One switch.
    package struct Event: Sendable, Equatable {
        /// What was done.
        package enum Action: String, Sendable, CaseIterable {
            case activate
            case candidate
            case rollback
        }

        package let time: Timestamp
        package let by: String
        package let action: Action
        package let entry: Entry
    }

    package let bundle: String
    package var active: Entry?
    /// What was active before, and is last known to be good.
    package var previous: Entry?
    package var candidate: Entry?
    package var canaryPercent: Int
    /// The switches, oldest first; the oldest are forgotten.
    package private(set) var history: [Event] = []

    package static let historyMax = 200

    /// Nothing is active yet.
    init(bundle: String) {
        self.bundle = bundle
        canaryPercent = 0
    }

    /// Remembers a switch.
    mutating func note(_ event: Event) {
        history.append(event)
        if history.count > ShelfState.historyMax {
            history.removeFirst(history.count - ShelfState.historyMax)
        }
    }

    /// The copies that are needed.
    var kept: [Digest] { [active, previous, candidate].compactMap { $0?.digest } }

    // MARK: - On the disk

    /// The state as the shelf keeps it and `--json` shows it.
    package var json: JSONValue {
        var members = JSONObject([
            ("schema_version", "1.0"), ("bundle", .string(bundle)),
            ("canary_percent", .integer(canaryPercent)),
            (
                "history",
                .array(
                    history.map { event in
                        [
                            "time": .string(event.time.description), "by": .string(event.by),
                            "action": .string(event.action.rawValue),
                            "entry": ShelfState.json(event.entry),
                        ]
                    }
                )
            ),
        ])
        members["active"] = active.map(ShelfState.json)
        members["previous"] = previous.map(ShelfState.json)
        members["candidate"] = candidate.map(ShelfState.json)
        return .object(members)
    }

    private static func json(_ entry: Entry) -> JSONValue {
        ["sha256": .string(entry.digest.hex), "revision": .string(entry.revision)]
    }

    /// Why a text is no state.
    struct Damaged: Error {
        let reason: String
    }

    /// Reads what `json` wrote, and nothing else.
    init(parsing bytes: [UInt8], bundle: String) throws(Damaged) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw Damaged(reason: error.description)
        }
        guard value["schema_version"] == "1.0",
            value["bundle"]?.string?.hasSameBytes(as: bundle) == true,
            let percent = value["canary_percent"]?.integer, (0...100).contains(percent),
            let events = value["history"]?.array
        else { throw Damaged(reason: "It is no state of the bundle.") }
        self.bundle = bundle
        canaryPercent = percent
        active = try ShelfState.entry(value["active"])
        previous = try ShelfState.entry(value["previous"])
        candidate = try ShelfState.entry(value["candidate"])
        for event in events {
            guard let time = event["time"]?.string.flatMap({ Timestamp($0) }),
                let by = event["by"]?.string,
                let action = event["action"]?.string.flatMap(Event.Action.init),
                let entry = try ShelfState.entry(event["entry"])
            else { throw Damaged(reason: "A part of its history is missing.") }
            note(Event(time: time, by: by, action: action, entry: entry))
        }
    }

    private static func entry(_ value: JSONValue?) throws(Damaged) -> Entry? {
        guard let value else { return nil }
        guard let digest = value["sha256"]?.string.flatMap({ Digest(hex: $0) }),
            let revision = value["revision"]?.string
        else { throw Damaged(reason: "An entry has no digest or no revision.") }
        return Entry(digest: digest, revision: revision)
    }
}
