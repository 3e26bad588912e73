/// Rules 1 and 2: who imports what.
enum ImportRules {
    /// Modules of the host that only Base may see: input and output belong there.
    private static let hostModules: Set<String> = ["Glibc", "Musl", "Dispatch"]

    /// The C targets, each with the one module that may import it.
    static let cTargets = [
        "CLinux": "Host", "COpenSSL": "Crypto", "CSQLite": "SQLite", "CGenesis": "Genesis",
    ]

    struct Import: Equatable {
        let name: String
        let line: Int
    }

    static func imports(of file: SourceFile) -> [Import] {
        let tokens = file.tokens
        let kinds: Set<String> = [
            "struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor",
        ]
        var found: [Import] = []
        for place in tokens.indices.dropLast() where tokens[place].isWord("import") {
            var next = place + 1
            if kinds.contains(tokens[next].text), next + 1 < tokens.count { next += 1 }
            guard tokens[next].kind == .word, tokens[next].line == tokens[place].line else {
                continue
            }
            found.append(Import(name: tokens[next].text, line: tokens[place].line))
        }
        return found
    }

    /// Every import of a project module stands in the `uses` of `Package.swift`.
    static func undeclared(_ file: SourceFile, _ manifest: Manifest) -> [Finding] {
        let known = Set(manifest.modules.map(\.name))
        let home = file.module ?? file.suite ?? ""
        // Built by its own script, with a sanitizer, and no part of the package.
        guard home != "Fuzz" else { return [] }
        let allowed = file.module.map { manifest.uses(of: $0) } ?? manifest.uses(ofSuite: home)
        return imports(of: file).compactMap { found in
            guard known.contains(found.name), !(allowed ?? []).contains(found.name) else {
                return nil
            }
            return Finding(
                path: file.path,
                line: found.line,
                rule: "imports",
                advice: "\(home) may not import \(found.name); Package.swift does not list it in "
                    + "the uses of \(home)"
            )
        }
    }

    /// Every `uses` is used by at least one file of the module.
    static func unused(_ manifest: Manifest, _ files: [SourceFile]) -> [Finding] {
        var seen: [String: Set<String>] = [:]
        for file in files {
            guard let module = file.module else { continue }
            seen[module, default: []].formUnion(imports(of: file).map(\.name))
        }
        return manifest.modules.flatMap { module in
            module.uses.filter { !(seen[module.name] ?? []).contains($0) }.map { use in
                Finding(
                    path: "Package.swift",
                    line: 1,
                    rule: "imports",
                    advice: "\(module.name) lists \(use) in its uses and never imports it; "
                        + "take it out"
                )
            }
        }
    }

    /// C is imported by the one module that wraps it, Foundation by no module, Glibc only in Base.
    static func foreign(_ file: SourceFile) -> [Finding] {
        guard let module = file.module, let layer = file.layer else { return [] }
        return imports(of: file).compactMap { found in
            let advice: String
            if let owner = cTargets[found.name], owner != module {
                advice = "\(found.name) may only be imported by \(owner)"
            } else if found.name.hasPrefix("Foundation") {
                advice = "no module uses Foundation; Canon and Host have what is needed"
            } else if hostModules.contains(found.name), layer != "Base" {
                advice = "\(found.name) may only be imported in Base; use Host"
            } else {
                return nil
            }
            return Finding(path: file.path, line: found.line, rule: "imports", advice: advice)
        }
    }
}
