/// How every match begins: the pairs of bytes of which one stands at each match's beginning.
///
/// Text that holds none of the pairs cannot match, and saying so is far cheaper than reading it scalar
/// by scalar. Only ASCII counts: an ASCII byte always begins a scalar, whatever stands around it.
struct RegexHeads {
    /// More pairs than these would cost more to look for than they save.
    static let pairsMax = 8

    /// The pairs of a pattern; `nil` when matches can be shorter, or begin in too many ways.
    static func pairs(of node: RegexNode) -> [(UInt8, UInt8)]? {
        guard let heads = heads(of: node), heads.count <= pairsMax else { return nil }
        var pairs: [(UInt8, UInt8)] = []
        for head in heads {
            guard head.count == 2 else { return nil }
            pairs.append((head[0], head[1]))
        }
        return pairs
    }

    /// What a match can begin with: two bytes, or fewer where the match itself has no more.
    private static func heads(of node: RegexNode) -> Set<[UInt8]>? {
        switch node {
        case .empty: return [[]]
        case .assertion: return nil
        case .set(let set): return bytes(of: set)
        case .group(_, let inner): return heads(of: inner)
        case .concat(let nodes): return joined(nodes)
        case .alternate(let nodes):
            var all: Set<[UInt8]> = []
            for node in nodes {
                guard let some = heads(of: node) else { return nil }
                all.formUnion(some)
                guard all.count <= pairsMax else { return nil }
            }
            return all
        case .repeated(let inner, let least, let most, _):
            let least = Array(repeating: inner, count: min(least, 2))
            guard let all = joined(least) else { return nil }
            // A shorter beginning says all only when nothing further can be repeated.
            return all.allSatisfy { $0.count == 2 } || least.count == most ? all : nil
        }
    }

    private static func joined(_ nodes: [RegexNode]) -> Set<[UInt8]>? {
        var all: Set<[UInt8]> = [[]]
        for node in nodes {
            if all.allSatisfy({ $0.count == 2 }) { break }
            guard let next = heads(of: node) else { return nil }
            var longer: Set<[UInt8]> = []
            for head in all {
                if head.count == 2 {
                    longer.insert(head)
                } else {
                    for tail in next { longer.insert(Array((head + tail).prefix(2))) }
                }
            }
            guard longer.count <= pairsMax else { return nil }
            all = longer
        }
        return all
    }

    private static func bytes(of set: ScalarSet) -> Set<[UInt8]>? {
        var all: Set<[UInt8]> = []
        for range in set.ranges {
            guard range.upperBound < 0x80, range.count <= pairsMax else { return nil }
            for scalar in range { all.insert([UInt8(scalar)]) }
        }
        return all.count <= pairsMax ? all : nil
    }
}
