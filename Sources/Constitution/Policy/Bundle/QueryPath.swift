import Canon

/// The name of a document that can be asked: a rule or a package by its names below `data`.
package struct QueryPath: Sendable, Hashable, CustomStringConvertible {
    /// The names, outermost first; never empty.
    package let names: [String]

    /// Names below `data`.
    package init(names: [String]) {
        precondition(!names.isEmpty, "A query names a document below data.")
        self.names = names
    }

    /// Reads `charter/authz/decision`, `data.charter.authz.decision` or `charter.authz.decision`.
    package init?(_ text: String) {
        let mark: Character = text.contains("/") ? "/" : "."
        var parts = text.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
        if mark == ".", parts.first == "data" { parts.removeFirst() }
        guard !parts.isEmpty, parts.count <= 32, !parts.contains(""), text.utf8.count <= 1_024,
            !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F })
        else { return nil }
        names = parts
    }

    /// The dotted form that people read: `data.charter.authz.decision`.
    package var description: String { (["data"] + names).joined(separator: ".") }

    package static func == (left: QueryPath, right: QueryPath) -> Bool {
        left.names.elementsEqual(right.names) { $0.hasSameBytes(as: $1) }
    }

    package func hash(into hasher: inout Hasher) {
        for name in names { name.hashBytes(into: &hasher) }
    }
}
