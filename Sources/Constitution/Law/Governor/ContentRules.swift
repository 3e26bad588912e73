import Canon
import Patterns

/// Rules about what files say.
///
/// Each file is read at most once, whatever the number of rules, and judged before the next is
/// read, so that no more than one file is held.
extension Judgement {
    mutating func judgeContent(_ rules: [ContentRule], _ exports: [ExportRule]) {
        for rule in rules where rule.mustExist && rule.files.allSatisfy(\.isExact) {
            guard spend(1 + target.files.count / 8) else { return }
            for pattern in rule.files
            where !target.files.contains(where: { pattern.matches($0.bytes) }) {
                breach(
                    pattern.text,
                    rule.rule,
                    "law.file-missing",
                    "The content of '\(pattern.text)' is subject to a rule, but there is no such"
                        + " file."
                )
            }
        }
        var missing = Array(exports.indices)
        for file in target.files {
            guard spend(1 + (rules.count + exports.count) / 8) else { return }
            let applicable = rules.filter { rule in
                !rule.demands.isEmpty && rule.files.contains { $0.matches(file.bytes) }
            }
            let wanted = missing.filter { exports[$0].files.matches(file.bytes) }
            guard !applicable.isEmpty || !wanted.isEmpty else { continue }
            let exported = wanted.first.map { exports[$0].rule }
            let textRule = applicable.first(where: \.needsText)?.rule ?? exported
            guard let rule = applicable.first?.rule ?? exported,
                let text = read(file, rule, textRule: textRule)
            else { continue }
            for rule in applicable { judge(text, rule) }
            missing.removeAll { wanted.contains($0) && isDeclared(exports[$0], text) }
            if isExhausted { return }
        }
        for index in missing {
            let export = exports[index]
            breach(
                export.files.text,
                export.rule,
                "law.export-missing",
                "A \(Shown.name(export.kind)) '\(Shown.name(export.name))' must be declared in"
                    + " '\(export.files.text)', but no file there does."
            )
        }
    }

    /// One file's text.
    private struct Text {
        let file: RelativePath
        let bytes: [UInt8]
    }

    /// Reads a file for a rule; `textRule` is the one, if any, that makes sense for text only.
    private mutating func read(
        _ file: RelativePath,
        _ rule: String,
        textRule: String?
    ) -> Text? {
        let bytes: [UInt8]
        switch target.content(file, budget.fileBytesMax) {
        case .bytes(let all) where all.count <= budget.fileBytesMax: bytes = all
        case .bytes, .tooLarge:
            breach(
                file.text,
                rule,
                "law.file-too-large",
                "\(Printable(file.text)) has more than \(budget.fileBytesMax) bytes, so its content"
                    + " cannot be judged."
            )
            return nil
        case .unreadable(let why):
            breach(
                file.text,
                rule,
                "law.file-unreadable",
                "\(Printable(file.text)) cannot be read: \(Printable(why))."
            )
            return nil
        }
        guard spend(1 + bytes.count / 16) else { return nil }
        guard (try? UTF8Span(validating: bytes.span)) != nil else {
            guard let textRule else {
                // What is forbidden is found around bytes that are no text.
                return Text(file: file, bytes: bytes)
            }
            breach(
                file.text,
                textRule,
                "law.file-not-text",
                "\(Printable(file.text)) is not UTF-8, so its content cannot be judged."
            )
            return nil
        }
        return Text(file: file, bytes: bytes)
    }

    private mutating func judge(_ text: Text, _ rule: ContentRule) {
        var hasForbidden = true
        if let any = rule.anyForbidden {
            guard spend(1 + text.bytes.count / 16) else { return }
            hasForbidden = search(any, text.bytes.span) != nil
            if isExhausted { return }
        }
        for (rule, demand) in rule.demands {
            if !hasForbidden, case .forbidden = demand { continue }
            guard spend(1 + text.bytes.count / 16) else { return }
            switch demand {
            case .section(let heading): judgeSection(text, heading, rule)
            case .contains(let wanted):
                guard ByteSearch.first(Array(wanted.utf8), in: text.bytes) == nil else { continue }
                breach(
                    text.file.text,
                    rule,
                    "law.text-missing",
                    "The text '\(Shown.name(wanted))' was expected, but it does not occur."
                )
            case .forbidden(let pattern, let reason): judgeForbidden(text, pattern, reason, rule)
            case .json(let schema): judgeJSON(text, schema, rule)
            case .linesMax(let most):
                let count = ByteSearch.lineCount(text.bytes)
                guard count > most else { continue }
                breach(
                    text.file.text,
                    rule,
                    "law.file-too-long",
                    "A file of at most \(most) lines was expected, but there are \(count)."
                )
            case .noImport(let names, let expressions):
                judgeImports(text, names, expressions, rule)
            }
        }
    }

