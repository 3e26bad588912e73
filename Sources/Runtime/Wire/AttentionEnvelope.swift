import Canon

/// What a message asks of the attention of whoever reads it: a budget, a priority and sources.
package struct AttentionEnvelope: Hashable, Sendable {
    /// Which of several is served first.
    package enum Priority: String, Hashable, Sendable, CaseIterable {
        case low
        case normal
        case high
    }

    /// Where context comes from.
    package struct Source: Hashable, Sendable {
        package let kind: String
        package let id: String

        /// Names a source.
        package init(kind: String, id: String) {
            self.kind = kind
            self.id = id
        }
    }

    package var policy: String
    package var priority: Priority
    package var tokens: Int
    package var items: Int
    package var seconds: Int
    package var sources: [Source]

    package static let sourceKinds = [
        "spec", "prompt", "work_order", "ledger", "registry", "lesson",
    ]
    package static let sourcesMax = 64

    /// An envelope under a policy.
    package init(
        policy: String,
        priority: Priority = .normal,
        tokens: Int,
        items: Int,
        seconds: Int,
        sources: [Source]
    ) {
        self.policy = policy
        self.priority = priority
        self.tokens = tokens
        self.items = items
        self.seconds = seconds
        self.sources = sources
    }

    init(_ object: JSONObject) throws(WireFault) {
        var reader = MemberReader(object)
        var budget = MemberReader(try reader.object("budget"))
        let number = 1...Int(1) << 31
        tokens = try budget.number("tokens", number)
        items = try budget.number("items", number)
        seconds = try budget.number("seconds", number)
        try budget.finish()
        policy = try reader.string("policy")
        guard let priority = Priority(rawValue: try reader.string("priority")) else {
            throw reader.wrong("priority")
        }
        self.priority = priority
        let values = try reader.array("sources")
        guard (1...AttentionEnvelope.sourcesMax).contains(values.count) else {
            throw reader.wrong("sources")
        }
        sources = []
        for value in values {
            guard case .object(let object) = value else { throw reader.wrong("sources") }
            var source = MemberReader(object)
            let (kind, id) = (try source.string("kind"), try source.string("id"))
            try source.finish()
            guard AttentionEnvelope.sourceKinds.contains(kind), !id.isEmpty else {
                throw reader.wrong("sources")
            }
            sources.append(Source(kind: kind, id: id))
        }
        try reader.finish()
    }

    func append(to out: inout [UInt8]) {
        out += "{\"budget\":{\"items\":\(items),\"seconds\":\(seconds),\"tokens\":\(tokens)}".utf8
        out += ",\"policy\":".utf8
        JSONValue.write(string: policy, into: &out)
        out += ",\"priority\":\"".utf8
        out += priority.rawValue.utf8
        out += "\",\"sources\":[".utf8
        for (place, source) in sources.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            out += "{\"id\":".utf8
            JSONValue.write(string: source.id, into: &out)
            out += ",\"kind\":".utf8
            JSONValue.write(string: source.kind, into: &out)
            out += "}".utf8
        }
        out += "]}".utf8
    }
}
