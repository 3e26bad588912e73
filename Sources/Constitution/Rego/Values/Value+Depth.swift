extension Value {
    /// How many levels of collections there are: zero for a scalar.
    ///
    /// It is taken when a collection is made. Whoever makes values from values refuses those that are
    /// too deep, because whatever walks a value, the end of its life too, goes as deep as it.
    var depth: Int32 {
        switch self {
        case .null, .bool, .number, .string: 0
        case .array(let array): array.depth
        case .set(let set): set.depth
        case .object(let object): object.depth
        }
    }

    static func depth(above elements: [Value]) -> Int32 {
        var deepest: Int32 = 0
        // Elements are lent and not copied, so that looking counts no references.
        let elements = elements.span
        for index in elements.indices { deepest = max(deepest, elements[index].depth) }
        return deepest &+ 1
    }

    /// The levels that a value made by a policy may have.
    static let depthMax: Int32 = 512
}
