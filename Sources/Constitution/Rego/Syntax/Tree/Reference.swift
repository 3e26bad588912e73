/// A head and the steps taken from it: `input.request["kind"][i]`.
package struct Reference: Sendable, Equatable {
    /// From the first byte of the head to the end of the last step.
    package let range: SourceRange

    /// Where it starts from: mostly a variable; or a literal, a comprehension or a call.
    package let head: Term

    /// The steps, in order.
    ///
    /// A dotted name is the scalar of its string, just as if it stood in brackets.
    package let steps: [Term]

    /// A reference.
    package init(range: SourceRange, head: Term, steps: [Term]) {
        self.range = range
        self.head = head
        self.steps = steps
    }

    /// The names on the way when head and steps are all names or strings: `["input", "request"]`.
    package var names: [String]? {
        guard case .variable(let first) = head.kind else { return nil }
        var names = [first]
        names.reserveCapacity(steps.count + 1)
        for step in steps {
            guard case .scalar(.string(let name)) = step.kind else { return nil }
            names.append(name)
        }
        return names
    }

    package static func == (left: Reference, right: Reference) -> Bool {
        left.head == right.head && left.steps == right.steps
    }
}
