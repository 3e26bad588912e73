/// Rules 7, 9 and 10, and what keeps documents true: names in them exist, links lead somewhere.
enum DocumentRules {
    /// The modules that the page of modules describes.
    ///
    /// Each has a line of the form `- **Name** – a sentence.`
    static func describedModules(_ page: String) -> [String] {
        page.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("- **"), let end = line.dropFirst(4).firstRange(of: "**") else {
                return nil
            }
            return String(line.dropFirst(4)[..<end.lowerBound])
        }
    }

    /// The page and the manifest name the same modules, each once.
    static func modules(_ page: String, _ manifest: Manifest) -> [Finding] {
        let described = describedModules(page)
        let declared = manifest.modules.map(\.name)
        let missing = declared.filter { !described.contains($0) }
            .map { "\($0) has no sentence in docs/MODULES.md; write - **\($0)** – …" }
        let unknown = described.filter { !declared.contains($0) }
            .map { "\($0) is no module of Package.swift; take its sentence out" }
        let twice = Set(described.filter { name in described.count { $0 == name } > 1 })
            .map { "\($0) is described twice" }
        return (missing + unknown + twice.sorted()).map {
            Finding(path: "docs/MODULES.md", line: 1, rule: "modules", advice: $0)
        }
    }

    struct Link: Equatable {
        let target: String
        let line: Int
    }

    /// The relative links of a page, outside code.
    static func links(in page: String) -> [Link] {
        var found: [Link] = []
        var inCode = false
        for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.drop(while: { $0 == " " }).hasPrefix("```") { inCode.toggle() }
            if inCode { continue }
            var rest = line
            while let open = rest.firstRange(of: "](") {
                let target = rest[open.upperBound...].prefix { $0 != ")" }
                if !target.contains("://"), !target.hasPrefix("mailto:") {
                    found.append(Link(target: String(target), line: index + 1))
                }
                rest = rest[open.upperBound...]
            }
        }
        return found
    }

    /// Relative links lead to a file, a folder, or a heading that exists.
    static func brokenLinks(_ page: SourceFile, in tree: RepositoryTree) -> [Finding] {
        links(in: page.text).compactMap { link in
            let parts = link.target.split(
                separator: "#",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let path = parts[0].isEmpty ? page.path : resolve(String(parts[0]), from: page.path)
            let exists = path.map { tree.paths.contains($0) || tree.folders.contains($0) } ?? false
            var isFound = exists
            if exists, parts.count == 2, let path, path.hasSuffix(".md") {
                isFound = headings(of: tree.text(path)).contains(String(parts[1]))
            }
            guard !isFound else { return nil }
            return Finding(
                path: page.path,
                line: link.line,
                rule: "links",
                advice: "\(link.target) leads nowhere"
            )
        }
    }

    /// A relative target as a path of the repository; `nil` when it leads out.
    static func resolve(_ target: String, from page: String) -> String? {
        var parts = page.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                guard !parts.isEmpty else { return nil }
                parts.removeLast()
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }

    /// The anchors of a page's headings.
    static func headings(of page: String) -> Set<String> {
        Set(
            page.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
                let title = line.drop { $0 == "#" || $0 == " " }.lowercased()
                return String(
                    title.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }
                        .map { $0 == " " ? "-" : $0 }
                )
            }
        )
    }

    /// Paths of this repository that a page names in backticks exist.
    static func staleNames(_ page: SourceFile, in tree: RepositoryTree) -> [Finding] {
        let tops = ["Sources/", "Tests/", "docs/", "deploy/", "registries/", "planes/", "prompts/"]
        var found: [Finding] = []
        for (index, line) in page.text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let pieces = line.split(separator: "`", omittingEmptySubsequences: false)
            for (place, piece) in pieces.enumerated() where place % 2 == 1 {
                let name = piece.hasSuffix("/") ? piece.dropLast() : piece
                guard tops.contains(where: { piece.hasPrefix($0) }),
                    !piece.contains(where: { "*<>{} …".contains($0) }),
                    !tree.paths.contains(String(name)), !tree.folders.contains(String(name))
                else { continue }
                found.append(
                    Finding(
                        path: page.path,
                        line: index + 1,
                        rule: "names in documents",
                        advice: "\(piece) does not exist"
                    )
                )
            }
        }
        return found
    }

    /// The absolute folders in which people build; nothing in the repository may name one.
    private static let buildFolders = ["/wo" + "rk/", "/tm" + "p/h/", "/ro" + "ot/", "/ho" + "me/"]

    /// No file names a path of the machine it was written on.
    static func machinePaths(_ file: SourceFile) -> [Finding] {
        guard buildFolders.contains(where: file.text.contains) else { return [] }
        var found: [Finding] = []
        for (index, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            for folder in buildFolders {
                guard let range = line.firstRange(of: folder) else { continue }
                let before = line[..<range.lowerBound].last ?? " "
                guard !before.isLetter, !before.isNumber, !"._-}>*~".contains(before) else {
                    continue
                }
                found.append(
                    Finding(
                        path: file.path,
                        line: index + 1,
                        rule: "machine paths",
                        advice: "\(folder) is a folder of somebody's machine; say it otherwise"
                    )
                )
            }
        }
        return found
    }

    /// The entries that stand at the top of the repository, and must.
    static let entries = [
        "Package.swift", "Sources", "Tests", "planes", "registries", "prompts", "ledger", "docs",
        "deploy",
    ]

    /// What else may stand there; names that begin with a dot are settings of tools.
    private static let others: Set<String> = [
        "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE",
        "Package.resolved",
    ]

    static func layout(_ paths: Set<String>) -> [Finding] {
        let top = Set(paths.map { String($0.prefix { $0 != "/" }) })
        let missing = entries.filter { !top.contains($0) }
            .map { "\($0) is missing at the top of the repository" }
        let extra = top.filter {
            !$0.hasPrefix(".") && !entries.contains($0) && !others.contains($0)
        }
        .sorted().map { "\($0) does not belong at the top of the repository" }
        return (missing + extra).map {
            Finding(path: ".", line: 1, rule: "layout", advice: $0)
        }
    }

    /// The seeds' scripts; each has a row in `docs/commands.md`.
    static let scripts = [
        "cp_init_auth", "cp_inspect", "cp_plane", "cp_version_checkpoint", "cp_version_list",
        "cp_version_rollback", "genesis_bootstrap", "integrity_check", "ledger_repair",
        "ledger_tier", "package_factory", "package_install", "package_pack", "package_sync",
        "package_uninstall", "quarantine_orphans", "seal_guard", "validate_attention_policy",
        "validate_install_policy", "validate_package_manifest", "validate_packages",
        "validate_tier_deps", "verify_installed_state", "registry_compile", "gate_check",
        "validate_compliance", "validate_altitude_depth", "rotate_secrets", "ledger_query",
        "simulate", "pristine_rebuild_drill", "verify_integrity", "test_pack", "test_install",
        "test_uninstall",
    ]

    /// Each script has one row: its command, what it comes with, and `built` or `not yet`.
    static func commands(_ page: String) -> [Finding] {
        var rows: [String: Int] = [:]
        var advice: [String] = []
        for line in page.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.filter { $0 != "`" } }
            guard cells.count == 4 else { continue }
            let name = cells[0].filter { $0 != " " }
            guard scripts.contains(name) else { continue }
            rows[name, default: 0] += 1
            let status = cells[3].drop { $0 == " " }
            if !status.hasPrefix("built"), !status.hasPrefix("not yet") {
                advice.append("\(name) must say built or not yet")
            }
        }
        for script in scripts where rows[script] != 1 {
            advice.append("\(script) has \(rows[script] ?? 0) rows in docs/commands.md, not one")
        }
        return advice.map {
            Finding(path: "docs/commands.md", line: 1, rule: "commands", advice: $0)
        }
    }

    /// Every operation has a snapshot of its help and of one `--json` output.
    ///
    /// An operation is a file below `Verbs`, named as its command: `RegistryCompileVerb.swift` is
    /// `registry-compile`.
    static func snapshots(_ paths: Set<String>) -> [Finding] {
        paths.sorted().filter {
            $0.hasPrefix("Sources/Surface/Operations/Verbs/") && $0.hasSuffix(".swift")
        }.flatMap { path -> [Finding] in
            let stem = SourceFile(path, "").stem
            let name = kebab(stem.hasSuffix("Verb") ? String(stem.dropLast(4)) : stem)
            return ["Tests/Snapshots/help/\(name).txt", "Tests/Snapshots/json/\(name).json"]
                .filter { !paths.contains($0) }
                .map {
                    Finding(path: path, line: 1, rule: "snapshots", advice: "\($0) is missing")
                }
        }
    }

    static func kebab(_ name: String) -> String {
        var result = ""
        for character in name {
            if character.isUppercase, !result.isEmpty { result += "-" }
            result += character.lowercased()
        }
        return result
    }
}
