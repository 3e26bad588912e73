package import Canon

/// One way in which a target does not conform to its law.
package struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// Where in the target: a JSON Pointer, a file's path, or a path followed by `#` and a pointer.
    package let path: String

    /// Which rule: the schema's identifier, `#`, and the pointer of the keyword.
    package let rule: String

    /// What kind of breach, stable and dotted.
    package let code: String

    /// A whole sentence that names what was expected and what was found.
    package let reason: String

    /// A breach of a rule at a place.
    package init(path: String, rule: String, code: String, reason: String) {
        self.path = path
        self.rule = rule
        self.code = code
        self.reason = reason
    }

    /// The four parts as a JSON object.
    package var json: JSONValue {
        [
            "path": .string(path), "rule": .string(rule), "code": .string(code),
            "reason": .string(reason),
        ]
    }

    package var description: String { "\(path): \(code): \(reason) [\(rule)]" }
}
