/// A policy that is ready to be asked: immutable, so that any number of threads share it.
package final class CompiledPolicy: Sendable {
    let source: ResolvedPolicy
    let image: ProgramImage
    let index: Assembler.ProcedureIndex

    init(source: ResolvedPolicy, image: ProgramImage, index: Assembler.ProcedureIndex) {
        self.source = source
        self.image = image
        self.index = index
    }

    /// Every place that an observer can hear of: what a coverage is counted against.
    package var spots: [Spot] { image.program.spots }

    /// Every rule and function, in the order of their names.
    package var rules: [RuleListing] {
        source.tree.nodes.indices.flatMap { node in
            (source.definitions[node] ?? []).map { definition in
                RuleListing(
                    path: source.tree[node].path.map(\.string),
                    isFunction: source.tree.isFunction(node),
                    file: definition.file,
                    range: definition.range
                )
            }
        }
        .sorted { ($0.path.joined(separator: "."), $0.file, $0.range.start)
            < ($1.path.joined(separator: "."), $1.file, $1.range.start)
        }
    }

    /// Prepares the question for one document: a rule or package by its names below `data`.
    package func prepare(entryPoint names: [String]) throws(PolicyErrors) -> PreparedEntryPoint {
        let path = names.map { Text($0) }
        if let node = source.tree.find(path), let procedure = index.rules[node],
            !source.tree.isFunction(node)
        {
            return PreparedEntryPoint(image: image, procedure: procedure)
        }
        let assembler = Assembler(
            continuing: image.program,
            of: source,
            index: index
        )
        let procedure = assembler.newProcedure("query")
        let code = ProcedureAssembler(assembler, number: procedure)
        code.begin(VariableTable(), file: "query")
        let result = code.newSlot()
        let start = SourcePosition(line: 1, column: 1)
        let reference = ResolvedReference(
            root: .data,
            steps: path.map { .constant(.string($0)) },
            position: start
        )
        code.evaluate(reference, into: result)
        code.emit(.giveBack(.slot(result)))
        code.close()
        assembler.assembleWaiting()
        if !assembler.errors.isEmpty { throw PolicyErrors(assembler.errors) }
        return PreparedEntryPoint(image: ProgramImage(assembler.program), procedure: procedure)
    }

    /// Prepares a query: a body as rules have, whose variables are the result.
    package func prepare(
        query text: String,
        imports: [ImportClause] = []
    ) throws(PolicyErrors) -> PreparedQuery {
        let body = try Parser.parseQuery(text)
        var errors: [PolicyError] = []
        let names = ModuleNames(query: imports, tree: source.tree, errors: &errors)
        var resolver = Resolver(tree: source.tree, names: names, file: "query")
        let goals = resolver.query(body)
        errors += resolver.errors
        if !errors.isEmpty { throw PolicyErrors(errors) }
        // Code asks only about what some `with` replaces; a new target makes all code anew.
        let isCovered = resolver.targets.isSubset(of: source.targets)
        var source = source
        source.targets.formUnion(resolver.targets)
        let assembler =
            isCovered
            ? Assembler(continuing: image.program, of: source, index: index)
            : Assembler(source, data: image.program.data, options: source.options)
        let query = assembler.assembleQuery(goals, resolver.scopes.table)
        if !assembler.errors.isEmpty { throw PolicyErrors(assembler.errors) }
        return PreparedQuery(
            image: ProgramImage(assembler.program),
            procedure: query.procedure,
            columns: query.columns
        )
    }
}

/// The question for one document, ready to be asked again and again.
package struct PreparedEntryPoint: Sendable {
    let image: ProgramImage
    let procedure: Int32

    /// The value of the document for an input; `nil` is undefined.
    package func evaluate(
        input: Value?,
        in context: DecisionContext = DecisionContext(),
        observer: (any DecisionObserver)? = nil
    ) throws(EvaluationError) -> Value? {
        var machine = Machine(image: image, input: input, context: context, observer: observer)
        return try machine.value(of: procedure)
    }

    /// The same, with the steps that it took, whatever came of it.
    package func measured(
        input: Value?,
        in context: DecisionContext = DecisionContext(),
        observer: (any DecisionObserver)? = nil
    ) -> (outcome: Result<Value?, EvaluationError>, steps: Int) {
        var machine = Machine(image: image, input: input, context: context, observer: observer)
        let outcome: Result<Value?, EvaluationError>
        do throws(EvaluationError) {
            outcome = .success(try machine.value(of: procedure))
        } catch {
            outcome = .failure(error)
        }
        let left = max(machine.context.budget.stepsLeft, 0)
        return (outcome, context.budget.stepsLeft - left)
    }
}
