import Canon

/// One question to a schema: walks schema and value together, within a budget.
///
/// Every path through it either finishes within the budget or leaves the mark `isExhausted`, and
/// with that mark the answer is never yes, whatever a `not` made of the part that was cut off.
struct SchemaEvaluation {
    let schema: Schema
    let budget: Budget

    /// What was found so far; nothing is added while `silence` is above 0.
    private(set) var findings: [Finding] = []
    private(set) var isExhausted = false
    private(set) var steps = 0
    private var hasMore = false
    private var depth = 0
    private var silence = 0

    /// The way to the value that is looked at.
    var path: [Step] = []
    /// The resources that led here, outermost first.
    var scope: [Int] = []

    enum Step {
        case member(String)
        case item(Int)
    }

    init(_ schema: Schema, _ budget: Budget) {
        self.schema = schema
        self.budget = budget
    }

    mutating func findings(for value: JSONValue) -> [Finding] {
        var seen = Evaluated()
        _ = apply(schema.root, value, &seen)
        if hasMore {
            findings.append(
                Finding(
                    path: "",
                    rule: schema.nodes[schema.root].location,
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
                    rule: schema.nodes[schema.root].location,
                    code: "law.budget-exhausted",
                    reason: "The value could not be judged within \(budget.stepsMax) steps and"
                        + " \(budget.depthMax) levels, so it does not conform."
                )
            )
        }
        return findings
    }

    mutating func accepts(_ value: JSONValue) -> Bool {
        silence = 1
        var seen = Evaluated()
        return apply(schema.root, value, &seen) && !isExhausted
    }

    // MARK: - Nodes

    /// Whether the value conforms to the node; what the node looked at is added to `seen` if so.
    mutating func apply(_ number: Int, _ value: JSONValue, _ seen: inout Evaluated) -> Bool {
        guard spend(1) else { return false }
        depth += 1
        defer { depth -= 1 }
        guard depth <= budget.depthMax else {
            isExhausted = true
            return false
        }
        let node = schema.nodes[number]
        let entersResource = scope.last != node.resource
        if entersResource { scope.append(node.resource) }
        defer { if entersResource { scope.removeLast() } }
        var mine = Evaluated()
        var conforms = true
        for keyword in node.keywords {
            guard spend(1) else { return false }
            if !judge(keyword, of: node, value, &mine, conforms) {
                conforms = false
                if silence > 0 { return false }
            }
            if isExhausted { return false }
        }
        if conforms, schema.tracksEvaluation { seen.formUnion(mine) }
        return conforms
    }

    /// The same, without a finding for what does not conform.
    mutating func applySilently(_ node: Int, _ value: JSONValue, _ seen: inout Evaluated) -> Bool {
        silence += 1
        defer { silence -= 1 }
        return apply(node, value, &seen)
    }

    /// Applies a node to a member or an item.
    mutating func apply(_ node: Int, _ value: JSONValue, at step: Step) -> Bool {
        path.append(step)
        defer { path.removeLast() }
        var seen = Evaluated()
        return apply(node, value, &seen)
    }

    // MARK: - Budget and findings

    /// Whether nobody will read why something does not conform, so the first breach is enough.
    var isSilent: Bool { silence > 0 }

    /// Steps of a pattern's machine that count as one of ours.
    static let workPerStep = 8

    /// What is left of the budget.
    var stepsLeft: Int { max(0, budget.stepsMax - steps) }

    /// Says that the question cannot be answered within the budget.
    mutating func exhaust() { isExhausted = true }

    /// Takes steps from the budget; false when there are none left.
    mutating func spend(_ count: Int) -> Bool {
        steps += count
        if steps > budget.stepsMax { isExhausted = true }
        return !isExhausted
    }

    /// Notes a breach of a keyword and returns false, the keyword's answer.
    mutating func breach(
        _ keyword: String,
        of node: SchemaNode,
        _ code: String,
        _ reason: @autoclosure () -> String
    ) -> Bool {
        guard silence == 0, !isExhausted else { return false }
        guard findings.count < budget.findingsMax else {
            hasMore = true
            return false
        }
        let finding = Finding(
            path: pointer,
            rule: keyword.isEmpty ? node.location : node.location + "/" + keyword,
            code: "law.json." + code,
            reason: reason()
        )
        findings.append(finding)
        return false
    }

    /// The JSON Pointer of the value that is looked at.
    private var pointer: String {
        var text = ""
        for step in path {
            switch step {
            case .member(let name): text += "/" + JSONPointer.escaped(Shown.cut(name, 1000))
            case .item(let index): text += "/\(index)"
            }
        }
        return text
    }
}
