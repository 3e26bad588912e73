import Canon
import Law
import Registry

/// Stage 5: the required gates of each spec pass over the files that it is answerable for.
struct GatePass {
    private let state: RootState
    private let ownership: OwnershipTable

    init(_ state: RootState, ownership: OwnershipTable) {
        self.state = state
        self.ownership = ownership
    }

    /// Every failing gate, and how many gate runs there were.
    func judge() -> (violations: [Violation], runs: Int) {
        ([], 0)
    }
}
