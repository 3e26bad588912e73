/// A document while rules with variables in their heads put values at its places.
///
/// Two contributions may stand at one place when both add to a set, when they are equal, or when both
/// are objects made by rules further down; everything else is a conflict.
struct DocumentBuilder {
    /// Two contributions that do not go together.
    struct Conflict: Error {}

    /// One place: at most one of value, members and children is there.
    private struct Node {
        var value: Value?
        var members: [Value]?
        var children: [Value: Int] = [:]
    }

    private var nodes = [Node()]

    mutating func add(
        _ value: Value,
        as kind: DeepKind,
        at path: ArraySlice<Value>
    ) throws(Conflict) {
        var at = 0
        for key in path {
            guard nodes[at].value == nil, nodes[at].members == nil else { throw Conflict() }
            if let child = nodes[at].children[key] {
                at = child
            } else {
                nodes.append(Node())
                nodes[at].children[key] = nodes.count - 1
                at = nodes.count - 1
            }
        }
        guard nodes[at].children.isEmpty else { throw Conflict() }
        switch kind {
        case .value:
            guard nodes[at].members == nil, (nodes[at].value ?? value) == value else {
                throw Conflict()
            }
            nodes[at].value = value
        case .member:
            guard nodes[at].value == nil else { throw Conflict() }
            nodes[at].members = nodes[at].members ?? []
            nodes[at].members?.append(value)
        case .members:
            guard nodes[at].value == nil, case .set(let set) = value else { throw Conflict() }
            nodes[at].members = (nodes[at].members ?? []) + set.elements
        }
    }

    var document: Value { document(of: 0) }

    // The depth is that of the longest head of a rule, which the parser bounds.
    private func document(of node: Int) -> Value {
        if let value = nodes[node].value { return value }
        if let members = nodes[node].members { return .set(SetValue(members)) }
        return .object(
            ObjectValue(
                nodes[node].children.map { .init(key: $0.key, value: document(of: $0.value)) }
            )
        )
    }
}
