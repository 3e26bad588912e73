import Canon

/// What looking at the whole of a value costs: a step a value, and one for each 64 bytes of text.
enum Weight {
    /// The weight, or a number above the bound as soon as it is reached.
    static func of(_ value: JSONValue, atMost bound: Int) -> Int {
        var weight = 0
        var pending = [value]
        while let next = pending.popLast(), weight <= bound {
            weight += 1
            switch next {
            case .null, .bool, .number(.integer), .number(.double): break
            case .number(.exact(let decimal)): weight += decimal.digits.count / 64
            case .string(let text): weight += text.utf8.count / 64
            case .array(let items):
                // A long array is not copied when its count alone is above the bound.
                guard weight + items.count <= bound else { return weight + items.count }
                pending += items
            case .object(let object):
                guard weight + object.count <= bound else { return weight + object.count }
                for (key, value) in object.members {
                    weight += key.utf8.count / 64
                    pending.append(value)
                }
            }
        }
        return weight
    }
}
