import Canon
import Rego

/// Reads the value of a queried document as an answer.
///
/// An answer is `true` or `false`; an object with a `verdict`; or, as people have it from conftest, the
/// sets `deny` and `violation` beside `warn`: asked for themselves, or as rules of a package that is
/// asked for. Anything else is no answer, and so a denial.
struct DecisionReading {
    /// What a policy says about one reason.
    struct Complaint: Equatable {
        let message: String
        var code: String?
        var rule: String?
        var next: String?
        /// The rule of the package whose value it was, where a package was asked.
        var member: String?
    }

    var verdict: DecisionVerdict = .allow
    var complaints: [Complaint] = []
    var warnings: [Complaint] = []
    var obligations: [String] = []

    /// Why the value is no answer.
    struct WrongShape: Error {
        let reason: String
    }

    init(_ value: Value) throws(WrongShape) {
        switch value {
        case .bool(let isAllowed): verdict = isAllowed ? .allow : .deny
        case .set, .array:
            complaints = try DecisionReading.complaints(value)
            if !complaints.isEmpty { verdict = .deny }
        case .object(let object):
            if object["verdict" as Text] != nil {
                try read(verdictOf: object)
            } else {
                try read(rulesOf: object)
            }
        case .null, .number, .string:
            throw WrongShape(reason: "It is a \(value.typeName).")
        }
    }

    // MARK: - An object with a verdict

    private mutating func read(verdictOf object: ObjectValue) throws(WrongShape) {
        guard case .string(let word)? = object["verdict" as Text] else {
            throw WrongShape(reason: "Its \"verdict\" is no text.")
        }
        switch word.string {
        case "allow": verdict = .allow
        case "deny": verdict = .deny
        case "needs_approval": verdict = .needsApproval
        case "deferred": verdict = .deferred
        case "narrowed":
            guard let narrower = object["to" as Text] else {
                throw WrongShape(reason: "It narrows and does not say \"to\" what.")
            }
            verdict = .narrowed(to: narrower)
        default: throw WrongShape(reason: "Its \"verdict\" is \(Printable(word.string)).")
        }
        if let reasons = object["reasons" as Text] {
            complaints = try DecisionReading.complaints(reasons)
        }
        if case .string(let message)? = object["msg" as Text] {
            complaints.append(Complaint(message: message.string))
        }
        if let warnings = object["warnings" as Text] {
            self.warnings = try DecisionReading.complaints(warnings)
        }
        if let obligations = object["obligations" as Text] {
            guard let members = obligations.members else {
                throw WrongShape(reason: "Its \"obligations\" are no list.")
            }
            for member in members {
                guard case .string(let text) = member else {
                    throw WrongShape(reason: "An obligation is no text.")
                }
                self.obligations.append(text.string)
            }
        }
        if verdict == .allow && !complaints.isEmpty {
            throw WrongShape(reason: "It allows, and gives reasons against it.")
        }
    }

    // MARK: - A package

    private mutating func read(rulesOf object: ObjectValue) throws(WrongShape) {
        var canRefuse = false
        for member in object.members {
            guard case .string(let key) = member.key else { continue }
            let name = key.string
            switch name.split(separator: "_").first.map(String.init) ?? name {
            case "allow" where name == "allow":
                guard case .bool(let isAllowed) = member.value else {
                    throw WrongShape(reason: "Its \"allow\" is a \(member.value.typeName).")
                }
                canRefuse = true
                if !isAllowed { verdict = .deny }
            case "deny", "violation":
                canRefuse = true
                let found = try DecisionReading.complaints(member.value, of: name)
                if !found.isEmpty { verdict = .deny }
                complaints += found
            case "warn": warnings += try DecisionReading.complaints(member.value, of: name)
            default: continue
            }
        }
        if !canRefuse {
            throw WrongShape(reason: "It has neither a verdict nor allow, deny or violation.")
        }
    }

    // MARK: - Reasons

    private static func complaints(
        _ value: Value,
        of member: String? = nil
    ) throws(WrongShape) -> [Complaint] {
        guard let members = value.members else {
            throw WrongShape(reason: "Its reasons are a \(value.typeName), not a set or a list.")
        }
        var found: [Complaint] = []
        for element in members {
            var complaint = try complaint(element)
            complaint.member = member
            found.append(complaint)
        }
        return found
    }

    private static func complaint(_ value: Value) throws(WrongShape) -> Complaint {
        switch value {
        case .string(let text) where !text.isEmpty: return Complaint(message: text.string)
        case .object(let object):
            guard let message = object.word("msg") ?? object.word("message"), !message.isEmpty
            else { throw WrongShape(reason: "A reason has no \"msg\".") }
            return Complaint(
                message: message,
                code: object.word("code"),
                rule: object.word("rule"),
                next: object.word("next")
            )
        default: throw WrongShape(reason: "A reason is a \(value.typeName).")
        }
    }
}

extension Value {
    /// The members of a set or an array; an empty object counts as an empty set, as `{}` reads.
    var members: [Value]? {
        switch self {
        case .set(let set): set.elements
        case .array(let array): array.elements
        case .object(let object) where object.isEmpty: []
        default: nil
        }
    }
}

extension ObjectValue {
    /// The text at a key, unless it is empty.
    func word(_ key: String) -> String? {
        guard case .string(let text)? = self[Text(key)], !text.isEmpty else { return nil }
        return text.string
    }
}
