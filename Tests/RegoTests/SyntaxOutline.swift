import Rego

/// The tree of a policy in brackets, as tests compare it.
///
/// It is written without the formatter, so that a fault of the one is not hidden by the other.
enum SyntaxOutline {
    static func of(_ module: PolicyModule) -> String {
        module.rules.map(of).joined(separator: "\n")
    }

    static func of(_ rule: Rule) -> String {
        var parts = [rule.isDefault ? "default" : "rule", of(rule.head.reference)]
        if let parameters = rule.head.parameters {
            parts.append("(" + parameters.map(of).joined(separator: " ") + ")")
        }
        switch rule.head.contribution {
        case .value(let value): if let value { parts.append("= " + of(value)) }
        case .member(let member): parts.append("contains " + of(member))
        }
        if let body = rule.body { parts.append(of(body)) }
        for alternative in rule.alternatives {
            parts.append("else")
            if let value = alternative.value { parts.append("= " + of(value)) }
            if let body = alternative.body { parts.append(of(body)) }
        }
        return parts.joined(separator: " ")
    }

    static func of(_ body: Body) -> String {
        "{" + body.literals.map(of).joined(separator: "; ") + "}"
    }

    static func of(_ literal: Literal) -> String {
        var text = literal.isNegated ? "not " : ""
        switch literal.kind {
        case .expression(let term): text += of(term)
        case .assignment(let left, let right): text += "\(of(left)) := \(of(right))"
        case .unification(let left, let right): text += "\(of(left)) = \(of(right))"
        case .declaration(let names): text += "some " + names.map(of).joined(separator: " ")
        case .someIn(let key, let value, let collection):
            text += "some " + membership(key, value, collection)
        case .every(let key, let value, let domain, let body):
            text += "every " + membership(key, value, domain) + " " + of(body)
        }
        for modifier in literal.modifiers {
            text += " with \(of(modifier.target)) as \(of(modifier.value))"
        }
        return text
    }

    static func of(_ reference: Reference) -> String {
        reference.steps.isEmpty
            ? of(reference.head)
            : "<" + ([reference.head] + reference.steps).map(of).joined(separator: " ") + ">"
    }

    static func of(_ term: Term) -> String {
        switch term.kind {
        case .scalar(.null): "null"
        case .scalar(.boolean(let value)): "\(value)"
        case .scalar(.number(let text)): text
        case .scalar(.string(let text)): "'\(text)'"
        case .variable(let name): name
        case .wildcard: "_"
        case .reference(let reference): of(reference)
        case .array(let terms): "[" + terms.map(of).joined(separator: " ") + "]"
        case .set(let terms): "set(" + terms.map(of).joined(separator: " ") + ")"
        case .object(let entries):
            "object(" + entries.map { of($0.key) + ":" + of($0.value) }.joined(separator: " ") + ")"
        case .arrayComprehension(let head, let body): "[\(of(head)) | \(of(body))]"
        case .setComprehension(let head, let body): "set(\(of(head)) | \(of(body)))"
        case .objectComprehension(let key, let value, let body):
            "object(\(of(key)):\(of(value)) | \(of(body)))"
        case .call(let function, let arguments):
            "\(of(function))(" + arguments.map(of).joined(separator: " ") + ")"
        case .infix(let infix, let left, let right): "(\(of(left)) \(infix.rawValue) \(of(right)))"
        case .membership(let key, let value, let collection): membership(key, value, collection)
        case .template(let parts): "$(" + parts.map(part).joined(separator: " ") + ")"
        }
    }

    private static func part(_ part: TemplatePart) -> String {
        switch part {
        case .text(let text): "'\(text)'"
        case .value(let literal): of(literal)
        }
    }

    private static func membership(_ key: Term?, _ value: Term, _ collection: Term) -> String {
        let key = key.map { of($0) + " " } ?? ""
        return "(\(key)\(of(value)) in \(of(collection)))"
    }
}
