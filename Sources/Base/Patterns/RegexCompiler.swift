/// Turns the tree of a regular expression into a program of bounded size.
struct RegexCompiler {
    private let pattern: String
    private var instructions: [RegexProgram.Instruction] = []
    private var sets: [ScalarSet] = []
    private var indices: [ScalarSet: Int] = [:]

    init(_ pattern: String) {
        self.pattern = pattern
    }

    mutating func compile(_ tree: RegexNode, names: [String?]) throws(PatternFault) -> RegexProgram
    {
        try emit(.save(slot: 0))
        try emit(tree)
        try emit(.save(slot: 1))
        try emit(.match)
        return RegexProgram(
            instructions: instructions,
            sets: sets,
            names: names,
            isAnchored: tree.isAnchored,
            heads: hasAssertion ? nil : RegexHeads.pairs(of: tree).map(PairSearch.init)
        )
    }

    /// Whether a match depends on what stands around it: then no part of the text may be passed over.
    private var hasAssertion: Bool {
        instructions.contains { if case .assert = $0 { true } else { false } }
    }

    private mutating func emit(_ node: RegexNode) throws(PatternFault) {
        switch node {
        case .empty: break
        case .set(let set): try emit(.take(set: index(of: set)))
        case .assertion(let assertion): try emit(.assert(assertion))
        case .concat(let nodes):
            for node in nodes { try emit(node) }
        case .alternate(let nodes): try emitAlternatives(nodes)
        case .group(let index, let node):
            try emit(.save(slot: index * 2))
            try emit(node)
            try emit(.save(slot: index * 2 + 1))
        case .repeated(let node, let least, let most, let isLazy):
            try emitRepeated(node, least, most, isLazy)
        }
    }

    private mutating func emitAlternatives(_ nodes: [RegexNode]) throws(PatternFault) {
        var ends: [Int] = []
        for (index, node) in nodes.enumerated() {
            guard index < nodes.count - 1 else {
                try emit(node)
                break
            }
            let split = try emit(.split(0, 0))
            try emit(node)
            ends.append(try emit(.jump(0)))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func emitRepeated(
        _ node: RegexNode,
        _ least: Int,
        _ most: Int?,
        _ isLazy: Bool
    ) throws(PatternFault) {
        guard let most else {
            for _ in 0..<max(0, least - 1) { try emit(node) }
            if least > 0 {
                try emitLoop(node, isLazy)
            } else if node.isNullable {
                // As in RE2: x* with an x that can be empty is (x+)?, so that the order of
                // preference stays the one of the pattern.
                let split = try emit(.split(0, 0))
                try emitLoop(node, isLazy)
                instructions[split] = choice(split + 1, instructions.count, isLazy)
            } else {
                let split = try emit(.split(0, 0))
                try emit(node)
                try emit(.jump(split))
                instructions[split] = choice(split + 1, instructions.count, isLazy)
            }
            return
        }
        for _ in 0..<least { try emit(node) }
        var splits: [Int] = []
        for _ in least..<max(least, most) {
            splits.append(try emit(.split(0, 0)))
            try emit(node)
        }
        for split in splits {
            instructions[split] = choice(split + 1, instructions.count, isLazy)
        }
    }

    private mutating func emitLoop(_ node: RegexNode, _ isLazy: Bool) throws(PatternFault) {
        let start = instructions.count
        try emit(node)
        let split = try emit(.split(0, 0))
        instructions[split] = choice(start, split + 1, isLazy)
    }

    private func choice(_ on: Int, _ out: Int, _ isLazy: Bool) -> RegexProgram.Instruction {
        isLazy ? .split(out, on) : .split(on, out)
    }

    @discardableResult
    private mutating func emit(
        _ instruction: RegexProgram.Instruction
    ) throws(PatternFault) -> Int {
        // A table of sets by letters is made too, and a set adds two letters at most.
        let isSmall = sets.count <= RegularExpression.setsMax
        guard isSmall, instructions.count < RegularExpression.instructionsMax else {
            throw .programTooLarge(
                pattern: pattern,
                instructionsMax: RegularExpression.instructionsMax
            )
        }
        instructions.append(instruction)
        return instructions.count - 1
    }

    private mutating func index(of set: ScalarSet) -> Int {
        if let index = indices[set] { return index }
        sets.append(set)
        indices[set] = sets.count - 1
        return sets.count - 1
    }
}
