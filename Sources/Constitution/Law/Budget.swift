/// How much a judgement may cost; running out is itself a finding, never a pass.
package struct Budget: Hashable, Sendable {
    /// Keywords applied, plus the work of patterns and comparisons.
    package var stepsMax: Int

    /// Schemas within schemas within values; also what ends a reference that leads to itself.
    ///
    /// A level takes up to 4 KiB of stack in a debug build, so 512 of them fit in 2 MiB.
    package var depthMax: Int

    /// Findings reported before a last one says that there are more.
    package var findingsMax: Int

    /// Bytes of one file that are looked into.
    package var fileBytesMax: Int

    /// The stated bounds.
    package init(
        stepsMax: Int = 20_000_000,
        depthMax: Int = 512,
        findingsMax: Int = 100,
        fileBytesMax: Int = 4 << 20
    ) {
        self.stepsMax = stepsMax
        self.depthMax = depthMax
        self.findingsMax = findingsMax
        self.fileBytesMax = fileBytesMax
    }

    /// The bounds that serve where nobody has set others.
    package static let standard = Budget()
}
