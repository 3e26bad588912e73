import Canon
import Patterns

/// What each keyword demands of a value (draft 2020-12, core §10 and §11, validation §6).
extension SchemaEvaluation {
    /// Whether the value meets the keyword; `conforms` says whether it met those before.
    mutating func judge(
        _ keyword: SchemaNode.Keyword,
        of node: SchemaNode,
        _ value: JSONValue,
        _ seen: inout Evaluated,
        _ conforms: Bool
    ) -> Bool {
        switch keyword {
        case .never, .type, .oneOfValues, .const:
            return judgeKind(keyword, of: node, value)
        case .limit, .multipleOf:
            guard case .number(let number) = value else { return true }
            return judgeNumber(keyword, of: node, number)
        case .length, .pattern, .format:
            guard case .string(let text) = value else { return true }
            return judgeText(keyword, of: node, text)
        case .itemCount, .uniqueItems:
            guard case .array(let items) = value else { return true }
            return judgeItems(keyword, of: node, items)
        case .memberCount, .required, .dependentRequired:
            guard case .object(let object) = value else { return true }
            return judgeObject(keyword, of: node, object)
        case .prefixItems(let nodes): return judgePrefix(nodes, value, &seen)
        case .items(let inner, let start): return judgeTail(inner, start, value, &seen)
        case .contains(let inner, let least, let most):
            guard case .array(let items) = value else { return true }
            return judgeContains(inner, least, most, of: node, items, &seen)
        case .members(let members): return judgeMembers(members, value, &seen)
        case .propertyNames(let inner): return judgeNames(inner, value)
        case .dependentSchemas(_, let pairs): return judgeDependents(pairs, value, &seen)
        case .allOf(let nodes): return judgeAll(nodes, value, &seen)
        case .anyOf(let nodes): return judgeAny(nodes, of: node, value, &seen)
        case .oneOf(let nodes): return judgeOne(nodes, of: node, value, &seen)
        case .not(let inner): return judgeNot(inner, of: node, value)
        case .condition(let condition, let then, let otherwise):
            return judgeCondition(condition, then, otherwise, value, &seen)
        case .reference(_, let target): return apply(target, value, &seen)
        case .dynamicReference(let target, let anchor):
            return apply(dynamicTarget(anchor) ?? target, value, &seen)
        case .unevaluatedItems, .unevaluatedProperties:
            // What failed to conform has looked at nothing, so asking now would only repeat it.
            guard conforms else { return true }
            return judgeRest(keyword, of: node, value, &seen)
        }
    }

    private mutating func judgeKind(
        _ keyword: SchemaNode.Keyword,
        of node: SchemaNode,
        _ value: JSONValue
    ) -> Bool {
        switch keyword {
        case .never:
            return breach(
                "",
                of: node,
                "not-allowed",
                "Nothing is allowed here, but there is \(Shown(value))."
            )
        case .type(let types):
            return types.allows(value)
                || breach(
                    "type",
                    of: node,
                    "type",
                    "A value of type \(types.text) was expected, but there is \(Shown(value))."
                )
        case .oneOfValues(let values, let weight):
            guard spend(weight) else { return false }
            if values.contains(value) { return true }
            let shown = values.prefix(8).map { Shown($0).text }.joined(separator: ", ")
            let list = shown + (values.count > 8 ? ", …" : "")
            return breach(
                "enum",
                of: node,
                "enum",
                "One of \(list) was expected, but there is \(Shown(value))."
            )
        case .const(let wanted, let weight):
            guard spend(weight) else { return false }
            return wanted == value
                || breach(
                    "const",
                    of: node,
                    "const",
                    "Exactly \(Shown(wanted)) was expected, but there is \(Shown(value))."
                )
        default: return true
        }
    }

