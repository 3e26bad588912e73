import Canon
import Patterns

/// Rules about which files there are.
extension Judgement {
    mutating func judgeTree(_ rules: [TreeRule]) {
        for rule in rules {
            // Deciding a path takes some forty nanoseconds, far less than a step elsewhere.
            guard spend(1 + target.files.count / 8) else { return }
            judge(rule)
        }
    }

    private mutating func judge(_ rule: TreeRule) {
        switch rule.demand {
        case .present(let pattern):
            guard !target.files.contains(where: { pattern.matches($0.bytes) }) else { return }
            breach(
                pattern.text,
                rule.rule,
                "law.file-missing",
                "A file '\(pattern.text)' is required, but there is none."
            )
        case .directory(let name, let inside):
            guard !target.files.contains(where: { inside.matches($0.bytes) }) else { return }
            breach(
                name,
                rule.rule,
                "law.directory-missing",
                "The directory '\(name)' is required, but there is no file in it."
            )
        case .absent(let pattern):
            for file in target.files where pattern.matches(file.bytes) {
                breach(
                    file.text,
                    rule.rule,
                    "law.file-forbidden",
                    "No file may match '\(pattern.text)', but \(Printable(file.text)) does."
                )
            }
        case .allowed(let patterns):
            for file in target.files where !isMatch(file, patterns) {
                breach(
                    file.text,
                    rule.rule,
                    "law.file-not-allowed",
                    "Only listed files are allowed, and no pattern of the list matches"
                        + " \(Printable(file.text))."
                )
            }
        case .authorized(let patterns):
            for file in target.files where !isMatch(file, patterns) {
                breach(
                    file.text,
                    rule.rule,
                    "law.file-not-authorized",
                    "\(identifier) authorizes no path that matches \(Printable(file.text))."
                )
            }
        case .named(let inside, let name):
            for file in target.files where inside.matches(file.bytes) && !name.matches(file.name) {
                breach(
                    file.text,
                    rule.rule,
                    "law.file-name",
                    "A name like '\(name.text)' was expected, but the file is called"
                        + " '\(Printable(file.name))'."
                )
            }
        case .count(let pattern, let range):
            let count = target.files.count { pattern.matches($0.bytes) }
            guard !range.contains(count) else { return }
            let wanted =
                count < range.lowerBound
                ? "At least \(range.lowerBound)" : "At most \(range.upperBound)"
            breach(
                pattern.text,
                rule.rule,
                "law.file-count",
                "\(wanted) files '\(pattern.text)' were expected, but there are \(count)."
            )
        }
    }

    private func isMatch(_ file: RelativePath, _ patterns: [PathPattern]) -> Bool {
        patterns.contains { $0.matches(file.bytes) }
    }
}
