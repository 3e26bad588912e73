import Registry

/// A tree with its law, as links, packages and gates are judged: one that lies on a disk, or one that an
/// operation would leave there.
struct JudgedTree: Sendable {
    let tree: TreeSnapshot
    let book: LawBook
    /// How many bytes its files have, for budgets.
    let byteCount: UInt64
}

extension RootState {
    /// What the later stages judge.
    var judged: JudgedTree { JudgedTree(tree: tree, book: book, byteCount: scan.byteCount) }
}