    private mutating func judgeNumber(
        _ keyword: SchemaNode.Keyword,
        of node: SchemaNode,
        _ number: JSONNumber
    ) -> Bool {
        switch keyword {
        case .limit(let name, let bound, let limit):
            guard spend(Weight.of(.number(number), atMost: stepsLeft)) else { return false }
            let (holds, words) =
                switch limit {
                case .atLeast: (number >= bound, "at least")
                case .above: (number > bound, "more than")
                case .atMost: (number <= bound, "at most")
                case .below: (number < bound, "less than")
                }
            return holds
                || breach(
                    name,
                    of: node,
                    Shown.code(name),
                    "A number of \(words) \(Shown(.number(bound))) was expected, but there"
                        + " is \(Shown(.number(number)))."
                )
        case .multipleOf(let divisor):
            let cost = DecimalDivision.cost(number.decimal, divisor.decimal)
            guard spend(cost) else { return false }
            return DecimalDivision.isMultiple(number.decimal, of: divisor.decimal)
                || breach(
                    "multipleOf",
                    of: node,
                    "multiple-of",
                    "A multiple of \(Shown(.number(divisor))) was expected, but there is"
                        + " \(Shown(.number(number)))."
                )
        default: return true
        }
    }

    private mutating func judgeText(
        _ keyword: SchemaNode.Keyword,
        of node: SchemaNode,
        _ text: String
    ) -> Bool {
        switch keyword {
        case .length(let name, let range):
            guard spend(text.utf8.count / 64) else { return false }
            let count = text.unicodeScalars.count
            return range.contains(count)
                || breach(
                    name,
                    of: node,
                    Shown.code(name),
                    "A string of \(Shown.range(range)) characters was expected, but there are"
                        + " \(count)."
                )
        case .pattern(let pattern):
            return matches(pattern, text)
                || breach(
                    "pattern",
                    of: node,
                    "pattern",
                    "A string that matches '\(Shown.name(pattern.pattern))' was expected, but there"
                        + " is \(Shown(.string(text)))."
                )
        case .format(let name, let rule):
            guard spend(rule.cost(text)) else { return false }
            return rule.accepts(text)
                || breach(
                    "format",
                    of: node,
                    "format",
                    "A string of the format '\(Shown.name(name))' was expected, but there is"
                        + " \(Shown(.string(text)))."
                )
        default: return true
        }
    }

    /// Searches and takes the work from the budget.
    mutating func matches(_ pattern: RegularExpression, _ text: String) -> Bool {
        var work = 0
        let workMax = stepsLeft * SchemaEvaluation.workPerStep
        // Many short texts are held against one pattern: building its states for each would cost most.
        if text.utf8.count < workMax, let table = ExpressionTable(small: pattern) {
            let isMatch = table.matches(text.utf8Span.span, work: &work)
            return spend(1 + work / SchemaEvaluation.workPerStep) && isMatch
        }
        let found = pattern.search(text.utf8Span.span, workMax: workMax, work: &work)
        guard spend(1 + work / SchemaEvaluation.workPerStep), found != .stopped else {
            exhaust()
            return false
        }
        return found != .absent
    }

    // MARK: - Arrays

    private mutating func judgeItems(
        _ keyword: SchemaNode.Keyword,
        of node: SchemaNode,
        _ items: [JSONValue]
    ) -> Bool {
        switch keyword {
        case .itemCount(let name, let range):
            return range.contains(items.count)
                || breach(
                    name,
                    of: node,
                    Shown.code(name),
                    "An array of \(Shown.range(range)) items was expected, but there are"
                        + " \(items.count)."
                )
        case .uniqueItems:
            guard spend(Weight.of(.array(items), atMost: stepsLeft)) else { return false }
            var first: [JSONValue: Int] = [:]
            for (index, item) in items.enumerated() {
                guard let earlier = first.updateValue(index, forKey: item) else { continue }
                return breach(
                    "uniqueItems",
                    of: node,
                    "unique-items",
                    "All items must differ, but items \(earlier) and \(index) are both"
                        + " \(Shown(item))."
                )
            }
            return true
        default: return true
        }
    }

    private mutating func judgePrefix(
        _ nodes: [Int],
        _ value: JSONValue,
        _ seen: inout Evaluated
    ) -> Bool {
        guard case .array(let items) = value else { return true }
        var conforms = true
        for index in 0..<min(nodes.count, items.count) {
            if schema.tracksEvaluation { seen.insert(index) }
            if !apply(nodes[index], items[index], at: .item(index)) {
                conforms = false
                if isSilent || isExhausted { return false }
            }
        }
        return conforms
    }

