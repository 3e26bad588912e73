/// What tells many rules of one name apart: one value that most of them compare with a constant.
///
/// `allow if { input.role == "admin"; … }` fifty times over costs one look into a table and the rules
/// that can hold, not fifty comparisons.
struct RuleIndex {
    /// The value that rules compare.
    enum Subject: Hashable {
        case input([Text])
        case parameter(Int)
    }

    let subject: Subject
    /// For each rule the constant it needs; `nil` where it may hold for any value.
    let constants: [Value?]

    /// Fewer rules are tried one after the other.
    private static let rulesMin = 4

    /// The subject that narrows the choice most; `nil` where none does so for most rules.
    init?(_ definitions: [Definition], of source: ResolvedPolicy) {
        guard definitions.count >= RuleIndex.rulesMin, !source.options.isObserved,
            !source.targets.contains(.function(.builtin("equal")))
        else { return nil }
        let found = definitions.map { RuleIndex.comparisons(of: $0) }
        var counts: [Subject: Set<Value>] = [:]
        var uses: [Subject: Int] = [:]
        for comparisons in found {
            for (subject, constant) in comparisons {
                counts[subject, default: []].insert(constant)
                uses[subject, default: 0] += 1
            }
        }
        let useful = uses.filter { $0.value * 2 >= definitions.count }.keys
        let best = useful.max {
            (counts[$0]?.count ?? 0, uses[$0] ?? 0) < (counts[$1]?.count ?? 0, uses[$1] ?? 0)
        }
        guard let best, (counts[best]?.count ?? 0) > 1 else { return nil }
        subject = best
        constants = found.map { $0[best] }
    }

    /// The comparisons with constants that a rule cannot hold without.
    private static func comparisons(of definition: Definition) -> [Subject: Value] {
        // With an `else` behind it, a rule may hold where its first body does not.
        guard definition.branches.count == 1 else { return [:] }
        var found: [Subject: Value] = [:]
        var parameters: [Variable: Int] = [:]
        for (index, parameter) in (definition.parameters ?? []).enumerated() {
            switch parameter {
            case .constant(let value): found[.parameter(index)] = value
            case .variable(let variable): parameters[variable] = parameters[variable] ?? index
            default: break
            }
        }
        for goal in definition.branches[0].goals where !goal.isNegated && goal.modifiers.isEmpty {
            guard let (left, right) = sides(of: goal) else { continue }
            for (side, other) in [(left, right), (right, left)] {
                guard case .constant(let value) = other,
                    let subject = subject(of: side, parameters)
                else { continue }
                found[subject] = found[subject] ?? value
            }
        }
        return found
    }

    private static func sides(of goal: Goal) -> (Expression, Expression)? {
        switch goal.kind {
        case .unify(let left, let right): (left, right)
        case .test(.call(let call))
        where call.function == .builtin("equal") && call.arguments.count == 2:
            (call.arguments[0], call.arguments[1])
        default: nil
        }
    }

    private static func subject(
        of term: Expression,
        _ parameters: [Variable: Int]
    ) -> Subject? {
        switch term {
        case .variable(let variable): return parameters[variable].map { .parameter($0) }
        case .reference(let reference):
            guard case .input = reference.root else { return nil }
            var path: [Text] = []
            for step in reference.steps {
                guard case .constant(.string(let name)) = step else { return nil }
                path.append(name)
            }
            return .input(path)
        default: return nil
        }
    }
}

extension ProcedureAssembler {
    /// Makes the code of each rule, and in front of it what chooses those that can hold.
    func eachCandidate(
        _ definitions: [Definition],
        arguments: SlotRange,
        _ make: (Definition) -> Void
    ) {
        guard let index = RuleIndex(definitions, of: source) else {
            for definition in definitions { make(definition) }
            return
        }
        let cursor = newMark()
        _ = newMark()  // The cursor is two marks: which list, and how far.
        let end = newLabel()
        let blocks = definitions.map { _ in newLabel() }
        let table = table(of: index, blocks)
        switch index.subject {
        case .input(let path):
            emit(.selectByInput(path: assembler.path(path), table: table, cursor))
        case .parameter(let number):
            emit(.select(Slot(Int(arguments.first.index) + number), table: table, cursor))
        }
        emit(.candidate(cursor, end: end))
        for (definition, block) in zip(definitions, blocks) {
            land(block)
            make(definition)
            emit(.candidate(cursor, end: end))
        }
        land(end)
    }

    private func table(of index: RuleIndex, _ blocks: [Label]) -> Int32 {
        let always = zip(index.constants, blocks).filter { $0.0 == nil }.map(\.1)
        var byValue: [Value: Int32] = [:]
        for case let constant? in index.constants where byValue[constant] == nil {
            let list = zip(index.constants, blocks)
                .filter { $0.0 == nil || $0.0 == constant }.map(\.1)
            byValue[constant] = assembler.candidates(list)
        }
        return assembler.candidateTable(byValue, otherwise: assembler.candidates(always))
    }
}
