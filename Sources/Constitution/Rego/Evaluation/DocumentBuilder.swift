/// Builds a document from what rules with variables in their heads put at its places.
///
/// Two contributions may stand at one place when both add to a set, when they are equal, or when both
/// are objects made by rules further down; everything else is a conflict.
enum DocumentBuilder {
    static func document(
        of entries: [CollectionInProgress.DeepEntry]
    ) throws(CollectionInProgress.Conflict) -> Value {
        try value(of: entries, depth: 0)
    }

    private static func value(
        of entries: [CollectionInProgress.DeepEntry],
        depth: Int
    ) throws(CollectionInProgress.Conflict) -> Value {
        let here = entries.filter { $0.path.count == depth }
        if let first = here.first {
            // What has a value of its own has no rules inside it.
            guard here.count == entries.count else {
                throw CollectionInProgress.Conflict()
            }
            return try merged(here, like: first.kind)
        }
        var byKey: [Value: [CollectionInProgress.DeepEntry]] = [:]
        for entry in entries {
            byKey[entry.path[depth], default: []].append(entry)
        }
        var members: [ObjectValue.Member] = []
        for (key, inside) in byKey {
            members.append(.init(key: key, value: try value(of: inside, depth: depth + 1)))
        }
        return .object(ObjectValue(members))
    }

    private static func merged(
        _ entries: [CollectionInProgress.DeepEntry],
        like kind: DeepKind
    ) throws(CollectionInProgress.Conflict) -> Value {
        if kind == .value {
            guard entries.allSatisfy({ $0.kind == .value && $0.value == entries[0].value }) else {
                throw CollectionInProgress.Conflict()
            }
            return entries[0].value
        }
        var members: [Value] = []
        for entry in entries {
            switch entry.kind {
            case .member: members.append(entry.value)
            case .members:
                guard case .set(let set) = entry.value else {
                    throw CollectionInProgress.Conflict()
                }
                members += set.elements
            case .value: throw CollectionInProgress.Conflict()
            }
        }
        return .set(SetValue(members))
    }
}
