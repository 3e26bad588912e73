import Canon
import Integrity
import Law
import Registry

/// How verdicts read for people.
enum Report {
    /// Findings that are printed one by one; the rest is counted.
    static let findingsMax = 50

    static func lines(_ report: IntegrityReport) -> [String] {
        guard report.isWhole else {
            let stage = report.stages.last?.name ?? ""
            let number = report.stages.last?.rawValue ?? 0
            return findings(report.violations) + [
                "",
                "violated at stage \(number) (\(stage)): \(count(report.violations.count, "finding")) "
                    + "in \(Printable(report.path)). Later stages were not run.",
            ]
        }
        let seal =
            switch report.seal {
            case .none: "unsealed (an authoring tree)"
            case .verified: "sealed, and the seal verifies"
            case .broken, .unchecked: "seal not checked"
            }
        let exempt = report.exempt.reduce(0) { $0 + $1.entryCount }
        let odd = report.exempt.reduce(0) { $0 + $1.oddCount }
        let stage = report.stages.last?.name ?? ""
        return [
            (report.isComplete ? "whole: " : "passed up to \(stage), later stages were not run: ")
                + "\(count(report.fileCount, "file")) in "
                + "\(count(report.directoryCount, "directory", "directories")), "
                + "\(count(report.ownerCount, "owner")), "
                + "\(count(report.frameworkCount, "framework")), "
                + "\(count(report.packageCount, "package")), \(count(report.gateRuns, "gate run"))",
            "exempt: \(count(exempt, "entry", "entries"))"
                + (exempt == 0
                    ? ""
                    : " in "
                        + report.exempt.map { Printable($0.pattern).description }
                        .joined(separator: ", "))
                + (odd == 0 ? "" : " (\(odd) neither files nor directories, or not readable)"),
            "root hash \(report.stateRoot?.hex ?? "unknown")",
            "\(report.rootID) at \(Printable(report.path)): \(seal)",
        ]
    }

    static func findings(_ violations: [Violation]) -> [String] {
        var lines: [String] = []
        for violation in violations.prefix(findingsMax) {
            lines.append("\(violation.code.rawValue)  \(violation.path)")
            lines.append("    \(violation.reason)")
            lines.append("    rule: \(violation.rule)")
            lines.append("    next: \(violation.next)")
        }
        if violations.count > findingsMax { lines.append(more(violations.count)) }
        return lines
    }

    /// A number with its noun.
    static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// The answer for findings that stand against an operation.
    static func refusal(_ violations: [Violation], _ summary: String) -> Answer {
        Answer(
            .refused,
            json: ["verdict": "refused", "violations": .array(violations.map(\.json))],
            lines: findings(violations) + ["", summary]
        )
    }
}

extension Report {
    /// The answer for a denial: what said no, and why.
    static func denial(_ denial: Denial) -> Answer {
        Answer(
            .refused,
            json: [
                "verdict": "denied",
                "denial": [
                    "rule": .string(denial.rule), "policy_version": .string(denial.policyVersion),
                    "reason": .string(denial.reason),
                ],
            ],
            lines: ["denied: \(denial.reason)", "    rule: \(denial.rule)"]
        )
    }
}

extension Report {
    /// The answer for documents or a tree that were judged; each finding with what it was found in.
    static func judgement(_ findings: [(String, Finding)], _ what: String) -> Answer {
        let json: JSONValue = [
            "verdict": findings.isEmpty ? "valid" : "invalid",
            "findings": .array(
                findings.map { path, finding in
                    [
                        "document": .string(path), "at": .string(finding.path),
                        "rule": .string(finding.rule), "code": .string(finding.code),
                        "reason": .string(finding.reason),
                    ]
                }
            ),
        ]
        guard !findings.isEmpty else {
            return Answer(json: json, lines: ["valid: \(what)"])
        }
        var lines: [String] = []
        for (path, finding) in findings.prefix(findingsMax) {
            let place = [path, finding.path].filter { !$0.isEmpty }
                .map { Printable($0).description }.joined(separator: " ")
            lines.append("\(finding.code)  \(place)")
            lines.append("    \(finding.reason)")
            lines.append("    rule: \(finding.rule)")
        }
        if findings.count > findingsMax { lines.append(more(findings.count)) }
        lines.append("invalid: \(Report.count(findings.count, "finding")) in \(what)")
        return Answer(.refused, json: json, lines: lines)
    }

    /// The line that stands for what is not printed.
    static func more(_ count: Int) -> String {
        "… and \(count - findingsMax) more; --json lists all."
    }
}
