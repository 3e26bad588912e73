/// What ids of one kind begin with.
package protocol EntityKind: Sendable {
    /// The letters before the first hyphen: `FMWK`, `SPEC`, `PKG` …
    static var prefix: String { get }
}

/// An id of one kind of governed entity, such as `FMWK-PKG-001`.
///
/// The kind is part of the type, so that a spec's id cannot stand where a package's is due. An id is
/// its kind's prefix and one to six groups of capital letters and digits, joined by hyphens; at most
/// 64 characters.
package struct EntityID<Kind: EntityKind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The whole id.
    package let text: String

    /// Takes an id that obeys the rule above; `nil` otherwise.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 64, (2...7).contains(parts.count),
            Array(parts[0]) == Array(Kind.prefix.utf8),
            parts.dropFirst().allSatisfy({ part in
                !part.isEmpty
                    && part.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
            })
        else { return nil }
        self.text = text
    }

    package var description: String { text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// A framework: the law of a class.
package enum FrameworkKind: EntityKind {
    package static var prefix: String { "FMWK" }
}

/// A spec: the contract of one entity.
package enum SpecKind: EntityKind {
    package static var prefix: String { "SPEC" }
}

/// A package: the signed proof that a spec was obeyed.
package enum PackageKind: EntityKind {
    package static var prefix: String { "PKG" }
}

/// A policy.
package enum PolicyKind: EntityKind {
    package static var prefix: String { "POL" }
}

/// A gate.
package enum GateKind: EntityKind {
    package static var prefix: String { "GATE" }
}

/// The ids of the five kinds of law: types of their own, so that no two can be swapped.
package typealias FrameworkID = EntityID<FrameworkKind>
package typealias SpecID = EntityID<SpecKind>
package typealias PackageID = EntityID<PackageKind>
package typealias PolicyID = EntityID<PolicyKind>
package typealias GateID = EntityID<GateKind>
