/// Writes a policy as everybody's policies look: tabs, one literal a line, one blank line between
/// rules.
///
/// What it writes reads as the same policy, and is left alone when formatted again. Comments are
/// kept, in order; a comment in the middle of what becomes one line moves above it. A collection
/// stays on one line or on several, as its author had it.
package struct PolicyFormatter {
    /// Formats the text of a module.
    package static func format(
        _ text: [UInt8],
        file: String,
        version: RegoVersion = .v1
    ) throws(PolicyErrors) -> String {
        let module = try Parser.parse(text, file: file, version: version)
        var formatter = PolicyFormatter(text, of: module, in: version)
        formatter.write(module)
        return formatter.page.finished()
    }

    /// The words that are in force where the page stands: in v0 those that were imported above.
    private var importedWords: Set<Keyword>
    private var isV0: Bool
    var page: FormattedPage

    private init(_ text: [UInt8], of module: PolicyModule, in version: RegoVersion) {
        page = FormattedPage(text, comments: module.comments)
        isV0 = version == .v0
        importedWords = isV0 ? [] : Set(Keyword.allCases.filter(\.isImported))
    }

    /// Puts what an import brings into force, for what stands behind it.
    private mutating func takeIn(_ path: [String]) {
        let words = Keyword.allCases.filter(\.isImported)
        if path == ["rego", "v1"] {
            isV0 = false
            importedWords.formUnion(words)
        } else if path.first == "future" {
            if path.count == 2 { importedWords.formUnion(words) }
            if path.count == 3, let word = Keyword(rawValue: path[2]) { importedWords.insert(word) }
        }
    }

    // MARK: Modules

    private mutating func write(_ module: PolicyModule) {
        let starts =
            module.imports.map(\.range.start) + module.rules.map(\.range.start) + [.farthest]
        page.begin(at: module.package.range.start)
        page.put("package " + path(module.package.path))
        page.endLine(behind: module.package.range.end, before: starts.min() ?? .farthest)
        // Imports may stand between rules, and stay there; what is in force begins with them.
        var imports = module.imports[...]
        var rules = module.rules[...]
        var last = Statement.header
        while true {
            let importStart = imports.first?.range.start ?? .farthest
            let ruleStart = rules.first?.range.start ?? .farthest
            guard min(importStart, ruleStart) < .farthest else { break }
            if importStart < ruleStart {
                let clause = imports.removeFirst()
                page.separate(last != .import)
                let next = min(imports.first?.range.start ?? .farthest, ruleStart)
                write(clause, before: next)
                last = .import
            } else {
                let rule = rules.removeFirst()
                page.separate(last != .shortRule || !isShort(rule))
                let next = min(rules.first?.range.start ?? .farthest, importStart)
                write(rule, before: next)
                last = isShort(rule) ? .shortRule : .rule
            }
        }
        page.begin(at: .farthest)
    }

    private enum Statement {
        case header
        case `import`
        case rule
        case shortRule
    }

    /// Whether a rule stands on one line, and will; such rules may stand together.
    private func isShort(_ rule: Rule) -> Bool {
        guard rule.range.isOnOneLine, rule.alternatives.isEmpty else { return false }
        return !(rule.body?.hasBraces ?? false)
    }

    private func path(_ names: [String]) -> String {
        var text = names[0]
        for name in names.dropFirst() {
            text += FormattedPage.isName(name) ? ".\(name)" : "[\(FormattedPage.quoted(name))]"
        }
        return text
    }

    private mutating func write(_ clause: ImportClause, before next: SourcePosition) {
        page.begin(at: clause.range.start)
        page.put("import " + path(clause.path))
        if let alias = clause.alias { page.put(" as \(alias)") }
        page.endLine(behind: clause.range.end, before: next)
        takeIn(clause.path)
    }

    // MARK: Rules

    private mutating func write(_ rule: Rule, before next: SourcePosition) {
        page.begin(at: rule.range.start)
        if rule.isDefault { page.put("default ") }
        write(rule.head, hasBody: rule.body != nil)
        if let body = rule.body { write(body, of: rule.head, isElse: false) }
        var hasBraces = rule.body?.hasBraces ?? false
        var end = rule.body?.range.end ?? rule.head.range.end
        for alternative in rule.alternatives {
            if hasBraces {
                page.put(" ")
            } else {
                page.endLine(behind: end, before: alternative.range.start)
                page.begin(at: alternative.range.start)
            }
            end = alternative.range.end
            page.put("else")
            if let value = alternative.value {
                page.put(" := ")
                page.write(value)
            }
            if let body = alternative.body { write(body, of: rule.head, isElse: true) }
            hasBraces = alternative.body?.hasBraces ?? false
        }
        page.endLine(behind: rule.range.end, before: next)
    }

    private mutating func write(_ head: RuleHead, hasBody: Bool) {
        let reference = head.reference
        page.write(reference)
        if let parameters = head.parameters {
            // The head's own range shows on which lines the parameters stand.
            page.writeList(parameters, from: "(", to: ")", in: head.parameterRange(parameters))
        }
        switch head.contribution {
        case .value(let value?):
            page.put(" := ")
            page.write(value)
        case .value(nil): break
        case .member(let member):
            let isOld =
                isV0 && reference.steps.isEmpty
                && !(importedWords.contains(.contains) && (!hasBody || importedWords.contains(.if)))
            page.put(isOld ? "[" : " contains ")
            page.write(member)
            if isOld { page.put("]") }
        }
    }

    private mutating func write(_ body: Body, of head: RuleHead, isElse: Bool) {
        var saysIf = importedWords.contains(.if)
        // In v0 a member in brackets cannot have an 'if': that would make it a rule of its own.
        if isV0, case .member = head.contribution, !isElse, !importedWords.contains(.contains) {
            saysIf = false
        }
        page.put(saysIf ? " if " : " ")
        page.writeBody(body, bracesOnly: body.hasBraces || !saysIf)
    }
}

extension RuleHead {
    /// The stretch from the name to the last parameter.
    fileprivate func parameterRange(_ parameters: [Term]) -> SourceRange {
        let end = parameters.last?.range.end ?? reference.range.end
        return SourceRange(start: reference.range.end, end: end)
    }
}

extension Body {
    /// Whether the body of a rule has braces around it, or needs them because its one literal
    /// begins with one.
    var hasBraces: Bool { range.start < literals[0].range.start || literals[0].beginsWithBrace }
}

extension Literal {
    fileprivate var beginsWithBrace: Bool {
        guard !isNegated else { return false }
        switch kind {
        case .expression(let term): return term.beginsWithBrace
        case .assignment(let left, _), .unification(let left, _): return left.beginsWithBrace
        case .declaration, .someIn, .every: return false
        }
    }
}

extension Term {
    fileprivate var beginsWithBrace: Bool {
        switch kind {
        case .set(let terms): !terms.isEmpty
        case .object, .setComprehension, .objectComprehension: true
        case .reference(let reference): reference.head.beginsWithBrace
        case .infix(_, let left, _): left.beginsWithBrace
        case .membership(let key, let value, _): (key ?? value).beginsWithBrace
        default: false
        }
    }
}

extension SourceRange {
    var isOnOneLine: Bool { start.line == end.line }
}

extension SourcePosition {
    /// A place behind all text.
    static let farthest = SourcePosition(line: .max, column: .max)
}
