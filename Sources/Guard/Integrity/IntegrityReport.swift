package import Canon
package import Registry

/// What a check found, for people, machines and the one who decides whether a plane may run.
package struct IntegrityReport: Sendable {
    /// How the seal stands.
    package enum SealStanding: String, Sendable {
        /// An authoring tree: edits are allowed and found, nothing is promised.
        case none
        case verified
        case broken
        /// A stage before the seal's failed.
        case unchecked
    }

    /// A place that a policy exempts, and how much lies there.
    package struct ExemptPlace: Sendable {
        package var pattern: String
        package var policy: String
        package var entryCount = 0
        /// Entries that are neither files, directories nor links within the root, or cannot be read.
        package var oddCount = 0
    }

    package var rootID: String
    package var path: String
    /// The stages that were run, in order; the last one is where it stopped.
    package var stages: [Violation.Stage]
    package var violations: [Violation]
    package var fileCount: Int
    package var byteCount: UInt64
    package var directoryCount: Int
    package var ownerCount: Int
    package var frameworkCount: Int
    package var packageCount: Int
    package var gateRuns: Int
    /// The Merkle root of the state; `nil` when the files do not match their registry.
    package var stateRoot: Digest?
    package var seal: SealStanding
    /// Where something lies that needs no owner.
    package var exempt: [ExemptPlace] = []

    /// Whether the root is as the law demands, as far as the stages that were run can say.
    package var isWhole: Bool { violations.isEmpty }

    /// Whether every stage was run.
    package var isComplete: Bool { stages.count == Violation.Stage.allCases.count }

    /// The verdict in a word; only who has run every stage may call a root whole.
    package var verdict: String {
        isWhole ? (isComplete ? "whole" : "passed") : "violated"
    }

    /// The report as `--json` shows it.
    package var json: JSONValue {
        [
            "verdict": .string(verdict),
            "root_id": .string(rootID), "path": .string(path),
            "stages": .array(stages.map { .string($0.name) }),
            "stopped_at": isWhole ? .null : .string(stages.last?.name ?? ""),
            "violations": .array(violations.map(\.json)),
            "files": .integer(fileCount), "bytes": .integer(Int(byteCount)),
            "directories": .integer(directoryCount), "owners": .integer(ownerCount),
            "frameworks": .integer(frameworkCount), "packages": .integer(packageCount),
            "gates_run": .integer(gateRuns),
            "state_root": stateRoot.map { .string($0.hex) } ?? .null,
            "seal": .string(seal.rawValue),
            "exempt": [
                "entries": .integer(exempt.reduce(0) { $0 + $1.entryCount }),
                "odd": .integer(exempt.reduce(0) { $0 + $1.oddCount }),
                "places": .array(
                    exempt.map { place in
                        [
                            "pattern": .string(place.pattern), "policy": .string(place.policy),
                            "entries": .integer(place.entryCount), "odd": .integer(place.oddCount),
                        ]
                    }
                ),
            ],
        ]
    }
}
