import Canon
import Packages

/// States of a root as people and programs see them.
enum VersionView {
    static func json(_ record: VersionRecord) -> JSONValue {
        [
            "id": .string(record.id), "time": .string(record.time.description),
            "note": .string(record.note), "state_root": .string(record.stateRoot.hex),
            "sealed": .bool(record.isSealed), "archive": .string(record.archive.hex),
            "files": .integer(record.files.count),
            "packages": .array(
                record.packages.map { ["id": .string($0.id), "version": .string($0.version)] }
            ),
        ]
    }

    static func json(_ differences: [RootVersions.Difference]) -> JSONValue {
        .array(
            differences.map { ["path": .string($0.path), "kind": .string($0.kind.rawValue)] }
        )
    }

    static func lines(_ differences: [RootVersions.Difference]) -> [String] {
        var lines = differences.prefix(100).map {
            "\(HelpText.padded($0.kind.rawValue, 7)) \(Printable($0.path))"
        }
        if differences.count > 100 { lines.append(Report.more(differences.count - 100)) }
        return lines
    }

    static func answer(_ outcome: RootVersions.Outcome, isDryRun: Bool = false) -> Answer {
        switch outcome {
        case .refused(let refusals):
            let count = Report.count(refusals.count, "finding")
            return RootPackages.refused(refusals, "refused: \(count); nothing was changed.")
        case .kept(let record):
            var json = VersionView.json(record).object ?? JSONObject()
            json["verdict"] = "kept"
            return Answer(
                json: .object(json),
                lines: [
                    "kept      \(record.id) (\(Report.count(record.files.count, "file")))",
                    "root hash \(record.stateRoot.hex)",
                ]
            )
        case .unchanged(let record):
            return Answer(
                json: ["verdict": "unchanged", "id": .string(record.id)],
                lines: ["the root is as \(record.id) already; nothing was changed"]
            )
        case .back(let record, let differences):
            return Answer(
                json: [
                    "verdict": isDryRun ? "planned" : "rolled_back", "id": .string(record.id),
                    "state_root": .string(record.stateRoot.hex),
                    "changes": json(differences),
                ],
                lines: (isDryRun ? lines(differences) : []) + [
                    (isDryRun ? "would go back to " : "back at   ") + record.id
                        + ": \(Report.count(differences.count, "file")) "
                        + (isDryRun ? "would change" : "changed"),
                    "root hash \(record.stateRoot.hex)",
                ]
            )
        }
    }
}
