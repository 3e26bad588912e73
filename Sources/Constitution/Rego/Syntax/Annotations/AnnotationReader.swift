import Canon

/// Finds the `# METADATA` blocks among the comments of a module, reads them and says what each of
/// them stands in front of.
struct AnnotationReader {
    let comments: [Comment]
    let file: String
    private(set) var errors: [PolicyError] = []

    init(comments: [Comment], file: String) {
        self.comments = comments
        self.file = file
    }

    /// What an annotation can stand in front of.
    private enum Statement {
        case package
        case `import`
        case rule(Int)
    }

    mutating func read(
        package: PackageClause,
        imports: [ImportClause],
        rules: [Rule]
    ) -> [Annotation] {
        var statements: [(line: Int, statement: Statement)] =
            [(package.range.start.line, .package)]
        statements += imports.map { ($0.range.start.line, .import) }
        statements += rules.enumerated().map { ($1.range.start.line, .rule($0)) }
        statements.sort { $0.line < $1.line }
        var annotations: [Annotation] = []
        var following = 0
        for block in blocks() {
            let line = block[0].position.line
            while following < statements.count, statements[following].line <= line {
                following += 1
            }
            let statement = following < statements.count ? statements[following].statement : nil
            do {
                annotations.append(try annotation(block, in: statement))
            } catch {
                errors.append(error)
            }
        }
        return annotations
    }

    /// The blocks: a comment that says METADATA, and the comments on the lines directly below it
    /// that begin in the first column.
    private func blocks() -> [[Comment]] {
        var blocks: [[Comment]] = []
        var isOpen = false
        for (place, comment) in comments.enumerated() {
            if isOpen, comment.position.column == 1,
                comment.position.line == comments[place - 1].position.line + 1
            {
                blocks[blocks.count - 1].append(comment)
                continue
            }
            isOpen = comment.text.drop { $0 == " " || $0 == "\t" }.hasPrefix("METADATA")
            if isOpen { blocks.append([comment]) }
        }
        return blocks
    }

    private func wrong(_ message: String, at position: SourcePosition) -> PolicyError {
        PolicyError(.badAnnotation, file: file, at: position, message)
    }

    // MARK: One block

    private func annotation(
        _ block: [Comment],
        in statement: Statement?
    ) throws(PolicyError) -> Annotation {
        let start = block[0].position
        let lines = block.dropFirst().map {
            $0.text.hasPrefix(" ") ? String($0.text.dropFirst()) : $0.text
        }
        let value: JSONValue
        do {
            var reader = try YAMLReader(Text(lines.joined(separator: "\n")))
            value = try reader.document().jsonValue
        } catch {
            let position = block[min(error.line, block.count - 1)].position
            throw wrong("This METADATA cannot be read: \(error.reason).", at: position)
        }
        guard case .object(let said) = value else {
            throw wrong("METADATA is a list of keys with values, as in 'title: ...'.", at: start)
        }
        let content = try AnnotationContent(said).normalised { wrong($0, at: start) }
        let isEntrypoint = content["entrypoint"] == .bool(true)
        let scope = try scope(
            said["scope"],
            isEntrypoint: isEntrypoint,
            in: statement,
            at: start
        )
        var rule: Int?
        if case .rule(let index) = statement { rule = index }
        let members = [("scope", JSONValue.string(scope.rawValue))] + content.members
        return Annotation(
            position: start,
            scope: scope,
            rule: rule,
            content: .object(JSONObject(members))
        )
    }

    private func scope(
        _ said: JSONValue?,
        isEntrypoint: Bool,
        in statement: Statement?,
        at start: SourcePosition
    ) throws(PolicyError) -> Annotation.Scope {
        let scope: Annotation.Scope
        if let said {
            guard let known = said.string.flatMap(Annotation.Scope.init(rawValue:)) else {
                throw wrong(
                    "The scope of METADATA is rule, document, package or subpackages.",
                    at: start
                )
            }
            scope = known
        } else {
            switch statement {
            case .rule: scope = isEntrypoint ? .document : .rule
            case .package: scope = .package
            default:
                throw wrong("METADATA stands in front of a package or of a rule.", at: start)
            }
        }
        switch (scope, statement) {
        case (.rule, .rule), (.document, .rule), (.package, .package), (.subpackages, .package):
            break
        default:
            let wanted = scope == .rule || scope == .document ? "a rule" : "the package"
            throw wrong(
                "METADATA of scope '\(scope.rawValue)' must stand in front of \(wanted).",
                at: start
            )
        }
        if isEntrypoint, scope != .document, scope != .package {
            throw wrong("An entry point is a document or a package, not a single rule.", at: start)
        }
        return scope
    }
}
