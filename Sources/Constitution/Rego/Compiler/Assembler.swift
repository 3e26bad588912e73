/// Makes the code of a policy: one procedure for each rule, function and document that is needed.
///
/// It lives while a policy is compiled; what remains is the `Program`.
final class Assembler {
    let source: ResolvedPolicy
    var tree: RuleTree { source.tree }
    private(set) var program: Program
    private(set) var errors: [PolicyError] = []
    let options: CompileOptions

    private var constantNumbers: [Value: Int] = [:]
    private var pathNumbers: [[Text]: Int32] = [:]
    private var builtinNumbers: [String: Int32] = [:]
    private var fileNumbers: [String: Int32] = [:]
    private var targetNumbers: [Modifier.Target: Int32] = [:]
    private var ruleProcedures: [RuleTree.NodeID: Int32] = [:]
    private var documentProcedures: [RuleTree.NodeID: Int32] = [:]
    private var waiting: [Work] = []

    /// A procedure that has a number and no code yet.
    private enum Work {
        case rule(RuleTree.NodeID, Int32)
        case document(RuleTree.NodeID, Int32)
    }

    init(_ source: ResolvedPolicy, data: Value, options: CompileOptions) {
        self.source = source
        self.options = options
        program = Program()
        program.data = data
        for target in source.targets {
            targetNumbers[target] = Int32(targetNumbers.count)
        }
        program.targetCount = targetNumbers.count
    }

    /// Goes on with a finished program, to add a query.
    init(continuing program: Program, of source: ResolvedPolicy, index: ProcedureIndex) {
        self.source = source
        self.program = program
        options = source.options
        ruleProcedures = index.rules
        documentProcedures = index.documents
        for (number, constant) in program.constants.enumerated() {
            constantNumbers[constant] = number
        }
        for (number, path) in program.paths.enumerated() { pathNumbers[path] = Int32(number) }
        for (number, builtin) in program.builtins.enumerated() {
            builtinNumbers[builtin.name] = Int32(number)
        }
        for (number, file) in program.files.enumerated() { fileNumbers[file] = Int32(number) }
        for target in source.targets {
            targetNumbers[target] = Int32(targetNumbers.count)
        }
    }

    /// Which procedure each node has.
    struct ProcedureIndex: Sendable {
        var rules: [RuleTree.NodeID: Int32] = [:]
        var documents: [RuleTree.NodeID: Int32] = [:]
    }

    var index: ProcedureIndex {
        ProcedureIndex(rules: ruleProcedures, documents: documentProcedures)
    }

    func refuse(_ error: PolicyError) {
        errors.append(error)
    }

    // MARK: Procedures

    /// Makes the code of all rules, and of the documents that they need.
    func assembleRules() {
        for node in tree.nodes.indices where !tree[node].rules.isEmpty {
            _ = procedure(ofRule: node)
        }
        assembleWaiting()
    }

    func assembleWaiting() {
        while let work = waiting.popLast() {
            switch work {
            case .rule(let node, let number):
                ProcedureAssembler(self, number: number).assembleRule(node)
            case .document(let node, let number):
                ProcedureAssembler(self, number: number).assembleDocument(node)
            }
        }
    }

    func procedure(ofRule node: RuleTree.NodeID) -> Int32 {
        if let known = ruleProcedures[node] { return known }
        let number = newProcedure(tree[node].name)
        ruleProcedures[node] = number
        waiting.append(.rule(node, number))
        return number
    }

    func procedure(ofDocument node: RuleTree.NodeID) -> Int32 {
        if let known = documentProcedures[node] { return known }
        let number = newProcedure(tree[node].name)
        documentProcedures[node] = number
        waiting.append(.document(node, number))
        return number
    }

    func newProcedure(_ name: String) -> Int32 {
        program.procedures.append(Program.Procedure(start: newLabel()))
        program.names.append(name)
        return Int32(program.procedures.count - 1)
    }

    func update(_ number: Int32, _ change: (inout Program.Procedure) -> Void) {
        change(&program.procedures[Int(number)])
    }

    // MARK: Code

    func emit(_ instruction: Instruction, _ place: Program.Place) {
        guard program.code.count < Assembler.codeMax else {
            refuseSize(at: place)
            return
        }
        program.code.append(instruction)
        program.places.append(place)
    }

    /// References with variables over many packages can ask for more code than any policy needs.
    private func refuseSize(at place: Program.Place) {
        guard errors.last?.code != .compiledTooLarge else { return }
        let file = program.files[Int(place.file)]
        refuse(
            PolicyError(
                .compiledTooLarge,
                file: file,
                at: place.position,
                "The policy needs more than \(Assembler.codeMax) instructions: refer to packages by "
                    + "their names instead of by variables."
            )
        )
    }

    private static let codeMax = 4_000_000

    func newLabel() -> Label {
        program.labels.append(-1)
        return Label(index: Int32(program.labels.count - 1))
    }

    func place(_ label: Label) {
        program.labels[Int(label.index)] = Int32(program.code.count)
    }

    // MARK: Numbers

    func constant(_ value: Value) -> Source {
        if let known = constantNumbers[value] { return .constant(known) }
        let number = program.constants.count
        program.constants.append(value)
        constantNumbers[value] = number
        return .constant(number)
    }

    func path(_ names: [Text]) -> Int32 {
        if let known = pathNumbers[names] { return known }
        let number = Int32(program.paths.count)
        program.paths.append(names)
        pathNumbers[names] = number
        return number
    }

    func builtin(_ name: String) -> Int32 {
        if let known = builtinNumbers[name] { return known }
        guard let builtin = BuiltinTable.standard[name] else {
            preconditionFailure("The resolver lets only built-ins of the table pass.")
        }
        let number = Int32(program.builtins.count)
        program.builtins.append(builtin)
        builtinNumbers[name] = number
        return number
    }

    func file(_ name: String) -> Int32 {
        if let known = fileNumbers[name] { return known }
        let number = Int32(program.files.count)
        program.files.append(name)
        fileNumbers[name] = number
        return number
    }

    func table(_ entries: [Value: Label]) -> Int32 {
        program.tables.append(entries)
        return Int32(program.tables.count - 1)
    }

    func candidates(_ blocks: [Label]) -> Int32 {
        program.candidates.append(blocks)
        return Int32(program.candidates.count - 1)
    }

    func candidateTable(_ byValue: [Value: Int32], otherwise: Int32) -> Int32 {
        program.candidateTables.append(.init(byValue: byValue, otherwise: otherwise))
        return Int32(program.candidateTables.count - 1)
    }

    func modifierList(_ targets: [Program.ModifierList.Target]) -> Int32 {
        program.modifierLists.append(Program.ModifierList(targets: targets))
        return Int32(program.modifierLists.count - 1)
    }

    func spot(_ spot: Spot) -> Int32 {
        program.spots.append(spot)
        return Int32(program.spots.count - 1)
    }

    /// Compiles the patterns that a call has as constants, once for all decisions.
    func addPatterns(of call: Call) {
        guard case .builtin(let name) = call.function else { return }
        program.patterns.add(
            name,
            call.arguments.map {
                if case .constant(let value) = $0 { value } else { nil }
            }
        )
    }

    /// The number of a target that some `with` of the policy replaces; `nil` when none does.
    func target(_ target: Modifier.Target) -> Int32? { targetNumbers[target] }

    /// Whether some `with` may change base data at, above or under a path.
    func mayReplaceData(at path: [Text]) -> Bool {
        source.targets.contains { target in
            guard case .data(let replaced) = target else { return false }
            return zip(replaced, path).allSatisfy { $0 == $1 }
        }
    }
}
