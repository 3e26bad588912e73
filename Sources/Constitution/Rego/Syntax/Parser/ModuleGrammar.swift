/// Modules: the package, the imports, and what stands behind them.
extension Parser {
    mutating func module() throws(Failure) -> PolicyModule {
        let package = try packageClause()
        var imports: [ImportClause] = []
        var rules: [Rule] = []
        while !isAt(.end), !isHopeless {
            let start = place
            do throws(Failure) {
                if isAt(.package) {
                    throw failure(.badPackage, at: token.start, "A policy has one package only.")
                } else if isAt(.import) {
                    imports.append(try importClause())
                } else {
                    rules += try ruleStatement()
                }
            } catch {
                record(error)
                recover(from: start)
            }
        }
        var reader = AnnotationReader(comments: comments, file: file)
        let annotations = reader.read(package: package, imports: imports, rules: rules)
        for error in reader.errors { report(error.code, at: error.position, error.message) }
        return PolicyModule(
            file: file,
            version: version,
            package: package,
            imports: imports,
            rules: rules,
            annotations: annotations,
            comments: comments
        )
    }

    private mutating func packageClause() throws(Failure) -> PackageClause {
        let start = token.start
        guard isAt(.package) else {
            if isAt(.invalid) { throw unexpected("a package") }
            throw failure(
                .badPackage,
                at: start,
                "A policy begins with its package, as in 'package authz'; found \(found)."
            )
        }
        advance()
        let path = try names("the path of the package, as in 'package authz.http'")
        return PackageClause(range: range(from: start), path: path)
    }

    /// Dotted names, also in brackets; words of the language may be among them.
    private mutating func names(_ expected: String) throws(Failure) -> [String] {
        guard isAt(.identifier), string(of: token) != "_" else { throw unexpected(expected) }
        var names = [string(of: token)]
        advance()
        while !token.isSpaced {
            if take(.dot) {
                guard isAt(.identifier), !token.isSpaced else { throw unexpected("a name") }
                names.append(string(of: token))
                advance()
            } else if take(.bracketOpen) {
                let step = try primary()
                guard case .scalar(.string(let name)) = step.kind else {
                    throw failure(
                        .unexpectedToken,
                        at: step.position,
                        "A path holds names and strings only."
                    )
                }
                names.append(name)
                try expect(.bracketClose, "']' behind the string")
            } else {
                break
            }
        }
        return names
    }

    // MARK: Imports

    private mutating func importClause() throws(Failure) -> ImportClause {
        let start = token.start
        advance()
        let path = try names("what to import, as in 'import data.users'")
        var alias: String?
        if take(.as) {
            guard isAt(.identifier), keyword == nil, string(of: token) != "_" else {
                throw unexpected("a name behind 'as'")
            }
            alias = string(of: token)
            advance()
        }
        let clause = ImportClause(range: range(from: start), path: path, alias: alias)
        switch path[0] {
        case "data", "input": try checkNameOf(clause)
        case "future": try importFuture(clause)
        case "rego": try importRego(clause)
        default:
            throw badImport(
                clause,
                "An import begins with data, input, future or rego, not with"
                    + " \(SourceText.quoted(path[0]))."
            )
        }
        return clause
    }

    private func badImport(_ clause: ImportClause, _ message: String) -> Failure {
        failure(.badImport, at: clause.range.start, message)
    }

    /// An import that is known by a word of the language could never be named.
    private func checkNameOf(_ clause: ImportClause) throws(Failure) {
        guard let word = Keyword(rawValue: clause.name), clause.alias == nil,
            !word.isImported || importedWords.contains(word)
        else { return }
        throw badImport(
            clause,
            "An import cannot end with the word '\(word.rawValue)': give it a name with 'as'."
        )
    }

    private mutating func importFuture(_ clause: ImportClause) throws(Failure) {
        let path = clause.path
        let words = Keyword.allCases.filter(\.isImported)
        guard path.count > 1, path[1] == "keywords", path.count <= 3 else {
            throw badImport(clause, "Of 'future' only 'future.keywords' can be imported.")
        }
        guard clause.alias == nil else {
            throw badImport(clause, "The words of the language cannot be given other names.")
        }
        guard path.count == 3 else {
            importedWords.formUnion(words)
            return
        }
        guard let word = Keyword(rawValue: path[2]), word.isImported else {
            let known = words.map(\.rawValue).sorted().joined(separator: ", ")
            throw badImport(
                clause,
                "There is no word \(SourceText.quoted(path[2])) to import; there are \(known)."
            )
        }
        importedWords.insert(word)
        // 'every x in xs' cannot be said without 'in'.
        if word == .every { importedWords.insert(.in) }
    }

    private mutating func importRego(_ clause: ImportClause) throws(Failure) {
        guard clause.path == ["rego", "v1"] else {
            throw badImport(clause, "Of 'rego' only 'rego.v1' can be imported.")
        }
        if version == .v0 {
            guard clause.alias == nil else {
                throw badImport(clause, "'rego.v1' cannot be given another name.")
            }
            version = .v1
        }
        importedWords.formUnion(Keyword.allCases.filter(\.isImported))
    }
}
