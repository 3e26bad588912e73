import Canon

/// The registered kinds of events: `ledger/event_map.json`.
///
/// What is not in it cannot be written, so the map is the whole of what a ledger can say.
package struct EventMap: Sendable {
    /// One kind of event.
    package struct Kind: Hashable, Sendable {
        package let name: String
        /// What it belongs to: ledger, gate, security, reconciler, package, plane, order, turn and so on.
        package let group: String
        package let purpose: String
        /// Whether it is an act of ours, with an attempt and an outcome, or a fact.
        package let isAct: Bool
        /// Days after which a body may be dropped; `nil` for never.
        package let bodyDays: Int?

        /// States a kind of event.
        package init(name: String, group: String, purpose: String, isAct: Bool, bodyDays: Int?) {
            self.name = name
            self.group = group
            self.purpose = purpose
            self.isAct = isAct
            self.bodyDays = bodyDays
        }
    }

    package let kinds: [Kind]
    private let byName: [String: Kind]

    /// Where the document lies in a root.
    package static let path = "ledger/event_map.json"

    /// Takes kinds; the names must differ.
    package init(_ kinds: [Kind]) throws(LedgerFault) {
        self.kinds = kinds
        var byName: [String: Kind] = [:]
        for kind in kinds where byName.updateValue(kind, forKey: kind.name) != nil {
            throw .eventMap(reason: "\(kind.name) stands in it twice")
        }
        self.byName = byName
        for name in Event.facts where byName[name] == nil {
            throw .eventMap(reason: "it lacks \(name), which the ledger itself writes")
        }
    }

    /// Reads the document; `defaultDays` holds for kinds that say nothing of their bodies.
    package init(parsing bytes: [UInt8], defaultDays: Int) throws(LedgerFault) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw .eventMap(reason: "\(error)")
        }
        guard let rows = document["events"]?.array else {
            throw .eventMap(reason: "it has no list of events")
        }
        var kinds: [Kind] = []
        for row in rows {
            guard let name = row["kind"]?.string, let group = row["group"]?.string,
                let purpose = row["purpose"]?.string, let form = row["form"]?.string,
                ["act", "fact"].contains(form), let bodies = row["bodies"]?.string,
                ["keep", "retention"].contains(bodies)
            else { throw .eventMap(reason: "an event of it is not described whole") }
            kinds.append(
                Kind(
                    name: name,
                    group: group,
                    purpose: purpose,
                    isAct: form == "act",
                    bodyDays: bodies == "keep" ? nil : defaultDays
                )
            )
        }
        try self.init(kinds)
    }

    /// The kinds that the ledger writes by itself: what every map has.
    package static var own: [Kind] {
        Event.facts.map {
            Kind(name: $0, group: "ledger", purpose: "", isAct: false, bodyDays: nil)
        }
    }

    /// A kind by its name.
    package subscript(_ name: String) -> Kind? { byName[name] }

    /// The kinds that the ledger writes by itself.
    package enum Event {
        package static let genesis = "ledger_genesis"
        package static let parked = "ledger_parked"
        package static let resumed = "ledger_resumed"
        package static let closed = "ledger_closed"
        package static let limit = "ledger_limit"
        package static let repair = "ledger_repair"
        package static let checkpoint = "checkpoint"
        package static let witnessed = "checkpoint_witnessed"
        package static let keyRotated = "log_key_rotated"
        package static let segmentClosed = "segment_closed"
        package static let bodiesDropped = "bodies_dropped"

        static let facts = [
            genesis, parked, resumed, closed, limit, repair, checkpoint, witnessed, keyRotated,
            segmentClosed, bodiesDropped,
        ]
    }
}