    /// A heading is a line of its own, and not within a fenced block.
    private mutating func judgeSection(_ text: Text, _ heading: String, _ rule: String) {
        let wanted = Array(heading.utf8)
        var isFenced = false
        for line in ByteSearch.lines(text.bytes) {
            let bare = ByteSearch.trimmed(line)
            if bare.starts(with: Array("```".utf8)) || bare.starts(with: Array("~~~".utf8)) {
                isFenced.toggle()
            } else if !isFenced, bare.elementsEqual(wanted) {
                return
            }
        }
        breach(
            text.file.text,
            rule,
            "law.section-missing",
            "The section '\(Shown.name(heading))' was expected, but it does not occur."
        )
    }

    private mutating func judgeForbidden(
        _ text: Text,
        _ pattern: ContentRule.TextPattern,
        _ reason: String?,
        _ rule: String
    ) {
        let position: Int?
        let shown: String
        switch pattern {
        case .literal(let literal):
            position = ByteSearch.first(Array(literal.utf8), in: text.bytes)
            shown = literal
        case .regex(let expression):
            shown = expression.pattern
            // A match belongs to the line of its last byte.
            position = search(expression, text.bytes.span).map { max(0, $0 - 1) }
        }
        guard let position else { return }
        let line = 1 + text.bytes[..<position].count { $0 == 0x0A }
        let why = reason.map { ": " + Shown.name($0) } ?? ""
        breach(
            text.file.text,
            rule,
            "law.text-forbidden",
            "Nothing may match '\(Shown.name(shown))'\(why), but line \(line) does."
        )
    }

    private mutating func judgeJSON(_ text: Text, _ schema: Schema, _ rule: String) {
        do {
            let value = try JSONValue(parsing: text.bytes)
            note(findings(of: schema, for: value), in: text.file.text, by: rule)
        } catch {
            breach(
                text.file.text,
                rule,
                "law.file-not-json",
                "\(Printable(text.file.text)) is not JSON: \(error.description)"
            )
        }
    }

    /// Line by line, so that the work stays in proportion to the file whatever the patterns are.
    private mutating func judgeImports(
        _ text: Text,
        _ names: [String],
        _ expressions: [RegularExpression],
        _ rule: String
    ) {
        for (index, line) in ByteSearch.lines(text.bytes).enumerated() {
            for expression in expressions {
                guard search(expression, line.span) != nil,
                    spend(1 + line.count * expression.instructionCount / 64),
                    let match = expression.firstMatch(in: Array(line)),
                    let group = match.groups[1]
                else { continue }
                let start = line.startIndex
                let module = String(
                    decoding: line[start + group.lowerBound..<start + group.upperBound],
                    as: UTF8.self
                )
                guard let name = names.first(where: { isOrIsWithin(module, $0) }) else { continue }
                breach(
                    text.file.text,
                    rule,
                    "law.import-forbidden",
                    "'\(Shown.name(name))' must not be imported, but line \(index + 1) imports"
                        + " '\(Shown.name(module))'."
                )
                break
            }
        }
    }

    /// Whether a module is the named one or a part of it: `os.path` is part of `os`.
    private func isOrIsWithin(_ module: String, _ name: String) -> Bool {
        let (module, name) = (Array(module.utf8), Array(name.utf8))
        guard module.starts(with: name) else { return false }
        guard module.count > name.count else { return true }
        return [UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":")]
            .contains(module[name.count])
    }

    private mutating func isDeclared(_ export: ExportRule, _ text: Text) -> Bool {
        for (files, expression) in export.syntax where files.matches(text.file.bytes) {
            if search(expression, text.bytes.span) != nil { return true }
        }
        return false
    }
}
