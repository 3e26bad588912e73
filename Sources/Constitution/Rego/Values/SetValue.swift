/// A set of a policy: each member once, in the order of all values.
package struct SetValue: Hashable, Sendable {
    /// The members in order.
    package let elements: [Value]

    /// The set without members.
    package static let empty = SetValue(ordered: [])

    /// The set of these values, which may come in any order and repeat.
    package init(_ values: [Value]) {
        depth = Value.depth(above: values)
        if SetValue.isStrictlyOrdered(values) {
            elements = values
            return
        }
        var kept: [Value] = []
        kept.reserveCapacity(values.count)
        for value in values.sorted() where kept.last != value { kept.append(value) }
        elements = kept
    }

    /// Takes members that already are in order and differ.
    init(ordered elements: [Value]) {
        self.elements = elements
        depth = Value.depth(above: elements)
    }

    /// How many levels of collections there are, this one counted.
    let depth: Int32

    /// How many members there are.
    package var count: Int { elements.count }

    /// Whether there are none.
    package var isEmpty: Bool { elements.isEmpty }

    /// Whether a value is a member.
    package func contains(_ value: Value) -> Bool {
        let place = elements.firstPlace { $0 < value }
        return place < elements.count && elements[place] == value
    }

    /// The members of both sets together.
    package func union(_ other: SetValue) -> SetValue {
        if isEmpty { return other }
        if other.isEmpty { return self }
        var merged: [Value] = []
        merged.reserveCapacity(count + other.count)
        var (one, two) = (0, 0)
        while one < count && two < other.count {
            let order = elements[one].compared(to: other.elements[two])
            merged.append(order <= 0 ? elements[one] : other.elements[two])
            if order <= 0 { one += 1 }
            if order >= 0 { two += 1 }
        }
        merged.append(contentsOf: elements[one...])
        merged.append(contentsOf: other.elements[two...])
        return SetValue(ordered: merged)
    }

    /// The members that the other has too.
    package func intersection(_ other: SetValue) -> SetValue {
        SetValue(ordered: elements.filter { other.contains($0) })
    }

    /// The members that the other has not.
    package func subtracting(_ other: SetValue) -> SetValue {
        SetValue(ordered: elements.filter { !other.contains($0) })
    }

    /// Whether the other has every member.
    package func isSubset(of other: SetValue) -> Bool {
        count <= other.count && elements.allSatisfy { other.contains($0) }
    }

    private static func isStrictlyOrdered(_ values: [Value]) -> Bool {
        for index in values.indices.dropFirst() where !(values[index - 1] < values[index]) {
            return false
        }
        return true
    }
}

extension Array {
    /// The first place whose element does not stand before what is sought; binary search.
    func firstPlace(where precedes: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if precedes(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
