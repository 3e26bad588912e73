package import Canon
package import Wire

/// Who may speak to whom, with which verbs: the manifests of the planes, as one table.
///
/// It is data of the law and nothing else; POL-BOUNDARY-001 says the same as a policy, and a test
/// holds the two against each other over every pair of parties and every verb.
package struct BoundaryTable: Sendable {
    private let sends: [Party: Set<Party>]
    private let hears: [Party: Set<Party>]
    private let verbs: [Party: Set<String>]

    /// The table of these planes.
    package init(_ manifests: [TierManifest]) {
        sends = Dictionary(uniqueKeysWithValues: manifests.map { ($0.party, Set($0.sendsTo)) })
        hears = Dictionary(uniqueKeysWithValues: manifests.map { ($0.party, Set($0.receivesFrom)) })
        verbs = Dictionary(uniqueKeysWithValues: manifests.map { ($0.party, Set($0.verbs)) })
    }

    /// Why a message may not pass; `nil` where it may.
    package func refusal(from: Party, to: Party, verb: String) -> Refusal? {
        let rule = "FMWK-PLANE: the boundary between planes (POL-BOUNDARY-001)"
        // Whoever is no plane sends to any plane that hears it.
        let maySend = sends[from].map { $0.contains(to) } ?? (hears[to] != nil)
        guard maySend else {
            return Refusal(
                code: "planes.boundary-send",
                rule: rule,
                reason: "\(from.title) does not send to \(to.title).",
                next: "Send it by way of a plane that the sender may speak to; Meta stands between "
                    + "HOT and First Order."
            )
        }
        let mayHear = hears[to].map { $0.contains(from) } ?? (sends[from] != nil)
        guard mayHear else {
            return Refusal(
                code: "planes.boundary-receive",
                rule: rule,
                reason: "\(to.title) receives nothing from \(from.title).",
                next: "Send it by way of a plane that the receiver hears."
            )
        }
        guard verbs[from].map({ $0.contains(verb) }) ?? true else {
            return Refusal(
                code: "planes.boundary-verb",
                rule: rule,
                reason: "\(from.title) has no verb \"\(Printable(verb))\".",
                next: "Use a verb of the sender's tier: 'charter plane show \(from.rawValue)'."
            )
        }
        return nil
    }
}

/// Why something was not done: a rule, a reason and what to do next.
package struct Refusal: Hashable, Sendable {
    package let code: String
    package let rule: String
    package let reason: String
    package let next: String

    /// States a refusal.
    package init(code: String, rule: String, reason: String, next: String) {
        self.code = code
        self.rule = rule
        self.reason = reason
        self.next = next
    }

    /// The refusal as it is recorded and answered.
    package var json: JSONValue {
        [
            "code": .string(code), "rule": .string(rule), "reason": .string(reason),
            "next": .string(next),
        ]
    }

    /// Reads what `json` wrote.
    package init?(_ value: JSONValue?) {
        guard let code = value?["code"]?.string, let rule = value?["rule"]?.string,
            let reason = value?["reason"]?.string, let next = value?["next"]?.string
        else { return nil }
        self.init(code: code, rule: rule, reason: reason, next: next)
    }
}
