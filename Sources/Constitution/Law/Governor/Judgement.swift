import Canon
import Patterns

/// One judgement of one tree: what was found, and what it may still cost.
struct Judgement {
    let identifier: String
    let target: TreeTarget
    let budget: Budget

    private var findings: [Finding] = []
    private var steps = 0
    private var hasMore = false
    private(set) var isExhausted = false

    init(_ identifier: String, _ target: TreeTarget, _ budget: Budget) {
        self.identifier = identifier
        self.target = target
        self.budget = budget
    }

    /// Applies the rules and those of every branch that holds: metadata, then tree, then content.
    mutating func judge(_ rules: RuleSet) {
        let active = active(rules)
        for set in active { judgeMetadata(set.metadata) }
        for set in active { judgeTree(set.tree) }
        judgeContent(active.flatMap(\.content), active.flatMap(\.exports))
    }

    private mutating func active(_ rules: RuleSet) -> [RuleSet] {
        var out = [rules]
        for inner in rules.all { out += active(inner) }
        for branch in rules.branches {
            let holds = findings(of: branch.condition, for: target.metadata).isEmpty
            if let inner = holds ? branch.then : branch.otherwise { out += active(inner) }
        }
        return out
    }

    /// All that was found, with a last word on what was not looked at or not listed.
    func finished() -> [Finding] {
        var findings = findings
        if hasMore {
            findings.append(
                Finding(
                    path: "",
                    rule: identifier + "#",
                    code: "law.more-findings",
                    reason: "There are more than \(budget.findingsMax) findings; only the first"
                        + " are listed."
                )
            )
        }
        if isExhausted {
            findings.append(
                Finding(
                    path: "",
                    rule: identifier + "#",
                    code: "law.budget-exhausted",
                    reason: "The target could not be judged within \(budget.stepsMax) steps, so it"
                        + " does not conform."
                )
            )
        }
        return findings
    }

    /// Takes steps from the budget; false when there are none left.
    @discardableResult
    mutating func spend(_ count: Int) -> Bool {
        steps += count
        if steps > budget.stepsMax { isExhausted = true }
        return !isExhausted
    }

    /// Notes a breach of the rule at a pointer of the schema.
    mutating func breach(_ path: String, _ rule: String, _ code: String, _ reason: String) {
        note(Finding(path: path, rule: identifier + "#" + rule, code: code, reason: reason))
    }

    /// Notes what a JSON Schema found in a part of the target.
    mutating func note(_ found: [Finding], in place: String, by rule: String) {
        for finding in found {
            // A schema that is written in place has no identifier of its own.
            let isInline = finding.rule.utf8.first == UInt8(ascii: "#")
            let inner = isInline ? identifier + "#" + rule + finding.rule.dropFirst() : finding.rule
            note(
                Finding(
                    path: place + "#" + finding.path,
                    rule: inner,
                    code: finding.code,
                    reason: finding.reason
                )
            )
        }
    }

    private mutating func note(_ finding: Finding) {
        guard findings.count < budget.findingsMax else {
            hasMore = true
            return
        }
        findings.append(finding)
    }

    /// Searches a text and takes the work from the budget; where a match first ends, if there is one.
    mutating func search(_ expression: RegularExpression, _ bytes: Span<UInt8>) -> Int? {
        var work = 0
        let left = max(0, budget.stepsMax - steps) * SchemaEvaluation.workPerStep
        let found = expression.search(bytes, workMax: left, work: &work)
        spend(1 + work / SchemaEvaluation.workPerStep)
        switch found {
        case .found(let end): return end
        case .absent: return nil
        case .stopped:
            isExhausted = true
            return nil
        }
    }

    /// What a JSON Schema finds, paid from what is left of the budget.
    mutating func findings(of schema: Schema, for value: JSONValue) -> [Finding] {
        var rest = budget
        rest.stepsMax = max(0, budget.stepsMax - steps)
        var evaluation = SchemaEvaluation(schema, rest)
        let found = evaluation.findings(for: value)
        spend(evaluation.steps)
        // A condition that could not be judged must not choose a branch and be forgotten.
        if evaluation.isExhausted { isExhausted = true }
        return found
    }
}
