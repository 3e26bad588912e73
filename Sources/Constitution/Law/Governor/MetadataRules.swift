import Canon

/// Rules about what is known of the target as a whole.
///
/// Metadata is the target's own description, such as its manifest. By convention its member `logs`
/// lists the events that it writes, `entities` the entities it consists of, and `type` says what
/// the target itself is.
extension Judgement {
    mutating func judgeMetadata(_ rules: [MetadataRule]) {
        for rule in rules {
            guard spend(1) else { return }
            judge(rule)
        }
    }

    private mutating func judge(_ rule: MetadataRule) {
        let metadata = target.metadata
        switch rule.demand {
        case .has(let name):
            guard !isPresent(metadata[name]) else { return }
            breach(
                "#/" + JSONPointer.escaped(name),
                rule.rule,
                "law.metadata-missing",
                "The target must have '\(Shown.name(name))', but its metadata says nothing of it."
            )
        case .logs(let event):
            let logged = metadata["logs"]?.array ?? []
            guard spend(logged.count), !logged.contains(.string(event)) else { return }
            breach(
                "#/logs",
                rule.rule,
                "law.event-missing",
                "The target must log the event '\(Shown.name(event))', but does not list it."
            )
        case .entity(let type, let includes):
            judgeEntities(type, includes, rule.rule)
        case .schema(let schema):
            note(findings(of: schema, for: metadata), in: "", by: rule.rule)
        case .oneOf(let member, let values):
            guard let value = metadata[member], spend(values.count), !values.contains(value)
            else { return }
            let list = values.map { Shown($0).text }.joined(separator: ", ")
            breach(
                "#/" + JSONPointer.escaped(member),
                rule.rule,
                "law.metadata-value",
                "'\(Shown.name(member))' must be one of \(list), but it is \(Shown(value))."
            )
        }
    }

    /// A member that says nothing is as good as missing.
    private func isPresent(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null?: false
        case .string(let text)?: !text.isEmpty
        case .array(let items)?: !items.isEmpty
        case .object(let object)?: !object.isEmpty
        default: true
        }
    }

    private mutating func judgeEntities(_ type: String, _ includes: [String], _ rule: String) {
        let metadata = target.metadata
        let isItself = metadata["type"] == .string(type)
        if isItself { judgeEntity(metadata, "#", type, includes, rule) }
        guard let entities = metadata["entities"]?.array else { return }
        var count = 0
        for (index, entity) in entities.enumerated() {
            guard spend(1) else { return }
            guard entity["entity_type"] == .string(type) else { continue }
            count += 1
            judgeEntity(entity, "#/entities/\(index)", type, includes, rule)
        }
        guard count == 0, !isItself else { return }
        breach(
            "#/entities",
            rule,
            "law.entity-missing",
            "An entity of the type '\(Shown.name(type))' is required, but none is listed."
        )
    }

    private mutating func judgeEntity(
        _ entity: JSONValue,
        _ path: String,
        _ type: String,
        _ includes: [String],
        _ rule: String
    ) {
        for name in includes where !isPresent(entity[name]) {
            breach(
                path,
                rule,
                "law.entity-incomplete",
                "An entity of the type '\(Shown.name(type))' must include '\(Shown.name(name))',"
                    + " but this one does not."
            )
        }
    }
}
