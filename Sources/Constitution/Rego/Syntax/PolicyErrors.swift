import Canon

/// Everything found wrong with a policy; it is refused whole.
package struct PolicyErrors: Fault, Equatable {
    /// The errors, ordered by file and place; never empty.
    package let errors: [PolicyError]

    /// At least one error.
    package init(_ errors: [PolicyError]) {
        precondition(!errors.isEmpty, "a policy is refused for a reason")
        self.errors = errors.sorted {
            ($0.file, $0.position, $0.code.rawValue) < ($1.file, $1.position, $1.code.rawValue)
        }
    }

    /// The first of them.
    package var first: PolicyError { errors[0] }

    package var code: String { first.code.rawValue }

    package var description: String {
        errors.map(\.description).joined(separator: "\n")
    }
}
