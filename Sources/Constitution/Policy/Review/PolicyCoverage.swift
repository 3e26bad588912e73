package import Canon
import Rego

/// Which lines of the deciding policies a run of tests came by.
package struct PolicyCoverage: Sendable, Hashable {
    /// One line of a file.
    struct Place: Hashable {
        let file: String
        let line: Int
    }

    /// The lines of one file that can be come by.
    package struct File: Sendable, Hashable {
        package let path: String
        package let covered: [Int]
        package let missed: [Int]
    }

    /// The files, ordered by path; those that only test are not among them.
    package let files: [File]

    /// What a run passed, held against everything it could have.
    init(_ modules: [PolicyModule], passed: Set<Place>) {
        var files: [File] = []
        for module in modules where !module.file.hasSuffix("_test.rego") {
            var lines: Set<Int> = []
            for rule in module.rules where !rule.isDefault {
                lines.insert(rule.range.start.line)
                PolicyCoverage.collect(rule.body, into: &lines)
                for other in rule.alternatives { PolicyCoverage.collect(other.body, into: &lines) }
            }
            let ordered = lines.sorted()
            let covered = ordered.filter { passed.contains(Place(file: module.file, line: $0)) }
            files.append(
                File(
                    path: module.file,
                    covered: covered,
                    missed: ordered.filter { !covered.contains($0) }
                )
            )
        }
        self.files = files.sorted { $0.path.precedesInBytes($1.path) }
    }

    private static func collect(_ body: Body?, into lines: inout Set<Int>) {
        for literal in body?.literals ?? [] {
            lines.insert(literal.range.start.line)
            if case .every(_, _, _, let inner) = literal.kind { collect(inner, into: &lines) }
        }
    }

    /// The share of lines that were come by, in percent; of no lines, all.
    package var percent: Double {
        let covered = files.reduce(0) { $0 + $1.covered.count }
        let all = files.reduce(covered) { $0 + $1.missed.count }
        return all == 0 ? 100 : Double(covered) * 100 / Double(all)
    }

    /// The coverage as `--json` shows it.
    package var json: JSONValue {
        var members = JSONObject([
            (
                "files",
                .array(
                    files.map { file in
                        [
                            "path": .string(file.path),
                            "covered": .array(file.covered.map { .integer($0) }),
                            "missed": .array(file.missed.map { .integer($0) }),
                        ]
                    }
                )
            )
        ])
        members["percent"] = JSONNumber((percent * 10).rounded() / 10).map { .number($0) }
        return .object(members)
    }
}
