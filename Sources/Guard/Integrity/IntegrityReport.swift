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

    /// Whether the root is as the law demands.
    package var isWhole: Bool { violations.isEmpty }

    /// The report as `--json` shows it.
    package var json: JSONValue {
        [
            "verdict": isWhole ? "whole" : "violated",
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
        ]
    }
}
