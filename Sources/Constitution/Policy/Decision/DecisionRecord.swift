package import Canon
import Rego

/// What the decision log keeps of one decision: enough to ask it again, and nothing that is masked.
package struct DecisionRecord: Sendable {
    private let request: DecisionRequest
    private let decision: PolicyDecision
    private let masks: [String]

    /// What stands in place of what is masked.
    package static let masked = "**"

    /// A record; `masks` are the places of an input that no log may show.
    package init(_ request: DecisionRequest, _ decision: PolicyDecision, masks: [String]) {
        self.request = request
        self.decision = decision
        self.masks = masks
    }

    /// The record as one JSON object.
    package var json: JSONValue {
        var members = decision.json.object ?? JSONObject()
        members["type"] = "decision"
        members["schema_version"] = "1.0"
        members["id"] = .string(request.id)
        members["time"] = .string(request.time.description)
        members["subject"] = .string(request.subject)
        guard let input = input else { return .object(members) }
        let (shown, erased) = DecisionRecord.masking(input, masks)
        members["input"] = shown.jsonValue
        if !erased.isEmpty { members["masked"] = .array(erased.map { .string($0) }) }
        return .object(members)
    }

    /// The record on one line, as a log holds it.
    package var line: [UInt8] { json.line + [UInt8(ascii: "\n")] }

    /// An input that cannot be read is not logged: its digest is, and it may be masked in no place.
    private var input: Value? {
        switch request.input {
        case .none: nil
        case .value(let value): value
        case .text(let bytes): try? Value(parsing: bytes, limits: request.limits)
        }
    }

    private static func masking(_ input: Value, _ masks: [String]) -> (Value, erased: [String]) {
        var shown = input
        var erased: [String] = []
        for mask in masks {
            let operation: Value = [
                "op": "replace", "path": .text(mask), "value": .text(masked),
            ]
            guard let changed = shown.patched(by: [operation]) else { continue }
            shown = changed
            erased.append(mask)
        }
        return (shown, erased)
    }
}
