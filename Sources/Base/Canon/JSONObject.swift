/// The members of a JSON object, each key once, held in the order of RFC 8785.
///
/// Keys are compared by their UTF-16 code units, as the standard demands. Because the members are
/// always in that order, writing canonical bytes never sorts.
package struct JSONObject: Sendable {
    /// The members in canonical order.
    package private(set) var members: [(key: String, value: JSONValue)]

    /// An object with no members.
    package init() { members = [] }

    /// An object of these members; of two with one key the later one stays.
    package init(_ pairs: some Sequence<(String, JSONValue)>) {
        members = pairs.map { (key: $0.0, value: $0.1) }
        guard !JSONObject.isStrictlySorted(members) else { return }
        // By key, then by place: the later of two equal keys comes last, and replaces the earlier.
        let order = members.indices.sorted { left, right in
            let (a, b) = (members[left].key, members[right].key)
            return a.hasSameBytes(as: b) ? left < right : a.canonicallyPrecedes(b)
        }
        var kept: [(key: String, value: JSONValue)] = []
        kept.reserveCapacity(members.count)
        for index in order {
            if let last = kept.last, last.key.hasSameBytes(as: members[index].key) {
                kept.removeLast()
            }
            kept.append(members[index])
        }
        members = kept
    }

    /// Takes members that the parser collected; returns `nil` and the key when one stands twice.
    package init(collected: [(key: String, value: JSONValue)], duplicate: inout String?) {
        members = collected
        if JSONObject.isStrictlySorted(members) { return }
        members.sort { $0.key.canonicallyPrecedes($1.key) }
        for index in members.indices.dropFirst()
        where members[index - 1].key.hasSameBytes(as: members[index].key) {
            duplicate = members[index].key
            return
        }
    }

    /// How many members there are.
    package var count: Int { members.count }

    /// Whether there are none.
    package var isEmpty: Bool { members.isEmpty }

    /// The keys in canonical order.
    package var keys: [String] { members.map(\.key) }

    /// The value of a key; setting `nil` removes the member.
    package subscript(_ key: String) -> JSONValue? {
        get {
            let (index, found) = position(of: key)
            return found ? members[index].value : nil
        }
        set {
            let (index, found) = position(of: key)
            switch (newValue, found) {
            case (let value?, true): members[index].value = value
            case (let value?, false): members.insert((key, value), at: index)
            case (nil, true): members.remove(at: index)
            case (nil, false): break
            }
        }
    }

    private func position(of key: String) -> (index: Int, found: Bool) {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].key.canonicallyPrecedes(key) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return (low, low < members.count && members[low].key.hasSameBytes(as: key))
    }

    /// Whether each key stands before the next, and so each stands once.
    private static func isStrictlySorted(
        _ members: [(key: String, value: JSONValue)]
    ) -> Bool {
        for index in members.indices.dropFirst()
        where !members[index - 1].key.canonicallyPrecedes(members[index].key) {
            return false
        }
        return true
    }
}

extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.count == right.members.count
            && zip(left.members, right.members).allSatisfy { a, b in
                a.key.hasSameBytes(as: b.key) && a.value == b.value
            }
    }

    package func hash(into hasher: inout Hasher) {
        for (key, value) in members {
            key.hashBytes(into: &hasher)
            hasher.combine(value)
        }
    }
}
