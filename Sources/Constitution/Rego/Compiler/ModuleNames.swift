/// What the names of one module stand for, outside of any rule.
struct ModuleNames {
    /// What a name of the module stands for.
    enum Meaning {
        /// Something under `data`: a rule of the package, or an import.
        case data([Text])
        /// Something under `input`, by an import.
        case input([Text])
    }

    /// The package.
    let package: [Text]

    /// The dialect of the module.
    let version: RegoVersion

    private var meanings: [String: Meaning] = [:]

    /// The names of a module; rules of the package may stand in other modules.
    ///
    /// An import that has the name of a rule of the package is refused, as is one that hides
    /// `input` or `data`, and two of one name.
    init(_ module: PolicyModule, tree: RuleTree, errors: inout [PolicyError]) {
        package = module.package.path.map { Text($0) }
        version = module.version
        addRules(of: tree)
        addImports(module.imports, file: module.file, version: module.version, errors: &errors) {
            Self.definesRule($0, in: module)
        }
    }

    /// The names of a query: its imports.
    init(query imports: [ImportClause], tree: RuleTree, errors: inout [PolicyError]) {
        package = []
        version = .v1
        addImports(imports, file: "query", version: .v1, errors: &errors) { _ in false }
    }

    private mutating func addRules(of tree: RuleTree) {
        if let node = tree.find(package) {
            for name in tree[node].childNames {
                guard let child = tree[node].children[name], Self.leadsToRule(child, in: tree)
                else { continue }
                meanings[name.string] = .data(package + [name])
            }
        }
    }

    private mutating func addImports(
        _ imports: [ImportClause],
        file: String,
        version: RegoVersion,
        errors: inout [PolicyError],
        isRule: (String) -> Bool
    ) {
        var imported: Set<String> = []
        for clause in imports where !clause.isForParser {
            let name = clause.name
            let path = clause.path.dropFirst().map { Text($0) }
            let refuse = { (message: String) in
                PolicyError(
                    .shadowed,
                    file: file,
                    at: clause.range.start,
                    message
                )
            }
            if path.isEmpty, clause.alias == nil { continue }
            if name == "input" || name == "data" {
                errors.append(refuse("An import may not take the name \(name). Give it another."))
                continue
            }
            if version == .v1, !imported.insert(name).inserted {
                errors.append(refuse("Two imports have the name \(name). Give one another name."))
                continue
            }
            if isRule(name) {
                errors.append(
                    refuse("The import \(name) has the name of a rule. Give it another name.")
                )
                continue
            }
            meanings[name] = clause.path.first == "input" ? .input(path) : .data(path)
        }
    }

    subscript(name: String) -> Meaning? { meanings[name] }

    private static func definesRule(_ name: String, in module: PolicyModule) -> Bool {
        module.rules.contains {
            if case .variable(name) = $0.head.reference.head.kind { true } else { false }
        }
    }

    /// Whether a child of a package is there because of a rule of it, not of a package below it.
    private static func leadsToRule(_ child: RuleTree.NodeID, in tree: RuleTree) -> Bool {
        if !tree[child].rules.isEmpty { return true }
        guard !tree[child].isPackage else { return false }
        return tree[child].children.values.contains { leadsToRule($0, in: tree) }
    }
}
