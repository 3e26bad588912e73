import Canon

/// The places of `data` that bundles own.
enum BundleRoots {
    /// Whether one of two roots lies within the other.
    static func overlap(_ left: String, _ right: String) -> Bool {
        let (one, other) = (segments(left), segments(right))
        return one.starts(with: other, by: same) || other.starts(with: one, by: same)
    }

    /// Whether a place lies within one of the roots.
    static func contain(_ place: [String], _ roots: [String]) -> Bool {
        roots.contains { place.starts(with: segments($0), by: same) }
    }

    /// Whether one of the roots lies below a place.
    static func reachBelow(_ place: [String], _ roots: [String]) -> Bool {
        roots.contains { segments($0).starts(with: place, by: same) }
    }

    private static func segments(_ root: String) -> [String] {
        root.split(separator: "/").map(String.init)
    }

    private static func same(_ left: String, _ right: String) -> Bool {
        left.hasSameBytes(as: right)
    }
}
