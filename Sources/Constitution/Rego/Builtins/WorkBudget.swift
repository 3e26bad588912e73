/// What one decision may still use: steps of work, and bytes of values made on the way.
///
/// The evaluator and every built-in charge the same budget, so nothing outruns it.
package struct WorkBudget: Hashable, Sendable {
    /// What there may be too little of.
    package enum Resource: Hashable, Sendable {
        case steps
        case bytes
    }

    /// The steps that are left.
    package private(set) var stepsLeft: Int

    /// The bytes that are left.
    package private(set) var bytesLeft: Int

    /// A budget of so many steps and bytes.
    package init(stepsMax: Int = 10_000_000, bytesMax: Int = 256 << 20) {
        stepsLeft = stepsMax
        bytesLeft = bytesMax
    }

    /// Takes steps off; says whether there were enough.
    package mutating func take(steps: Int) -> Bool {
        stepsLeft -= steps
        return stepsLeft >= 0
    }

    /// Takes bytes off; says whether there were enough.
    package mutating func take(bytes: Int) -> Bool {
        bytesLeft -= bytes
        return bytesLeft >= 0
    }
}