    private mutating func judgeTail(
        _ node: Int,
        _ start: Int,
        _ value: JSONValue,
        _ seen: inout Evaluated
    ) -> Bool {
        guard case .array(let items) = value, start < items.count else { return true }
        var conforms = true
        for index in start..<items.count {
            if schema.tracksEvaluation { seen.insert(index) }
            if !apply(node, items[index], at: .item(index)) {
                conforms = false
                if isSilent || isExhausted { return false }
            }
        }
        return conforms
    }

    private mutating func judgeContains(
        _ inner: Int,
        _ least: Int,
        _ most: Int,
        of node: SchemaNode,
        _ items: [JSONValue],
        _ seen: inout Evaluated
    ) -> Bool {
        var count = 0
        for (index, item) in items.enumerated() {
            path.append(.item(index))
            var inside = Evaluated()
            let isMatch = applySilently(inner, item, &inside)
            path.removeLast()
            if isExhausted { return false }
            guard isMatch else { continue }
            count += 1
            if schema.tracksEvaluation { seen.insert(index) }
        }
        if count < least {
            return breach(
                least == 1 ? "contains" : "minContains",
                of: node,
                "contains",
                "At least \(least) fitting items were expected among \(items.count), but there are"
                    + " \(count)."
            )
        }
        return count <= most
            || breach(
                "maxContains",
                of: node,
                "max-contains",
                "At most \(most) fitting items were expected, but there are \(count)."
            )
    }

    // MARK: - Objects

    private mutating func judgeObject(
        _ keyword: SchemaNode.Keyword,
        of node: SchemaNode,
        _ object: JSONObject
    ) -> Bool {
        switch keyword {
        case .memberCount(let name, let range):
            return range.contains(object.count)
                || breach(
                    name,
                    of: node,
                    Shown.code(name),
                    "An object of \(Shown.range(range)) members was expected, but there are"
                        + " \(object.count)."
                )
        case .required(let names):
            guard spend(names.count) else { return false }
            return requires(names, "required", of: node, object, because: "")
        case .dependentRequired(let keyword, let pairs):
            guard spend(pairs.count) else { return false }
            var conforms = true
            for (member, needs) in pairs where object[member] != nil {
                guard spend(needs.count) else { return false }
                let name = keyword + "/" + JSONPointer.escaped(member)
                let because = " because '\(Shown.name(member))' is there"
                if !requires(needs, name, of: node, object, because: because) { conforms = false }
            }
            return conforms
        default: return true
        }
    }

    private mutating func requires(
        _ names: [String],
        _ keyword: String,
        of node: SchemaNode,
        _ object: JSONObject,
        because: String
    ) -> Bool {
        var conforms = true
        for name in names where object[name] == nil {
            conforms = breach(
                keyword,
                of: node,
                "required",
                "The member '\(Shown.name(name))' is required\(because), but it is missing."
            )
            if isSilent { return false }
        }
        return conforms
    }

    /// Members and named schemas both stand in canonical order, so one pass brings them together.
    private mutating func judgeMembers(
        _ members: SchemaNode.Members,
        _ value: JSONValue,
        _ seen: inout Evaluated
    ) -> Bool {
        guard case .object(let object) = value else { return true }
        var conforms = true
        var next = 0
        for (index, (key, value)) in object.members.enumerated() {
            guard spend(1 + members.matching.count) else { return false }
            var isKnown = false
            while next < members.named.count, members.named[next].key.canonicallyPrecedes(key) {
                next += 1
                guard spend(1) else { return false }
            }
            if next < members.named.count, members.named[next].key.hasSameBytes(as: key) {
                isKnown = true
                if !apply(members.named[next].node, value, at: .member(key)) { conforms = false }
            }
            for (pattern, node) in members.matching where matches(pattern, key) {
                isKnown = true
                if !apply(node, value, at: .member(key)) { conforms = false }
            }
            if !isKnown, let additional = members.additional {
                isKnown = true
                if !apply(additional, value, at: .member(key)) { conforms = false }
            }
            if isKnown, schema.tracksEvaluation { seen.insert(index) }
            if isExhausted || (!conforms && isSilent) { return false }
        }
        return conforms
    }

    private mutating func judgeNames(_ inner: Int, _ value: JSONValue) -> Bool {
        guard case .object(let object) = value else { return true }
        var conforms = true
        for key in object.keys where !apply(inner, .string(key), at: .member(key)) {
            conforms = false
            if isSilent || isExhausted { return false }
        }
        return conforms
    }
}
