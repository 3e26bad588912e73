/// What can be told of a term without knowing anything about the names in it.
extension Term {
    /// Whether it has no variables: then it means the same each time.
    ///
    /// The head of a reference does not count, only what stands in brackets behind it.
    package var isGround: Bool {
        switch kind {
        case .scalar: true
        case .variable(let name): name == "input" || name == "data"
        case .wildcard: false
        case .reference(let reference): reference.steps.allSatisfy(\.isGround)
        case .array(let terms), .set(let terms): terms.allSatisfy(\.isGround)
        case .object(let entries): entries.allSatisfy { $0.key.isGround && $0.value.isGround }
        case .arrayComprehension, .setComprehension, .objectComprehension: false
        case .call(_, let arguments): arguments.allSatisfy(\.isGround)
        case .infix(_, let left, let right): left.isGround && right.isGround
        case .membership(let key, let value, let collection):
            (key?.isGround ?? true) && value.isGround && collection.isGround
        case .template(let parts):
            parts.allSatisfy {
                if case .text = $0 { true } else { false }
            }
        }
    }

    /// The first place in it that is no constant: a name, a call, an operator.
    ///
    /// What stands in a comprehension does not count.
    var firstUnsettled: SourcePosition? {
        switch kind {
        case .scalar, .arrayComprehension, .setComprehension, .objectComprehension: return nil
        case .variable, .wildcard, .reference, .call, .infix, .membership: return position
        case .array(let terms), .set(let terms):
            return terms.lazy.compactMap(\.firstUnsettled).first
        case .object(let entries):
            return entries.lazy.compactMap { $0.key.firstUnsettled ?? $0.value.firstUnsettled }
                .first
        case .template(let parts):
            for case .value(let literal) in parts {
                guard case .expression(let term) = literal.kind, literal.modifiers.isEmpty else {
                    return literal.range.start
                }
                if let place = term.firstUnsettled { return place }
            }
            return nil
        }
    }
}
