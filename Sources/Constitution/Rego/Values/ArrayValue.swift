/// An array of a policy.
package struct ArrayValue: Hashable, Sendable {
    /// The elements in their order.
    package let elements: [Value]

    /// The array of these elements.
    package init(_ elements: [Value]) {
        self.elements = elements
        depth = Value.depth(above: elements)
    }

    /// The array of these elements, whose depth is known.
    init(_ elements: [Value], depth: Int32) {
        self.elements = elements
        self.depth = depth
    }

    /// How many levels of collections there are, this one counted.
    let depth: Int32

    /// How many elements there are.
    package var count: Int { elements.count }

    /// Whether there are none.
    package var isEmpty: Bool { elements.isEmpty }

    /// One element, by its index.
    package subscript(index: Int) -> Value { elements[index] }
}
