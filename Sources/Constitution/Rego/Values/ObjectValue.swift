/// An object of a policy: each key once, in the order of all values.
package struct ObjectValue: Hashable, Sendable {
    /// A key and what stands there.
    package struct Member: Hashable, Sendable {
        package let key: Value
        package let value: Value

        /// A key and what stands there.
        package init(key: Value, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// The members in the order of their keys.
    package private(set) var members: [Member]

    /// The object without members.
    package static let empty = ObjectValue(ordered: [])

    /// The object of these members in any order; of two with one key the later one stays.
    package init(_ members: [Member]) {
        var repeated: Value?
        self.init(members, repeated: &repeated)
    }

    /// The object of these members in any order; says a key that stands twice.
    ///
    /// Of two members with one key the later one stays.
    package init(_ members: consuming [Member], repeated: inout Value?) {
        depth = ObjectValue.depth(above: members)
        self.members = members
        if ObjectValue.isStrictlyOrdered(self.members) { return }
        var kept: [Member] = []
        kept.reserveCapacity(self.members.count)
        for place in ObjectValue.stableOrder(self.members) {
            let member = self.members[place]
            if let last = kept.last, last.key == member.key {
                repeated = member.key
                kept.removeLast()
            }
            kept.append(member)
        }
        self.members = kept
    }

    /// Takes members whose keys already are in order and differ.
    init(ordered members: [Member]) {
        self.members = members
        depth = ObjectValue.depth(above: members)
    }

    /// Takes members whose keys are in order and differ, and whose depth is known.
    init(ordered members: [Member], depth: Int32) {
        self.members = members
        self.depth = depth
    }

    /// How many levels of collections there are, this one counted.
    let depth: Int32

    private static func depth(above members: [Member]) -> Int32 {
        var deepest: Int32 = 0
        let members = members.span
        for index in members.indices {
            deepest = max(deepest, members[index].value.depth, members[index].key.depth)
        }
        return deepest &+ 1
    }

    /// How many members there are.
    package var count: Int { members.count }

    /// Whether there are none.
    package var isEmpty: Bool { members.isEmpty }

    /// The keys in order.
    package var keys: [Value] { members.map(\.key) }

    /// The values in the order of their keys.
    package var values: [Value] { members.map(\.value) }

    /// What stands at a key.
    package subscript(_ key: Value) -> Value? {
        if case .string(let text) = key { return self[text] }
        let place = place(of: key)
        return place < count && members[place].key == key ? members[place].value : nil
    }

    /// What stands at a key that is a string; the common case, kept short.
    package subscript(_ key: Text) -> Value? {
        // Members are lent and not copied, so that looking counts no references.
        let members = members.span
        var (low, high) = (0, members.count)
        // Most objects have a handful of members, and to look through those beats a search.
        while high - low > ObjectValue.scannedMax {
            let middle = (low + high) / 2
            if members[middle].key.precedes(key) { low = middle + 1 } else { high = middle + 1 }
        }
        while low < high {
            if case .string(let text) = members[low].key, text == key { return members[low].value }
            low += 1
        }
        return nil
    }

    private static let scannedMax = 8

    /// Where a key stands, or would stand.
    private func place(of key: Value) -> Int {
        let members = members.span
        var (low, high) = (0, members.count)
        while low < high {
            let middle = (low + high) / 2
            if members[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// This object with what stands at one key put in or replaced.
    package func setting(_ key: Value, to value: Value) -> ObjectValue {
        let place = place(of: key)
        var changed = members
        if place < count && members[place].key == key {
            changed[place] = Member(key: key, value: value)
        } else {
            changed.insert(Member(key: key, value: value), at: place)
        }
        return ObjectValue(ordered: changed)
    }

    /// This object without one key.
    package func removing(_ key: Value) -> ObjectValue {
        let place = place(of: key)
        guard place < count, members[place].key == key else { return self }
        var changed = members
        changed.remove(at: place)
        return ObjectValue(ordered: changed)
    }

    /// Below zero when this stands before the other, zero when they are equal, above otherwise.
    func compared(to other: ObjectValue) -> Int {
        for index in 0..<min(count, other.count) {
            let (one, two) = (members[index], other.members[index])
            let keys = one.key.compared(to: two.key)
            if keys != 0 { return keys }
            let values = one.value.compared(to: two.value)
            if values != 0 { return values }
        }
        return count - other.count
    }

    var hash: UInt64 {
        var state = Text.mix(Text.seed, 6)
        for member in members {
            state = Text.mix(Text.mix(state, member.key.hash), member.value.hash)
        }
        return state
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    private static func isStrictlyOrdered(_ members: [Member]) -> Bool {
        let members = members.span
        for index in 1..<max(1, members.count)
        where !(members[index - 1].key < members[index].key) {
            return false
        }
        return true
    }

    /// The places of the members in the order of their keys; equal keys as they came.
    private static func stableOrder(_ members: [Member]) -> [Int] {
        members.indices.sorted { one, two in
            let keys = members[one].key.compared(to: members[two].key)
            return keys == 0 ? one < two : keys < 0
        }
    }
}

extension Value {
    /// Whether this key stands before a key that is a string.
    fileprivate func precedes(_ key: Text) -> Bool {
        if case .string(let text) = self { return text < key }
        return rank < 3
    }
}
