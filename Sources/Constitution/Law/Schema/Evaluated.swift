/// Which members or items of one value some schema has looked at successfully.
///
/// Members are named by their index in the object, which is fixed by the canonical order.
struct Evaluated: Sendable {
    private(set) var hasAll = false
    private var words: [UInt64] = []

    /// Whether the member or item was looked at.
    func contains(_ index: Int) -> Bool {
        if hasAll { return true }
        let word = index >> 6
        return word < words.count && words[word] & (1 << UInt64(index & 63)) != 0
    }

    mutating func insert(_ index: Int) {
        if hasAll { return }
        let word = index >> 6
        while words.count <= word { words.append(0) }
        words[word] |= 1 << UInt64(index & 63)
    }

    mutating func insertAll() {
        hasAll = true
        words = []
    }

    mutating func formUnion(_ other: Evaluated) {
        if hasAll { return }
        if other.hasAll {
            insertAll()
            return
        }
        while words.count < other.words.count { words.append(0) }
        for index in other.words.indices { words[index] |= other.words[index] }
    }
}
