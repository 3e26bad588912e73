package import Canon

/// One thing in a root that the law does not allow.
///
/// A value, not an error: a check that finds one has worked.
package struct Violation: Hashable, Sendable {
    /// The stages of enforcement, in the order in which they run (requirement D01).
    package enum Stage: Int, Sendable, CaseIterable, Comparable {
        case ownership = 1
        case hashes
        case links
        case packages
        case gates

        /// The name that people and JSON see.
        package var name: String {
            switch self {
            case .ownership: "ownership"
            case .hashes: "hashes"
            case .links: "links"
            case .packages: "packages"
            case .gates: "gates"
            }
        }

        package static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    package let stage: Stage
    package let code: ViolationCode
    /// The path concerned, made safe to print; empty where the violation concerns no single file.
    package let path: String
    /// The rule that was broken: a framework, gate, policy or constraint, by id.
    package let rule: String
    /// A whole sentence: what is wrong, naming the thing.
    package let reason: String
    /// A whole sentence: what to do about it.
    package let next: String

    /// A violation; without a rule or a next step, the code's own stand.
    package init(
        _ stage: Stage,
        _ code: ViolationCode,
        path: String = "",
        rule: String = "",
        reason: String,
        next: String? = nil
    ) {
        self.stage = stage
        self.code = code
        self.path = path
        self.rule = rule.isEmpty ? code.rule : rule
        self.reason = reason
        self.next = next ?? code.next
    }

    /// The violation as `--json` shows it.
    package var json: JSONValue {
        [
            "stage": .string(stage.name), "code": .string(code.rawValue), "path": .string(path),
            "rule": .string(rule), "reason": .string(reason), "next": .string(next),
        ]
    }
}

extension Violation: Comparable {
    package static func < (left: Violation, right: Violation) -> Bool {
        if left.stage != right.stage { return left.stage < right.stage }
        if left.path != right.path { return left.path.precedesInBytes(right.path) }
        if left.code != right.code { return left.code.rawValue < right.code.rawValue }
        return left.reason.precedesInBytes(right.reason)
    }
}
