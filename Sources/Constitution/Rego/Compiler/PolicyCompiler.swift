/// Compiles modules and base data into a policy that can be asked.
package enum PolicyCompiler {
    /// Compiles modules; whatever is wrong with any of them refuses all.
    package static func compile(
        modules: [PolicyModule],
        data: Value = .object(.empty),
        options: CompileOptions = CompileOptions()
    ) throws(PolicyErrors) -> CompiledPolicy {
        let source = try resolved(modules, data: data, options: options)
        let recursion = RecursionCheck(source: source).errors()
        if !recursion.isEmpty { throw PolicyErrors(recursion) }
        let assembler = Assembler(source, data: data, options: options)
        assembler.assembleRules()
        // Arity and safety first: of such a line, its types say nothing useful.
        if !assembler.errors.isEmpty { throw PolicyErrors(assembler.errors) }
        var types = TypeCheck(source)
        types.checkRules()
        if !types.errors.isEmpty { throw PolicyErrors(types.errors) }
        return CompiledPolicy(
            source: source,
            image: ProgramImage(assembler.program),
            index: assembler.index
        )
    }

    private static func resolved(
        _ modules: [PolicyModule],
        data: Value,
        options: CompileOptions
    ) throws(PolicyErrors) -> ResolvedPolicy {
        let tree = tree(of: modules)
        var errors = RuleConflicts(tree: tree, modules: modules, data: data).errors()
        var source = ResolvedPolicy(tree: tree, options: options)
        let names = modules.map { ModuleNames($0, tree: tree, errors: &errors) }
        for node in tree.nodes.indices {
            for rule in tree[node].rules {
                let module = modules[rule.module]
                let path = tree[node].path
                var resolver = Resolver(
                    tree: tree,
                    names: names[rule.module],
                    file: module.file,
                    metadata: {
                        RuleMetadata(rule: rule.rule, of: rule.module, path: path, in: modules)
                    }
                )
                let definition = resolver.definition(of: module.rules[rule.rule], node: node)
                source.definitions[node, default: []].append(definition)
                source.targets.formUnion(resolver.targets)
                errors += resolver.errors
            }
        }
        if !errors.isEmpty { throw PolicyErrors(errors) }
        return source
    }

    private static func tree(of modules: [PolicyModule]) -> RuleTree {
        var tree = RuleTree()
        for (number, module) in modules.enumerated() {
            let package = module.package.path.map { Text($0) }
            tree.insertPackage(package)
            for (index, rule) in module.rules.enumerated() {
                let source = RuleTree.RuleSource(
                    module: number,
                    rule: index,
                    isFunction: rule.head.parameters != nil
                )
                _ = tree.insertRule(package + rule.head.constantPath, source)
            }
        }
        return tree
    }
}
