import Canon

/// Keywords that apply other schemas to the same value, and what nobody has looked at.
extension SchemaEvaluation {
    mutating func judgeAll(
        _ nodes: [Int],
        _ value: JSONValue,
        _ seen: inout Evaluated
    ) -> Bool {
        var conforms = true
        for inner in nodes where !apply(inner, value, &seen) {
            conforms = false
            if isSilent || isExhausted { return false }
        }
        return conforms
    }

    mutating func judgeNot(_ inner: Int, of node: SchemaNode, _ value: JSONValue) -> Bool {
        var ignored = Evaluated()
        guard applySilently(inner, value, &ignored) else { return !isExhausted }
        return breach(
            "not",
            of: node,
            "not",
            "A value that the schema of 'not' refuses was expected, but it accepts \(Shown(value))."
        )
    }

    mutating func judgeCondition(
        _ condition: Int,
        _ then: Int?,
        _ otherwise: Int?,
        _ value: JSONValue,
        _ seen: inout Evaluated
    ) -> Bool {
        let holds = applySilently(condition, value, &seen)
        if isExhausted { return false }
        guard let branch = holds ? then : otherwise else { return true }
        return apply(branch, value, &seen)
    }

    mutating func judgeDependents(
        _ pairs: [(member: String, node: Int)],
        _ value: JSONValue,
        _ seen: inout Evaluated
    ) -> Bool {
        guard case .object(let object) = value else { return true }
        guard spend(pairs.count) else { return false }
        var conforms = true
        for (member, inner) in pairs where object[member] != nil {
            if !apply(inner, value, &seen) {
                conforms = false
                if isSilent || isExhausted { return false }
            }
        }
        return conforms
    }

    mutating func judgeAny(
        _ nodes: [Int],
        of node: SchemaNode,
        _ value: JSONValue,
        _ seen: inout Evaluated
    ) -> Bool {
        var isMatch = false
        for inner in nodes {
            if applySilently(inner, value, &seen) { isMatch = true }
            if isExhausted { return false }
            if isMatch, !schema.tracksEvaluation { return true }
        }
        return isMatch
            || breach(
                "anyOf",
                of: node,
                "any-of",
                "At least one of \(nodes.count) alternatives was expected to fit, but none fits"
                    + " \(Shown(value))."
            )
    }

    mutating func judgeOne(
        _ nodes: [Int],
        of node: SchemaNode,
        _ value: JSONValue,
        _ seen: inout Evaluated
    ) -> Bool {
        var fitting: [Int] = []
        for (index, inner) in nodes.enumerated() {
            if applySilently(inner, value, &seen) { fitting.append(index) }
            if isExhausted { return false }
            if fitting.count > 1 { break }
        }
        if fitting.count == 1 { return true }
        let found =
            fitting.isEmpty
            ? "none fits" : "alternatives \(fitting[0]) and \(fitting[1]) both fit"
        return breach(
            "oneOf",
            of: node,
            "one-of",
            "Exactly one of \(nodes.count) alternatives was expected to fit, but \(found)"
                + " \(Shown(value))."
        )
    }

    /// The outermost schema on the way here that has the dynamic anchor (core §8.2.3.2).
    func dynamicTarget(_ anchor: String) -> Int? {
        for resource in scope {
            let anchors = schema.resources[resource].dynamicAnchors
            if let found = anchors.first(where: { $0.name.hasSameBytes(as: anchor) }) {
                return found.node
            }
        }
        return nil
    }

    mutating func judgeRest(
        _ keyword: SchemaNode.Keyword,
        of node: SchemaNode,
        _ value: JSONValue,
        _ seen: inout Evaluated
    ) -> Bool {
        var conforms = true
        switch (keyword, value) {
        case (.unevaluatedItems(let inner), .array(let items)):
            for (index, item) in items.enumerated() where !seen.contains(index) {
                guard spend(1) else { return false }
                if !apply(inner, item, at: .item(index)) { conforms = false }
                if isExhausted || (!conforms && isSilent) { return false }
            }
            seen.insertAll()
        case (.unevaluatedProperties(let inner), .object(let object)):
            for (index, (key, value)) in object.members.enumerated() where !seen.contains(index) {
                guard spend(1) else { return false }
                if !apply(inner, value, at: .member(key)) { conforms = false }
                if isExhausted || (!conforms && isSilent) { return false }
            }
            seen.insertAll()
        default: break
        }
        return conforms
    }
}
