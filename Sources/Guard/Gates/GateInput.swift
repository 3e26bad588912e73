package import Canon

/// The standard input of a gate: what is judged, and everything that may be known about it.
package struct GateInput: Sendable {
    /// The id of what is judged: a spec, a package, a request.
    package let targetID: String

    /// The digest of exactly what is judged.
    package let targetHash: Digest

    /// What is judged, as a document.
    package let target: JSONValue

    /// When the gate was set off: `integrity`, or the stage of a pipeline.
    package let trigger: String

    /// When it is judged; a tree is judged at no time, so that the same tree is judged alike.
    package let time: Timestamp

    /// What else belongs to the question, beside the target.
    package let context: JSONObject

    /// An input.
    package init(
        targetID: String,
        targetHash: Digest,
        target: JSONValue,
        trigger: String,
        time: Timestamp,
        context: JSONObject = JSONObject()
    ) {
        self.targetID = targetID
        self.targetHash = targetHash
        self.target = target
        self.trigger = trigger
        self.time = time
        self.context = context
    }

    /// The document that a gate and its policies are given.
    package var json: JSONValue {
        var members = context
        members["schema_version"] = "1.0"
        members["type"] = "gate_input"
        members["trigger"] = .string(trigger)
        members["target"] = target
        members["target_hash"] = .string(targetHash.hex)
        return .object(members)
    }
}
