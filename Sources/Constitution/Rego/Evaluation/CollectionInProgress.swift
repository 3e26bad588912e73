/// The members of a collection while its comprehension or rules are evaluated.
struct CollectionInProgress {
    /// Members of an array or set; values of an object.
    var values: [Value] = []
    /// Keys of an object, one for each value.
    var keys: [Value] = []
    /// A document to which rules with variable heads contribute.
    var deep = DocumentBuilder()
    /// Base data under the rules of a document.
    var base: ObjectValue?

    /// Two values for one key of an object.
    struct Conflict: Error {}

    mutating func reset() {
        values.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        deep = DocumentBuilder()
        base = nil
    }

    func finished(_ kind: CollectionKind) throws(Conflict) -> Value {
        switch kind {
        case .array: .array(ArrayValue(values))
        case .set: .set(SetValue(values))
        case .object, .rules: .object(try object())
        case .deep: deep.document
        }
    }

    private func object() throws(Conflict) -> ObjectValue {
        var members: [ObjectValue.Member] = []
        members.reserveCapacity(keys.count + (base?.count ?? 0))
        for index in keys.indices {
            members.append(.init(key: keys[index], value: values[index]))
        }
        if let base {
            let named = Set(keys)
            for member in base.members where !named.contains(member.key) { members.append(member) }
        }
        var repeated: Value?
        let object = ObjectValue(members, repeated: &repeated)
        guard repeated != nil else { return object }
        // Two values for one key go together when they are equal.
        for index in keys.indices where object[keys[index]] != values[index] { throw Conflict() }
        return object
    }
}
