/// What a decision is made with beside policy, data and input: all of it values.
package struct DecisionContext: Sendable {
    /// The time of the decision, in nanoseconds since 1970 in UTC.
    package var nowNanoseconds: Int64

    /// What `rand.intn` and `uuid.rfc4122` are made from.
    package var seed: UInt64

    /// The time zones that are known beside UTC.
    package var zones: TimeZoneTable

    /// The steps it may take and the bytes it may make.
    package var budget: WorkBudget

    /// How deep rules may call each other.
    package var depthMax: Int

    /// Whether a built-in that fails ends the decision; otherwise it is undefined.
    ///
    /// Gates decide strictly: a failing built-in under a `not` must not open a door.
    package var isStrict: Bool

    /// The circumstances of a decision.
    package init(
        nowNanoseconds: Int64 = 0,
        seed: UInt64 = 0,
        zones: TimeZoneTable = TimeZoneTable(),
        budget: WorkBudget = WorkBudget(),
        depthMax: Int = 1_000,
        isStrict: Bool = true
    ) {
        self.nowNanoseconds = nowNanoseconds
        self.seed = seed
        self.zones = zones
        self.budget = budget
        self.depthMax = depthMax
        self.isStrict = isStrict
    }
}
