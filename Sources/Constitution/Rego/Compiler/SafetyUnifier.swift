/// Finds which variables an equation binds when some are bound already.
///
/// It follows both sides only as deep as they have the same shape: `[x, 1] = [2, y]` binds both, and
/// `x = y` binds the one when the other is bound.
struct SafetyUnifier {
    private let safe: Set<Variable>
    private(set) var unified: Set<Variable> = []
    /// Variables that become bound when all of the others are.
    private var open: [(variable: Variable, needs: Set<Variable>)] = []

    init(safe: Set<Variable>) {
        self.safe = safe
    }

    mutating func unify(_ left: Expression, _ right: Expression) {
        switch (left, right) {
        case (.variable(let one), .variable(let other)):
            if isSafe(other) {
                mark(one)
            } else if isSafe(one) {
                mark(other)
            } else {
                open.append((one, [other]))
                open.append((other, [one]))
            }
        case (.variable(let variable), .array), (.variable(let variable), .object):
            unifyAll(variable, right)
        case (.array, .variable(let variable)), (.object, .variable(let variable)):
            unifyAll(variable, left)
        case (.variable(let variable), _):
            if isValue(right) { mark(variable) }
        case (_, .variable(let variable)):
            if isValue(left) { mark(variable) }
        case (.array(let ones), .array(let others)) where ones.count == others.count:
            for (one, other) in zip(ones, others) { unify(one, other) }
        case (.object(let ones), .object(let others)) where ones.count == others.count:
            for one in ones {
                for other in others where other.key.isSameKey(as: one.key) {
                    unify(one.value, other.value)
                }
            }
        case (.array, .constant(.array)), (.object, .constant(.object)): markAll(left)
        case (.constant(.array), .array), (.constant(.object), .object): markAll(right)
        case (.array, _), (.object, _):
            if isComputed(right) { markAll(left) }
        case (_, .array), (_, .object):
            if isComputed(left) { markAll(right) }
        default: break
        }
    }

    private func isSafe(_ variable: Variable) -> Bool {
        safe.contains(variable) || unified.contains(variable)
    }

    /// Whether a term has a value once its own variables are bound, and they are.
    private func isValue(_ term: Expression) -> Bool {
        switch term {
        case .constant, .comprehension, .template: true
        case .variable(let variable): isSafe(variable)
        default: isComputed(term) || term.variables.allSatisfy(isSafe)
        }
    }

    private func isComputed(_ term: Expression) -> Bool {
        switch term {
        case .comprehension: return true
        case .call, .membership: return term.variables.allSatisfy(isSafe)
        case .reference(let reference):
            switch reference.root {
            case .data, .input: return true
            case .variable(let variable): return isSafe(variable)
            case .value(let value): return value.variables.allSatisfy(isSafe)
            }
        default: return false
        }
    }

    private mutating func unifyAll(_ variable: Variable, _ term: Expression) {
        if isSafe(variable) {
            markAll(term)
            return
        }
        let missing = term.variables.filter { !isSafe($0) }
        if missing.isEmpty {
            mark(variable)
        } else {
            open.append((variable, missing))
        }
    }

    /// Marks all variables of a pattern.
    private mutating func markAll(_ term: Expression) {
        switch term {
        case .variable(let variable): mark(variable)
        case .array(let terms): for term in terms { markAll(term) }
        case .object(let entries): for entry in entries { markAll(entry.value) }
        default: break
        }
    }

    private mutating func mark(_ variable: Variable) {
        guard unified.insert(variable).inserted else { return }
        for waiting in open where waiting.needs.allSatisfy(isSafe) { mark(waiting.variable) }
    }
}
