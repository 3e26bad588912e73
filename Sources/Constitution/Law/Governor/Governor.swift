package import Canon

/// Judges a tree by a schema of rules; it knows how to judge, never what for.
///
/// Which files must exist, what they must say and what nobody may write stands in the schema, so a
/// new rule is an edit of data. A keyword that is not known is refused when the schema is read: a
/// rule that nobody applies must never look like one that passed.
package struct Governor: Sendable {
    /// The schema's `id`, which begins each finding's rule.
    package let identifier: String

    /// The schema's `version`, which each denial carries.
    package let version: String

    private let rules: RuleSet

    /// Reads a schema of rules; JSON Schemas that it names are taken from the library.
    package init(
        _ document: JSONValue,
        library: SchemaLibrary = SchemaLibrary()
    ) throws(LawFault) {
        let findings = GovernorSchema.schema.validate(document)
        guard findings.isEmpty, let object = document.object else {
            throw .notAGovernor(findings: findings)
        }
        identifier = object["id"]?.string ?? ""
        version = object["version"]?.string ?? ""
        let reader = RuleReader(identifier, library)
        rules = try reader.read(object, "")
    }

    /// Every breach, in the order of the rules and then of the files; empty when there is none.
    package func judge(_ target: TreeTarget, budget: Budget = .standard) -> [Finding] {
        var judgement = Judgement(identifier, target, budget)
        judgement.judge(rules)
        return judgement.finished()
    }

    /// The same as an answer: allowed, or denied by the first rule that was broken.
    package func decide(_ target: TreeTarget, budget: Budget = .standard) -> Decision {
        let findings = judge(target, budget: budget)
        guard let first = findings.first else { return .allow(rule: identifier) }
        let others = findings.count - 1
        let more = others == 0 ? "" : " There are \(others) more findings."
        return .deny(
            Denial(rule: first.rule, policyVersion: version, reason: first.reason + more)
        )
    }
}
