package import Canon

/// Finds the next free id of a kind, such as `PKG-AGENT-002` after `PKG-AGENT-001`.
///
/// It is pure: whoever hands ids out holds a lock while the result is taken into use.
package struct IDAllocator: Sendable {
    private let taken: Set<String>

    /// The ids that are in use or were given out before.
    package init(taken: some Sequence<String>) { self.taken = Set(taken) }

    /// The prefixes by the name of the kind.
    package static let prefixes = [
        "framework": "FMWK", "spec": "SPEC", "package": "PKG", "policy": "POL",
    ]

    /// The next free id of a kind in a series.
    ///
    /// The series is the middle of the id, such as `AGENT`, and may be empty. A version id is made of
    /// the time.
    package func next(
        kind: String,
        series: String,
        now: Timestamp
    ) throws(RegistryFault) -> String {
        switch kind {
        case "gate":
            let id = first { "G\($0)" }
            guard GateDefinition.isGateID(id) else { throw .badID(id) }
            return id
        case "version":
            let stem = "VER-" + now.compact
            return taken.contains(stem) ? first(from: 1) { "\(stem)-\($0)" } : stem
        default:
            guard let prefix = IDAllocator.prefixes[kind] else { throw .noSuchKind(kind) }
            let stem = series.isEmpty ? prefix : prefix + "-" + series
            let id = first(from: 1) { stem + "-" + IDAllocator.padded($0) }
            guard IDAllocator.isWellFormed(id) else { throw .badID(id) }
            return id
        }
    }

    private static func isWellFormed(_ id: String) -> Bool {
        FrameworkID(id) != nil || SpecID(id) != nil || PackageID(id) != nil || PolicyID(id) != nil
    }

    private func first(from start: Int = 0, _ make: (Int) -> String) -> String {
        var number = start
        while taken.contains(make(number)) { number += 1 }
        return make(number)
    }

    private static func padded(_ number: Int) -> String {
        String(repeating: "0", count: max(0, 3 - String(number).count)) + String(number)
    }
}
