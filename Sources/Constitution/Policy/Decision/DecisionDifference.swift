package import Canon

/// What would be decided otherwise by other policies.
package struct DecisionDifference: Sendable {
    /// One request that two bundles answer differently.
    package struct Flip: Sendable {
        package let id: String
        package let before: PolicyDecision
        package let after: PolicyDecision
    }

    /// The requests whose verdict changes, in the order in which they were asked.
    package private(set) var flips: [Flip] = []

    /// How many keep their verdict.
    package private(set) var unchanged = 0

    /// Asks both for each request.
    package init(
        _ requests: [DecisionRequest],
        before: some DecisionPoint,
        after: some DecisionPoint
    ) {
        for request in requests {
            let (old, new) = (before.decide(request), after.decide(request))
            if old.verdict == new.verdict {
                unchanged += 1
            } else {
                flips.append(Flip(id: request.id, before: old, after: new))
            }
        }
    }

    /// The difference as `--json` shows it.
    package var json: JSONValue {
        [
            "unchanged": .integer(unchanged),
            "flips": .array(
                flips.map { flip in
                    [
                        "id": .string(flip.id), "before": flip.before.json,
                        "after": flip.after.json,
                    ]
                }
            ),
        ]
    }
}
