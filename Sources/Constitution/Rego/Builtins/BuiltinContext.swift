import Patterns

/// What a built-in may know beside its arguments.
///
/// A decision is a function of policy, data and input: time and chance come from the caller as
/// values, and there is nothing here that reaches the world outside.
package struct BuiltinContext: Sendable {
    /// What the decision may still use.
    package var budget: WorkBudget

    /// The time of the decision, in nanoseconds since 1970 in UTC.
    package let nowNanoseconds: Int64

    /// What `rand.intn` and `uuid.rfc4122` are made from.
    package let seed: UInt64

    /// The time zones that are known beside UTC.
    package let zones: TimeZoneTable

    /// Patterns that stand in the policy, compiled when it was loaded.
    package let patterns: PatternLibrary

    /// Patterns that the decision has met, beside those of the policy.
    private var met: PatternLibrary

    /// The context of one decision.
    package init(
        budget: WorkBudget = WorkBudget(),
        nowNanoseconds: Int64 = 0,
        seed: UInt64 = 0,
        zones: TimeZoneTable = TimeZoneTable(),
        patterns: PatternLibrary = PatternLibrary()
    ) {
        self.budget = budget
        self.nowNanoseconds = nowNanoseconds
        self.seed = seed
        self.zones = zones
        self.patterns = patterns
        met = PatternLibrary()
    }

    /// Charges steps of work.
    package mutating func charge(steps: Int) throws(BuiltinError) {
        if !budget.take(steps: steps) { throw .exhausted(.steps) }
    }

    /// Charges the bytes of a value that is about to be made, and a step for each sixteen.
    package mutating func charge(bytes: Int) throws(BuiltinError) {
        if !budget.take(bytes: bytes) { throw .exhausted(.bytes) }
        try charge(steps: bytes / 16)
    }

    /// Charges values that are about to be made.
    package mutating func charge(values: Int) throws(BuiltinError) {
        // One multiplication may not overflow, whatever the arguments say.
        let bytes = values.multipliedReportingOverflow(by: MemoryLayout<Value>.stride)
        if bytes.overflow || !budget.take(bytes: bytes.partialValue) { throw .exhausted(.bytes) }
        try charge(steps: values)
    }

    /// The regular expression of a pattern, compiled once for a decision at most.
    mutating func expression(_ pattern: Text) throws(BuiltinError) -> PatternLibrary.Compiled {
        if let known = patterns.expressions[pattern] ?? met.expressions[pattern] { return known }
        try charge(steps: 100 + pattern.count * 20)
        let expression: RegularExpression
        do throws(PatternFault) {
            expression = try RegularExpression(pattern.string, dialect: .re2)
        } catch {
            throw .failed(error.description)
        }
        try charge(bytes: expression.instructionCount * 32)
        // No table: whether this pattern is asked about again is not known.
        let compiled = PatternLibrary.Compiled(expression: expression, table: nil)
        met.expressions[pattern] = compiled
        return compiled
    }

    /// What a pattern with wildcards was compiled to, when it was.
    func known(_ glob: PatternLibrary.Glob) -> PatternLibrary.Compiled? {
        patterns.globs[glob] ?? met.globs[glob]
    }

    /// Keeps what a pattern with wildcards was compiled to.
    mutating func remember(_ glob: PatternLibrary.Glob, _ compiled: PatternLibrary.Compiled) {
        met.globs[glob] = compiled
    }
}
